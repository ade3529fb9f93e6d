"""From keys that are on record to a set of keys, without asking the definition for each. Pure."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from treadle_contract.partition import TimeWindowPartitions
from treadle_partitions import SEPARATOR, KeySet, MultiKeys, PartitionKeys

_DAYS: Final = re.compile(r"\d+ \d+ \* \* \*")
_HOURS: Final = re.compile(r"\d+ \* \* \* \*")
_DAY: Final = r"\d{4}-\d\d-\d\d"


def found_in(keys: PartitionKeys, names: Sequence[str]) -> KeySet:
    """Return which keys of a definition are among some names, which are sorted and each there once.

    Names that it does not have are passed over. A hundred thousand names of days, or of hours in UTC,
    in a few stretches take a few look-ups each; those of other definitions one each.
    """
    shape = _shape_of(keys)
    if shape is not None:
        like = [name for name in names if shape.fullmatch(name) and _is_day(name[:10])]
        return KeySet(keys, _stretches(keys, like))
    if isinstance(keys, MultiKeys):
        return KeySet(keys, _joined(_of_several(keys, names)))
    places = map(keys.find, names)
    return KeySet(keys, _joined(place for place in places if place is not None))


def _shape_of(keys: PartitionKeys) -> re.Pattern[str] | None:
    """Return what a text looks like that is a key wherever it stands between two; None: that is not known.

    It is where each day, or each hour, from the first key to the last one has a key: as many are there.
    """
    of = keys.of
    if not isinstance(of, TimeWindowPartitions) or not len(keys):
        return None
    if _DAYS.fullmatch(of.cron_schedule) and of.key_format == "%Y-%m-%d":
        step, shape, form = timedelta(days=1), _DAY, of.key_format
    elif (
        _HOURS.fullmatch(of.cron_schedule)
        and of.timezone == "UTC"
        and of.key_format == "%Y-%m-%d-%H:%M"
    ):
        minute = int(of.cron_schedule.split()[0])
        step, form = timedelta(hours=1), of.key_format
        shape = rf"{_DAY}-(?:[01]\d|2[0-3]):{minute:02}"
    else:
        return None
    first, last = (datetime.strptime(keys[index], form) for index in (0, len(keys) - 1))
    return re.compile(shape) if (last - first) // step + 1 == len(keys) else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _stretches(keys: PartitionKeys, names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Halve the names until each half is one stretch: as many keys lie between its ends as names.

    Names between two keys are keys, and in their order.
    """
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
