"""Isolation, seen from the operating system: what one step does reaches no other and no service."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

import treadle_client
from tests.e2e.conftest import Session, Start, emptied
from treadle_client import StepState


@pytest.fixture
def session(shared: Start, scratch: Path) -> Session:
    emptied(scratch)
    return shared("isolation.py")


def facts(result: treadle_client.RunResult) -> dict[str, treadle_client.Metadata]:
    return {each.asset_key: each.metadata for each in result.materializations}


def failure_of(result: treadle_client.RunResult, step_key: str) -> treadle_client.Failure:
    failure = result.steps[step_key].failure
    assert failure is not None
    return failure


def test_every_step_has_a_process_of_its_own_below_one_host(session: Session) -> None:
    result = session.succeed("dirties or finds_clean or draws_first or is_fine")

    pids = {fact["pid"] for fact in facts(result).values()}
    reported = {
        event.pid
        for event in session.events(result.run_id)
        if isinstance(event, treadle_client.StepSucceeded)
    }
    assert len(pids) == 4
    assert reported == pids


def test_what_one_op_dirties_is_clean_in_the_next(session: Session) -> None:
    found = facts(session.succeed("dirties or finds_clean"))

    assert found["dirties"]["seen"] == ("dirt",)
    assert found["finds_clean"]["seen"] == ()
    assert found["finds_clean"]["dirt"] == ""


def test_random_numbers_differ_in_every_attempt(session: Session) -> None:
    first = facts(session.succeed("draws_first or draws_second"))
    second = facts(session.succeed("draws_first or draws_second"))

    drawn = [made[key] for made in (first, second) for key in ("draws_first", "draws_second")]
    for generator in ("python", "numpy", "dice", "rng"):
        assert len({fact[generator] for fact in drawn}) == 4


def test_open_files_are_flushed_and_exit_handlers_run(session: Session, scratch: Path) -> None:
    session.succeed("leaves_open")

    assert (scratch / "left-open").read_text() == "flushed"
    assert (scratch / "at-exit").read_text() == "ran"


def test_each_way_to_end_fails_its_own_step_with_the_cause_named(session: Session) -> None:
    bad = "exits or segfaults or kills_itself or raises or calls_sys_exit"

    result = session.run(f"{bad} or is_fine")

    assert result.status is treadle_client.RunState.FAILED
    assert result.steps["is_fine"].state is StepState.SUCCEEDED
    exited = failure_of(result, "exits")
    assert (exited.reason, exited.exit_code) == ("exit", 3)
    assert "about to leave" in exited.stderr_tail.head
    crashed = failure_of(result, "segfaults")
    assert (crashed.reason, crashed.signal) == ("signal", "SIGSEGV")
    assert "Fatal Python error" in crashed.stderr_tail.head
    killed = failure_of(result, "kills_itself")
    assert (killed.reason, killed.signal) == ("signal", "SIGKILL")
    raised = failure_of(result, "raises")
    assert (raised.reason, raised.where) == ("user_error", "compute")
    assert raised.error_class == "builtins.RuntimeError"
    assert "KeyError" in raised.traceback.head
    assert "direct cause" in raised.traceback.head
    assert "4" in failure_of(result, "calls_sys_exit").message


def test_host_and_services_live_on_after_steps_that_crash(session: Session) -> None:
    before = session.run("exits or segfaults")

    after = session.run("is_fine")

    hosts = [
        event
        for run in (before, after)
        for event in session.events(run.run_id)
        if isinstance(event, treadle_client.HostReady)
    ]
    assert after.succeeded
    assert hosts[0].host_id == hosts[1].host_id
    assert hosts[1].warm


def test_output_from_c_is_captured_by_attempt(session: Session) -> None:
    result = session.succeed("writes_from_c")

    text = session.client.run(result.run_id).log_text("writes_from_c", stream="stdout")

    assert text == "from C\n"


def test_steps_are_children_of_the_host_and_services_hold_no_user_module(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_TEST_SCRATCH", str(tmp_path))
    before = {process.pid for process in psutil.Process(os.getpid()).children()}
    session = start("waits_for_release.py")
    handle = session.client.materialize("waits")
    for event in handle.events():
        if isinstance(event, treadle_client.LogRecord):
            break
    pid = int((tmp_path / "pid").read_text())
    step = psutil.Process(pid)
    host = step.parent()
    assert host is not None

    services = {
        service.pid: service
        for service in psutil.Process(os.getpid()).children()
        if service.pid not in before
    }

    assert "host" in host.cmdline()
    assert host.parent() is not None
    assert host.pid not in services
    assert len(services) == 2
    # numpy's library is mapped where the user's module was imported, and nowhere else.
    assert any("numpy" in each.path for each in host.memory_maps())
    for service in services.values():
        assert not any("numpy" in each.path for each in service.memory_maps())
    (tmp_path / "release").touch()
    assert handle.result(timeout=60).succeeded
