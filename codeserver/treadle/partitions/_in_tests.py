"""What a test tells of partitions in a context that it builds."""

from __future__ import annotations

from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle.partitions._definition import PartitionsDefinition
from treadle.partitions._in_contexts import Partitions
from treadle.partitions._time_windows import PartitionKeyRange


def told(key: str | None, keys: PartitionKeyRange | None) -> Partitions:
    """Return the partition, or the range of them, that a test told.

    Raises:
        ArgumentError: it told both.
    """
    if keys is None:
        return Partitions(() if key is None else (key,))
    if key is not None:
        raise ArgumentError(
            "build_op_context: partition_key and partition_key_range are given.",
            fix="Give one of them.",
            source=user_line(),
        )
    return Partitions(tuple(dict.fromkeys((keys.start, keys.end))), is_open=True)


def told_of(partitions: Partitions, definition: PartitionsDefinition) -> Partitions:
    """Return what was told as partitions of the definition of the asset that is called.

    Raises:
        LookupError: the definition has no such range.
    """
    if not partitions.is_open:
        return Partitions(partitions.keys, definition.contract)
    keys = definition.get_partition_keys_in_range(partitions.key_range())
    return Partitions(tuple(keys), definition.contract)
