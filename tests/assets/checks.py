"""Assets with checks of every kind: of their own, in a graph, in steps of their own."""

from __future__ import annotations

import os
from pathlib import Path

from treadle import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    MaterializeResult,
    Output,
    asset,
    asset_check,
    graph_asset,
    multi_asset_check,
    op,
)


def says(name: str) -> bool:
    """Tell whether a file of the test's is there."""
    return (Path(os.environ["TREADLE_TEST_SCRATCH"]) / name).exists()


@asset(check_specs=[AssetCheckSpec("own", asset="orders", metadata={"unit": "rows"})])
def orders():
    yield Output([1, 2, 3])
    yield AssetCheckResult(
        passed=not says("own_fails"),
        severity=AssetCheckSeverity.WARN,
        description="Few rows.",
        metadata={"rows": 3},
    )


@op
def summed(orders: list[int]) -> int:
    return sum(orders)


@op
def positive(total: int) -> AssetCheckResult:
    if says("check_raises"):
        raise ValueError("no answer")
    return AssetCheckResult(passed=total > 0 and not says("graph_fails"), metadata={"sum": total})


@graph_asset(check_specs=[AssetCheckSpec("positive", asset="total", blocking=True)])
def total(orders):
    value = summed(orders)
    return {"result": value, "total_positive": positive(value)}


@asset_check(asset=orders, blocking=True, description="No more than five.")
def few(orders: list[int]) -> AssetCheckResult:
    return AssetCheckResult(passed=len(orders) <= 5 and not says("few_fails"))


@multi_asset_check(
    specs=[AssetCheckSpec("a", asset="orders"), AssetCheckSpec("b", asset="total")],
    can_subset=True,
)
def several(context: AssetCheckExecutionContext):
    for key in sorted(context.selected_asset_check_keys):
        yield AssetCheckResult(passed=True, asset_key=key.asset_key, check_name=key.name)


@asset(check_specs=[AssetCheckSpec("fine", asset="report", blocking=True)])
def report(total: int) -> MaterializeResult[str]:
    passed = not says("report_fails")
    return MaterializeResult(value=f"{total}!", check_results=[AssetCheckResult(passed=passed)])


@asset
def sent(report: str) -> str:
    return f"sent {report}"
