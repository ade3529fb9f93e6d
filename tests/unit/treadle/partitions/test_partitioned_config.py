"""Config of jobs as a function of the partition: which job has it, what is asked, what is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import treadle as t
from treadle import (
    ArgumentError,
    DailyPartitionsDefinition,
    PartitionedConfig,
    StaticPartitionsDefinition,
    daily_partitioned_config,
    hourly_partitioned_config,
    monthly_partitioned_config,
    partitioned_config,
    static_partitioned_config,
    weekly_partitioned_config,
)
from treadle.locations.location import build_location
from treadle.partitions._answers import config_answer
from treadle.partitions._questions import ConfigQuestion

REGIONS = StaticPartitionsDefinition(["eu", "us"])


class Settings(t.Config):
    region: str


@t.op
def told(config: Settings) -> str:
    return config.region


@t.asset(partitions_def=REGIONS)
def sales(config: Settings) -> str:
    return config.region


@static_partitioned_config(["eu", "us"])
def of_region(key: str) -> Any:
    return {"ops": {"sales": {"config": {"region": key.upper()}}}}


@partitioned_config(REGIONS)
def of_ops(key: str) -> Any:
    return t.RunConfig(ops={"told": Settings(region=key)})


def test_a_job_of_assets_has_config_of_its_partitions() -> None:
    job = t.define_asset_job("j", "sales", config=of_region)

    made = build_location([("m", t.Definitions(assets=[sales], jobs=[job]))])

    (found,) = made.snapshot.jobs
    assert (found.partitions, found.has_partitioned_config) == (REGIONS.contract.id, True)
    assert found.config is None
    asked = ConfigQuestion(job="j", partition_key="eu")
    assert config_answer(made, asked) == {"ops": {"sales": {"config": {"region": "EU"}}}}


def test_a_job_of_ops_has_it_with_its_nodes_named_as_the_job_has_them() -> None:
    @t.job(config=of_ops)
    def etl() -> None:
        told()

    made = build_location([("m", t.Definitions(jobs=[etl]))])

    found = config_answer(made, ConfigQuestion(job="etl", partition_key="us"))
    assert found == {"ops": {"etl": {"ops": {"told": {"config": {"region": "us"}}}}}}


@pytest.mark.parametrize(
    ("decorator", "key", "hours"),
    [
        (hourly_partitioned_config("2024-01-01-00:00"), "2024-01-02-03:00", 1),
        (daily_partitioned_config("2024-01-01", hour_offset=2), "2024-01-02", 24),
        (weekly_partitioned_config("2024-01-01", day_offset=1), "2024-01-08", 7 * 24),
        (monthly_partitioned_config("2024-01-01"), "2024-02-01", 29 * 24),
    ],
)
def test_config_of_time_is_a_function_of_begin_and_end(
    decorator: Any, key: str, hours: int
) -> None:
    def told_window(start: datetime, end: datetime) -> dict[str, Any]:
        return {"hours": (end - start).total_seconds() / 3600}

    made: PartitionedConfig = decorator(told_window)

    assert made.get_run_config_for_partition_key(key) == {"hours": hours}
    assert made.partitions_def.has_partition_key(key)
    assert made(datetime(2024, 1, 1), datetime(2024, 1, 2)) == {"hours": 24}
    assert made.get_partition_keys(datetime(2024, 3, 2))[0].startswith("2024-01-0")


def test_what_makes_no_config_is_told() -> None:
    @partitioned_config(REGIONS)
    def wrong(key: str) -> Any:
        return [key]

    job = t.define_asset_job("j", "sales", config=wrong)
    made = build_location([("m", t.Definitions(assets=[sales], jobs=[job]))])

    with pytest.raises(ArgumentError, match="the config of a partition is a list"):
        config_answer(made, ConfigQuestion(job="j", partition_key="eu"))


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (lambda: PartitionedConfig(REGIONS), "has no run_config_for_partition_key_fn"),
        (lambda: PartitionedConfig(None), "has no partitions_def"),  # type: ignore[arg-type]
        (lambda: PartitionedConfig(3), "is 3, and no definition"),  # type: ignore[arg-type]
        (lambda: partitioned_config(REGIONS)(3), "and not by 3"),  # type: ignore[arg-type]
        (
            lambda: partitioned_config(REGIONS, tags_for_partition_key_fn=print),
            "tags_for_partition_key_fn=…) is not supported",
        ),
        (
            lambda: t.define_asset_job(
                "j", config=of_region, partitions_def=DailyPartitionsDefinition("2024-01-01")
            ),
            "has other partitions",
        ),
    ],
)
def test_what_cannot_be_is_refused(made: Any, problem: str) -> None:
    with pytest.raises(ArgumentError) as raised:
        made()

    assert problem in str(raised.value)
