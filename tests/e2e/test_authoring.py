"""What a module says besides its wiring, seen through the real processes."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session, Start, emptied
from treadle_client import LoadState, StepState


@pytest.fixture
def session(shared: Start, elsewhere: Path) -> Session:
    return shared("authoring.py")


@pytest.fixture
def elsewhere(scratch: Path) -> Path:
    """The folder of the user's manager, with what another system made."""
    (emptied(scratch) / "elsewhere.json").write_text(json.dumps({"value": 1.0}))
    return scratch


def made(result: treadle_client.RunResult) -> dict[str, treadle_client.Materialization]:
    return {each.asset_key: each for each in result.materializations}


def test_a_users_manager_stores_and_loads_in_the_steps_own_processes(
    session: Session, elsewhere: Path
) -> None:
    result = session.succeed("prices or bread")

    stored = json.loads((elsewhere / "prices.json").read_text())
    assert stored["value"] == {"bread": 3.0}
    assert stored["pid"] != os.getpid()
    assert made(result)["prices"].metadata["stored_by"] == stored["pid"]
    # Only the asset that names the manager goes to it; what it keeps is not ours to refer to.
    assert made(result)["prices"].value_ref is None
    assert session.value("bread") == 4.0


def test_a_load_through_a_users_manager_is_tried_without_a_record(
    start: Start, elsewhere: Path
) -> None:
    session = start("authoring.py")
    (elsewhere / "prices.json").write_text(json.dumps({"value": {"bread": 9.0}}))

    plan = session.client.plan("bread")
    session.succeed("bread")

    loads = {load.asset_key: load for load in plan.loads}
    assert loads["prices"].state is LoadState.UNRECORDED
    assert loads["elsewhere"].state is LoadState.UNRECORDED
    assert loads["elsewhere"].external
    assert {load.io_manager_key for load in plan.loads} == {"json"}
    assert session.value("bread") == 10.0


def test_what_a_users_manager_does_not_find_is_the_users_failure_at_load(session: Session) -> None:
    result = session.run("bread")

    failure = result.steps["bread"].failure
    assert failure is not None
    assert failure.where is treadle_client.FailureWhere.LOAD
    assert "prices.json" in failure.message


def test_resources_come_by_annotation(session: Session) -> None:
    session.succeed("prices or bread or in_euro")

    assert session.value("in_euro") == "2.0 EUR"


def test_an_op_that_reads_nothing_runs_after_what_it_names(session: Session) -> None:
    result = session.succeed("after_cleaning")

    assert session.value("after_cleaning") is True
    plan = session.client.plan("after_cleaning")
    assert [step.key for step in plan.steps] == ["after_cleaning.clean", "after_cleaning.look"]
    assert set(made(result)) == {"after_cleaning"}


def test_readers_of_what_was_left_out_are_skipped_and_lists_go_on_without_it(
    session: Session,
) -> None:
    result = session.succeed("there or not_there or listed")

    states = {key.removeprefix("optional."): step.state for key, step in result.steps.items()}
    assert states == {
        "maybe": StepState.SUCCEEDED,
        "first": StepState.SUCCEEDED,
        "second": StepState.SKIPPED,
        "gathered": StepState.SUCCEEDED,
    }
    assert result.steps["optional.second"].because_of == "optional.maybe"
    assert session.value("listed") == [1, 1]
    assert set(made(result)) == {"there", "listed"}


def test_every_kind_of_fact_arrives_as_it_was_said(session: Session) -> None:
    facts = made(session.succeed("facts"))["facts"].metadata

    assert dict(facts) == {
        "count": 2**53 + 1,
        "share": 0.5,
        "right": True,
        "none": None,
        "name": "plain",
        "moment": datetime(2013, 1, 2, 3, 4, 5, tzinfo=UTC),
        "list": (1, "two", (3.5,)),
        "map": {"a": {"b": 1}},
        "link": "https://example.org/",
        "file": "some/file",
        "text": "*bold*",
        "document": {"x": (None, 1)},
    }
    # Not 1 for True, nor a float for a whole number.
    assert [type(facts[name]) for name in ("count", "share", "right")] == [int, float, bool]
    assert [facts.rendering(name) for name in ("link", "file", "text", "document", "name")] == [
        "url",
        "path",
        "markdown",
        "json",
        "",
    ]


def test_what_an_op_tells_beside_its_outputs_are_events_of_its_step(session: Session) -> None:
    result = session.succeed("facts")

    told = [
        each
        for each in session.events(result.run_id)
        if isinstance(each, treadle_client.AssetObserved | treadle_client.ExpectationEvaluated)
    ]
    assert [each.step_key for each in told] == ["facts"] * 3
    raw, side, expected = told
    assert isinstance(raw, treadle_client.AssetObserved)
    assert isinstance(side, treadle_client.AssetObserved)
    assert isinstance(expected, treadle_client.ExpectationEvaluated)
    assert (raw.asset_key, raw.description, raw.materialized) == ("raw", "as it is", False)
    assert dict(raw.metadata) == {
        "at": datetime(2013, 1, 2, 3, 4, 5, tzinfo=UTC),
        "rows": 3,
    }
    assert (side.asset_key, side.materialized) == ("side", True)
    assert side.metadata.rendering("file") == "path"
    assert (expected.success, expected.label) == (False, "no gaps")
    # No load goes by them: what is stored of an asset, its own step says.
    assert set(made(result)) == {"facts"}


def test_a_job_is_its_selection_and_its_tags(session: Session) -> None:
    session.succeed("prices")
    handle = session.client.materialize(job="nightly", tags={"by": "hand"})

    result = handle.result(timeout=60)

    assert set(made(result)) == {"bread", "in_euro"}
    assert handle.describe().tags == {"team": "shop", "by": "hand"}


def test_events_resume_after_the_one_that_was_seen_last(session: Session) -> None:
    handle = session.client.materialize("facts")
    events = list(handle.events())
    middle = events[len(events) // 2].sequence

    rest = list(session.client.run(handle.run_id).events(after=middle))

    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert rest == [event for event in events if event.sequence > middle]
