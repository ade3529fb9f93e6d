"""Mappings: which partitions of an asset those of its reader need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from treadle._arguments import checked_init
from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.partitions._definition import checked_keys, maps_nothing
from treadle_contract import partition as contract
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from treadle.partitions._definition import PartitionsDefinition
    from treadle.partitions._subset import PartitionsSubset, UpstreamPartitionsResult

Of: TypeAlias = (
    contract.PlainMapping
    | contract.TimeWindowMapping
    | contract.StaticMapping
    | contract.MultiToSingleMapping
    | contract.MultiMapping
    | contract.SpecificMapping
    | contract.UserMapping
)
_INT32 = 2**31


class PartitionMapping:
    """Which partitions of an asset those of its reader need. It is the base of all mappings.

    One of your own derives from it and has the two methods that are refused here. It is called in a
    process that imported your code, and its answers are kept as long as that code is served: it may ask
    nothing but what it is given.
    """

    __slots__ = ()

    def as_data(self) -> contract.PartitionMapping:
        """Return it as it stands in a snapshot."""
        return contract.PartitionMapping(of=self.of)

    @property
    def of(self) -> Of:
        """The mapping as it stands in a graph."""
        for name in (
            "get_upstream_mapped_partitions_result_for_partitions",
            "get_downstream_partitions_for_partitions",
        ):
            if getattr(type(self), name) is getattr(PartitionMapping, name):
                raise ArgumentError(
                    f"{type(self).__name__} has no {name}.",
                    fix="Write it, or use one of Treadle's mappings.",
                    source=user_line(),
                )
        return contract.UserMapping(class_name=type(self).__qualname__)

    @property
    def description(self) -> str:
        """What it does, in words."""
        return type(self).__doc__ or ""

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raise where it cannot go between two definitions. It is called when `Definitions` is made."""

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: PartitionsSubset | None,
        downstream_partitions_def: PartitionsDefinition | None,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: Any = None,
    ) -> UpstreamPartitionsResult | Iterable[str]:
        """Return the partitions of an asset that some of its reader need; None: it has none.

        `current_time` and `dynamic_partitions_store` are for `get_partition_keys` of the definitions.
        """
        raise NotImplementedError

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: PartitionsSubset,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: Any = None,
    ) -> PartitionsSubset | Iterable[str]:
        """Return the partitions of a reader that need one of some of an asset."""
        raise NotImplementedError


class _Plain(PartitionMapping):
    __slots__ = ()
    rule: ClassVar[contract.MappingRule]

    @property
    def of(self) -> contract.PlainMapping:
        """The mapping as it stands in a graph."""
        return contract.PlainMapping(rule=self.rule)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(self.rule)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


@checked_init
class IdentityPartitionMapping(_Plain):
    """A partition needs the one with the same key."""

    __slots__ = ()
    rule = contract.MappingRule.IDENTITY

    def __init__(self) -> None:
        """Take nothing."""


@checked_init
class AllPartitionMapping(_Plain):
    """A partition needs all that there are."""

    __slots__ = ()
    rule = contract.MappingRule.ALL

    def __init__(self) -> None:
        """Take nothing."""


@checked_init
class LastPartitionMapping(_Plain):
    """A partition needs the last one that there is."""

    __slots__ = ()
    rule = contract.MappingRule.LAST

    def __init__(self) -> None:
        """Take nothing."""


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class SpecificPartitionsPartitionMapping(PartitionMapping):
    """A partition needs these ones, always.

    Raises:
        ArgumentError: there is none, or one cannot be a key.
    """

    partition_keys: tuple[str, ...]

    def __init__(self, partition_keys: Sequence[str]) -> None:
        keys = checked_keys(partition_keys, "SpecificPartitionsPartitionMapping")
        object.__setattr__(self, "partition_keys", keys)

    @property
    def of(self) -> contract.SpecificMapping:
        """The mapping as it stands in a graph."""
        return contract.SpecificMapping(keys=self.partition_keys)


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class TimeWindowPartitionMapping(PartitionMapping):
    """A partition needs those whose time overlaps its own, whose begin and end are moved before.

    The offsets count windows of the reader: with `start_offset=-1` and `end_offset=-1`, a day needs
    the day before. What there is no partition for is refused, unless
    `allow_nonexistent_upstream_partitions`.

    Raises:
        ArgumentError: an offset is no whole number.
    """

    start_offset: int
    end_offset: int
    allow_nonexistent_upstream_partitions: bool

    def __init__(
        self,
        start_offset: int = 0,
        end_offset: int = 0,
        allow_nonexistent_upstream_partitions: bool = False,
    ) -> None:
        put = object.__setattr__
        for name, value in (("start_offset", start_offset), ("end_offset", end_offset)):
            if type(value) is not int or abs(value) >= _INT32:
                raise ArgumentError(
                    f"TimeWindowPartitionMapping: {name}={in_words(value)} is no number of windows.",
                    fix="Give a whole number: -1 for the window before.",
                    source=user_line(),
                )
            put(self, name, value)
        put(self, "allow_nonexistent_upstream_partitions", allow_nonexistent_upstream_partitions)

    @property
    def of(self) -> contract.TimeWindowMapping:
        """The mapping as it stands in a graph."""
        return contract.TimeWindowMapping(
            start_offset=self.start_offset,
            end_offset=self.end_offset,
            allow_nonexistent_upstream_partitions=self.allow_nonexistent_upstream_partitions,
        )


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class StaticPartitionMapping(PartitionMapping):
    """Each key of the asset that is read has the keys of the reader that need it.

    Raises:
        ArgumentError: it is no such mapping.
    """

    downstream_partition_keys_by_upstream_partition_key: Mapping[str, str | Collection[str]]

    def __init__(
        self,
        downstream_partition_keys_by_upstream_partition_key: Mapping[str, str | Collection[str]],
    ) -> None:
        said = downstream_partition_keys_by_upstream_partition_key
        if maps_nothing(said):
            raise ArgumentError(
                f"StaticPartitionMapping: {in_words(said)} maps no key.",
                fix='Give {"key of what is read": "key of the reader", …}, or lists of these.',
                source=user_line(),
            )
        checked_keys(list(said), "StaticPartitionMapping")
        for keys in said.values():
            checked_keys([keys] if isinstance(keys, str) else keys, "StaticPartitionMapping")
        object.__setattr__(self, "downstream_partition_keys_by_upstream_partition_key", dict(said))

    @property
    def of(self) -> contract.StaticMapping:
        """The mapping as it stands in a graph."""
        said = self.downstream_partition_keys_by_upstream_partition_key
        return contract.StaticMapping(
            entries=tuple(
                contract.StaticMappingEntry(
                    upstream_key=key,
                    downstream_keys=(keys,) if isinstance(keys, str) else tuple(sorted(keys)),
                )
                for key, keys in said.items()
            )
        )


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class MultiToSingleDimensionPartitionMapping(PartitionMapping):
    """One side has the partitions of one dimension of the other: a key needs all with that part.

    Without a name, it is the only dimension whose definition is that of the other side.
    """

    partition_dimension_name: str | None

    def __init__(self, partition_dimension_name: str | None = None) -> None:
        object.__setattr__(self, "partition_dimension_name", partition_dimension_name)

    @property
    def of(self) -> contract.MultiToSingleMapping:
        """The mapping as it stands in a graph."""
        return contract.MultiToSingleMapping(dimension=self.partition_dimension_name or "")


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class DimensionPartitionMapping:
    """How a dimension of what is read is found: from which of the reader, and by which mapping.

    Raises:
        ArgumentError: the mapping cannot go between single dimensions.
    """

    dimension_name: str
    partition_mapping: PartitionMapping

    def __init__(self, dimension_name: str, partition_mapping: PartitionMapping) -> None:
        if not _is_single(partition_mapping):
            raise ArgumentError(
                f"DimensionPartitionMapping: {in_words(partition_mapping)} does not go between single"
                " dimensions.",
                fix="Give IdentityPartitionMapping(), TimeWindowPartitionMapping(…) or the like.",
                source=user_line(),
            )
        put = object.__setattr__
        put(self, "dimension_name", dimension_name)
        put(self, "partition_mapping", partition_mapping)


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class MultiPartitionMapping(PartitionMapping):
    """Between partitions of several dimensions: of each dimension that is read, how it is found.

    Of a dimension that is not named, all keys are needed.

    Raises:
        ArgumentError: it is no such mapping.
    """

    downstream_mappings_by_upstream_dimension: Mapping[str, DimensionPartitionMapping]

    def __init__(
        self, downstream_mappings_by_upstream_dimension: Mapping[str, DimensionPartitionMapping]
    ) -> None:
        said = downstream_mappings_by_upstream_dimension
        if maps_nothing(said) or {type(each) for each in said.values()} != {
            DimensionPartitionMapping
        }:
            raise ArgumentError(
                f"MultiPartitionMapping: {in_words(said)} is no mapping of dimensions.",
                fix='Give {"dimension that is read": DimensionPartitionMapping("dimension of the reader",'
                " IdentityPartitionMapping())}.",
                source=user_line(),
            )
        object.__setattr__(self, "downstream_mappings_by_upstream_dimension", dict(said))

    @property
    def of(self) -> contract.MultiMapping:
        """The mapping as it stands in a graph."""
        pairs = [
            contract.DimensionMapping(
                downstream_dimension=each.dimension_name,
                upstream_dimension=name,
                of=_single(each.partition_mapping.of),
            )
            for name, each in self.downstream_mappings_by_upstream_dimension.items()
        ]
        return contract.MultiMapping(
            dimensions=tuple(
                sorted(pairs, key=lambda pair: (pair.downstream_dimension, pair.upstream_dimension))
            )
        )


def _is_single(mapping: object) -> bool:
    several = MultiPartitionMapping | MultiToSingleDimensionPartitionMapping
    return isinstance(mapping, PartitionMapping) and not isinstance(mapping, several)


def _single(
    of: Of,
) -> (
    contract.PlainMapping
    | contract.TimeWindowMapping
    | contract.StaticMapping
    | contract.SpecificMapping
):
    assert not isinstance(
        of, contract.MultiMapping | contract.MultiToSingleMapping | contract.UserMapping
    ), "DimensionPartitionMapping refuses them"
    return of
