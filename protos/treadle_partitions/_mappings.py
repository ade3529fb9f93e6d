"""Which keys of an asset a set of its reader's keys needs, and the other way about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Final, TypeAlias

from treadle_contract.partition import (
    DimensionMapping,
    MappingRule,
    MultiMapping,
    MultiToSingleMapping,
    PartitionMapping,
    PlainMapping,
    SpecificMapping,
    StaticMapping,
    TimeWindowMapping,
    UserMapping,
)
from treadle_partitions import _by_time
from treadle_partitions._boxes import boxes, combinations, one_by_one
from treadle_partitions._key_set import KeySet
from treadle_partitions._keys import MultiKeys, PartitionKeys
from treadle_partitions._nonexistent import NoUpstreamPartition
from treadle_partitions._windows import WindowKeys

Mapping: TypeAlias = PartitionMapping | DimensionMapping


class Way(StrEnum):
    """In which direction a mapping is asked."""

    UP = "up"
    """From the reader's keys to those that they need."""
    DOWN = "down"
    """From keys to those of the reader that need one of them."""


AskUser: TypeAlias = Callable[[UserMapping, Way, KeySet, PartitionKeys], Iterable[str]]
"""Answers for a mapping of the user's: of the keys on one side, those of the other side."""

IDENTITY: Final = PartitionMapping(of=PlainMapping(rule=MappingRule.IDENTITY))
ALL: Final = PartitionMapping(of=PlainMapping(rule=MappingRule.ALL))
LAST: Final = PartitionMapping(of=PlainMapping(rule=MappingRule.LAST))
BY_TIME: Final = PartitionMapping(of=TimeWindowMapping())


def upstream_keys(  # noqa: PLR0911 -- one for each mapping
    mapping: Mapping, downstream: KeySet, upstream: PartitionKeys, *, ask: AskUser | None = None
) -> KeySet:
    """Return the keys of an asset that some keys of its reader need.

    `ask` runs a mapping of the user's.

    Raises:
        NoUpstreamPartition: a key that is needed does not exist there.
        TypeError: the mapping is the user's, and nobody can be asked; or it is not known here.
    """
    if not downstream:
        return KeySet(upstream)
    match mapping.of:
        case PlainMapping(rule=MappingRule.IDENTITY):
            return _same(downstream, upstream, must_exist=True)
        case PlainMapping(rule=MappingRule.ALL):
            return KeySet.all(upstream)
        case PlainMapping(rule=MappingRule.LAST):
            count = len(upstream)
            if not count:
                raise NoUpstreamPartition(_example(downstream), ["the last partition of none"])
            return KeySet(upstream, ((count - 1, count),))
        case TimeWindowMapping() as by_time:
            return _by_time.upstream(by_time, downstream, upstream)
        case StaticMapping() as listed:
            needed = (
                each.upstream_key
                for each in listed.entries
                if any(key in downstream for key in each.downstream_keys)
            )
            return _existing(needed, downstream, upstream)
        case SpecificMapping() as specific:
            return _existing(specific.keys, downstream, upstream)
        case MultiToSingleMapping(dimension=name):
            return _to_or_from_dimension(name, downstream, upstream, Way.UP)
        case MultiMapping() as multi:
            return _by_dimension(multi, downstream, upstream, Way.UP)
        case UserMapping() as user if ask is not None:
            return _existing(ask(user, Way.UP, downstream, upstream), downstream, upstream)
    raise TypeError(f"nobody here can say what the mapping {mapping.of!r} gives")


def downstream_keys(  # noqa: PLR0911 -- one for each mapping
    mapping: Mapping, upstream: KeySet, downstream: PartitionKeys, *, ask: AskUser | None = None
) -> KeySet:
    """Return the keys of a reader that need one of some keys of an asset.

    Raises:
        TypeError: as `upstream_keys`.
    """
    if not upstream:
        return KeySet(downstream)
    match mapping.of:
        case PlainMapping(rule=MappingRule.IDENTITY):
            return _same(upstream, downstream, must_exist=False)
        case PlainMapping(rule=MappingRule.ALL):
            return KeySet.all(downstream)
        case PlainMapping(rule=MappingRule.LAST):
            has_last = upstream.stretches[-1][1] == len(upstream.keys)
            return KeySet.all(downstream) if has_last else KeySet(downstream)
        case TimeWindowMapping() as by_time:
            return _by_time.downstream(by_time, upstream, downstream)
        case StaticMapping() as listed:
            readers = (
                key
                for each in listed.entries
                if each.upstream_key in upstream
                for key in each.downstream_keys
            )
            return _those_there(readers, downstream)
        case SpecificMapping() as specific:
            is_read = any(key in upstream for key in specific.keys)
            return KeySet.all(downstream) if is_read else KeySet(downstream)
        case MultiToSingleMapping(dimension=name):
            return _to_or_from_dimension(name, upstream, downstream, Way.DOWN)
        case MultiMapping() as multi:
            return _by_dimension(multi, upstream, downstream, Way.DOWN)
        case UserMapping() as user if ask is not None:
            return _those_there(ask(user, Way.DOWN, upstream, downstream), downstream)
    raise TypeError(f"nobody here can say what the mapping {mapping.of!r} gives")


def _same(keys: KeySet, into: PartitionKeys, *, must_exist: bool) -> KeySet:
    if _is_same_list(keys.keys, into):
        return KeySet(into, keys.stretches)
    return _existing(keys, keys, into) if must_exist else _those_there(keys, into)


def _is_same_list(one: PartitionKeys, other: PartitionKeys) -> bool:
    """Tell whether two definitions have the same keys, without going through them."""
    if one is other:
        return True
    if one.of != other.of or len(one) != len(other):
        return False
    if isinstance(one, MultiKeys) and isinstance(other, MultiKeys):
        return all(map(_is_same_list, one.dimensions, other.dimensions))
    return isinstance(one, WindowKeys) or list(one) == list(other)


def _existing(names: Iterable[str], readers: KeySet, into: PartitionKeys) -> KeySet:
    indexes, missing = [], []
    for name in names:
        index = into.find(name)
        if index is None:
            missing.append(name)
        else:
            indexes.append((index, index + 1))
    if missing:
        reader = missing[0] if missing[0] in readers else _example(readers)
        raise NoUpstreamPartition(reader, [f"partition {name!r}" for name in missing])
    return KeySet(into, indexes)


def _those_there(names: Iterable[str], into: PartitionKeys) -> KeySet:
    found = map(into.find, names)
    return KeySet(into, ((index, index + 1) for index in found if index is not None))


def _example(keys: KeySet) -> str:
    return next(iter(keys))


def _mapped(mapping: Mapping, keys: KeySet, into: PartitionKeys, way: Way) -> KeySet:
    if way is Way.UP:
        return upstream_keys(mapping, keys, into)
    return downstream_keys(mapping, keys, into)


def _to_or_from_dimension(name: str, keys: KeySet, into: PartitionKeys, way: Way) -> KeySet:
    if isinstance(keys.keys, MultiKeys):
        place = _place_of(name, keys.keys, into)
        parts = KeySet(keys.keys.dimensions[place], (box[place] for box in boxes(keys)))
        return _mapped(between(parts.keys, into), parts, into, way)
    assert isinstance(into, MultiKeys)
    place = _place_of(name, into, keys.keys)
    part = _mapped(between(keys.keys, into.dimensions[place]), keys, into.dimensions[place], way)
    return combinations(
        [part if each is part.keys else KeySet.all(each) for each in into.dimensions], into
    )


def between(one: PartitionKeys, other: PartitionKeys) -> PartitionMapping:
    """Return how a dimension and the single one that it stands for match: by time, or by key."""
    both = isinstance(one, WindowKeys) and isinstance(other, WindowKeys)
    return BY_TIME if both and one.of != other.of else IDENTITY


def _place_of(name: str, several: MultiKeys, single: PartitionKeys) -> int:
    if name:
        return several.names.index(name)
    found = [place for place, each in enumerate(several.dimensions) if each.of == single.of]
    if len(found) != 1:
        raise TypeError("no dimension, or more than one, has the definition of the other side")
    return found[0]


def _by_dimension(mapping: MultiMapping, keys: KeySet, into: PartitionKeys, way: Way) -> KeySet:
    found = KeySet(into)
    for each in _boxes_mapped(mapping, keys, into, way):
        found |= each
    return found


def _boxes_mapped(
    mapping: MultiMapping, keys: KeySet, into: PartitionKeys, way: Way
) -> Iterator[KeySet]:
    of = keys.keys
    assert isinstance(of, MultiKeys)
    assert isinstance(into, MultiKeys)
    said = [_side(pair, way) for pair in mapping.dimensions]
    several = [of.names.index(name) for name in of.names if said.count(name) > 1]
    for box in (each for whole in boxes(keys) for each in one_by_one(whole, several)):
        parts = {
            name: KeySet(dimension, (stretch,))
            for name, dimension, stretch in zip(of.names, of.dimensions, box, strict=True)
        }
        mapped: dict[str, KeySet] = {}
        for pair in mapping.dimensions:
            here, there = _side(pair, way), _side(pair, Way.UP if way is Way.DOWN else Way.DOWN)
            target = into.dimensions[into.names.index(there)]
            part = _mapped(pair, parts[here], target, way)
            mapped[there] = mapped[there] & part if there in mapped else part
        yield combinations(
            [
                mapped[name] if name in mapped else KeySet.all(each)
                for name, each in zip(into.names, into.dimensions, strict=True)
            ],
            into,
        )


def _side(pair: DimensionMapping, way: Way) -> str:
    """Return the dimension from which a pair is asked."""
    return pair.downstream_dimension if way is Way.UP else pair.upstream_dimension
