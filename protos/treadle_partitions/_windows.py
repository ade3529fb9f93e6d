"""Time windows: from a tick of a schedule to the next, each with its begin as key."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property, lru_cache

from treadle_contract.partition import TimeWindowPartitions
from treadle_partitions import _cron
from treadle_partitions._key_texts import KeyTexts
from treadle_partitions._keys import PartitionKeys
from treadle_partitions._ticks import Ticks
from treadle_partitions._zones import moments_of, wall_at, zone_of

#: What a second begin of the same local time has behind its key.
_FROM_UTC = "%z"


class WindowKeys(PartitionKeys):
    """The keys of the windows that are there at a moment, in seconds since 1970.

    A *place* is the number of a window counted with those that are left out, an index without.
    """

    def __init__(self, of: TimeWindowPartitions, now: int) -> None:
        super().__init__(of)
        self.definition = of
        self._zone = zone_of(of.timezone)
        self._ticks, self._first = _ticks_from(of.cron_schedule, of.timezone, of.start)
        self._places = self._count(now)

    def __len__(self) -> int:
        return self._places - len(self._left_out)

    def __iter__(self) -> Iterator[str]:
        """Go through all keys: a hundredth of what asking for each of them takes."""
        if _FROM_UTC in self.definition.key_format:
            return super().__iter__()
        return self._all_keys()

    def _all_keys(self) -> Iterator[str]:
        texts = KeyTexts(self.definition.key_format, self._ticks.times)
        place = 0
        for year, begin, end in self._ticks.years(self._first, self._first + self._places):
            keys: list[str] = []
            for days, odd in self._ticks.days_of(year):
                keys += texts.of_days(days)
                keys += map(self._key_at, odd)
            there = keys[begin:end]
            left_out = self._left_out
            gaps = left_out[
                bisect_left(left_out, place) : bisect_left(left_out, place + len(there))
            ]
            for gap in reversed(gaps):
                del there[gap - place]
            yield from there
            place += end - begin

    def _key(self, index: int) -> str:
        return self._key_at(self.window(index)[0])

    def find(self, key: str) -> int | None:
        """Return where a key is; None if it is not there."""
        index = self._read(key)
        if index is None and not self._is_readable:
            return self._listed.get(key)
        return index

    def _read(self, key: str) -> int | None:
        form = self.definition.key_format
        for each in (form, form + _FROM_UTC):
            try:
                read = datetime.strptime(key, each)
            except ValueError:
                continue
            for index in self._candidates(read):
                if self._key(index) == key:
                    return index
        return None

    @cached_property
    def _is_readable(self) -> bool:
        """Whether the time of a window is read from its key: not where the format is of weeks (`%U`)."""
        count = len(self)
        return all(
            self._read(self._key(index)) == index
            for index in {0, count // 3, count // 2, count - 1}
            if 0 <= index < count
        )

    @cached_property
    def _listed(self) -> dict[str, int]:
        return {key: index for index, key in enumerate(self)}

    def near(self, key: str) -> tuple[str, ...]:
        """Return up to three keys that look like one that is not there."""
        count = len(self)
        if not count:
            return ()
        try:
            read = datetime.strptime(key, self.definition.key_format)
        except ValueError:
            return self._some()
        moments = moments_of(read.replace(tzinfo=None), self._zone)
        index = self.first_ending_after(moments[0]) if moments else count - 1
        return (self[min(index, count - 1)],)

    def window(self, index: int) -> tuple[int, int]:
        """Return when a window begins and ends, in seconds since 1970."""
        place = self.place(index)
        return self.tick(place), self.tick(place + 1)

    def extent(self) -> tuple[int, int] | None:
        """Return when the first window begins and the last ends, those left out too; None: none is there."""
        return (self.tick(0), self.tick(self._places)) if self._places else None

    def tick(self, place: int) -> int:
        """Return when the window of a place begins; the place may lie before or behind all."""
        return self._ticks.tick(self._first + place)

    def place(self, index: int) -> int:
        """Return the place of an index."""
        left_out = self._left_out
        if not left_out:
            return index
        # The place p is free, and p - (those left out before it) = index.
        low, high = 0, len(left_out)
        while low < high:
            middle = (low + high) // 2
            if left_out[middle] - middle <= index:
                low = middle + 1
            else:
                high = middle
        return index + low

    def index_from(self, place: int) -> int:
        """Return the index of the first window at or behind a place."""
        inside = min(max(place, 0), self._places)
        return inside - bisect_left(self._left_out, inside)

    def first_ending_after(self, moment: int) -> int:
        """Return the index of the first window that ends after a moment; the count if none does."""
        return self.index_from(self._place_at(moment))

    def first_beginning_from(self, moment: int) -> int:
        """Return the index of the first window that begins at or after a moment."""
        return self.index_from(self._place_at(moment - 1) + 1)

    def stretches(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Cut a range of indexes (`end` not in it) where windows between them are left out."""
        while begin < end:
            place = self.place(begin)
            next_gap = bisect_left(self._left_out, place)
            stop = self._left_out[next_gap] if next_gap < len(self._left_out) else self._places
            until = min(end, begin + stop - place)
            yield begin, until
            begin = until

    def _place_at(self, moment: int) -> int:
        """Return the place of the window in which a moment lies; it may lie before or behind all."""
        return self._ticks.count_until(moment) - 1 - self._first

    def _count(self, now: int) -> int:
        told = self.definition
        # The window in which it is now has not ended.
        there = self._place_at(now) + told.end_offset
        if told.end is not None:
            there = min(there, self._place_at(told.end))
        return max(there, 0)

    @cached_property
    def _left_out(self) -> tuple[int, ...]:
        told = self.definition
        if not (told.excluded_schedules or told.excluded_moments) or not self._places:
            return ()
        first, last = self.tick(0), self.tick(self._places - 1)
        moments = set(told.excluded_moments)
        for schedule in told.excluded_schedules:
            ticks, number = _ticks_from(schedule, told.timezone, first)
            while (moment := ticks.tick(number)) <= last:
                moments.add(moment)
                number += 1
        places = ((self._place_at(each), each) for each in moments if first <= each <= last)
        return tuple(sorted(place for place, each in places if self.tick(place) == each))

    def _key_at(self, moment: int) -> str:
        form = self.definition.key_format
        wall = wall_at(moment, self._zone)
        shown = moments_of(wall, self._zone)
        if _FROM_UTC in form or shown.index(moment) == 1:
            local = datetime.fromtimestamp(moment, self._zone)
            return local.strftime(form if _FROM_UTC in form else form + _FROM_UTC)
        return wall.strftime(form)

    def _candidates(self, read: datetime) -> Iterator[int]:
        """Return the indexes that a key which was read may be at.

        A key may say less than its window: the first window that begins then or later is meant.
        """
        count = len(self)
        wall = read.replace(tzinfo=None)
        moments = moments_of(wall, self._zone) if read.tzinfo is None else (int(read.timestamp()),)
        for moment in moments or (int(wall.replace(tzinfo=self._zone).timestamp()),):
            index = self.first_beginning_from(moment)
            yield from (each for each in (index, index - 1, index + 1) if 0 <= each < count)

    def _some(self) -> tuple[str, ...]:
        return (self[0],) if len(self) == 1 else (self[0], self[len(self) - 1])


@lru_cache(maxsize=256)
def _ticks_from(schedule: str, timezone: str, start: int) -> tuple[Ticks, int]:
    """Return the ticks of a schedule, and the number of the first one at or after a moment."""
    zone = zone_of(timezone)
    ticks = Ticks(_cron.parse(schedule), zone, wall_at(start, zone).year)
    return ticks, ticks.count_until(start - 1)
