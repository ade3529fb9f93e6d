"""A second, naive implementation of partitions: minutes are gone through, keys are listed.

A schedule is sets of numbers here, a definition the list of its windows, a mapping a comparison of
each key of a reader with each key that it may need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Schedule:
    """Which minutes, hours, days… it names; None: all."""

    minutes: frozenset[int] | None
    hours: frozenset[int] | None
    days: frozenset[int] | None
    months: frozenset[int] | None
    weekdays: frozenset[int] | None

    @property
    def cron(self) -> str:
        """The schedule as cron has it."""
        fields = (self.minutes, self.hours, self.days, self.months, self.weekdays)
        return " ".join("*" if f is None else ",".join(map(str, sorted(f))) for f in fields)

    def names_day(self, day: date) -> bool:
        of_month = self.days is None or day.day in self.days
        of_week = self.weekdays is None or day.isoweekday() % 7 in self.weekdays
        either = self.days is not None and self.weekdays is not None
        in_month = self.months is None or day.month in self.months
        return in_month and ((of_month or of_week) if either else (of_month and of_week))

    def names_time(self, hour: int, minute: int) -> bool:
        named = self.hours is None or hour in self.hours
        return named and (self.minutes is None or minute in self.minutes)


def ticks(schedule: Schedule, zone: str, begin: datetime, end: datetime) -> list[datetime]:
    """Return when a schedule ticks in a stretch of UTC, minute by minute."""
    if schedule.hours is None:
        return [
            moment
            for moment, wall in _minutes(zone, begin, end)
            if schedule.names_day(wall.date()) and schedule.names_time(wall.hour, wall.minute)
        ]
    found = set()
    seen: set[datetime] = set()
    previous: datetime | None = None
    for moment, wall in _minutes(zone, begin - timedelta(days=2), end):
        jumped = wall if previous is None else min(wall, previous + MINUTE)
        while jumped <= wall:
            of_schedule = schedule.names_day(jumped.date()) and schedule.names_time(
                jumped.hour, jumped.minute
            )
            if of_schedule and jumped not in seen and jumped.date() == wall.date():
                found.add(moment)
            seen.add(jumped)
            jumped += MINUTE
        previous = wall
    return sorted(moment for moment in found if moment >= begin)


def _minutes(zone: str, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    where = ZoneInfo(zone)
    moment = begin
    while moment < end:
        yield moment, moment.astimezone(where).replace(tzinfo=None, fold=0)
        moment += MINUTE


Window = tuple[datetime, datetime]


def windows(
    all_ticks: Sequence[datetime],
    start: datetime,
    end: datetime | None,
    now: datetime,
    end_offset: int,
) -> list[Window]:
    """Return the windows that are there, of ticks that begin before `start` and go on behind `now`."""
    of_start = [tick for tick in all_ticks if tick >= start]
    pairs = list(pairwise(of_start))
    ended = sum(stop <= now for _, stop in pairs)
    if of_start and now < of_start[0]:
        ended = -1 - sum(now < tick < of_start[0] for tick in all_ticks)
    count = max(0, ended + end_offset)
    return [pair for pair in pairs[:count] if end is None or pair[1] <= end]


def overlapping(
    reader_ticks: Sequence[datetime], reader: Window, read: Sequence[Window], start: int, end: int
) -> set[int]:
    """Return which windows a window of a reader needs, whose ends are moved by so many ticks."""
    begin = reader_ticks[reader_ticks.index(reader[0]) + start]
    stop = reader_ticks[reader_ticks.index(reader[1]) + end]
    return {i for i, each in enumerate(read) if begin < stop and each[0] < stop and each[1] > begin}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
