"""What ops say beside their outputs: of assets that they do not make, and of what they expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    ContextError,
    ExpectationResult,
    MaterializeResult,
    MetadataValue,
    OpExecutionContext,
    Out,
    Output,
    RetryPolicy,
    asset,
    asset_check,
    build_op_context,
    graph_asset,
    materialize,
    multi_asset,
    op,
)
from treadle.assets._asset_ins_outs import AssetOut


def say(context: OpExecutionContext) -> None:
    context.log_event(AssetObservation("raw/orders", "as it is", {"rows": 3}))
    context.log_event(
        AssetMaterialization(["side", "file"], metadata={"at": MetadataValue.path("/f")})
    )
    context.log_event(ExpectationResult(False, "no gaps", "two days lack", {"days": 2}))


def test_what_is_logged_is_an_event_of_its_step() -> None:
    @asset
    def report(context: AssetExecutionContext) -> int:
        say(context)
        return 1

    result = materialize([report])

    told = [each.payload for each in result.get_asset_observation_events()]
    assert [(each.asset_key, each.materialized) for each in told] == [  # type: ignore[union-attr]
        ("raw/orders", False),
        ("side/file", True),
    ]
    first, second = result.asset_observations_for_node("report")
    assert (first.asset_key, first.description) == (AssetKey(["raw", "orders"]), "as it is")
    assert (first.metadata, second.metadata) == ({"rows": 3}, {"at": "/f"})
    (expected,) = result.expectation_results_for_node("report")
    assert (expected.success, expected.label, expected.metadata) == (False, "no gaps", {"days": 2})
    assert [each.asset_key.text for each in result.asset_materializations] == ["report"]


def test_an_op_that_yields_may_yield_them() -> None:
    @op
    def made() -> Iterator[Any]:
        yield AssetObservation("seen")
        yield Output(1)
        yield ExpectationResult(True)

    @graph_asset
    def report():  # type: ignore[no-untyped-def]
        return made()

    result = materialize([report])

    assert result.asset_value("report") == 1
    assert [each.asset_key.text for each in result.asset_observations_for_node("report.made")] == [
        "seen"
    ]
    assert result.expectation_results_for_node("report")[0].success


def test_a_materialization_of_what_an_output_is_adds_its_facts_to_that() -> None:
    @multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
    def both() -> Iterator[Any]:
        yield AssetMaterialization("b", "good", {"rows": 2})
        yield Output(1, "a")
        yield Output(2, "b", metadata={"size": 5})
        yield AssetMaterialization("b", metadata={"late": True})

    result = materialize([both])

    assert [each.metadata for each in result.asset_materializations] == [
        {},
        {"description": "good", "rows": 2, "size": 5},
    ]
    (late,) = result.asset_observations_for_node("both")
    assert (late.asset_key.text, late.materialized) == ("b", True)


def test_what_was_said_stands_though_the_step_fails_and_is_tried_again() -> None:
    @asset(retry_policy=RetryPolicy(max_retries=1))
    def report(context: AssetExecutionContext) -> int:
        context.log_event(AssetObservation("seen", metadata={"attempt": context.retry_number}))
        raise ValueError("no")

    result = materialize([report], raise_on_error=False)

    assert [each.metadata for each in result.asset_observations_for_node("report")] == [
        {"attempt": 0},
        {"attempt": 1},
    ]


@pytest.mark.parametrize("event", [Output(1), "text", None], ids=repr)
def test_log_event_refuses_what_it_cannot_tell(event: Any) -> None:
    with pytest.raises(ContextError, match=r"log_event takes no .* Give AssetMaterialization"):
        build_op_context().log_event(event)


def test_a_context_for_a_test_keeps_what_was_told() -> None:
    @op
    def tell(context: OpExecutionContext) -> None:
        say(context)

    context = build_op_context()
    tell(context)

    kinds = [type(each) for each in context.get_events()]
    assert kinds == [AssetObservation, AssetMaterialization, ExpectationResult]
    assert context.has_events()
    assert len(list(context.consume_events())) == 3
    assert not context.has_events()


@pytest.mark.parametrize("make", [AssetObservation, AssetMaterialization])
@pytest.mark.parametrize("argument", ["tags"])
def test_what_is_not_there_yet_is_refused(make: Callable[..., Any], argument: str) -> None:
    with pytest.raises(ArgumentError, match=rf"{make.__name__}\({argument}=…\) is not supported"):
        make("a", **{argument: "x"})


def test_a_context_tells_of_the_run_and_of_where_the_op_stands() -> None:
    seen: dict[str, Any] = {}

    @asset
    def raw() -> int:
        return 1

    @op(out={"x": Out(), "y": Out(is_required=False)})
    def split(context: OpExecutionContext, number: int) -> Iterator[Any]:
        assert OpExecutionContext.get() is context
        assert AssetExecutionContext.get() is context
        seen["split"] = (
            context.is_subset,
            context.asset_key_for_input("number").text,
            context.run.run_id == context.run_id == context.dagster_run.run_id,
            context.run.tags,
            context.job_name,
            str(context.op_handle),
            context.node_handle.path,
            context.op_handle.parent.name,
            context.describe_op(),
        )
        yield Output(number, "x")

    @op
    def last(context: AssetExecutionContext, number: int) -> int:
        assert context.output_for_asset_key("total") == "result"
        context.add_asset_metadata({"rows": 1})
        context.add_asset_metadata({"more": 2}, "total")
        with pytest.raises(ContextError, match=r"No output of 'total.last' produces 'totl'"):
            context.output_for_asset_key("totl")
        with pytest.raises(ContextError, match=r"Input 'number' of 'total.last' reads"):
            context.asset_key_for_input("number")
        return number

    @graph_asset
    def total(raw):  # type: ignore[no-untyped-def]
        return last(split(raw).x)

    result = materialize([raw, total], tags={"by": "me"})

    assert seen["split"] == (
        True, "raw", True, {"by": "me"}, "", "total.split", ["total", "split"], "total", "op 'split'",
    )  # fmt: skip
    assert result.asset_materializations_for_node("total")[0].metadata == {"rows": 1, "more": 2}


def test_without_an_op_there_is_no_context_to_get() -> None:
    @asset
    def inner() -> int:
        return 1

    @asset
    def outer() -> int:
        before = OpExecutionContext.get()
        materialize([inner])
        assert OpExecutionContext.get() is before
        return 1

    assert materialize([outer]).success
    with pytest.raises(ContextError, match="No op runs here"):
        OpExecutionContext.get()


def as_the_client_has_it(data: object) -> object:
    if isinstance(data, dict):
        return {name: as_the_client_has_it(each) for name, each in data.items()}
    return tuple(map(as_the_client_has_it, data)) if isinstance(data, list) else data


GIVEN = {
    "rows": 3,
    "share": 0.5,
    "late": False,
    "none": None,
    "note": "of today",
    "page": MetadataValue.url("https://shop.example"),
    "about": MetadataValue.md("# Orders"),
    "file": MetadataValue.path("/data/orders"),
    "by": {"day": [1, 2]},
    "ids": [1, [2]],
    "made": MetadataValue.python_artifact(AssetObservation),
    "daily": MetadataValue.job("daily", "shop"),
    "of": MetadataValue.asset("raw/orders"),
    "at": MetadataValue.timestamp(5.0),
}


@pytest.mark.parametrize("name", GIVEN)
def test_what_was_given_comes_back_as_a_value_of_its_kind_that_equals_the_plain_one(
    name: str,
) -> None:
    given = GIVEN[name]

    @asset
    def orders(context: OpExecutionContext) -> MaterializeResult[None]:
        context.log_event(AssetObservation("raw", metadata={name: given}))
        context.log_event(ExpectationResult(True, metadata={name: given}))
        return MaterializeResult(metadata={name: given})

    @asset_check(asset=orders)
    def whole() -> AssetCheckResult:
        return AssetCheckResult(passed=True, metadata={name: given})

    result = materialize([orders, whole])

    (made,) = result.asset_materializations_for_node("orders")
    (seen,) = result.asset_observations_for_node("orders")
    (expected,) = result.expectation_results_for_node("orders")
    (checked,) = result.get_asset_check_evaluations()
    for told in (made, seen, expected, checked):
        found = told.metadata[name]
        assert isinstance(found, MetadataValue)
        if isinstance(given, MetadataValue):
            assert type(found) is type(given)
            assert (found, found.value) == (given, given.value)
        else:
            assert (found.value, type(found.value)) == (given, type(given))
        assert found == found.value
        assert found == as_the_client_has_it(found.as_data())
        assert found != "another"
