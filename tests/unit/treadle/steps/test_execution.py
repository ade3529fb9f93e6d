from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from treadle import (
    AssetExecutionContext,
    AssetKey,
    AssetOut,
    In,
    Nothing,
    OpExecutionContext,
    Out,
    Output,
    ResourceParam,
    asset,
    graph_asset,
    graph_multi_asset,
    op,
)
from treadle.steps._failures import TaskMismatchError
from treadle_contract.event import OutputDiscarded
from treadle_contract.plan import UnselectedOutputs
from treadle_contract.run import FailureWhere
from treadle_contract.worker import TaskInput


@op(out={"bar_1": Out(), "bar_2": Out()})
def bar():
    return 1, 2


@op(out={"foo_1": Out(is_required=False), "foo_2": Out(is_required=False)})
def foo(context: OpExecutionContext, bar_1):
    if "foo_1" in context.selected_output_names:
        yield Output(bar_1 + 1, output_name="foo_1")
    if "foo_2" in context.selected_output_names:
        yield Output(bar_1 + 2, output_name="foo_2")


@op
def baz(foo_2, bar_2):
    return foo_2 + bar_2


@graph_multi_asset(outs={"foo_asset": AssetOut(), "baz_asset": AssetOut()}, can_subset=True)
def my_graph_assets():
    bar_1, bar_2 = bar()
    foo_1, foo_2 = foo(bar_1)
    return {"foo_asset": foo_1, "baz_asset": baz(foo_2, bar_2)}


def test_an_asset_of_one_op_is_stored_under_its_key(bench):
    @asset
    def numbers():
        return [1, 2]

    location = bench.location(numbers)
    location = location.with_snapshot(replace(location.snapshot, digest="d"))

    result = bench.run_task(location, bench.task(location, "numbers"))

    assert bench.values(result) == {"numbers": [1, 2]}
    (stored,) = result.stored
    assert stored.io_manager_key == "io_manager"
    assert stored.asset_key == "numbers"
    assert result.digest == "d"
    assert result.yielded_outputs == ("result",)


def test_the_seeds_bar_stores_one_output_and_drops_the_other_when_one_is_selected(bench):
    result = bench.run(my_graph_assets, step="my_graph_assets.bar", select=["bar_1"])

    assert bench.values(result) == {"output:bar_1": 1}
    assert result.discarded == (OutputDiscarded(output="bar_2"),)
    assert result.yielded_outputs == ("bar_1",)


@pytest.mark.parametrize("mode", list(UnselectedOutputs))
def test_an_unselected_output_that_makes_no_asset_is_dropped_in_every_mode(bench, mode):
    result = bench.run(my_graph_assets, step="my_graph_assets.bar", select=["bar_2"], mode=mode)

    assert [each.output for each in result.discarded] == ["bar_1"]


def test_the_seeds_foo_sees_what_is_selected(bench):
    planned = {"select": ["foo_2"], "inputs": [bench.reads("bar_1", 1)]}

    result = bench.run(my_graph_assets, step="my_graph_assets.foo", **planned)

    assert bench.values(result) == {"output:foo_2": 3}
    assert result.discarded == ()


def test_the_context_says_what_an_op_may_know(bench):
    seen: dict[str, Any] = {}

    @op
    def look(context: AssetExecutionContext) -> None:
        seen.update(
            run_id=context.run_id,
            step_key=context.step_key,
            outputs=context.selected_output_names,
            keys=context.selected_asset_keys,
            key=context.asset_key,
            own_key=context.asset_key_for_output(),
            tag=context.get_tag("team"),
            has_tag=context.has_tag("other"),
            retry=context.retry_number,
            op=context.op_def.name,
            itself=context.op_execution_context is context,
        )

    @graph_asset
    def looked():
        return look()

    bench.run(looked, step="looked.look", attempt=3)

    assert seen == {
        "run_id": "run-1",
        "step_key": "looked.look",
        "outputs": {"result"},
        "keys": {AssetKey("looked")},
        "key": AssetKey("looked"),
        "own_key": AssetKey("looked"),
        "tag": "blue",
        "has_tag": False,
        "retry": 2,
        "op": "look",
        "itself": True,
    }


def test_the_log_of_the_context_propagates(bench, caplog):
    @asset
    def talks(context):
        context.log.warning("late by %d", 5)

    with caplog.at_level(logging.WARNING):
        bench.run(talks, step="talks")

    assert [(each.name, each.getMessage()) for each in caplog.records] == [
        ("treadle.step", "late by 5")
    ]


def test_resources_come_by_parameter_and_by_the_context(bench):
    @asset(required_resource_keys={"scale"})
    def scaled(context, base: ResourceParam[int]):
        return base * context.resources.scale

    result = bench.run(scaled, step="scaled", resources={"base": 2, "scale": 5, "other": 0})

    assert bench.values(result) == {"scaled": 10}


def test_a_resource_that_was_not_asked_for_is_named_in_the_failure(bench):
    @asset(required_resource_keys={"scale"})
    def asks(context):
        return context.resources.scaled

    failure = bench.failure(asks, step="asks", resources={"scale": 1, "scaled": 2})

    assert failure.where is FailureWhere.COMPUTE
    assert "no resource 'scaled'" in failure.message
    assert "'scale'" in failure.message


def test_nothing_orders_and_is_not_passed(bench):
    @asset
    def first() -> None: ...

    @asset(ins={}, deps=[first])
    def second():
        return 2

    @op(ins={"after": In(Nothing)})
    def late():
        return 3

    @op
    def early() -> None: ...

    @graph_asset
    def third():
        return late(after=early())

    assert bench.values(bench.run(first, second, step="second")) == {"second": 2}
    inputs = [TaskInput(name="after")]
    assert bench.values(bench.run(third, step="third.late", inputs=inputs)) == {"third": 3}


def test_what_a_generator_stored_before_it_raised_is_not_reported(bench):
    @op(out={"a": Out(), "b": Out()})
    def half():
        yield Output(1, "a")
        raise ValueError("no b today")

    @graph_multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
    def both():
        a, b = half()
        return {"a": a, "b": b}

    failure = bench.failure(both, step="both.half")

    assert failure.where is FailureWhere.COMPUTE
    assert failure.message == "Step 'both.half': op 'half' raised ValueError: no b today"
    assert isinstance(failure.__cause__, ValueError)


def test_an_output_is_released_before_the_next_is_computed(bench):
    alive: list[str] = []

    class Big:
        def __reduce__(self):
            return (str, ())

        def __init__(self):
            alive.append("big")

        def __del__(self):
            alive.remove("big")

    seen: list[int] = []

    @op(out={"a": Out(), "b": Out()})
    def two():
        yield Output(Big(), "a")
        seen.append(len(alive))
        yield Output(Big(), "b")

    @graph_multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
    def both():
        a, b = two()
        return {"a": a, "b": b}

    bench.run(both, step="both.two")

    assert seen == [0]
    assert alive == []


def test_a_task_of_a_step_that_the_code_has_not_names_it(bench):
    @asset
    def known():
        return 1

    location = bench.location(known)
    task = bench.task(location, "known")

    with pytest.raises(TaskMismatchError, match=r"TaskStep\.step_key is 'known'; the code has no"):
        bench.run_task(bench.location(my_graph_assets), task)
