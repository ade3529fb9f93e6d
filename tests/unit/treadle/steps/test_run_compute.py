from __future__ import annotations

import asyncio
import sys
from typing import Any, NamedTuple

import pytest

from treadle import AssetOut, Nothing, Out, Output, asset, graph_multi_asset, multi_asset, op
from treadle_contract.run import FailureWhere

PAIR = {"a": Out(), "b": Out()}


def block(node):
    @graph_multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
    def pair():
        a, b = node()
        return {"a": a, "b": b}

    return pair


def made(bench, node) -> dict[str, Any]:
    return bench.values(bench.run(block(node), step=f"pair.{node.name}"))


def refusal(bench, node) -> str:
    failure = bench.failure(block(node), step=f"pair.{node.name}")
    assert failure.where is FailureWhere.OUTPUT
    return failure.message


def test_a_tuple_is_one_value_for_each_output(bench):
    @op(out=PAIR)
    def work():
        return 1, 2

    assert made(bench, work) == {"a": 1, "b": 2}


def test_a_named_tuple_is_a_tuple(bench):
    class Both(NamedTuple):
        b: int
        a: int

    @op(out=PAIR)
    def work():
        return Both(1, 2)

    assert made(bench, work) == {"a": 1, "b": 2}


def test_a_tuple_is_one_value_where_there_is_one_output(bench):
    @asset
    def single():
        return 1, 2

    assert bench.values(bench.run(single, step="single")) == {"single": (1, 2)}


def test_a_tuple_may_hold_outputs(bench):
    @op(out=PAIR)
    def work():
        return Output(1, metadata={"rows": 1}), Output(2, "b")

    result = bench.run(block(work), step="pair.work")

    assert bench.values(result) == {"a": 1, "b": 2}
    assert [len(each.metadata) for each in result.stored] == [1, 0]


def test_an_output_at_another_outputs_position_is_refused(bench):
    @op(out=PAIR)
    def work():
        return Output(1, "b"), Output(2, "a")

    assert "Output named 'b' at position 0" in refusal(bench, work)


@pytest.mark.parametrize(
    ("returned", "said"),
    [({"a": 1, "b": 2}, "a dict"), ([1, 2], "a list"), (5, "an int"), (None, "None")],
)
def test_anything_but_a_tuple_is_refused_for_several_outputs(bench, returned, said):
    @op(out=PAIR)
    def work():
        return returned

    message = refusal(bench, work)
    assert f"has the outputs a, b, and returned {said}." in message
    assert "Return a tuple" in message


def test_a_tuple_of_another_length_is_refused(bench):
    @op(out=PAIR)
    def work():
        return 1, 2, 3

    assert "returned a tuple of 3" in refusal(bench, work)


def test_one_output_of_several_may_be_returned_by_name(bench):
    @op(out={"a": Out(), "b": Out(is_required=False)})
    def work():
        return Output(1, "a")

    assert made(bench, work) == {"a": 1}


def test_none_stands_for_several_outputs_that_are_all_nothing(bench):
    @op(out={"a": Out(Nothing), "b": Out(Nothing)})
    def work(): ...

    assert bench.run(block(work), step="pair.work").yielded_outputs == ("a", "b")


def test_an_output_without_a_name_is_the_only_one_there_is(bench):
    @op(out={"only": Out()})
    def returns():
        return Output(1)

    @op(out={"only": Out()})
    def yields():
        yield Output(2)

    @graph_multi_asset(outs={"x": AssetOut(), "y": AssetOut()})
    def pair():
        return {"x": returns(), "y": yields()}

    assert bench.values(bench.run(pair, step="pair.returns")) == {"x": 1}
    assert bench.values(bench.run(pair, step="pair.yields")) == {"y": 2}


def test_a_generator_yields_outputs_in_any_order(bench):
    @op(out=PAIR)
    def work():
        yield Output(2, "b")
        yield Output(1, "a")

    assert made(bench, work) == {"a": 1, "b": 2}


def test_a_generator_that_yields_a_bare_value_is_refused(bench):
    @op(out=PAIR)
    def work():
        yield 1

    assert "yielded an int, which is no Output" in refusal(bench, work)


def test_what_a_generator_returns_besides_is_refused_because_it_would_be_lost(bench):
    @op(out=PAIR)
    def work():
        yield Output(1, "a")
        return Output(2, "b")

    assert "returned an Output besides" in refusal(bench, work)


def test_a_generator_that_a_plain_function_returns_is_followed(bench):
    def inner():
        yield Output(1, "a")
        yield Output(2, "b")

    @op(out=PAIR)
    def work():
        return inner()

    assert made(bench, work) == {"a": 1, "b": 2}


def test_a_coroutine_is_awaited(bench):
    @asset
    async def slow() -> int:
        await asyncio.sleep(0)
        return 3

    assert bench.values(bench.run(slow, step="slow")) == {"slow": 3}


def test_an_async_generator_is_followed_in_one_event_loop(bench):
    loops = []

    @op(out=PAIR)
    async def work():
        loops.append(asyncio.get_running_loop())
        yield Output(1, "a")
        loops.append(asyncio.get_running_loop())
        yield Output(2, "b")

    assert made(bench, work) == {"a": 1, "b": 2}
    assert loops[0] is loops[1]


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (ValueError("boom"), "raised ValueError: boom"),
        (RuntimeError(), "raised RuntimeError."),
        (StopIteration(), "raised StopIteration."),
        (KeyboardInterrupt(), "raised KeyboardInterrupt."),
        (asyncio.CancelledError(), "raised CancelledError."),
        (SystemExit(3), "called sys.exit(3)."),
    ],
)
def test_whatever_the_op_raises_is_a_failure_at_compute(bench, raised, said):
    @asset
    def breaks():
        raise raised

    failure = bench.failure(breaks, step="breaks")

    assert failure.where is FailureWhere.COMPUTE
    assert failure.message.startswith(f"Step 'breaks': op 'breaks' {said}")
    assert failure.__cause__ is raised


def test_leaving_with_success_is_a_failure_too(bench):
    @asset
    def leaves():
        sys.exit()

    failure = bench.failure(leaves, step="leaves")

    assert "called sys.exit()." in failure.message
    assert "Return to end well" in failure.message


def test_what_async_ops_raise_is_a_failure_at_compute(bench):
    @asset
    async def breaks():
        raise ValueError("boom")

    @op(out=PAIR)
    async def work():
        yield Output(1, "a")
        raise ValueError("later")

    assert bench.failure(breaks, step="breaks").where is FailureWhere.COMPUTE
    assert bench.failure(block(work), step="pair.work").where is FailureWhere.COMPUTE


def test_a_generator_is_closed_when_what_it_yielded_is_refused(bench, caplog):
    left = []

    @op(out=PAIR)
    def work():
        try:
            yield Output(1, "c")
        finally:
            left.append("left")
            raise ValueError("while leaving")

    assert "'c'" in refusal(bench, work)
    assert left == ["left"]
    assert "while leaving" in caplog.text


def test_an_async_generator_is_closed_when_what_it_yielded_is_refused(bench):
    left = []

    @op(out=PAIR)
    async def work():
        try:
            yield Output(1, "c")
        finally:
            await asyncio.sleep(0)
            left.append("left")

    assert "'c'" in refusal(bench, work)
    assert left == ["left"]


def test_the_context_may_be_keyword_only_or_positional_only(bench):
    @asset
    def keyword(*, context):
        return context.step_key

    @asset
    def positional(context, /):
        return context.step_key

    assert bench.values(bench.run(keyword, step="keyword")) == {"keyword": "keyword"}
    assert bench.values(bench.run(positional, step="positional")) == {"positional": "positional"}


def test_none_makes_what_is_selected_of_several_nothings_and_no_optional_one_besides(bench):
    @multi_asset(
        outs={
            "gx": AssetOut(dagster_type=Nothing, is_required=False),
            "gy": AssetOut(dagster_type=Nothing, is_required=False),
            "gz": AssetOut(dagster_type=Nothing),
        },
        can_subset=True,
    )
    def several():
        return None

    result = bench.run(several, step="several", select=["gx"])

    assert [stored.asset_key for stored in result.stored] == ["gx", "gz"]


def test_none_for_an_optional_output_is_stored_and_told(bench, caplog):
    @asset(output_required=False)
    def maybe():
        return None

    made = bench.values(bench.run(maybe, step="maybe"))

    assert made == {"maybe": None}
    (told,) = caplog.messages
    assert told == (
        "Optional output 'result' was returned as None, which is what is stored: an optional output"
        " is left out by not yielding it, `if …: yield Output(…)`."
    )


def test_an_optional_output_that_is_always_made_is_warned_of_where_it_is_defined(bench):
    @asset(output_required=False)
    def returned():
        return None

    @asset(output_required=False)
    def yielded():
        if False:
            yield Output(1)

    @multi_asset(
        outs={name: AssetOut(dagster_type=Nothing, is_required=False) for name in "ab"},
        can_subset=True,
    )
    def chosen():
        return None

    (warning,) = bench.location(returned, yielded, chosen).snapshot.warnings
    assert warning.startswith("returned at ")
    assert "optional output 'result' will always be made, None included" in warning


def test_a_none_in_a_tuple_makes_no_optional_output_that_is_not_selected(bench):
    @multi_asset(
        outs={name: AssetOut(is_required=False) for name in ("a", "b", "c")}, can_subset=True
    )
    def several():
        return 1, None, 3

    result = bench.run(several, step="several", select=["a"])

    assert [stored.asset_key for stored in result.stored] == ["a", "c"]


def test_a_generator_that_is_returned_is_told_from_one_that_the_op_is(bench):
    @op(out=PAIR)
    def work():
        return (each for each in [1, 2])

    assert refusal(bench, work) == (
        "Step 'pair.work': op 'work' returned a generator, which yielded an int and no Output."
        " Return a list of what it yields, to store that, or have it yield Outputs."
    )
