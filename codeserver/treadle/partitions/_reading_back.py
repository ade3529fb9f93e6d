"""From a definition as it stands in a graph to the user's class."""

from __future__ import annotations

from treadle.partitions._definition import Of, PartitionsDefinition
from treadle.partitions._listed import DynamicPartitionsDefinition, StaticPartitionsDefinition
from treadle.partitions._multi import MultiPartitionsDefinition
from treadle.partitions._time_windows import TimeWindowPartitionsDefinition
from treadle_contract import partition as contract


def definition_of(data: contract.PartitionsDefinition) -> PartitionsDefinition:
    """Return what users have of a definition, equal to what they wrote."""
    assert data.of is not None, "a graph has what is known here"
    return _definition(data.of)


def _definition(of: Of) -> PartitionsDefinition:
    match of:
        case contract.StaticPartitions(keys=keys):
            return StaticPartitionsDefinition(keys)
        case contract.DynamicPartitions(name=name):
            return DynamicPartitionsDefinition(name=name)
        case contract.TimeWindowPartitions():
            return TimeWindowPartitionsDefinition.of_data(of)
        case contract.MultiPartitions(dimensions=dimensions):
            parts = {each.name: _definition(each.of) for each in dimensions if each.of is not None}
            return MultiPartitionsDefinition(parts)
