"""From keys that are on record to a set of keys, without asking the definition for each. Pure."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from treadle_contract.partition import TimeWindowPartitions
from treadle_partitions import SEPARATOR, KeySet, MultiKeys, PartitionKeys

#: Formats whose texts are in the order of their times: a year first, each part after the larger one.
_IN_ORDER: Final = re.compile(r"%Y(\W?%m(\W?%d(\W?[T ]?%H(\W?%M(\W?%S)?)?)?)?)?(\W?%z)?")
#: Windows of an hour or more: of two that begin at the same local time, the second follows at once.
_HOURLY_OR_LESS: Final = re.compile(r"\d+ .*")


def found_in(keys: PartitionKeys, names: Sequence[str]) -> KeySet:
    """Return which keys of a definition are among some names, which are sorted and each there once.

    Names that it does not have are passed over. A hundred thousand names in a few stretches of time
    windows take a few look-ups each, those of other definitions one each.
    """
    if _are_in_order(keys):
        return KeySet(keys, _stretches(keys, names))
    if isinstance(keys, MultiKeys):
        return KeySet(keys, _joined(_of_several(keys, names)))
    places = map(keys.find, names)
    return KeySet(keys, _joined(place for place in places if place is not None))


def _are_in_order(keys: PartitionKeys) -> bool:
    of = keys.of
    return (
        isinstance(of, TimeWindowPartitions)
        and _IN_ORDER.fullmatch(of.key_format) is not None
        and _HOURLY_OR_LESS.fullmatch(of.cron_schedule) is not None
    )


def _stretches(keys: PartitionKeys, names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Halve the names until each half is one stretch: as many keys lie between its ends as names."""
    waiting = [(0, len(names))] if names else []
    while waiting:
        begin, end = waiting.pop()
        first, last = keys.find(names[begin]), keys.find(names[end - 1])
        if first is not None and last is not None and last - first == end - 1 - begin:
            yield first, last + 1
            continue
        # Neither end is looked at again.
        if first is not None:
            yield first, first + 1
        if last is not None and end - 1 > begin:
            yield last, last + 1
        middle = (begin + end) // 2
        waiting += [half for half in ((begin + 1, middle), (middle, end - 1)) if half[0] < half[1]]


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
    known: list[dict[str, int | None]] = [{} for _ in keys.dimensions]
    for name in names:
        parts = name.split(SEPARATOR)
        if len(parts) != len(known):
            continue
        index = 0
        for part, dimension, places in zip(parts, keys.dimensions, known, strict=True):
            place = (
                places[part] if part in places else places.setdefault(part, dimension.find(part))
            )
            if place is None:
                break
            index = index * len(dimension) + place
        else:
            yield index
