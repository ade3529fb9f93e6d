"""Partitions through the services: each run makes and reads its own, and the record says which."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from treadle_client import Client, NeverMaterializedError, NotMadeError, PartitionError

MODULE = """
from treadle import (
    AssetIn, Config, DailyPartitionsDefinition, DynamicPartitionsDefinition, PartitionMapping,
    StaticPartitionsDefinition, TimeWindowPartitionMapping, WeeklyPartitionsDefinition, asset,
    define_asset_job, graph_asset, op, partitioned_config,
)

DAYS = DailyPartitionsDefinition(start_date="2024-01-01")
BEFORE = TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)

@asset(partitions_def=DAYS)
def raw(context):
    days = {key: int(key[-2:]) for key in context.partition_keys}
    return days if context.has_partition_key_range else days[context.partition_key]

@op
def tenfold(raw):
    return {key: 10 * each for key, each in raw.items()} if isinstance(raw, dict) else 10 * raw

@op
def same(tens):
    return tens

@graph_asset(partitions_def=DAYS)
def made(raw):
    return same(tenfold(raw))

@asset(partitions_def=DAYS, ins={"raw": AssetIn(partition_mapping=BEFORE)})
def day_before(context, raw):
    if context.has_partition_key_range:
        return dict(zip(context.partition_keys, raw.values()))
    return raw

@asset(partitions_def=WeeklyPartitionsDefinition(start_date="2024-01-01", day_offset=1))
def week(raw):
    return sum(raw.values())

@asset
def every(raw):
    return raw

CITIES = DynamicPartitionsDefinition(name="cities")

@asset(partitions_def=CITIES)
def city(context):
    return context.partition_key.upper()

@asset(partitions_def=CITIES)
def sign(context, city):
    return f"{city}!"

@asset
def cities(city):
    return city

FROM_BEFORE = TimeWindowPartitionMapping(
    start_offset=-1, end_offset=-1, allow_nonexistent_upstream_partitions=True
)

@asset(partitions_def=DAYS, ins={"total": AssetIn(partition_mapping=FROM_BEFORE)})
def total(context, total):
    return int(context.partition_key[-2:]) + sum(total.values())

class Ends(PartitionMapping):
    def get_upstream_mapped_partitions_result_for_partitions(self, days, mine, its, now, store):
        return [f"{month}-{day}" for month in days for day in ("01", "02")]

    def get_downstream_partitions_for_partitions(self, days, its, mine, now, store):
        return sorted({day[:7] for day in days})

MONTHS = StaticPartitionsDefinition(["2024-03", "2024-04"])

@asset(partitions_def=MONTHS, ins={"raw": AssetIn(partition_mapping=Ends())})
def ends(raw):
    return raw

class Month(Config):
    name: str

@asset(partitions_def=MONTHS)
def month(config: Month):
    return config.name

@partitioned_config(MONTHS)
def of_month(key):
    return {"ops": {"month": {"config": {"name": key + "!"}}}}

by_month = define_asset_job("by_month", "month", config=of_month)
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("partitions")
    (folder / "mod.py").write_text(MODULE)
    with treadle_client.local(folder / "mod.py", home=folder / "home") as client:
        yield client


def make(client: Client, selection: str, **partitions: str) -> treadle_client.RunHandle:
    handle = client.materialize(selection, **partitions)  # type: ignore[arg-type]  # by name
    handle.result(timeout=60).raise_for_failure()
    return handle


def test_a_day_is_made_of_the_same_day_in_one_run_and_in_another(client: Client) -> None:
    make(client, "raw or made", partition="2024-02-04")
    make(client, "raw", partition="2024-02-05")
    run = make(client, "made", partition="2024-02-04")

    assert client.load("made", partition="2024-02-04") == 40
    (read,) = (
        each
        for each in run.events()
        if isinstance(each, treadle_client.InputLoaded) and each.asset_key
    )
    assert (read.asset_key, read.partition_key) == ("raw", "2024-02-04")
    (recorded,) = run.result().materializations
    assert (recorded.asset_key, recorded.partition_key) == ("made", "2024-02-04")
    with pytest.raises(NeverMaterializedError, match="raw, partition 2024-02-06") as refused:
        client.plan("made", partition="2024-02-06")
    assert refused.value.smallest == "made or raw"
    with pytest.raises(NotMadeError, match="say which"):
        client.load("made")


def test_a_range_in_one_run_is_made_read_and_recorded_by_its_keys(client: Client) -> None:
    make(client, "raw", partition="2024-03-31")

    run = make(client, "raw or made or day_before", partitions="2024-04-01..2024-04-03")

    made = {(each.asset_key, each.partition_key) for each in run.result().materializations}
    days = [f"2024-04-0{day}" for day in (1, 2, 3)]
    assert made == {(key, day) for key in ("raw", "made", "day_before") for day in days}
    assert [client.load("made", partition=day) for day in days] == [10, 20, 30]
    assert [client.load("day_before", partition=day) for day in days] == [31, 1, 2]


def test_a_week_reads_its_days_and_a_rerun_makes_the_same_week(client: Client) -> None:
    make(client, "raw", partitions="2024-01-01..2024-01-07")
    run = make(client, "week", partition="2024-01-01")
    again = run.rerun("ALL")

    again.result(timeout=60).raise_for_failure()

    assert client.load("week", partition="2024-01-01") == 28
    assert [each.run_id for each in client.materializations("week", "2024-01-01")] == [
        again.run_id,
        run.run_id,
    ]
    plan = client.plan("week", partition="2024-01-01")
    assert "2024-01-01..2024-01-07" in str(plan)
    assert set(client_every(client)) >= {f"2024-01-0{day}" for day in range(1, 8)}


def client_every(client: Client) -> dict[str, int]:
    make(client, "every")
    found: dict[str, int] = client.load("every")
    return found


def test_a_partition_that_is_not_there_is_refused_before_anything_runs(client: Client) -> None:
    with pytest.raises(PartitionError, match="none was named"):
        client.materialize("raw")
    with pytest.raises(PartitionError, match="Nearest: 2024-01-0"):
        client.materialize("raw", partition="2024-01-0x")
    with pytest.raises(PartitionError, match="nothing that is selected has partitions"):
        client.materialize("every", partition="2024-01-01")


def test_keys_that_are_added_are_partitions_and_those_removed_are_read_no_more(
    client: Client,
) -> None:
    with pytest.raises(PartitionError, match="There is none yet"):
        client.materialize("city")
    client.add_partitions("cities", ["rome", "oslo", "bern"])
    for key in ("rome", "oslo"):
        make(client, "city", partition=key)
    make(client, "city or sign", partition="bern")

    make(client, "sign", partition="oslo")
    make(client, "cities")

    assert client.load("sign", partition="oslo") == "OSLO!"
    assert client.load("cities") == {"rome": "ROME", "oslo": "OSLO", "bern": "BERN"}
    client.remove_partitions("cities", ["oslo"])
    make(client, "cities")
    assert client.load("cities") == {"rome": "ROME", "bern": "BERN"}
    with pytest.raises(PartitionError, match="no partition 'oslo'"):
        client.materialize("sign", partition="oslo")


def test_a_day_is_reused_for_the_same_day_alone(client: Client) -> None:
    selection, day, other = "raw or made", "2024-05-04", "2024-05-05"
    make(client, selection, partition=day)

    same = client.plan(selection, partition=day, reuse="unchanged")
    another = client.plan(selection, partition=other, reuse="unchanged")

    assert {step.verdict.value for step in same.steps} == {"REUSE"}
    assert {step.verdict.value for step in another.steps} == {"RUN"}


def test_the_command_takes_a_partition_and_shows_it(tmp_path: Path) -> None:
    (tmp_path / "mod.py").write_text(MODULE)
    code = ["-f", str(tmp_path / "mod.py"), "--home", str(tmp_path / "home")]

    ran = command("materialize", *code, "-s", "raw", "--partition", "2024-01-04")
    plan = command("plan", *code, "-s", "made", "--partition", "2024-01-04")

    assert "made raw, partition 2024-01-04" in ran
    assert "partition 2024-01-04: 1 asset" in plan


def command(*words: str) -> str:
    """Run a command, which must succeed, and return what it printed."""
    line = [sys.executable, "-m", "treadle_client", *words]
    done = subprocess.run(line, capture_output=True, text=True, timeout=100, check=True)
    return done.stdout + done.stderr


def test_an_asset_goes_on_from_its_own_partition_of_before(client: Client) -> None:
    for day in ("2024-01-01", "2024-01-02", "2024-01-03"):
        make(client, "total", partition=day)

    assert client.load("total", partition="2024-01-03") == 6
    with pytest.raises(NeverMaterializedError, match="total, partition 2024-01-05"):
        client.materialize("total", partition="2024-01-06")


def test_a_mapping_of_the_users_says_what_is_read(client: Client) -> None:
    make(client, "raw", partition="2024-03-01")
    make(client, "raw", partition="2024-03-02")
    make(client, "ends", partition="2024-03")

    assert client.load("ends", partition="2024-03") == {"2024-03-01": 1, "2024-03-02": 2}


def test_a_job_has_the_config_of_its_partition(client: Client) -> None:
    run = client.materialize(job="by_month", partition="2024-04")
    run.result(timeout=60).raise_for_failure()

    assert client.load("month", partition="2024-04") == "2024-04!"
