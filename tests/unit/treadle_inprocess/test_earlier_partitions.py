"""An asset that reads its own partitions of before: a running total, of an op and of a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import treadle as t
from treadle import AssetIn, AssetsDefinition, DailyPartitionsDefinition, PlanRefused, materialize
from treadle import TimeWindowPartitionMapping as ByTime

DAYS = DailyPartitionsDefinition("2024-01-01", "2024-02-01")
BEFORE = ByTime(start_offset=-1, end_offset=-1, allow_nonexistent_upstream_partitions=True)


@t.asset(partitions_def=DAYS)
def day(context: t.AssetExecutionContext) -> int:
    return int(context.partition_key[-2:])


@t.op
def add(number: int, before: Any) -> int:
    return number + sum(before.values())


def of_op(mapping: Any) -> AssetsDefinition:
    @t.asset(partitions_def=DAYS, ins={"total": AssetIn(partition_mapping=mapping)})
    def total(day: int, total: Any) -> int:
        return day + sum(total.values())

    return total


def of_graph(mapping: Any) -> AssetsDefinition:
    @t.graph_asset(partitions_def=DAYS, ins={"total": AssetIn(partition_mapping=mapping)})
    def total(day: Any, total: Any) -> Any:
        return add(day, total)

    return total


@pytest.mark.parametrize("made", [of_op, of_graph])
def test_each_partition_goes_on_from_the_one_before(made: Any, tmp_path: Path) -> None:
    total = made(BEFORE)

    found = [
        materialize([day, total], partition_key=f"2024-01-{n:02}", instance=tmp_path)
        for n in (1, 2, 3)
    ]

    assert [each.asset_value("total") for each in found] == [1, 3, 6]
    with pytest.raises(
        PlanRefused, match="loads total, partition 2024-01-05, which no run has made"
    ):
        materialize([day, total], partition_key="2024-01-06", instance=tmp_path)


def test_the_first_needs_leave_to_have_none_before_it(tmp_path: Path) -> None:
    total = of_op(ByTime(start_offset=-1, end_offset=-1))

    with pytest.raises(PlanRefused, match="which does not exist"):
        materialize([day, total], partition_key="2024-01-01", instance=tmp_path)


@pytest.mark.parametrize("mapping", [None, ByTime(), ByTime(start_offset=-1)])
def test_one_that_needs_the_partition_that_it_makes_is_refused(mapping: Any) -> None:
    with pytest.raises(t.DefinitionError):
        t.Definitions(assets=[day, of_op(mapping)])
