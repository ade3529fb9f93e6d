"""What is reused of partitions: what the same ones were made of, whatever was made of others since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from treadle import (
    AssetIn,
    DailyPartitionsDefinition,
    TimeWindowPartitionMapping,
    WeeklyPartitionsDefinition,
    asset,
    materialize,
)

DAYS = DailyPartitionsDefinition("2024-01-01", "2024-02-01")
WEEKS = WeeklyPartitionsDefinition("2024-01-01", "2024-02-01", day_offset=1)
WEEK = [f"2024-01-{day:02}" for day in range(1, 8)]

ran: list[str] = []
factor = [1]


@pytest.fixture(autouse=True)
def _anew() -> None:
    ran.clear()
    factor[0] = 1


def _of_keys(context: Any, name: str, one: Any) -> Any:
    ran.append(name)
    if context.has_partition_key_range:
        return {key: one(key) for key in context.partition_keys}
    return one(context.partition_key)


@asset(partitions_def=DAYS)
def raw(context: Any) -> Any:
    return _of_keys(context, "raw", lambda key: int(key[-2:]) * factor[0])


@asset(partitions_def=DAYS)
def plus(context: Any, raw: Any) -> Any:
    return _of_keys(context, "plus", lambda key: (raw[key] if isinstance(raw, dict) else raw) + 1)


def before(offset: int) -> Any:
    @asset(
        partitions_def=DAYS,
        ins={
            "raw": AssetIn(
                partition_mapping=TimeWindowPartitionMapping(
                    start_offset=offset,
                    end_offset=offset,
                    allow_nonexistent_upstream_partitions=True,
                )
            )
        },
    )
    def earlier(context: Any, raw: Mapping[str, int]) -> Any:
        return _of_keys(context, "earlier", lambda key: sum(raw.values()))

    return earlier


@asset(partitions_def=WEEKS)
def week(context: Any, raw: Mapping[str, int]) -> int:
    ran.append("week")
    return sum(raw.values())


@asset
def every(raw: Mapping[str, int]) -> int:
    ran.append("every")
    return sum(raw.values())


def made(
    home: Path, assets: Sequence[Any], *keys: str, selection: str | None = None
) -> Sequence[str]:
    """Return what ran, of a run that reuses what is unchanged."""
    ran.clear()
    named: dict[str, Any] = {"partition_key": keys[0]} if keys else {}
    if len(keys) > 1:
        named = {"tags": {}, "partition_keys": keys}
    materialize([*assets], instance=home, selection=selection or "*", reuse="unchanged", **named)
    return list(ran)


def test_a_day_is_unchanged_after_other_days_were_made(tmp_path: Path) -> None:
    days = ["2024-01-04", *(f"2024-01-{day}" for day in range(10, 17))]

    first = [made(tmp_path, [raw, plus], day) for day in days]

    assert first == [["raw", "plus"]] * len(days)
    assert made(tmp_path, [raw, plus], "2024-01-04") == []
    assert made(tmp_path, [raw, plus], "2024-01-04", selection="plus") == []


def test_a_day_runs_whose_own_day_above_was_made_otherwise(tmp_path: Path) -> None:
    for day in ("2024-01-04", "2024-01-05"):
        made(tmp_path, [raw, plus], day)
    factor[0] = 10
    materialize([raw], instance=tmp_path, partition_key="2024-01-05")

    assert made(tmp_path, [raw, plus], "2024-01-04", selection="plus") == []
    assert made(tmp_path, [raw, plus], "2024-01-05", selection="plus") == ["plus"]


def test_a_week_runs_if_one_of_its_days_is_another_and_not_for_other_days(tmp_path: Path) -> None:
    for day in WEEK:
        made(tmp_path, [raw], day)
    assert made(tmp_path, [raw, week], WEEK[0], selection="week") == ["week"]

    made(tmp_path, [raw], "2024-01-09")
    assert made(tmp_path, [raw, week], WEEK[0], selection="week") == []
    factor[0] = 3
    materialize([raw], instance=tmp_path, partition_key=WEEK[3])
    assert made(tmp_path, [raw, week], WEEK[0], selection="week") == ["week"]


def test_what_reads_every_partition_runs_if_one_comes_or_changes(tmp_path: Path) -> None:
    made(tmp_path, [raw], WEEK[0])

    assert made(tmp_path, [raw, every], selection="every") == ["every"]
    assert made(tmp_path, [raw, every], selection="every") == []
    made(tmp_path, [raw], WEEK[1])
    assert made(tmp_path, [raw, every], selection="every") == ["every"]


def test_another_mapping_reads_other_days_though_those_of_both_are_unchanged(
    tmp_path: Path,
) -> None:
    for day in WEEK:
        made(tmp_path, [raw], day)
    made(tmp_path, [raw, before(-1)], WEEK[5], selection="earlier")

    assert made(tmp_path, [raw, before(-1)], WEEK[5], selection="earlier") == []
    assert made(tmp_path, [raw, before(-2)], WEEK[5], selection="earlier") == ["earlier"]
