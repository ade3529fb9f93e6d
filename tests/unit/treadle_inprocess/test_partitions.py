"""Runs of what has partitions, in this process: what ops are told, what they read, what is kept of which."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from treadle import (
    AssetCheckResult,
    AssetIn,
    AssetOut,
    ContextError,
    DailyPartitionsDefinition,
    Definitions,
    InMemoryIOManager,
    InputContext,
    IOManager,
    MaterializeResult,
    MultiPartitionsDefinition,
    Output,
    OutputContext,
    PickledObjectFilesystemIOManager,
    PlanRefused,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    WeeklyPartitionsDefinition,
    asset,
    asset_check,
    define_asset_job,
    graph_asset,
    graph_multi_asset,
    job,
    materialize,
    materialize_to_memory,
    op,
)
from treadle_contract.partition import PartitionKeyRange
from treadle_contract.plan import PlanOptions, Selection
from treadle_inprocess._home import FolderHome
from treadle_inprocess._request import Request
from treadle_inprocess._request import run as run_request

DAYS = DailyPartitionsDefinition(start_date="2024-01-01")
WEEKS = WeeklyPartitionsDefinition(start_date="2024-01-01", day_offset=1)
WEEK = [f"2024-01-{day:02}" for day in range(1, 8)]


@asset(partitions_def=DAYS)
def raw(context: Any) -> int:
    return int(context.partition_key[-2:])


@op
def tenfold(context: Any, raw: int) -> int:
    assert context.has_partition_key
    return raw * 10


@op
def and_one(tens: int) -> int:
    return tens + 1


@graph_asset(partitions_def=DAYS)
def made(raw: Any) -> Any:
    return and_one(tenfold(raw))


@asset(
    partitions_def=DAYS,
    ins={
        "raw": AssetIn(partition_mapping=TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))
    },
)
def day_before(context: Any, raw: int) -> str:
    window = context.partition_time_window
    return f"{context.partition_key} {raw} {window.start:%d}-{window.end:%d}"


@asset(partitions_def=WEEKS)
def week(raw: dict[str, int]) -> int:
    return sum(raw.values())


@asset
def every(raw: dict[str, int]) -> dict[str, int]:
    return raw


ALL = [raw, made, day_before, week, every]


def run(folder: Path, *selection: str, key: str | None = None) -> Any:
    result = materialize(ALL, selection=list(selection), partition_key=key, instance=folder)
    return result.output_for_node(selection[-1])


def test_each_run_reads_the_partition_that_the_mapping_says(tmp_path: Path) -> None:
    assert run(tmp_path, "raw", "made", key="2024-01-04") == 41
    assert run(tmp_path, "raw", "made", key="2024-01-05") == 51

    assert run(tmp_path, "day_before", key="2024-01-05") == "2024-01-05 4 05-06"
    assert run(tmp_path, "made", key="2024-01-04") == 41
    with pytest.raises(PlanRefused, match="raw, partition 2024-01-07, which no run has made"):
        run(tmp_path, "made", key="2024-01-07")


def test_what_is_made_is_recorded_and_lies_by_its_partition(tmp_path: Path) -> None:
    result = materialize([raw], partition_key="2024-01-04", instance=tmp_path)

    (event,) = result.asset_materializations_for_node("raw")
    assert event.partition == "2024-01-04"
    assert [path.name for path in (tmp_path / "values/assets/in-process/raw").iterdir()] == [
        "=2024-01-04"
    ]


def test_a_week_reads_its_days_and_what_has_no_partitions_all_that_were_made(
    tmp_path: Path,
) -> None:
    for key in WEEK[:-1]:
        run(tmp_path, "raw", key=key)

    with pytest.raises(PlanRefused, match="partition 2024-01-07, which no run has made"):
        run(tmp_path, "week", key="2024-01-01")
    assert run(tmp_path, "every") == {key: day for day, key in enumerate(WEEK[:-1], 1)}
    assert run(tmp_path, "raw", "week", key="2024-01-07") == 28


def test_a_partition_is_to_be_named(tmp_path: Path) -> None:
    with pytest.raises(PlanRefused, match="raw has partitions, and none was named"):
        materialize([raw])
    job = Definitions(assets=[raw], jobs=[define_asset_job("all")]).get_job_def("all")
    assert job.execute_in_process(partition_key="2024-01-09").output_for_node("raw") == 9


SIDES = StaticPartitionsDefinition(["left", "right", "middle"])


def test_a_run_of_several_takes_a_mapping_or_an_output_for_each_and_keeps_what_came(
    tmp_path: Path,
) -> None:
    """As of dagster#23727: a partition that a run of several did not yield is not recorded."""

    @asset(partitions_def=SIDES)
    def lengths(context: Any) -> Any:
        return {key: len(key) for key in context.partition_keys}

    @asset(partitions_def=SIDES)
    def some(lengths: dict[str, int]) -> Iterator[Output[int]]:
        for key in ("left", "middle"):
            yield Output(lengths[key] * 2, partition_key=key)

    @asset(partitions_def=SIDES)
    def told(context: Any) -> Iterator[MaterializeResult]:
        yield MaterializeResult(partition_key="right", metadata={"n": 1})

    result = several([lengths, some, told], "left", "right", "middle", folder=tmp_path)

    made = [(each.step_key, each.partition) for each in materialized(result)]
    assert made == [
        ("lengths", "left"),
        ("lengths", "right"),
        ("lengths", "middle"),
        ("some", "left"),
        ("some", "middle"),
        ("told", "right"),
    ]

    @asset
    def reader(some: dict[str, int]) -> dict[str, int]:
        return some

    found = materialize([lengths, some, reader], selection=["reader"], instance=tmp_path)
    assert found.output_for_node("reader") == {"left": 8, "middle": 12}


def several(
    assets: list[Any], *keys: str, folder: Path, resources: dict[str, Any] | None = None
) -> Any:
    """Make several partitions in one run, as a backfill does."""
    ranges = tuple(PartitionKeyRange(first=key, last=key) for key in keys)
    request = Request(
        definitions=Definitions(assets=assets, resources=resources),
        selection=Selection(),
        options=PlanOptions(partitions=ranges),
        tags={},
    )
    return run_request(request, FolderHome(folder), raise_on_error=True)


def materialized(result: Any) -> list[Any]:
    return [each for each in result.all_events if each.is_step_materialization]


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (3, "Return a mapping of partition key to value"),
        ({"left": 1, "lfet": 2}, "'lfet', which this run does not make. Did you mean 'left'"),
    ],
)
def test_a_run_of_several_refuses_what_does_not_say_of_which(
    returned: Any, said: str, tmp_path: Path
) -> None:
    @asset(partitions_def=SIDES)
    def one() -> Any:
        return returned

    with pytest.raises(Exception, match=said):
        several([one], "left", "right", folder=tmp_path)


class Kept(IOManager):
    """Keeps values, and what it was told of partitions."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, ...], Any] = {}
        self.told: list[tuple[str, ...]] = []

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.told.append(tuple(context.asset_partition_keys))
        for key in context.asset_partition_keys:
            self.values[(*context.asset_key.path, key)] = obj

    def load_input(self, context: InputContext) -> Any:
        keys = context.asset_partition_keys
        found = {key: self.values[*context.asset_key.path, key] for key in keys}
        return found if len(keys) > 1 else found[keys[0]]


def test_a_manager_of_the_users_is_told_of_the_partitions(tmp_path: Path) -> None:
    kept = Kept()

    def make(selection: str, key: str) -> Any:
        return materialize(
            [raw, made, week],
            selection=[selection],
            partition_key=key,
            resources={"io_manager": kept},
            instance=tmp_path,
        )

    for key in WEEK:
        make("raw", key)

    assert kept.told == [(key,) for key in WEEK]
    assert make("week", "2024-01-01").output_for_node("week") == 28


def test_a_key_of_several_dimensions_tells_its_parts() -> None:
    both = MultiPartitionsDefinition({"day": DAYS, "side": SIDES})

    @asset(partitions_def=both)
    def cell(context: Any) -> Any:
        return dict(context.partition_key.keys_by_dimension)

    result = materialize_to_memory([cell], partition_key="2024-01-03|left")

    assert result.output_for_node("cell") == {"day": "2024-01-03", "side": "left"}


def test_a_check_looks_at_the_partition_that_was_made() -> None:
    seen: list[Any] = []

    @asset_check(asset=raw)
    def is_small(context: Any, raw: int) -> AssetCheckResult:
        seen.append((context.partition_key, raw))
        return AssetCheckResult(passed=raw < 10)

    result = materialize([raw, is_small], partition_key="2024-01-12")

    assert seen == [("2024-01-12", 12)]
    (said,) = result.get_asset_check_evaluations()
    assert not said.passed
    (event,) = (each for each in result.all_events if each.asset_check_evaluation_data)
    assert event.partition == "2024-01-12"


def test_an_unpartitioned_asset_is_one_value_to_a_partition() -> None:
    @asset
    def factor() -> int:
        return 3

    @asset(partitions_def=DAYS)
    def times(raw: int, factor: int) -> int:
        return raw * factor

    result = materialize([factor, raw, times], partition_key="2024-01-05")

    assert result.output_for_node("times") == 15


def kept_in_files(folder: Path) -> IOManager:
    return PickledObjectFilesystemIOManager(folder)


def kept_in_memory(_folder: Path) -> IOManager:
    return InMemoryIOManager()


@pytest.mark.parametrize("make", [kept_in_files, kept_in_memory])
def test_managers_of_treadles_keep_each_partition_for_itself(make: Any, tmp_path: Path) -> None:
    both = MultiPartitionsDefinition({"day": DAYS, "side": SIDES})

    @asset(partitions_def=both)
    def cell(context: Any) -> Any:
        return {key: str(key) for key in context.partition_keys}

    @asset(partitions_def=SIDES)
    def side(cell: dict[str, str]) -> list[str]:
        return sorted(cell)

    @asset
    def every(cell: dict[str, str]) -> dict[str, str]:
        return cell

    manager = {"io_manager": make(tmp_path / "files")}
    keys = [f"2024-01-0{day}|left" for day in (1, 2)]
    several([cell], *keys, folder=tmp_path / "home", resources=manager)
    found = materialize(
        [cell, every], selection=["every"], resources=manager, instance=tmp_path / "home"
    )

    assert found.output_for_node("every") == {key: key for key in keys}


def test_files_of_partitions_lie_below_that_of_their_asset(tmp_path: Path) -> None:
    both = MultiPartitionsDefinition({"day": DAYS, "side": SIDES})
    manager = {"io_manager": kept_in_files(tmp_path / "files")}

    @asset(partitions_def=both)
    def cell() -> int:
        return 1

    materialize([cell], partition_key="2024-01-03|left", resources=manager)

    assert (tmp_path / "files/cell/2024-01-03/left").is_file()


@pytest.mark.parametrize("key", [".", "/a"])
def test_a_key_that_leads_elsewhere_is_no_path(key: str, tmp_path: Path) -> None:
    manager = {"io_manager": kept_in_files(tmp_path / "files")}

    @asset(partitions_def=StaticPartitionsDefinition([key]))
    def one() -> int:
        return 1

    with pytest.raises(Exception, match="is no path below that of its asset"):
        materialize([one], partition_key=key, resources=manager)


def test_what_there_is_no_partition_for_is_left_out_where_the_mapping_says_so() -> None:
    lenient = TimeWindowPartitionMapping(
        start_offset=-1, end_offset=-1, allow_nonexistent_upstream_partitions=True
    )

    @asset(partitions_def=DAYS, ins={"raw": AssetIn(partition_mapping=lenient)})
    def before(raw: dict[str, int]) -> dict[str, int]:
        return raw

    first = materialize([raw, before], partition_key="2024-01-01")

    assert first.output_for_node("before") == {}


def test_a_partition_that_its_step_did_not_yield_is_named_by_its_reader(tmp_path: Path) -> None:
    @asset(partitions_def=SIDES)
    def some() -> Iterator[Output[int]]:
        yield Output(1, partition_key="left")

    @asset(partitions_def=SIDES)
    def reader(some: dict[str, int]) -> dict[str, int]:
        return some

    with pytest.raises(
        Exception, match="reads partition 'right' of asset 'some', which 'some' did not yield"
    ):
        several([some, reader], "left", "right", folder=tmp_path)


def test_a_partition_is_yielded_once_and_is_one_of_the_run(tmp_path: Path) -> None:
    @asset(partitions_def=SIDES)
    def twice() -> Iterator[Output[int]]:
        yield Output(1, partition_key="left")
        yield Output(2, partition_key="left")

    @asset(partitions_def=SIDES)
    def other() -> Iterator[Output[int]]:
        yield Output(1, partition_key="middle")

    @asset
    def without() -> Iterator[Output[int]]:
        yield Output(1, partition_key="left")

    with pytest.raises(Exception, match="partition 'left' of output 'result' twice"):
        several([twice], "left", "right", folder=tmp_path)
    with pytest.raises(Exception, match="'middle', which this run does not make"):
        several([other], "left", "right", folder=tmp_path)
    with pytest.raises(Exception, match="no asset with partitions here"):
        materialize([without])


def test_metadata_of_one_partition_is_said_of_it_alone(tmp_path: Path) -> None:
    @asset(partitions_def=SIDES)
    def told(context: Any) -> dict[str, int]:
        context.add_asset_metadata({"all": 1})
        context.add_asset_metadata({"rows": 7}, partition_key="left")
        with pytest.raises(ContextError, match="'middle' is not made here"):
            context.add_asset_metadata({"rows": 8}, partition_key="middle")
        return dict.fromkeys(context.partition_keys, 1)

    result = several([told], "left", "right", folder=tmp_path)

    said = {
        each.partition: {name: value.value for name, value in each.materialization.metadata.items()}
        for each in materialized(result)
    }
    assert said == {"left": {"all": 1, "rows": 7}, "right": {"all": 1}}


def test_a_job_of_ops_is_told_the_partition_that_it_runs_for() -> None:
    @op
    def which(context: Any) -> str:
        return f"{context.partition_key} {context.partition_time_window.start:%d}"

    @job(partitions_def=DAYS)
    def daily() -> None:
        which()

    result = daily.execute_in_process(partition_key="2024-01-03")

    assert result.output_for_node("which") == "2024-01-03 03"
    with pytest.raises(PlanRefused, match="none was named"):
        daily.execute_in_process()


def test_a_sibling_whose_partition_is_not_stored_runs_too(tmp_path: Path) -> None:
    ran: list[str] = []

    @op
    def first(context: Any) -> str:
        ran.append(context.partition_key)
        return str(context.partition_key)

    @op
    def second(one: str) -> str:
        return one * 2

    @graph_multi_asset(
        outs={"one": AssetOut(), "two": AssetOut()}, partitions_def=SIDES, can_subset=True
    )
    def both() -> Any:
        one = first()
        return {"one": one, "two": second(one)}

    def run_two(key: str) -> Any:
        result = materialize([both], selection=["two"], partition_key=key, instance=tmp_path)
        return result.output_for_node("both.second")

    materialize([both], selection=["one"], partition_key="left", instance=tmp_path)

    assert run_two("left") == "leftleft"
    assert ran == ["left"]
    assert run_two("right") == "rightright"
    assert ran == ["left", "right"]
