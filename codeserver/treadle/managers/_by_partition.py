"""Values of several partitions at once, taken apart for managers that keep each for itself, and put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from treadle._errors import TreadleError
from treadle._value_words import a
from treadle.io._io_manager import InputContext, OutputContext
from treadle.partitions._in_contexts import told_keys
from treadle.partitions._multi import MultiPartitionKey


class PartitionValuesError(TreadleError):
    """A value of several partitions does not say what is of which."""


def values_by_partition(context: OutputContext, obj: Any) -> Iterator[tuple[str, Any]]:
    """Yield the partitions that a value is of, each with its own; "" for one of no partition.

    Raises:
        PartitionValuesError: it is of several, and is no mapping of key to value.
    """
    keys = context.asset_partition_keys if context.has_asset_partitions else ("",)
    if len(keys) == 1:
        yield keys[0], obj
        return
    told = told_keys(keys)
    if not isinstance(obj, Mapping):
        raise PartitionValuesError(
            f"Output {context.name!r} of {context.step_key!r} is {a(type(obj).__name__)}, and is of {told}."
            " Return a mapping of partition key to value, or yield Output(value, partition_key=…) for each."
        )
    lacking = [key for key in keys if key not in obj]
    if lacking:
        # A manager is told of all keys at once, and all are recorded.
        raise PartitionValuesError(
            f"Output {context.name!r} of {context.step_key!r} has no value of {told_keys(lacking)}, and is of"
            f" {told}. Yield Output(value, partition_key=…) for each that was made."
        )
    for key in keys:
        yield key, obj[key]


def loaded_by_partition(context: InputContext, load: Callable[[str], Any]) -> Any:
    """Return what `load` gives for the partition that is read; of several a mapping of key to value.

    It is given "" for a value of no partition.
    """
    partitions = context.partitions
    if partitions is None:
        return load("")
    keys = partitions.named()
    if partitions.by_key or len(keys) != 1:
        return {key: load(key) for key in keys}
    return load(keys[0])


def path_of(key: str) -> tuple[str, ...]:
    """Return the components of a path that a partition's key stands for: one a dimension, none for "".

    Raises:
        PartitionValuesError: it leads elsewhere, or to where another one may lie.
    """
    parts: tuple[str, ...] = (key,) if key else ()
    if isinstance(key, MultiPartitionKey):
        parts = tuple(key.keys_by_dimension.values())
        for part in parts:
            if "/" in part:
                raise PartitionValuesError(
                    f"Partition {key!r} has a '/' in {part!r}, and its path has one between dimensions: another"
                    " partition may have the same path. Write the key without, or give its asset another"
                    " IO manager."
                )
    if any(each in {"", ".", ".."} for part in parts for each in part.split("/")):
        raise PartitionValuesError(
            f"Partition {key!r} is no path below that of its asset. Give its asset another IO manager."
        )
    return parts
