"""A schedule of cron: which minutes of which days it names, without a time zone."""

from __future__ import annotations

import calendar
from functools import lru_cache
from typing import Final, NamedTuple

_MONTHS: Final = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NAMED: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_HOURS: Final = tuple(range(24))


class _Place(NamedTuple):
    """One of the five fields: what it is called, its smallest and largest number, its names."""

    what: str
    least: int
    most: int
    names: tuple[str, ...] = ()


_PLACES: Final = (
    _Place("minute", 0, 59),
    _Place("hour", 0, 23),
    _Place("day of the month", 1, 31),
    _Place("month", 1, 12, ("", *(name.lower() for name in _MONTHS))),
    _Place("day of the week", 0, 7, _WEEKDAYS),
)


class CronError(ValueError):
    """A text is not a schedule of cron; the message says which field and what it may be."""


class Cron(NamedTuple):
    """A schedule: the minutes of a day and the days that it names.

    `every_hour`: it names all hours, so it follows the time that passes, and not the clock on the
    wall, where that is put forward or back. `weekdays` are counted from Sunday, 0.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    """A day of the month or a day of the week is enough: both fields name some."""

    @property
    def every_hour(self) -> bool:
        """Whether it names all hours of a day."""
        return self.hours == _HOURS

    @property
    def times(self) -> tuple[int, ...]:
        """The times of a day, as minutes since its midnight."""
        return _times(self)

    def days_of_year(self, first_weekday: int, is_leap: bool) -> tuple[int, ...]:
        """Return the days of a year that are named, counted from 0, in order.

        `first_weekday` is the day of the week of the 1st of January, counted from Sunday, 0.
        """
        return _days_of_year(self, first_weekday, is_leap)


@lru_cache(maxsize=256)
def parse(text: str) -> Cron:
    """Read a schedule of five fields, or one of cron's names for some (`@daily`).

    Raises:
        CronError: it is none, or names no day that ever comes.
    """
    fields = _NAMED.get(text.strip().lower(), text).lower().split()
    if len(fields) != len(_PLACES):
        raise CronError(
            f"{text!r} has {len(fields)} fields: a schedule has five, minute, hour, day of the month, month"
            ' and day of the week, as in "0 0 * * 1"'
        )
    try:
        minutes, hours, days, months, weekdays = map(_numbers, fields, _PLACES)
    except CronError as error:
        raise CronError(f"{text!r}: {error}") from None
    cron = Cron(
        tuple(sorted(minutes)),
        tuple(sorted(hours)),
        days,
        months,
        frozenset(day % 7 for day in weekdays),
        not (fields[2].startswith("*") or fields[4].startswith("*")),
    )
    if not any(_days_of_year(cron, first, True) for first in range(7)):
        raise CronError(f"{text!r} names no day that ever comes")
    return cron


def _numbers(field: str, place: _Place) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        stretch, slash, every = part.partition("/")
        step = _number(every, place, named=False) if slash else 1
        if step < 1:
            raise CronError(f"a {place.what} is not stepped by {step}")
        if stretch == "*":
            # 7 is Sunday, as 0 is.
            first, last = place.least, 6 if place.names == _WEEKDAYS else place.most
        else:
            begin, dash, end = stretch.partition("-")
            first = _number(begin, place)
            last = _number(end, place) if dash else (place.most if slash else first)
        for number in (first, last):
            if not place.least <= number <= place.most:
                raise CronError(f"{number} is no {place.what}: {place.least} to {place.most}")
        if last < first:
            raise CronError(f"the {place.what} {stretch} ends before it begins")
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _number(text: str, place: _Place, *, named: bool = True) -> int:
    if named and text and text in place.names:
        return place.names.index(text)
    if not (text.isascii() and text.isdigit()):
        raise CronError(f"{text!r} is no {place.what}: {place.least} to {place.most}")
    return int(text)


@lru_cache(maxsize=256)
def _times(cron: Cron) -> tuple[int, ...]:
    return tuple(hour * 60 + minute for hour in cron.hours for minute in cron.minutes)


@lru_cache(maxsize=1024)
def _days_of_year(cron: Cron, first_weekday: int, is_leap: bool) -> tuple[int, ...]:
    lengths = (31, 29 if is_leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    found = []
    before = 0
    for month, length in enumerate(lengths, 1):
        for day in range(1, length + 1) if month in cron.months else ():
            weekday = (first_weekday + before + day - 1) % 7
            of_month, of_week = day in cron.days, weekday in cron.weekdays
            if (of_month or of_week) if cron.either_day else (of_month and of_week):
                found.append(before + day - 1)
        before += length
    return tuple(found)
