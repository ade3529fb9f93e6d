"""The ticks of a schedule in a time zone, counted without going through them.

Each year is looked at once: a day on which no clock is put forward or back has all the times of
the schedule, so that a tick is found by division; the few other days are gone through.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

from treadle_partitions._cron import Cron
from treadle_partitions._zones import (
    changes_of,
    moment_of,
    moments_of,
    offset_at,
    wall_at,
)

_ONE_DAY: Final = timedelta(days=1)


class _OddDay(NamedTuple):
    """A day on which the clock changes.

    It begins with its first moment and ends with that of the next. `before` are the named days
    of its year before it.
    """

    before: int
    is_named: bool
    begin: int
    end: int
    ticks: tuple[int, ...]


class _Year(NamedTuple):
    days: tuple[int, ...]
    odd: tuple[_OddDay, ...]
    tick_count: int


class Ticks:
    """The moments at which a schedule ticks, numbered from the first one of a year; before it from -1 down."""

    def __init__(self, cron: Cron, zone: tzinfo, first_year: int) -> None:
        self._cron = cron
        self._zone = zone
        self._first_year = first_year
        #: How many ticks there are in the first so many years, and in so many years before them.
        self._after = [0]
        self._before = [0]

    @property
    def times(self) -> tuple[int, ...]:
        """The times of a day, as minutes since its midnight."""
        return self._cron.times

    def tick(self, number: int) -> int:
        """Return a tick by its number.

        Raises:
            OverflowError: it does not lie in the years 1 to 9998.
        """
        if number < 0:
            while self._before[-1] < -number:
                self._go_back()
            index = bisect_left(self._before, -number)
            return self._tick_of(self._first_year - index, self._before[index] + number)
        while self._after[-1] <= number:
            self._go_on()
        index = bisect_right(self._after, number) - 1
        return self._tick_of(self._first_year + index, number - self._after[index])

    def count_until(self, moment: int) -> int:
        """Return the number of the first tick after a moment: how many there are at or before it."""
        day = wall_at(moment, self._zone).replace(hour=0, minute=0, second=0)
        if moment >= moment_of(day + _ONE_DAY, self._zone):
            day += _ONE_DAY  # the clock was put back over midnight: the next day had begun
        years = day.year - self._first_year
        while len(self._after) <= years:
            self._go_on()
        while len(self._before) <= -years:
            self._go_back()
        return (self._after[years] if years >= 0 else -self._before[-years]) + self._count_in(
            day, moment
        )

    def years(self, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Go through the years of the ticks from one number up to another, neither below 0.

        Each comes with the ticks of it that are meant: from the one of a place in the year up to another.
        """
        while self._after[-1] < end:
            self._go_on()
        index = bisect_right(self._after, begin) - 1
        while begin < end:
            first, behind = self._after[index], self._after[index + 1]
            until = min(end, behind)
            yield self._first_year + index, begin - first, until - first
            begin, index = until, index + 1

    def days_of(self, number: int) -> Iterator[tuple[Sequence[date], Sequence[int]]]:
        """Go through the ticks of a year: days that have all times of the schedule, then the ticks of an odd day."""
        year = _year(self._cron, self._zone, number)
        first = date(number, 1, 1).toordinal()
        begin = 0
        for odd in year.odd:
            yield (
                [date.fromordinal(first + day) for day in year.days[begin : odd.before]],
                odd.ticks,
            )
            begin = odd.before + odd.is_named
        yield [date.fromordinal(first + day) for day in year.days[begin:]], ()

    def _go_on(self) -> None:
        self._after.append(
            self._after[-1] + self._count_of(self._first_year + len(self._after) - 1)
        )

    def _go_back(self) -> None:
        self._before.append(self._before[-1] + self._count_of(self._first_year - len(self._before)))

    def _count_of(self, year: int) -> int:
        if not MINYEAR < year < MAXYEAR:
            raise OverflowError(f"the year {year} is not counted")
        return _year(self._cron, self._zone, year).tick_count

    def _tick_of(self, number: int, place: int) -> int:
        year = _year(self._cron, self._zone, number)
        times = self._cron.times
        more = 0
        for odd in year.odd:
            begin = odd.before * len(times) + more
            if place < begin:
                break
            if place < begin + len(odd.ticks):
                return odd.ticks[place - begin]
            more += len(odd.ticks) - odd.is_named * len(times)
        day, time = divmod(place - more, len(times))
        midnight = datetime(number, 1, 1) + timedelta(days=year.days[day])
        return moments_of(midnight + timedelta(minutes=times[time]), self._zone)[0]

    def _count_in(self, day: datetime, moment: int) -> int:
        """Return how many ticks of a day's year there are at or before a moment of that day."""
        year = _year(self._cron, self._zone, day.year)
        of_year = (day - datetime(day.year, 1, 1)).days
        named = bisect_left(year.days, of_year)
        times = self._cron.times
        counted = named * len(times)
        for odd in year.odd:
            if moment < odd.begin:
                break
            if moment < odd.end:
                return counted + bisect_right(odd.ticks, moment)
            counted += len(odd.ticks) - odd.is_named * len(times)
        if named < len(year.days) and year.days[named] == of_year:
            wall = moment + offset_at(moment, self._zone)
            counted += bisect_right(times, wall // 60 % 1440)
        return counted


@lru_cache(maxsize=16_384)
def _year(cron: Cron, zone: tzinfo, number: int) -> _Year:
    first = datetime(number, 1, 1)
    length = (datetime(number + 1, 1, 1) - first).days
    days = cron.days_of_year(first.isoweekday() % 7, length == 366)  # noqa: PLR2004 -- a leap year
    odd = []
    for day in _odd_days(number, zone):
        of_year = (day - first).days
        if 0 <= of_year < length:
            before = bisect_left(days, of_year)
            is_named = before < len(days) and days[before] == of_year
            odd.append(_odd_day(cron, zone, day, before, is_named))
    changed = sum(len(each.ticks) - each.is_named * len(cron.times) for each in odd)
    return _Year(days, tuple(odd), len(days) * len(cron.times) + changed)


def _odd_days(year: int, zone: tzinfo) -> list[datetime]:
    """Return the days on the wall that a change touches."""
    found = set()
    for change in changes_of(year, zone):
        walls = wall_at(change - 1, zone), wall_at(change, zone)
        day = min(walls).replace(hour=0, minute=0, second=0)
        while day <= max(walls):
            found.add(day)
            day += _ONE_DAY
    return sorted(found)


def _odd_day(cron: Cron, zone: tzinfo, day: datetime, before: int, is_named: bool) -> _OddDay:
    begin, end = moment_of(day, zone), moment_of(day + _ONE_DAY, zone)
    ticks: set[int] = set()
    for near in (day - _ONE_DAY, day, day + _ONE_DAY):
        first = datetime(near.year, 1, 1)
        is_leap = (datetime(near.year, 12, 31) - first).days == 365  # noqa: PLR2004 -- counted from 0
        if (near - first).days in cron.days_of_year(first.isoweekday() % 7, is_leap):
            for time in cron.times:
                ticks.update(_ticks_at(cron, near + timedelta(minutes=time), zone))
    return _OddDay(
        before, is_named, begin, end, tuple(sorted(each for each in ticks if begin <= each < end))
    )


def _ticks_at(cron: Cron, wall: datetime, zone: tzinfo) -> tuple[int, ...]:
    """Return the ticks of one time on the wall.

    One of a schedule that names all hours ticks whenever the clock shows it. One of a schedule
    that names some ticks once: when the clock shows it first, or jumps over it to a time of the
    same day.
    """
    shown = moments_of(wall, zone)
    if cron.every_hour:
        return shown
    if shown:
        return shown[:1]
    jump = moment_of(wall, zone)
    return (jump,) if wall_at(jump, zone).date() == wall.date() else ()
