"""Checks through the services: evaluated, told, blocking, selected, gone on from."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from tests.e2e.conftest import Session, Start, emptied
from treadle_client import (
    AssetCheckSeverity,
    CheckEvaluated,
    NotFoundError,
    StepNotRun,
    StepState,
    Verdict,
)
from treadle_client.cli import run


@pytest.fixture
def session(shared: Start, scratch: Path) -> Session:
    emptied(scratch)
    return shared("checks.py")


def told(session: Session, run_id: str) -> dict[str, bool]:
    return {
        f"{each.asset_key}:{each.check_name}": each.passed
        for each in session.events(run_id)
        if isinstance(each, CheckEvaluated)
    }


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command that succeeds, and return what it printed."""

    def command(*words: str) -> str:
        assert run(words) == 0
        return capsys.readouterr().out

    return command


def test_every_check_is_evaluated_with_its_asset(session: Session) -> None:
    result = session.succeed("*")

    assert told(session, result.run_id) == {
        "orders:own": True,
        "orders:few": True,
        "orders:a": True,
        "total:positive": True,
        "total:b": True,
        "report:fine": True,
    }
    evaluations = result.get_asset_check_evaluations()
    own = next(each for each in evaluations if each.check_name == "own")
    assert (own.severity, own.description) == (AssetCheckSeverity.WARN, "Few rows.")
    assert dict(own.metadata) == {"rows": 3}
    assert own.step_key == "orders"


def test_the_graph_tells_the_checks(session: Session) -> None:
    graph = session.client.graph()

    checks = {f"{check.asset_key}:{check.name}": check for check in graph.checks}
    assert sorted(checks) == [
        "orders:a",
        "orders:few",
        "orders:own",
        "report:fine",
        "total:b",
        "total:positive",
    ]
    assert checks["orders:few"].step_key == "orders_few"
    assert checks["orders:few"].description == "No more than five."
    assert checks["orders:few"].blocking
    assert dict(checks["orders:own"].metadata) == {"unit": "rows"}


def test_the_plan_tells_what_is_checked(session: Session) -> None:
    plan = session.client.plan("without_checks(orders) or total")

    steps = {step.key: step for step in plan.steps}
    assert steps["total.positive"].verdict is Verdict.RUN
    assert steps["total.positive"].reason == "Checks total:positive."
    (output,) = steps["total.positive"].outputs
    assert output.check is not None
    assert (output.check.asset_key, output.check.name, output.check.blocking) == (
        "total",
        "positive",
        True,
    )
    assert steps["total.positive"].selected_checks == ("total:positive",)
    assert plan.selected_checks == ("total:b", "total:positive")
    assert "orders_few" not in steps


def test_a_blocking_check_of_a_graph_keeps_what_is_below_from_running(
    session: Session, scratch: Path
) -> None:
    (scratch / "graph_fails").touch()

    failed = session.run("*")

    assert {key: step.state for key, step in failed.steps.items()} == {
        "orders": StepState.SUCCEEDED,
        "orders_few": StepState.SUCCEEDED,
        "several": StepState.SUCCEEDED,
        "total.summed": StepState.SUCCEEDED,
        "total.positive": StepState.FAILED,
        "report": StepState.NOT_RUN,
        "sent": StepState.NOT_RUN,
    }
    made = {each.asset_key for each in failed.materializations}
    assert made == {"orders", "total"}
    not_run = [each for each in session.events(failed.run_id) if isinstance(each, StepNotRun)]
    assert {each.check for each in not_run} == {"total:positive"}

    # What failed runs again, and what waited for it; all else is reused.
    emptied(scratch)
    again = session.client.run(failed.run_id).rerun().result(timeout=60)
    assert told(session, again.run_id) == {"total:positive": True, "report:fine": True}
    assert again.succeeded
    assert again.steps["orders_few"].reused_from_run_id == failed.run_id


def test_an_asset_that_its_own_check_refuses_stays_made(session: Session, scratch: Path) -> None:
    session.succeed("orders or total")
    (scratch / "report_fails").touch()

    failed = session.run("report or sent")

    assert failed.steps["report"].state is StepState.FAILED
    assert failed.steps["report"].attempts == 1
    assert failed.steps["sent"].state is StepState.NOT_RUN
    assert told(session, failed.run_id) == {"report:fine": False}
    assert session.value("report") == "6!"
    failure = failed.steps["report"].failure
    assert failure is not None
    assert failure.where == "check"
    # It is on record, and can be read.
    assert session.succeed("sent").materializations[0].asset_key == "sent"


def test_checks_alone_read_what_is_stored(session: Session) -> None:
    session.succeed("orders or total")

    result = session.succeed("checks(total)")

    assert result.materializations == ()
    assert told(session, result.run_id) == {"total:positive": True, "total:b": True}
    assert list(result.steps) == ["several", "total.positive"]


def test_a_check_that_raises_is_a_failed_step(session: Session, scratch: Path) -> None:
    (scratch / "check_raises").touch()

    failed = session.run("*", isolation="run")

    assert failed.steps["total.positive"].state is StepState.FAILED
    assert failed.steps["report"].state is StepState.NOT_RUN
    assert "total:positive" not in told(session, failed.run_id)


def test_a_blocking_check_holds_in_one_process(session: Session, scratch: Path) -> None:
    (scratch / "few_fails").touch()

    failed = session.run("*", isolation="run")

    states = {key: step.state for key, step in failed.steps.items()}
    assert states["orders_few"] is StepState.FAILED
    assert states["total.summed"] is StepState.NOT_RUN
    assert states["sent"] is StepState.NOT_RUN
    assert told(session, failed.run_id)["orders:few"] is False


def test_the_command_shows_what_checks_said(
    session: Session, scratch: Path, shown: Callable[..., str]
) -> None:
    (scratch / "own_fails").touch()
    result = session.succeed("orders")
    launcher = ("--launcher", session.client.address)

    run_page = shown("runs", "show", result.run_id, *launcher)
    asset_page = shown("assets", "show", "orders", *launcher)
    watched = shown("runs", "watch", result.run_id, *launcher)
    graph = shown("graph", *launcher)

    assert "orders:own" in run_page
    assert "did not hold (warn)" in run_page
    assert "rows=3" in run_page
    assert "No more than five." in asset_page
    assert "check own of orders did not hold (warn): Few rows. rows=3" in watched
    assert "total:positive" in graph


def test_a_program_reads_what_checks_said(session: Session, shown: Callable[..., str]) -> None:
    result = session.succeed("orders")
    launcher = ("--launcher", session.client.address, "--json")

    asset = json.loads(shown("assets", "show", "orders", *launcher))
    told = json.loads(shown("runs", "show", result.run_id, *launcher))

    own = next(each for each in asset["checks"] if each["name"] == "own")
    assert own["check"]["step_key"] == "orders"
    assert own["latest"]["run_id"] == result.run_id
    assert own["latest"]["metadata"] == {"rows": 3}
    assert {each["check_name"] for each in told["checks"]} == {"own", "few", "a"}


def test_what_a_check_said_is_found_by_asset_newest_first(session: Session, scratch: Path) -> None:
    before = session.succeed("orders")
    (scratch / "own_fails").touch()
    after = session.succeed("orders")

    said = list(islice(session.client.check_evaluations("orders", "own"), 2))

    assert [(each.run_id, each.passed) for each in said] == [
        (after.run_id, False),
        (before.run_id, True),
    ]
    with pytest.raises(NotFoundError):
        next(session.client.check_evaluations("order"))
