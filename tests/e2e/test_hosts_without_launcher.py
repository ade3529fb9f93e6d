"""Hosts and launchers that lose each other: elsewhere, stopped, late, or without their code."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.standing import Standing, standing, wait_for
from treadle_client import FailureReason, RunHandle, RunState, StepState

CODE = """
import os, time
from pathlib import Path
from treadle import asset

HERE = Path(__file__).parent


@asset
def waits():
    (HERE / "began").write_text(str(os.getppid()))
    while not (HERE / "release").exists():
        time.sleep(0.01)
    return 1


@asset
def reads(waits):
    return waits + 1
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "without_launcher.py"
    path.write_text(CODE)
    return path


@pytest.fixture
def services(tmp_path: Path, module: Path) -> Iterator[Standing]:
    flags = ("--term-grace", "0.5", "--host-answer", "2")
    with standing(module, tmp_path / "home", flags=flags) as services:
        yield services


@pytest.fixture
def elsewhere() -> Iterator[Callable[[Standing], None]]:
    """Have what is started from now on use another folder for sockets."""
    folders = []

    def move(services: Standing) -> None:
        folders.append(services._runtime)
        services._runtime = tempfile.mkdtemp(prefix="tt-")

    yield move
    for folder in folders:
        shutil.rmtree(folder)


def host_of(module: Path) -> psutil.Process:
    return psutil.Process(int((module.parent / "began").read_text()))


def began(module: Path) -> Callable[[], bool]:
    return lambda: (
        (module.parent / "began").exists() and bool((module.parent / "began").read_text())
    )


def is_final(run: RunHandle) -> bool:
    return run.describe().finished_at is not None


def test_a_launcher_in_another_session_is_found_by_the_hosts_of_the_last(
    services: Standing, module: Path, elsewhere: Callable[[Standing], None]
) -> None:
    with services.connect() as client:
        run_id = client.materialize("*").run_id
        wait_for(began(module), client)
    services.kill_launcher()
    elsewhere(services)

    services.start_launcher()
    (module.parent / "release").touch()

    with services.connect() as client:
        result = client.run(run_id).result(timeout=60)
        attempts = {step.key: step.attempts for step in client.run(run_id).steps()}
    assert result.status is RunState.SUCCEEDED
    assert attempts == {"waits": 1, "reads": 1}


def test_a_time_that_is_over_while_the_launcher_is_down_or_stopped_ends_the_run(
    services: Standing, module: Path
) -> None:
    with services.connect() as client:
        # On a machine that is busy a step takes seconds to begin: then it is tried with more time.
        for seconds in (2, 8, 32):
            run = client.materialize("waits", timeout=seconds)
            over_restart = run.run_id
            wait_for(lambda: began(module)() or is_final(run), client)  # noqa: B023 (called at once)
            if began(module)():
                break
    services.kill_launcher()
    # Nothing but time has to pass.
    signal.sigtimedwait([], seconds + 0.5)

    services.start_launcher()

    with services.connect() as client:
        failure = client.run(over_restart).result(timeout=60).failure
        assert failure is not None
        assert failure.reason is FailureReason.TIMEOUT
        stopped = client.materialize("waits", timeout=2).run_id
        launcher = json.loads((services.home / "launcher.json").read_text())["pid"]
        os.kill(launcher, signal.SIGSTOP)
        signal.sigtimedwait([], 2.5)
        os.kill(launcher, signal.SIGCONT)
        failure = client.run(stopped).result(timeout=60).failure
        assert failure is not None
        assert failure.reason is FailureReason.TIMEOUT


def test_a_cancel_ends_though_the_host_is_stopped(services: Standing, module: Path) -> None:
    with services.connect() as client:
        run = client.materialize("*")
        wait_for(began(module), client)
        host_of(module).suspend()

        run.cancel()

        assert run.result(timeout=60).status is RunState.CANCELLED
    assert not psutil.pid_exists(int((module.parent / "began").read_text()))


def test_a_run_ends_whose_host_is_killed_below_a_stopped_guard(
    services: Standing, module: Path
) -> None:
    with services.connect() as client:
        run = client.materialize("*")
        wait_for(began(module), client)
        host = host_of(module)
        guard = host.parent()
        assert guard is not None
        guard.suspend()
        host.kill()

        failure = run.result(timeout=60).failure

        assert failure is not None
        assert failure.reason is FailureReason.LOST
        (lost,) = [step.failure for step in run.steps() if step.failure is not None]
        assert "its connection ended, it did not dial again for" in lost.message
    assert not guard.is_running()


def test_a_host_whose_folder_is_removed_goes_on_under_the_next_launcher(
    services: Standing, module: Path
) -> None:
    with services.connect() as client:
        run_id = client.materialize("*").run_id
        wait_for(began(module), client)
    host = host_of(module)
    services.kill_launcher()
    shutil.rmtree(services.home / "hosts")

    services.start_launcher()
    (module.parent / "release").touch()

    with services.connect() as client:
        result = client.run(run_id).result(timeout=60)
        attempts = {step.key: step.attempts for step in client.run(run_id).steps()}
    assert result.status is RunState.SUCCEEDED
    assert attempts == {"waits": 1, "reads": 1}
    host.wait(30)


def test_an_idle_host_whose_folder_is_removed_ends_with_the_next_launcher(
    services: Standing, module: Path
) -> None:
    (module.parent / "release").touch()
    with services.connect() as client:
        client.materialize("waits").result(timeout=60).raise_for_failure()
    host = host_of(module)
    services.kill_launcher()
    shutil.rmtree(services.home / "hosts")

    services.start_launcher()

    host.wait(30)


def test_hosts_are_listened_for_again_when_their_socket_was_removed(
    services: Standing, module: Path
) -> None:
    named = json.loads((services.home / "launcher.json").read_text())
    (module.parent / "release").touch()
    Path(named["host_socket"]).unlink()

    with services.connect() as client:
        client.materialize("*").result(timeout=60).raise_for_failure()
    assert Path(named["host_socket"]).is_socket()


def test_a_run_whose_code_is_gone_ends_as_stale(services: Standing, module: Path) -> None:
    with services.connect() as client:
        run = client.materialize("*", retry_lost=1)
        wait_for(began(module), client)
        module.unlink()
        host_of(module).kill()

        failure = run.result(timeout=60).failure

        assert failure is not None
        assert failure.reason is FailureReason.STALE
        assert "file without_launcher is gone" in failure.message
        assert {step.state for step in run.steps()} == {StepState.NOT_RUN}


def test_a_launcher_that_leaves_takes_its_idle_hosts_with_it(
    services: Standing, module: Path
) -> None:
    (module.parent / "release").touch()
    with services.connect() as client:
        client.materialize("waits").result(timeout=60).raise_for_failure()
    host = host_of(module)

    services.stop_launcher()

    host.wait(30)
