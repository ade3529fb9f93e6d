from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from treadle import (
    AssetOut,
    IOManager,
    Nothing,
    Out,
    Output,
    asset,
    graph_multi_asset,
    multi_asset,
    op,
)
from treadle.steps._failures import TaskMismatchError
from treadle_contract.event import OutputDiscarded
from treadle_contract.plan import UnselectedOutputs
from treadle_contract.run import FailureWhere
from treadle_contract.value import MetadataEntry

PAIR = {"a": Out(), "b": Out()}


def block(node, outs=("a", "b")):
    @graph_multi_asset(outs={name: AssetOut() for name in outs}, can_subset=True)
    def pair():
        return dict(zip(outs, node(), strict=True))

    return pair


@op(name="work", out=PAIR)
def both():
    return 1, 2


@op(name="work", out={"a": Out(is_required=False), "b": Out(is_required=False)})
def both_optional():
    yield Output(1, "a")
    yield Output(2, "b")


@pytest.mark.parametrize("node", [both, both_optional])
def test_an_unselected_output_is_made(bench, node):
    result = bench.run(block(node), step="pair.work", select=["b"])

    assert [each.asset_key for each in result.stored] == ["a", "b"]
    assert result.yielded_outputs == ("a", "b")


@pytest.mark.parametrize("node", [both, both_optional])
def test_an_unselected_output_is_dropped_on_request(bench, node):
    result = bench.run(block(node), step="pair.work", select=["b"], mode=UnselectedOutputs.DISCARD)

    assert [each.asset_key for each in result.stored] == ["b"]
    assert result.discarded == (OutputDiscarded(output="a", asset_keys=("a",)),)
    assert result.yielded_outputs == ("b",)


@pytest.mark.parametrize("node", [both, both_optional])
def test_an_unselected_output_fails_the_step_on_request(bench, node):
    failure = bench.failure(
        block(node), step="pair.work", select=["b"], mode=UnselectedOutputs.FAIL
    )

    assert failure.where is FailureWhere.OUTPUT
    assert "yielded output 'a', which is not selected and would make 'a'" in failure.message
    assert "context.selected_output_names" in failure.message


def test_an_output_that_must_be_yielded_and_is_not_fails_the_step(bench):
    @op(name="work", out=PAIR)
    def only_a():
        yield Output(1, "a")

    failure = bench.failure(block(only_a), step="pair.work")

    assert failure.where is FailureWhere.OUTPUT
    assert failure.message == (
        "Step 'pair.work': op 'work' ended without output 'b', which this run needs. Yield"
        " Output(value, 'b') whenever it is in context.selected_output_names; one that may be left"
        " out is declared with is_required=False."
    )


def test_an_optional_output_may_be_left_out_even_when_it_is_selected(bench):
    @op(name="work", out={"a": Out(), "b": Out(is_required=False)})
    def only_a():
        yield Output(1, "a")

    result = bench.run(block(only_a), step="pair.work")

    assert result.yielded_outputs == ("a",)


def test_a_required_output_that_is_not_selected_may_be_left_out(bench):
    @op(name="work", out=PAIR)
    def only_a():
        yield Output(1, "a")

    result = bench.run(block(only_a), step="pair.work", select=["a"])

    assert result.yielded_outputs == ("a",)
    assert result.discarded == ()


def test_an_unknown_output_is_refused_with_the_name_that_was_meant(bench):
    @op(name="work", out={"total": Out(), "mean": Out()})
    def misspells():
        yield Output(1, "totl")

    failure = bench.failure(block(misspells, ("total", "mean")), step="pair.work")

    assert failure.where is FailureWhere.OUTPUT
    assert "'totl'" in failure.message
    assert "Did you mean 'total'?" in failure.message


def test_an_output_yielded_twice_is_refused_also_when_it_is_dropped(bench):
    @op(name="work", out=PAIR)
    def twice():
        yield Output(1, "a")
        yield Output(1, "a")

    kept = bench.failure(block(twice), step="pair.work")
    dropped = bench.failure(
        block(twice), step="pair.work", select=["b"], mode=UnselectedOutputs.DISCARD
    )

    assert kept.where is dropped.where is FailureWhere.OUTPUT
    assert "output 'a' twice" in kept.message
    assert "output 'a' twice" in dropped.message


def test_what_was_stored_stands_in_the_order_of_the_outputs_and_of_the_keys(bench):
    @op(name="work", out=PAIR)
    def backwards():
        yield Output(2, "b")
        yield Output(1, "a")

    @graph_multi_asset(outs={name: AssetOut() for name in ("y", "x", "w")})
    def pair():
        a, b = backwards()
        return {"y": a, "x": b, "w": a}

    result = bench.run(pair, step="pair.work")

    assert [(each.output, each.asset_key) for each in result.stored] == [
        ("a", "w"),
        ("a", "y"),
        ("b", "x"),
    ]
    assert bench.values(result) == {"w": 1, "y": 1, "x": 2}


def test_a_selected_output_that_only_orderings_read_is_yielded_without_a_value(bench):
    location = bench.location(block(both))
    task = bench.task(location, "pair.work")
    outputs = tuple(replace(each, assets=()) for each in task.outputs)

    result = bench.run_task(location, replace(task, outputs=outputs))

    assert [(e.asset_key, e.value_ref, e.io_manager_key) for e in result.stored] == [
        ("", None, ""),
        ("", None, ""),
    ]
    assert result.yielded_outputs == ("a", "b")


def test_an_output_of_another_piece_of_the_block_is_dropped(bench):
    location = bench.location(block(both))
    task = bench.task(location, "pair.work", mode=UnselectedOutputs.FAIL)

    result = bench.run_task(location, replace(task, outputs=task.outputs[:1]))

    assert [each.asset_key for each in result.stored] == ["a"]
    assert result.discarded == (OutputDiscarded(output="b", asset_keys=("b",)),)


def test_none_is_a_value(bench):
    @asset
    def none():
        return None

    assert bench.values(bench.run(none, step="none")) == {"none": None}


def test_nothing_is_no_value(bench):
    @asset
    def done() -> None: ...

    (stored,) = bench.run(done, step="done").stored

    assert (stored.asset_key, stored.value_ref, stored.io_manager_key) == ("done", None, "")


def test_a_value_for_nothing_is_refused_because_it_would_be_lost(bench):
    @asset
    def done() -> None:
        return 5  # type: ignore[return-value]

    failure = bench.failure(done, step="done")

    assert failure.where is FailureWhere.TYPE_CHECK
    assert "would be lost" in failure.message


def test_a_required_nothing_needs_no_yield_in_a_generator(bench):
    @op(name="work", out={"a": Out(), "b": Out(Nothing)})
    def only_a():
        yield Output(1, "a")

    result = bench.run(block(only_a), step="pair.work")

    assert result.yielded_outputs == ("a", "b")
    assert result.stored[1].value_ref is None


def test_a_value_of_another_type_than_declared_is_refused_and_not_stored(bench):
    @asset
    def number() -> int:
        return "five"  # type: ignore[return-value]

    failure = bench.failure(number, step="number")

    assert failure.where is FailureWhere.TYPE_CHECK
    assert "Output 'result' of 'number' is declared int" in failure.message
    assert not bench.store.root.exists()


def test_a_value_without_a_pickle_is_a_failure_at_store(bench):
    @asset
    def opener():
        return lambda: 1

    failure = bench.failure(opener, step="opener")

    assert failure.where is FailureWhere.STORE
    assert "storing it as asset 'opener'" in failure.message


def entries(result) -> dict[str, Any]:
    return {entry.name: entry.value for entry in result.stored[0].metadata}


def test_metadata_of_the_context_and_of_the_output_are_merged(bench):
    @asset
    def told(context):
        context.add_output_metadata({"rows": 1, "by": "context"})
        context.add_output_metadata({"rows": 2})
        return Output(1, metadata={"by": "output"})

    result = bench.run(told, step="told")

    assert result.stored[0].metadata == (
        MetadataEntry(name="rows", value=2),
        MetadataEntry(name="by", value="output"),
    )


def test_metadata_that_cannot_be_kept_never_costs_the_work(bench, caplog):
    @asset
    def told(context):
        context.add_output_metadata({"bad": object(), "rows": 1})
        return Output(1, metadata={"what": object(), "years": {2024: 10}})

    (made,) = bench.run(told, step="told").stored

    assert {each.name: each.value for each in made.metadata} == {"rows": 1, "years": {"2024": 10}}
    assert ["'bad' is left out" in caplog.messages[0], "'what' is left out" in caplog.messages[1]]


BIG = "x" * 30_000


@pytest.mark.parametrize("in_context", [10, 20])
def test_metadata_that_is_too_much_together_is_kept_as_far_as_it_goes(bench, in_context, caplog):
    class Talker(IOManager):
        def handle_output(self, context, obj):
            context.add_output_metadata({f"c{i}": BIG for i in range(10)})

        def load_input(self, context):
            raise AssertionError

    @asset
    def told(context):
        for i in range(in_context):
            context.add_output_metadata({f"a{i}": BIG})
        return Output(1, metadata={f"b{i}": BIG for i in range(10)})

    (made,) = bench.run(told, step="told", resources={"io_manager": Talker()}).stored

    assert len(made.metadata) == 17
    assert "is left out: it has 3000" in caplog.messages[-1]


def test_what_a_step_says_of_very_many_outputs_is_told_as_far_as_it_goes(bench, caplog):
    names = [f"o{number:02}" for number in range(30)]

    @multi_asset(outs={name: AssetOut() for name in names})
    def many():
        for name in names:
            yield Output(1, name, metadata={f"{i}": BIG for i in range(17)})

    stored = bench.run(many, step="many").stored

    assert [made.asset_key for made in stored] == names
    assert 10 < sum(bool(made.metadata) for made in stored) < 30
    assert "Metadata of output 'o29' is left out" in caplog.messages[-1]


def test_of_what_has_very_many_values_as_much_is_told_as_goes(bench, caplog):
    @multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
    def two():
        yield Output(1, "a", metadata={"lists": [[]] * 130_000})
        yield Output(1, "b", metadata={"numbers": [1] * 100_000})

    stored = bench.run(two, step="two").stored

    assert [len(made.metadata) for made in stored] == [1, 0]
    assert "has more than 8388608 bytes or 350000 values" in caplog.messages[-1]


def test_metadata_for_an_output_that_was_left_out_is_warned_of(bench, caplog):
    @op(name="work", out={"a": Out(), "b": Out(is_required=False)})
    def only_a(context):
        context.add_output_metadata({"rows": 0}, output_name="b")
        yield Output(1, "a")

    with caplog.at_level(logging.WARNING, logger="treadle.step"):
        bench.run(block(only_a), step="pair.work")

    assert [each.getMessage() for each in caplog.records] == [
        "metadata_unused output=b reason=not_yielded"
    ]


def test_a_multi_asset_in_part_sees_its_outputs_by_name(bench):
    @multi_asset(
        outs={"a": AssetOut(is_required=False), "b": AssetOut(is_required=False)}, can_subset=True
    )
    def pair(context):
        for name in sorted(context.selected_output_names):
            yield Output(name, name)

    assert bench.values(bench.run(pair, step="pair", select=["b"])) == {"b": "b"}


@pytest.mark.parametrize("said", [True, False])
def test_a_task_that_takes_a_value_for_nothing_or_nothing_for_one_is_no_fault_of_the_op(
    bench, said
):
    ran = []

    @multi_asset(name="one", outs={"one": AssetOut(dagster_type=int if said else Nothing)})
    def one():
        ran.append(said)

    location = bench.location(one)
    task = bench.task(location, "one")
    (output,) = task.outputs
    task = replace(task, outputs=(replace(output, nothing=said),))

    with pytest.raises(TaskMismatchError, match=f"TaskOutput.nothing of 'one' of 'one' is {said}"):
        bench.run_task(location, task)
    assert ran == []
