"""From keys that are on record to a set of keys, without asking the definition for each. Pure."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Final

from treadle_contract.partition import TimeWindowPartitions
from treadle_partitions import SEPARATOR, KeySet, MultiKeys, PartitionKeys

_THERE: Final = re.compile(b"\x01+")
#: A window's key is read in the time in which about so many are gone through.
_PASSED_PER_LOOK_UP: Final = 50


def found_in(keys: PartitionKeys, names: Sequence[str]) -> KeySet:
    """Return which keys of a definition are among some names, each of which is there once.

    Names that it does not have are passed over. Few names are looked up; for many, all keys of time
    windows are gone through once.
    """
    if isinstance(keys, MultiKeys):
        return KeySet(keys, _joined(_of_several(keys, names)))
    if _is_passed_faster(keys, names):
        flags = bytes(map(frozenset(names).__contains__, keys))
        return KeySet(keys, (each.span() for each in _THERE.finditer(flags)))
    places = map(keys.find, names)
    return KeySet(keys, _joined(place for place in places if place is not None))


def _is_passed_faster(keys: PartitionKeys, names: Sequence[str]) -> bool:
    return (
        isinstance(keys.of, TimeWindowPartitions) and len(keys) < len(names) * _PASSED_PER_LOOK_UP
    )


def _joined(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Join places that follow each other: of a hundred thousand, a pair each would be 10 MB."""
    begin = end = -1
    for place in sorted(array("q", places)):
        if place != end:
            if end > begin:
                yield begin, end
            begin = place
        end = place + 1
    if end > begin:
        yield begin, end


def _of_several(keys: MultiKeys, names: Sequence[str]) -> Iterator[int]:
    """Look each part up once: there are few of them, however many combinations."""
    look_ups = [_looking_up(dimension, names) for dimension in keys.dimensions]
    for name in names:
        parts = name.split(SEPARATOR)
        if len(parts) != len(look_ups):
            continue
        index = 0
        for part, dimension, look_up in zip(parts, keys.dimensions, look_ups, strict=True):
            place = look_up(part)
            if place is None:
                break
            index = index * len(dimension) + place
        else:
            yield index


def _looking_up(keys: PartitionKeys, names: Sequence[str]) -> Callable[[str], int | None]:
    if _is_passed_faster(keys, names):
        return dict(zip(keys, count(), strict=False)).get
    known: dict[str, int | None] = {}

    def look_up(key: str) -> int | None:
        if key not in known:
            known[key] = keys.find(key)
        return known[key]

    return look_up
