"""Facts of a run by the words that Dagster's tests have for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from treadle import (
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    ExpectationResult,
    InputContext,
    IOManager,
    MetadataValue,
    NoSuchResultError,
    OpExecutionContext,
    Out,
    Output,
    OutputContext,
    RetryPolicy,
    TextMetadataValue,
    TimestampMetadataValue,
    asset,
    graph_asset,
    job,
    materialize,
    op,
)

AT = datetime(2026, 1, 2, tzinfo=UTC)


@op(retry_policy=RetryPolicy(max_retries=1), out={"some": Out(), "none": Out(is_required=False)})
def fetch(context: OpExecutionContext) -> Iterator[Any]:
    if not context.retry_number:
        raise ValueError("busy")
    yield AssetObservation("raw", "seen", {"rows": 3})
    yield ExpectationResult(True, "fresh")
    yield Output(1, "some")


@op
def never(number: int) -> int:
    return number


@op
def store(number: int) -> Output[int]:
    metadata = {"name": MetadataValue.text("n"), "at": AT, "rows": 2}
    return Output(number, metadata=metadata)


@op
def total(numbers: list[int]) -> int:
    return sum(numbers)


@graph_asset
def report():  # type: ignore[no-untyped-def]
    some, none = fetch()
    return total([store(some), never(none)])


@asset
def stored() -> Output[int]:
    return Output(1, metadata={"name": MetadataValue.text("n"), "at": AT, "rows": 2})


def test_each_fact_has_its_word() -> None:
    result = materialize([report])

    words = [each.event_type_value for each in result.events_for_node("report.fetch")]
    assert [each for each in words if each != "ENGINE_EVENT"] == [
        "STEP_START",
        "STEP_UP_FOR_RETRY",
        "STEP_RESTARTED",
        "ASSET_OBSERVATION",
        "STEP_EXPECTATION_RESULT",
        "STEP_OUTPUT",
        "STEP_SUCCESS",
    ]
    assert [each.step_key for each in result.get_step_skipped_events()] == ["report.never"]
    assert result.get_run_success_event().is_run_success
    assert {each.node_name for each in result.all_node_events} == {
        "fetch",
        "never",
        "store",
        "total",
    }
    with pytest.raises(NoSuchResultError, match="has no RUN_FAILURE"):
        result.get_run_failure_event()


def test_what_is_told_with_a_fact_is_there_by_its_names() -> None:
    result = materialize([report, stored])

    (made,) = [each for each in result.events_for_node("stored") if each.is_step_materialization]
    told = made.step_materialization_data.materialization
    assert told is not None
    assert told == made.materialization == made.asset_materialization
    assert (made.asset_key, told.asset_key) == (AssetKey("stored"), AssetKey("stored"))
    assert told.metadata == {
        "name": TextMetadataValue("n"),
        "at": TimestampMetadataValue(AT),
        "rows": MetadataValue.int(2),
    }
    assert told.metadata["rows"].value == 2
    (seen,) = result.get_asset_observation_events()
    assert seen.asset_observation == AssetObservation("raw", "seen", {"rows": MetadataValue.int(3)})
    (expected,) = [each for each in result.all_events if each.is_expectation_result]
    assert expected.step_expectation_result_data.expectation_result == ExpectationResult(
        True, "fresh"
    )
    outputs = [each for each in result.all_events if each.is_successful_output]
    assert "some" in [each.step_output_data.output_name for each in outputs]
    assert str(outputs[0].node_handle) == "report.fetch"


def test_why_a_step_failed_is_told_with_its_fact() -> None:
    @asset
    def broken() -> int:
        raise ValueError("no")

    result = materialize([broken], raise_on_error=False)

    (failed,) = result.get_step_failure_events()
    assert failed.is_step_failure
    assert failed.is_failure
    error = failed.step_failure_data.error
    assert error is not None
    assert "ValueError: no" in error.message
    data = result.failure_data_for_node("broken")
    assert data is not None
    assert data.error == error
    assert result.get_run_failure_event().event_type_value == "RUN_FAILURE"


def test_what_an_op_said_that_it_made_is_among_what_its_node_made() -> None:
    @op
    def writes(context: OpExecutionContext) -> str:
        context.log_event(AssetMaterialization("table", metadata={"rows": 3}))
        return context.op.name

    @job
    def writing() -> None:
        writes.alias("written")()

    result = writing.execute_in_process()

    (made,) = result.asset_materializations_for_node("written")
    assert (made.asset_key, made.output_name, made.metadata) == (AssetKey("table"), "", {"rows": 3})
    assert result.get_asset_materialization_events() == ()
    assert result.output_for_node("written") == "written"


def test_what_a_manager_yields_that_it_made_is_among_what_the_node_made() -> None:
    class Tells(IOManager):
        def handle_output(self, context: OutputContext, obj: object) -> Any:
            yield AssetMaterialization(["kept", context.name], metadata={"of": str(obj)})

        def load_input(self, context: InputContext) -> object:
            raise NotImplementedError

    @op
    def one() -> int:
        return 1

    @job(resource_defs={"io_manager": Tells()})
    def telling() -> None:
        one()

    (made,) = telling.execute_in_process().asset_materializations_for_node("one")

    assert (made.asset_key, made.metadata) == (AssetKey(["kept", "result"]), {"of": "1"})
