"""Partitions with several dimensions: a key of each, joined by "|"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Self

from treadle._arguments import checked_init
from treadle._errors import ArgumentError
from treadle._names import checked_name
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.partitions._definition import PartitionsDefinition, maps_nothing
from treadle_contract import partition as contract

if TYPE_CHECKING:
    from treadle.partitions._time_windows import TimeWindow

SEPARATOR: Final = "|"


class MultiPartitionKey(str):
    """A key of several dimensions: a text, which tells its parts by the name of their dimension.

    Raises:
        ArgumentError: there is no part, or one cannot be a part.
    """

    __slots__ = ("_parts",)
    _parts: dict[str, str]

    def __new__(cls, keys_by_dimension: Mapping[str, str]) -> Self:
        if maps_nothing(keys_by_dimension):
            raise ArgumentError(
                f"MultiPartitionKey: {in_words(keys_by_dimension)} names no dimension.",
                fix='Give {"dimension": "key", …}.',
                source=user_line(),
            )
        parts = {name: keys_by_dimension[name] for name in sorted(keys_by_dimension)}
        for name, part in parts.items():
            if SEPARATOR in str(part) or str(part) != part:
                raise ArgumentError(
                    f"MultiPartitionKey: {name!r} has the key {in_words(part)}, which cannot be one.",
                    fix=f"Give a text without {SEPARATOR!r}.",
                    source=user_line(),
                )
        made = super().__new__(cls, SEPARATOR.join(parts.values()))
        made._parts = parts
        return made

    @property
    def keys_by_dimension(self) -> Mapping[str, str]:
        """The parts by dimension, sorted by its name."""
        return dict(self._parts)

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, str]]]:
        return type(self), (self._parts,)


@checked_init
class MultiPartitionsDefinition(PartitionsDefinition):
    """Partitions for all combinations of the keys of several definitions, by the name of a dimension.

    A key has a part of each dimension, sorted by name: `eu|2024-01-31`.

    Raises:
        ArgumentError: there is no dimension, or one has a definition that cannot be one.
    """

    def __init__(self, partitions_defs: Mapping[str, PartitionsDefinition]) -> None:
        if maps_nothing(partitions_defs):
            raise ArgumentError(
                f"MultiPartitionsDefinition: {in_words(partitions_defs)} names no dimension.",
                fix='Give {"region": StaticPartitionsDefinition([…]), "day": DailyPartitionsDefinition(…)}.',
                source=user_line(),
            )
        self._dimensions = {
            checked_name(name, what="MultiPartitionsDefinition: dimension"): partitions_defs[name]
            for name in sorted(partitions_defs)
        }
        self._is(
            contract.MultiPartitions(
                dimensions=tuple(_dimension(name, each) for name, each in self._dimensions.items())
            )
        )

    @property
    def partitions_defs(self) -> Mapping[str, PartitionsDefinition]:
        """The definitions by dimension, sorted by its name."""
        return dict(self._dimensions)

    @property
    def partition_dimension_names(self) -> list[str]:
        """The names of the dimensions, sorted."""
        return list(self._dimensions)

    def get_partitions_def_for_dimension(self, dimension_name: str) -> PartitionsDefinition:
        """Return the definition of a dimension.

        Raises:
            KeyError: there is no such dimension.
        """
        return self._dimensions[dimension_name]

    def get_partition_key_from_str(self, partition_key_str: str) -> MultiPartitionKey:
        """Return a key with its parts.

        Raises:
            ArgumentError: it does not have a part of each dimension.
        """
        parts = partition_key_str.split(SEPARATOR)
        if len(parts) != len(self._dimensions):
            raise ArgumentError(
                f"The key {partition_key_str!r} has {len(parts)} parts, and there are"
                f" {len(self._dimensions)} dimensions.",
                fix=f"Write {SEPARATOR.join(self._dimensions)}.",
                source=user_line(),
            )
        return MultiPartitionKey(dict(zip(self._dimensions, parts, strict=True)))

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        """Return the time of a partition, by its only dimension of time windows.

        Raises:
            ArgumentError: there is none, or more than one.
        """
        from treadle.partitions._time_windows import TimeWindowPartitionsDefinition  # noqa: PLC0415 -- few ask

        found = {
            name: each
            for name, each in self._dimensions.items()
            if isinstance(each, TimeWindowPartitionsDefinition)
        }
        if len(found) != 1:
            raise ArgumentError(
                f"{len(found)} dimensions are of time windows: a partition has no single one.",
                fix="Ask the definition of a dimension: get_partitions_def_for_dimension(NAME).",
                source=user_line(),
            )
        name, only = found.popitem()
        return only.time_window_for_partition_key(
            self.get_partition_key_from_str(partition_key).keys_by_dimension[name]
        )


def _dimension(name: str, definition: object) -> contract.PartitionDimension:
    of = definition.contract.of if isinstance(definition, PartitionsDefinition) else None
    if of is None or isinstance(of, contract.MultiPartitions):
        raise ArgumentError(
            f"MultiPartitionsDefinition: the dimension {name!r} is {in_words(definition)}.",
            fix="Give a definition with one dimension, such as StaticPartitionsDefinition([…]).",
            source=user_line(),
        )
    bad = (
        [key for key in of.keys if SEPARATOR in key]
        if isinstance(of, contract.StaticPartitions)
        else []
    )
    if bad:
        raise ArgumentError(
            f"MultiPartitionsDefinition: the key {bad[0]!r} of {name!r} has {SEPARATOR!r}, which stands"
            " between dimensions.",
            fix="Give it another.",
            source=user_line(),
        )
    return contract.PartitionDimension(name=name, of=of)
