"""Partitions of time: a key for each window from one tick of a schedule to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from treadle._arguments import checked_init, refuse_unsupported
from treadle._value_words import in_words
from treadle.partitions._definition import PartitionsDefinition
from treadle.partitions._windows_said import (
    HOURS,
    moment,
    offset,
    refuse_equal_keys,
    refuse_no_schedule,
    refused,
    time_of_day,
    zone_named,
)
from treadle_contract import partition as contract

if TYPE_CHECKING:
    from datetime import datetime

    from treadle_partitions import WindowKeys

_DAYS = "%Y-%m-%d"


class TimeWindow(NamedTuple):
    """A stretch of time: from `start` to `end`, which does not belong to it."""

    start: datetime
    end: datetime


class PartitionKeyRange(NamedTuple):
    """The keys from `start` to `end`, both of them included."""

    start: str
    end: str


@checked_init
class TimeWindowPartitionsDefinition(PartitionsDefinition):
    """A partition for each window from a tick of a schedule to the next, once it has ended.

    `cron_schedule` has five fields, in `timezone` (IANA; UTC unless given). A key is the begin of
    its window in `fmt`, a format of strftime. `start` and `end` are texts in `fmt` or datetimes.
    `end_offset` windows more are there than have ended. `exclusions` are schedules and datetimes
    whose windows are left out.

    Raises:
        ArgumentError: an argument cannot work, or `fmt` gives two windows one key.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        start: datetime | str,
        fmt: str,
        end: datetime | str | None = None,
        schedule_type: object = None,
        timezone: str | None = None,
        end_offset: int = 0,
        minute_offset: object = None,
        hour_offset: object = None,
        day_offset: object = None,
        cron_schedule: str | None = None,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        older = {
            "schedule_type": schedule_type,
            "minute_offset": minute_offset,
            "hour_offset": hour_offset,
            "day_offset": day_offset,
        }
        refuse_unsupported("TimeWindowPartitionsDefinition", older)
        if cron_schedule is None:
            raise refused(
                "TimeWindowPartitionsDefinition has no cron_schedule.",
                'Write cron_schedule="0 0 * * *", or use DailyPartitionsDefinition.',
            )
        self._set(
            "TimeWindowPartitionsDefinition",
            cron_schedule,
            start,
            end,
            timezone,
            fmt,
            end_offset,
            exclusions,
        )

    def _set(  # noqa: PLR0913, PLR0917 -- what a definition of windows says
        self,
        owner: str,
        cron_schedule: str,
        start: datetime | str,
        end: datetime | str | None,
        timezone: str | None,
        fmt: str,
        end_offset: int,
        exclusions: Sequence[str | datetime] | None,
    ) -> None:
        self._zone = zone_named(timezone or "UTC", owner)
        begin = moment(start, fmt, self._zone, f"{owner}: start")
        stop = None if end is None else moment(end, fmt, self._zone, f"{owner}: end")
        if stop is not None and stop <= begin:
            raise refused(f"{owner} ends before it starts.", "Give an end after the start.")
        if type(end_offset) is not int:
            raise refused(
                f"{owner}: end_offset={in_words(end_offset)} is no whole number.", "Give one."
            )
        told = tuple(exclusions or ())
        schedules = [cron_schedule, *(each for each in told if isinstance(each, str))]
        for schedule in schedules:
            refuse_no_schedule(schedule, owner)
        moments = (each for each in told if not isinstance(each, str))
        self._is(
            contract.TimeWindowPartitions(
                cron_schedule=cron_schedule,
                timezone=timezone or "UTC",
                start=begin,
                end=stop,
                key_format=fmt,
                end_offset=end_offset,
                excluded_schedules=tuple(schedules[1:]),
                excluded_moments=tuple(
                    sorted(
                        {moment(each, fmt, self._zone, f"{owner}: exclusions") for each in moments}
                    )
                ),
            )
        )
        refuse_equal_keys(self._windows(begin + 400 * 366 * 86_400), owner)

    @classmethod
    def of_data(cls, of: contract.TimeWindowPartitions) -> TimeWindowPartitionsDefinition:
        """Return the definition that says this."""
        made = object.__new__(cls)
        made._zone = zone_named(of.timezone, cls.__name__)
        made._is(of)
        return made

    @property
    def _said(self) -> contract.TimeWindowPartitions:
        of = self.contract.of
        assert isinstance(of, contract.TimeWindowPartitions)
        return of

    @property
    def cron_schedule(self) -> str:
        """The schedule whose ticks the windows begin and end at."""
        return self._said.cron_schedule

    @property
    def timezone(self) -> str:
        """The time zone of the schedule and the keys."""
        return self._said.timezone

    @property
    def fmt(self) -> str:
        """The format of the keys."""
        return self._said.key_format

    @property
    def start(self) -> datetime:
        """When the first window begins at the earliest."""
        return self._at(self._said.start)

    @property
    def end(self) -> datetime | None:
        """When the last window ends at the latest; None: there is no such moment."""
        return None if self._said.end is None else self._at(self._said.end)

    @property
    def end_offset(self) -> int:
        """How many windows are there beyond those that have ended."""
        return self._said.end_offset

    @property
    def exclusions(self) -> Sequence[str | datetime]:
        """The schedules and moments whose windows are left out."""
        said = self._said
        return (*said.excluded_schedules, *map(self._at, said.excluded_moments))

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        """Return the time of a partition, whether it has come or not.

        Raises:
            LookupError: there never is such a key.
        """
        keys = self._windows_around(partition_key)
        begin, end = keys.window(keys.index(partition_key))
        return TimeWindow(self._at(begin), self._at(end))

    def start_time_for_partition_key(self, partition_key: str) -> datetime:
        """Return when a partition's time begins."""
        return self.time_window_for_partition_key(partition_key).start

    def end_time_for_partition_key(self, partition_key: str) -> datetime:
        """Return when a partition's time ends."""
        return self.time_window_for_partition_key(partition_key).end

    def get_partition_key_for_timestamp(self, timestamp: float, end_closed: bool = False) -> str:
        """Return the key of the window in which a moment lies, in seconds since 1970.

        With `end_closed`, the end of a window belongs to it, and its begin does not.

        Raises:
            LookupError: it lies in none.
        """
        at = int(timestamp) - (1 if end_closed and timestamp == int(timestamp) else 0)
        keys = self._windows(at + 400 * 366 * 86_400)
        index = keys.first_ending_after(at)
        if index >= len(keys) or keys.window(index)[0] > at:
            raise LookupError(f"{self._at(at).isoformat()} lies in no window of {self}.")
        return keys[index]

    def get_partition_keys_in_time_window(self, time_window: TimeWindow) -> Sequence[str]:
        """Return the keys of the windows that begin in a stretch of time and are there now."""
        keys = self._keys(None, None)
        first = keys.first_beginning_from(int(time_window.start.timestamp()))  # type: ignore[attr-defined] # of time windows
        last = keys.first_beginning_from(int(time_window.end.timestamp()))  # type: ignore[attr-defined] # as above
        return keys[first:last]

    def get_next_partition_key(self, partition_key: str) -> str | None:
        """Return the key after a key; None if there is none now."""
        keys = self._keys(None, None)
        index = keys.index(partition_key) + 1
        return keys[index] if index < len(keys) else None

    def get_cron_schedule(self) -> str:
        """Return the schedule."""
        return self.cron_schedule

    def _at(self, moment: int) -> datetime:
        from datetime import datetime  # noqa: PLC0415 -- few modules have partitions

        return datetime.fromtimestamp(moment, self._zone)

    def _windows(self, now: int) -> WindowKeys:
        from treadle_partitions import WindowKeys  # noqa: PLC0415 -- few modules have partitions

        return WindowKeys(self._said, now)

    def _windows_around(self, key: str) -> WindowKeys:
        """Return the windows of four hundred years, in which a key lies that has not come yet."""
        now = self._said.start + 400 * 366 * 86_400
        found = self._keys(None, None)
        return found if key in found else self._windows(now)  # type: ignore[return-value] # of time windows


@checked_init
class HourlyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each hour, keyed `2024-01-31-13:00` unless `fmt` says otherwise.

    The hour that the clock shows twice is two; the hour that it jumps over is none.

    Raises:
        ArgumentError: an argument cannot work.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        owner = "HourlyPartitionsDefinition"
        minute = offset("minute_offset", minute_offset, 0, 59, owner)
        self._set(
            owner,
            f"{minute} * * * *",
            start_date,
            end_date,
            timezone,
            fmt or HOURS,
            end_offset,
            exclusions,
        )


@checked_init
class DailyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each day, keyed `2024-01-31` unless `fmt` says otherwise.

    `hour_offset` and `minute_offset` say at which local time a day begins.

    Raises:
        ArgumentError: an argument cannot work.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        owner = "DailyPartitionsDefinition"
        time = time_of_day(minute_offset, hour_offset, owner)
        self._set(
            owner,
            f"{time} * * *",
            start_date,
            end_date,
            timezone,
            fmt or _DAYS,
            end_offset,
            exclusions,
        )


@checked_init
class WeeklyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each week, keyed by its first day. `day_offset` says which that is, Sunday 0.

    Raises:
        ArgumentError: an argument cannot work.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        owner = "WeeklyPartitionsDefinition"
        time = time_of_day(minute_offset, hour_offset, owner)
        day = offset("day_offset", day_offset, 0, 6, owner)
        self._set(
            owner,
            f"{time} * * {day}",
            start_date,
            end_date,
            timezone,
            fmt or _DAYS,
            end_offset,
            exclusions,
        )


@checked_init
class MonthlyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for each month, keyed by its first day. `day_offset` says which that is, 1 to 31.

    A month that has no such day begins none.

    Raises:
        ArgumentError: an argument cannot work.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 1,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        owner = "MonthlyPartitionsDefinition"
        time = time_of_day(minute_offset, hour_offset, owner)
        day = offset("day_offset", day_offset, 1, 31, owner)
        self._set(
            owner,
            f"{time} {day} * *",
            start_date,
            end_date,
            timezone,
            fmt or _DAYS,
            end_offset,
            exclusions,
        )
