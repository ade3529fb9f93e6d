"""Time windows beside what zoneinfo says by hand, where clocks are put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.treadle_partitions.made import HOURS, NOW, keys, seconds, windows
from treadle_contract.partition import PartitionKeyRange
from treadle_partitions import (
    CronError,
    KeySet,
    UnknownPartition,
    UnknownZone,
    keys_of,
    time_window,
    zone_of,
)

NEW_YORK = "America/New_York"

# (schedule, zone, format, start, end, each window: key, begin, end as ISO 8601 with the distance from UTC)
TABLES = {
    "hourly, an hour is jumped over": (
        *("0 * * * *", NEW_YORK, HOURS, datetime(2024, 3, 10), datetime(2024, 3, 10, 5)),
        """
        2024-03-10-00:00 2024-03-10T00:00-05:00 2024-03-10T01:00-05:00
        2024-03-10-01:00 2024-03-10T01:00-05:00 2024-03-10T03:00-04:00
        2024-03-10-03:00 2024-03-10T03:00-04:00 2024-03-10T04:00-04:00
        2024-03-10-04:00 2024-03-10T04:00-04:00 2024-03-10T05:00-04:00
        """,
    ),
    "hourly, an hour comes twice": (
        *("0 * * * *", NEW_YORK, HOURS, datetime(2024, 11, 3), datetime(2024, 11, 3, 3)),
        """
        2024-11-03-00:00 2024-11-03T00:00-04:00 2024-11-03T01:00-04:00
        2024-11-03-01:00 2024-11-03T01:00-04:00 2024-11-03T01:00-05:00
        2024-11-03-01:00-0500 2024-11-03T01:00-05:00 2024-11-03T02:00-05:00
        2024-11-03-02:00 2024-11-03T02:00-05:00 2024-11-03T03:00-05:00
        """,
    ),
    "half hours, put back by half an hour": (
        *("*/30 * * * *", "Australia/Lord_Howe", HOURS),
        *(datetime(2024, 4, 7, 1), datetime(2024, 4, 7, 3)),
        """
        2024-04-07-01:00 2024-04-07T01:00+11:00 2024-04-07T01:30+11:00
        2024-04-07-01:30 2024-04-07T01:30+11:00 2024-04-07T01:30+10:30
        2024-04-07-01:30-x 2024-04-07T01:30+10:30 2024-04-07T02:00+10:30
        2024-04-07-02:00 2024-04-07T02:00+10:30 2024-04-07T02:30+10:30
        2024-04-07-02:30 2024-04-07T02:30+10:30 2024-04-07T03:00+10:30
        """.replace("-x", "+1030"),
    ),
    "daily, at a time that is jumped over": (
        *("30 2 * * *", NEW_YORK, "%Y-%m-%d", datetime(2024, 3, 9), datetime(2024, 3, 12, 3)),
        """
        2024-03-09 2024-03-09T02:30-05:00 2024-03-10T03:00-04:00
        2024-03-10 2024-03-10T03:00-04:00 2024-03-11T02:30-04:00
        2024-03-11 2024-03-11T02:30-04:00 2024-03-12T02:30-04:00
        """,
    ),
    "daily, at a time that comes twice": (
        *("30 1 * * *", NEW_YORK, "%Y-%m-%d", datetime(2024, 11, 2), datetime(2024, 11, 5)),
        """
        2024-11-02 2024-11-02T01:30-04:00 2024-11-03T01:30-04:00
        2024-11-03 2024-11-03T01:30-04:00 2024-11-04T01:30-05:00
        """,
    ),
    "daily, midnight is jumped over": (
        *("0 0 * * *", "America/Havana", "%Y-%m-%d", datetime(2024, 3, 9), datetime(2024, 3, 12)),
        """
        2024-03-09 2024-03-09T00:00-05:00 2024-03-10T01:00-04:00
        2024-03-10 2024-03-10T01:00-04:00 2024-03-11T00:00-04:00
        2024-03-11 2024-03-11T00:00-04:00 2024-03-12T00:00-04:00
        """,
    ),
    "daily, midnight comes twice": (
        *("0 0 * * *", "America/Havana", "%Y-%m-%d", datetime(2024, 11, 2), datetime(2024, 11, 5)),
        """
        2024-11-02 2024-11-02T00:00-04:00 2024-11-03T00:00-04:00
        2024-11-03 2024-11-03T00:00-04:00 2024-11-04T00:00-05:00
        2024-11-04 2024-11-04T00:00-05:00 2024-11-05T00:00-05:00
        """,
    ),
    "daily, a whole day is jumped over": (
        *("0 0 * * *", "Pacific/Apia", "%Y-%m-%d", datetime(2011, 12, 28), datetime(2012, 1, 1)),
        """
        2011-12-28 2011-12-28T00:00-10:00 2011-12-29T00:00-10:00
        2011-12-29 2011-12-29T00:00-10:00 2011-12-31T00:00+14:00
        2011-12-31 2011-12-31T00:00+14:00 2012-01-01T00:00+14:00
        """,
    ),
    "hourly, put back over midnight": (
        *("0 * * * *", "America/St_Johns", HOURS),
        *(datetime(2010, 11, 6, 22), datetime(2010, 11, 7, 2)),
        """
        2010-11-06-22:00 2010-11-06T22:00-02:30 2010-11-06T23:00-02:30
        2010-11-06-23:00 2010-11-06T23:00-02:30 2010-11-07T00:00-02:30
        2010-11-07-00:00 2010-11-07T00:00-02:30 2010-11-07T00:00-03:30
        2010-11-07-00:00-0330 2010-11-07T00:00-03:30 2010-11-07T01:00-03:30
        2010-11-07-01:00 2010-11-07T01:00-03:30 2010-11-07T02:00-03:30
        """,
    ),
    "some hours of a day, one is jumped over": (
        *("0 1,2,3 * * *", NEW_YORK, HOURS, datetime(2024, 3, 10), datetime(2024, 3, 11, 2)),
        """
        2024-03-10-01:00 2024-03-10T01:00-05:00 2024-03-10T03:00-04:00
        2024-03-10-03:00 2024-03-10T03:00-04:00 2024-03-11T01:00-04:00
        2024-03-11-01:00 2024-03-11T01:00-04:00 2024-03-11T02:00-04:00
        """,
    ),
    "the last days of long months": (
        *("0 0 31 * *", "UTC", "%Y-%m-%d", datetime(2024, 1, 1), datetime(2024, 6, 1)),
        """
        2024-01-31 2024-01-31T00:00+00:00 2024-03-31T00:00+00:00
        2024-03-31 2024-03-31T00:00+00:00 2024-05-31T00:00+00:00
        """,
    ),
    "a day of the month or of the week": (
        *("0 0 13 * fri", "UTC", "%Y-%m-%d", datetime(2024, 9, 8), datetime(2024, 9, 27)),
        """
        2024-09-13 2024-09-13T00:00+00:00 2024-09-20T00:00+00:00
        2024-09-20 2024-09-20T00:00+00:00 2024-09-27T00:00+00:00
        """,
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_windows_are_those_of_the_table(name: str) -> None:
    cron, zone, form, start, end, table = TABLES[name]
    definition = windows(cron, start, zone, form, end)

    found = [(key, *time_window(definition, key, now=NOW)) for key in keys(definition)]

    lines = [
        f"{key} {begin.isoformat(timespec='minutes')} {stop.isoformat(timespec='minutes')}"
        for key, begin, stop in found
    ]
    assert lines == [line.strip() for line in table.split("\n") if line.strip()]


# (end offset, whether the end is told, how many windows are there): as Dagster 1.11 has it.
@pytest.mark.parametrize(
    ("offset", "end", "count"),
    [
        (-2, None, 3),
        (-1, None, 4),
        (0, None, 5),
        (1, None, 6),
        (2, None, 7),
        (-2, datetime(2024, 11, 28), 2),
        (0, datetime(2024, 11, 28), 2),
        (2, datetime(2024, 11, 28), 2),
        (0, datetime(2025, 11, 28), 5),
    ],
)
def test_windows_that_ended_by_now_are_there(offset: int, end: datetime | None, count: int) -> None:
    definition = windows("0 0 * * *", datetime(2024, 11, 26), end=end, end_offset=offset)

    assert len(keys(definition)) == count


def test_a_start_that_has_not_come_has_no_keys() -> None:
    found = keys(windows("0 0 * * *", datetime(2025, 11, 26), end_offset=3))

    assert list(found) == []
    assert found.find("2025-11-26") is None
    assert found.near("2025-11-26") == ()


def test_windows_that_are_excluded_are_left_out() -> None:
    definition = windows(
        "0 0 * * *",
        datetime(2024, 11, 22),
        excluded_schedules=("0 0 * * 0",),
        excluded_moments=(seconds(datetime(2024, 11, 26)), seconds(datetime(2024, 11, 27, 12))),
    )

    found = keys(definition)

    assert list(found) == [f"2024-11-{day}" for day in (22, 23, 25, 27, 28, 29, 30)]
    assert [found.index(key) for key in found] == list(range(7))
    assert "2024-11-24" not in found
    assert time_window(definition, "2024-11-23", now=NOW)[1].day == 24


def test_keys_of_a_century_of_hours_are_computed() -> None:
    found = keys(windows("0 * * * *", datetime(1910, 1, 1), NEW_YORK, HOURS))
    middle = datetime(1967, 6, 1, 12, tzinfo=zone_of(NEW_YORK))

    index = found.index("1967-06-01-12:00")

    assert len(found) > 1_000_000
    assert found[index] == "1967-06-01-12:00"
    hours = (middle - datetime(1910, 1, 1, tzinfo=zone_of(NEW_YORK)).astimezone(UTC)) / timedelta(
        hours=1
    )
    assert index == hours
    assert KeySet.all(found).ranges() == (
        PartitionKeyRange(first="1910-01-01-00:00", last=found[-1]),
    )


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("2024-11-31", ("2024-11-26", "2024-11-30")),
        ("2025-01-01", ("2024-11-30",)),
        ("2020-01-01", ("2024-11-26",)),
        ("x", ("2024-11-26", "2024-11-30")),
    ],
)
def test_an_unknown_key_has_the_nearest_beside_it(key: str, near: tuple[str, ...]) -> None:
    found = keys(windows("0 0 * * *", datetime(2024, 11, 26)))

    with pytest.raises(UnknownPartition) as raised:
        found.index(key)

    assert raised.value.nearest == near


def test_a_key_that_strptime_takes_and_strftime_does_not_write_is_unknown() -> None:
    found = keys(windows("0 0 * * *", datetime(2024, 9, 1)))

    assert found.find("2024-9-1") is None


@pytest.mark.parametrize("form", ["%Y-%m", "%G-W%V", "%d.%m.%y", "%Y-%m-%dT%H:%M:%S%z"])
def test_any_format_that_tells_windows_apart_is_read_back(form: str) -> None:
    cron = {"%Y-%m": "0 5 3 * *", "%G-W%V": "0 0 * * 1"}.get(form, "0 6 * * *")

    found = keys_of(windows(cron, datetime(2022, 1, 1), NEW_YORK, form), now=NOW)

    assert [found.index(key) for key in found] == list(range(len(found)))


@pytest.mark.parametrize(
    ("cron", "problem"),
    [
        ("0 0 * *", "has 4 fields"),
        ("60 * * * *", "60 is no minute: 0 to 59"),
        ("0 0 * * mo", "'mo' is no day of the week"),
        ("0 0 30 2 *", "names no day that ever comes"),
        ("0 5-3 * * *", "ends before it begins"),
        ("*/0 * * * *", "not stepped by 0"),
    ],
)
def test_a_schedule_that_is_none_is_refused(cron: str, problem: str) -> None:
    with pytest.raises(CronError, match=problem.replace("(", r"\(")):
        keys(windows(cron, datetime(2024, 1, 1)))


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownZone, match="no time zone of the IANA database"):
        zone_of("Europe/Atlantis")
