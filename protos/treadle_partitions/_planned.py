"""The keys of partitions that a plan names as ranges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from treadle_contract.partition import PartitionsDefinition
from treadle_contract.plan import PlannedPartitions
from treadle_partitions._definitions import keys_of
from treadle_partitions._key_set import KeySet


def planned_keys(
    partitions: PlannedPartitions | None, definitions: Iterable[PartitionsDefinition]
) -> tuple[str, ...]:
    """Return the keys in order; () for None.

    `definitions` are those that ranges of several keys may be of. What a plan names was there when it
    was made, so that it is there now.

    Raises:
        UnknownPartition: an end of a range is not there.
        LookupError: the definition is none of these.
    """
    ranges = () if partitions is None else partitions.ranges
    if partitions is None or all(each.first == each.last for each in ranges):
        return tuple(each.first for each in ranges)
    definition = next((each for each in definitions if each.id == partitions.definition_id), None)
    if definition is None:
        raise LookupError(f"no definition of partitions has the id {partitions.definition_id!r}")
    return tuple(KeySet.of_ranges(keys_of(definition, now=datetime.now(UTC)), ranges))
