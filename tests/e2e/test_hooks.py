"""Hooks run where their step ran, at its last outcome, and are told of in the events of the run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import ASSETS, Session, emptied
from treadle_client import FailureReason, FailureWhere, HookCompleted, HookErrored, StepState
from treadle_client.cli.pages.event_lines import event_line


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory, scratch: Path) -> Iterator[Session]:
    home = tmp_path_factory.mktemp("home")
    with treadle_client.local(ASSETS / "hooks.py", home=home) as client:
        yield Session(client, home)


@pytest.fixture
def session(services: Session, scratch: Path) -> Session:
    emptied(scratch)
    return services


def notes(scratch: Path) -> list[str]:
    return (scratch / "notes").read_text().splitlines()


@pytest.mark.parametrize("isolation", ["op", "asset"])
def test_they_run_for_each_op_of_a_graph(session: Session, scratch: Path, isolation: str) -> None:
    told = {"resources": {"messages": {"config": {"channel": "other"}}}}

    result = session.succeed("table", config=told, isolation=isolation)

    assert notes(scratch) == [
        "other table.first {'result': 1}",
        "other table.second {'result': 2}",
    ]
    events = session.events(result.run_id)
    ran = [(event.step_key, event.hook) for event in events if isinstance(event, HookCompleted)]
    assert ran == [("table.first", "succeeded"), ("table.second", "succeeded")]
    (errored,) = [event for event in events if isinstance(event, HookErrored)]
    assert (errored.hook, errored.failure.where) == ("breaks", FailureWhere.HOOK)
    assert errored.failure.error_class == "builtins.KeyError"
    line = event_line(errored)
    assert line is not None
    assert line.text.startswith(
        "table.first hook breaks failed: user_error (hook): Hook 'breaks' of"
    )
    assert "nobody listens" in line.below


def test_those_of_a_job_run_for_all_its_steps_at_the_last_outcome(
    session: Session, scratch: Path
) -> None:
    result = session.run(job="watched")

    assert sorted(notes(scratch)) == [
        "main table.first {'result': 1}",
        "main table.second {'result': 2}",
        "watched never ValueError('no') 1",
    ]
    assert result.steps["never"].state is StepState.FAILED


def test_what_only_a_jobs_hooks_need_may_be_told_by_the_run(
    session: Session, scratch: Path
) -> None:
    told = {"resources": {"messages": {"config": {"channel": "other"}}}}

    session.succeed(job="plain_watched", config=told)

    assert notes(scratch) == ["other plain {'result': 1}"]


def test_one_that_ends_the_process_ends_the_step(session: Session) -> None:
    result = session.run("left")

    failure = result.steps["left"].failure
    assert failure is not None
    assert (failure.reason, failure.exit_code) == (FailureReason.EXIT, 7)
