"""From a definition of the contract to its keys at a moment, and from a key to its time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from treadle_contract.partition import (
    DynamicPartitions,
    MultiPartitions,
    PartitionDimension,
    PartitionsDefinition,
    StaticPartitions,
    TimeWindowPartitions,
)
from treadle_partitions._keys import (
    Definition,
    ListedKeys,
    MultiKeys,
    PartitionKeys,
)
from treadle_partitions._windows import WindowKeys
from treadle_partitions._zones import zone_of

#: No dynamic keys.
NONE_ADDED: Final[Mapping[str, Sequence[str]]] = {}


class NoTimeWindow(TypeError):
    """A definition says no time of its keys, or says several."""


def keys_of(
    definition: Definition,
    *,
    now: datetime,
    dynamic: Mapping[str, Sequence[str]] = NONE_ADDED,
) -> PartitionKeys:
    """Return the keys of a definition, or of a dimension, at a moment.

    `now` has a time zone. `dynamic` are the keys that were added, by the name of their definition.
    """
    match definition.of:
        case StaticPartitions() as static:
            return ListedKeys(static, static.keys)
        case TimeWindowPartitions() as windows:
            return WindowKeys(windows, math.floor(now.timestamp()))
        case DynamicPartitions() as added:
            return ListedKeys(added, dynamic.get(added.name, ()))
        case MultiPartitions() as multi:
            dimensions = [keys_of(each, now=now, dynamic=dynamic) for each in multi.dimensions]
            return MultiKeys(multi, dimensions)
        case None:
            raise ValueError(f"the definition {definition!r} has no keys that are known here")


def dynamic_names(definition: Definition) -> tuple[str, ...]:
    """Return the names of the dynamic definitions that a definition rests on, sorted."""
    match definition.of:
        case DynamicPartitions() as added:
            return (added.name,)
        case MultiPartitions() as multi:
            return tuple(
                sorted({name for each in multi.dimensions for name in dynamic_names(each)})
            )
    return ()


def time_dimension(definition: Definition) -> PartitionDimension | None:
    """Return the one dimension of several that is of time windows; None if there is not one."""
    if not isinstance(definition.of, MultiPartitions):
        return None
    found = [each for each in definition.of.dimensions if isinstance(each.of, TimeWindowPartitions)]
    return found[0] if len(found) == 1 else None


def time_window(
    definition: PartitionsDefinition, key: str, *, now: datetime
) -> tuple[datetime, datetime]:
    """Return when the window of a key begins and ends, in the definition's time zone.

    Of several dimensions, it is the window of the one that is of time.

    Raises:
        NoTimeWindow: the definition has no time windows, or several dimensions of them.
        UnknownPartition: there is no such key.
    """
    keys = keys_of(definition, now=now)
    if isinstance(definition.of, MultiPartitions):
        dimension = time_dimension(definition)
        if dimension is None:
            raise NoTimeWindow("There is no single dimension of time windows.")
        place = definition.of.dimensions.index(dimension)
        parts = key.split("|")
        key = parts[place] if len(parts) == len(definition.of.dimensions) else key
        keys = keys_of(dimension, now=now)
    if not isinstance(keys, WindowKeys):
        raise NoTimeWindow("Its partitions are not time windows.")
    zone = zone_of(keys.definition.timezone)
    begin, end = keys.window(keys.index(key))
    return datetime.fromtimestamp(begin, zone), datetime.fromtimestamp(end, zone)
