"""Definitions of partitions as users write them: keys, windows, refusals at their line."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

import treadle as t
from treadle import (
    ArgumentError,
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    MultiPartitionKey,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    StaticPartitionsDefinition,
    TimeWindow,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
)

NOW = datetime(2024, 12, 1, 0, 30, tzinfo=UTC)


def test_static_keys_keep_their_order() -> None:
    said = StaticPartitionsDefinition(["eu", "us", "asia"])

    assert said.get_partition_keys() == ["eu", "us", "asia"]
    assert (said.get_first_partition_key(), said.get_last_partition_key()) == ("eu", "asia")
    assert said.has_partition_key("us")
    assert not said.has_partition_key("u")
    assert said.get_partition_keys_in_range(PartitionKeyRange("eu", "us")) == ("eu", "us")
    assert said == StaticPartitionsDefinition(["eu", "us", "asia"])
    assert said != StaticPartitionsDefinition(["us", "eu", "asia"])
    assert len({said, StaticPartitionsDefinition(["eu", "us", "asia"])}) == 1


@pytest.mark.parametrize(
    ("made", "last", "count"),
    [
        (HourlyPartitionsDefinition("2024-11-30-21:00"), "2024-11-30-23:00", 3),
        (HourlyPartitionsDefinition("2024-11-30-21:00", minute_offset=15), "2024-11-30-23:15", 3),
        (DailyPartitionsDefinition("2024-11-26"), "2024-11-30", 5),
        (DailyPartitionsDefinition("2024-11-26", hour_offset=3), "2024-11-29", 4),
        (DailyPartitionsDefinition(datetime(2024, 11, 26), end_offset=1), "2024-12-01", 6),
        (DailyPartitionsDefinition("26/11/2024", "29/11/2024", fmt="%d/%m/%Y"), "28/11/2024", 3),
        (DailyPartitionsDefinition("2024-11-26", timezone="Asia/Tokyo"), "2024-11-30", 5),
        (DailyPartitionsDefinition("2024-11-26", exclusions=["0 0 * * 6"]), "2024-11-29", 4),
        (WeeklyPartitionsDefinition("2024-11-01"), "2024-11-24", 4),
        (WeeklyPartitionsDefinition("2024-11-01", day_offset=1), "2024-11-18", 3),
        (MonthlyPartitionsDefinition("2024-08-05"), "2024-11-01", 3),
        (MonthlyPartitionsDefinition("2024-08-05", day_offset=5), "2024-10-05", 3),
        (
            TimeWindowPartitionsDefinition("2024", "%Y", cron_schedule="0 0 1 1 *", end_offset=1),
            "2024",
            1,
        ),
    ],
)
def test_windows_that_ended_have_keys(
    made: TimeWindowPartitionsDefinition, last: str, count: int
) -> None:
    assert made.get_last_partition_key(NOW) == last
    assert made.get_num_partitions(NOW) == count


def test_a_definition_tells_what_it_was_given() -> None:
    said = DailyPartitionsDefinition(
        "2024-11-26", timezone="Europe/Berlin", hour_offset=4, minute_offset=30, end_offset=2
    )

    assert (said.cron_schedule, said.timezone, said.fmt) == (
        "30 4 * * *",
        "Europe/Berlin",
        "%Y-%m-%d",
    )
    assert said.start == datetime(2024, 11, 25, 23, tzinfo=UTC)
    assert (said.end, said.end_offset) == (None, 2)
    assert said.time_window_for_partition_key("2024-11-26") == TimeWindow(
        datetime(2024, 11, 26, 3, 30, tzinfo=UTC), datetime(2024, 11, 27, 3, 30, tzinfo=UTC)
    )


def test_the_time_of_a_key_that_has_not_come_is_told() -> None:
    said = DailyPartitionsDefinition("2024-11-26")

    assert said.start_time_for_partition_key("2099-01-01") == datetime(2099, 1, 1, tzinfo=UTC)
    assert (
        said.get_partition_key_for_timestamp(datetime(2099, 1, 1, 5, tzinfo=UTC).timestamp())
        == "2099-01-01"
    )
    with pytest.raises(LookupError, match="There is no partition '2024-11-25'"):
        said.time_window_for_partition_key("2024-11-25")


def test_a_start_with_a_time_zone_is_that_moment() -> None:
    tokyo = timezone(timedelta(hours=9))

    said = DailyPartitionsDefinition(datetime(2024, 11, 26, 9, tzinfo=tokyo))

    assert said == DailyPartitionsDefinition("2024-11-26")


def test_dynamic_keys_are_those_that_a_store_has() -> None:
    said = DynamicPartitionsDefinition(name="customers")

    assert said.name == "customers"
    assert said.get_partition_keys(dynamic_partitions_store={"customers": ["b", "a"]}) == ["b", "a"]
    with pytest.raises(ArgumentError, match="are kept where runs are recorded"):
        said.get_partition_keys()


def test_several_dimensions_are_combined_in_the_order_of_their_names() -> None:
    said = MultiPartitionsDefinition(
        {
            "region": StaticPartitionsDefinition(["eu", "us"]),
            "day": DailyPartitionsDefinition("2024-11-29"),
        }
    )

    keys = said.get_partition_keys(NOW)

    assert keys == ["2024-11-29|eu", "2024-11-29|us", "2024-11-30|eu", "2024-11-30|us"]
    assert said.partition_dimension_names == ["day", "region"]
    key = said.get_partition_key_from_str(keys[1])
    assert key.keys_by_dimension == {"day": "2024-11-29", "region": "us"}
    assert key == MultiPartitionKey({"region": "us", "day": "2024-11-29"}) == "2024-11-29|us"
    assert pickle.loads(pickle.dumps(key)).keys_by_dimension == key.keys_by_dimension
    assert said.time_window_for_partition_key(key).end == datetime(2024, 11, 30, tzinfo=UTC)


REFUSED: dict[str, Any] = {
    "is empty, or begins or ends with a blank": lambda: StaticPartitionsDefinition(["a", ""]),
    "the key 'a' is there twice": lambda: StaticPartitionsDefinition(["a", "b", "a"]),
    "there is no key": lambda: StaticPartitionsDefinition([]),
    "the key 1 is not text": lambda: StaticPartitionsDefinition([1]),  # type: ignore[list-item]
    "stands between keys": lambda: StaticPartitionsDefinition(["a..b"]),
    "'ab' is not a list": lambda: StaticPartitionsDefinition("ab"),
    "and 2,097,152 is the most": lambda: StaticPartitionsDefinition(
        [f"{n:030}" for n in range(70_000)]
    ),
    "has no name": DynamicPartitionsDefinition,
    "partition_fn=…) is not supported": lambda: DynamicPartitionsDefinition(lambda _: []),
    "is not in the format '%Y-%m-%d'": lambda: DailyPartitionsDefinition("1.1.2024"),
    "no time zone of the IANA database": lambda: DailyPartitionsDefinition(
        "2024-01-01", timezone="Berlin"
    ),
    "hour_offset=24 is none": lambda: DailyPartitionsDefinition("2024-01-01", hour_offset=24),
    "ends before it starts": lambda: DailyPartitionsDefinition("2024-01-02", "2024-01-01"),
    "gives two windows the key '2024-01-01'": lambda: HourlyPartitionsDefinition(
        datetime(2024, 1, 1), fmt="%Y-%m-%d"
    ),
    "names no day that ever comes": lambda: TimeWindowPartitionsDefinition(
        "2024-01-01", "%Y-%m-%d", cron_schedule="0 0 31 2 *"
    ),
    "has no cron_schedule": lambda: TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d"),
    "minute_offset=…) is not supported": lambda: TimeWindowPartitionsDefinition(
        "2024-01-01", "%Y-%m-%d", minute_offset=3
    ),
    "names no dimension": lambda: MultiPartitionsDefinition({}),
    "which stands between dimensions": lambda: MultiPartitionsDefinition(
        {"a": StaticPartitionsDefinition(["x|y"])}
    ),
    "the dimension 'a' is": lambda: MultiPartitionsDefinition(
        {"a": MultiPartitionsDefinition({"b": StaticPartitionsDefinition(["x"])})}
    ),
    "which cannot be one": lambda: MultiPartitionKey({"a": "x|y"}),
    "says no keys": t.PartitionsDefinition,
    "is no number of partitions": lambda: t.BackfillPolicy(0),
}


@pytest.mark.parametrize("problem", REFUSED)
def test_what_cannot_be_is_refused_where_it_is_written(problem: str) -> None:
    with pytest.raises(ArgumentError) as raised:
        REFUSED[problem]()

    assert problem in str(raised.value)
    assert raised.value.source is not None
    assert raised.value.source.file == __file__


def test_a_policy_says_how_many_partitions_a_run_makes() -> None:
    assert t.BackfillPolicy.single_run().max_partitions_per_run is None
    assert t.BackfillPolicy.multi_run(5) == t.BackfillPolicy(5)
    assert t.BackfillPolicy() == t.BackfillPolicy.multi_run()


def test_windows_are_found_by_time_and_by_each_other() -> None:
    said = DailyPartitionsDefinition("2024-01-01", "2024-01-05")
    noon, midnight = datetime(2024, 1, 2, 12, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)

    assert said.get_partition_key_for_timestamp(noon.timestamp()) == "2024-01-02"
    assert said.get_partition_key_for_timestamp(midnight.timestamp()) == "2024-01-02"
    assert (
        said.get_partition_key_for_timestamp(midnight.timestamp(), end_closed=True) == "2024-01-01"
    )
    with pytest.raises(LookupError, match="lies in no window"):
        said.get_partition_key_for_timestamp(datetime(2023, 12, 31, tzinfo=UTC).timestamp())
    stretch = TimeWindow(noon, datetime(2024, 1, 4, tzinfo=UTC))
    assert said.get_partition_keys_in_time_window(stretch) == ("2024-01-03",)
    assert said.get_next_partition_key("2024-01-03") == "2024-01-04"
    assert said.get_next_partition_key("2024-01-04") is None
    assert said.end == datetime(2024, 1, 5, tzinfo=UTC)
    assert said.end_time_for_partition_key("2024-01-04") == said.end
