"""A cancel, and the end of a host, are proofs: when they are told, no process is left."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import treadle_client
from tests.e2e.conftest import ASSETS, Session
from tests.e2e.standing import standing, wait_for
from treadle_client import FailureReason, LogRecord, RunHandle, RunState, StepStarted, StepState
from treadle_client.services._local import Code, connected, local_services

GRACE = "0.3"


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Services for strays.py whose grace between TERM and KILL is short."""
    home = tmp_path_factory.mktemp("home")
    code = Code(files=(ASSETS / "strays.py",))
    with (
        local_services(code, home, launcher_arguments=("--term-grace", GRACE)) as services,
        connected(services) as client,
    ):
        yield Session(client, home)


def lives(pid: int) -> bool:
    """Tell whether a process runs. One that only waits to be reaped by init does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stray_of(handle: RunHandle) -> int:
    """Wait until the step has started its stray; return its process id."""
    for event in handle.events():
        if isinstance(event, LogRecord):
            return int(str(event.message))
    raise AssertionError("the step told of no stray")


@pytest.mark.parametrize("name", ["endless", "deaf"])
def test_what_was_cancelled_has_left_nothing(impatient: Session, name: str) -> None:
    handle = impatient.client.materialize(name)
    stray = stray_of(handle)
    assert lives(stray)

    handle.cancel("enough")
    handle.cancel("now")
    result = handle.result(timeout=30)

    assert not lives(stray)
    assert result.status is RunState.CANCELLED
    step = result.steps[name]
    assert step.state is StepState.CANCELLED
    assert step.usage is not None
    assert step.usage.wall.total_seconds() > 0


def test_what_is_another_process_every_moment_is_gone_as_well(impatient: Session) -> None:
    handle = impatient.client.materialize("hopping")
    step = stray_of(handle)
    guard, host = host_processes(impatient.home, handle)

    handle.cancel()
    result = handle.result(timeout=60)

    assert result.status is RunState.CANCELLED
    assert not lives(step)
    (its_host,) = psutil.Process(guard).children()
    # What it has itself is its fork server.
    sessions = [os.getsid(each.pid) for each in its_host.children(recursive=True)]
    assert its_host.pid == host
    assert sessions in ([], [os.getsid(host)])


def test_what_was_made_by_a_run_that_was_cancelled_is_neither_recorded_nor_kept(
    impatient: Session,
) -> None:
    handle = impatient.client.materialize(["first", "second"])
    stray_of(handle)
    assert stored(impatient, handle)

    handle.cancel()
    result = handle.result(timeout=30)

    assert result.status is RunState.CANCELLED
    assert result.materializations == ()
    assert not list(impatient.client.materializations("first"))
    wait_for(lambda: not stored(impatient, handle), impatient.client)


def stored(session: Session, handle: RunHandle) -> list[str]:
    # Not rglob: a folder may go while it is looked through.
    files = [
        os.path.join(folder, name)
        for folder, _, names in os.walk(session.home / "values")
        for name in names
    ]
    return [file for file in files if handle.run_id in file]


def test_a_cancel_at_once_is_one(impatient: Session) -> None:
    # Before its host is there, while that imports, while the step starts: whatever it meets.
    for _ in range(4):
        handle = impatient.client.materialize("endless")
        handle.cancel()

        assert handle.result(timeout=30).status is RunState.CANCELLED


def test_a_cancel_at_any_moment_ends_in_one_of_two_ways(impatient: Session) -> None:
    ends = set()
    for _ in range(6):
        handle = impatient.client.materialize("short")
        # As soon as the step has spoken: it ends by itself just now.
        pid = stray_of(handle)
        with suppress(treadle_client.RunFinishedError):
            handle.cancel()
        ends.add(handle.result(timeout=30).status)
        assert not lives(pid)

    assert ends <= {RunState.SUCCEEDED, RunState.CANCELLED}


def test_a_run_that_has_ended_cannot_be_cancelled(impatient: Session) -> None:
    handle = impatient.client.materialize("short")
    handle.result(timeout=30)

    with pytest.raises(treadle_client.RunFinishedError):
        handle.cancel()
    assert handle.result(timeout=30).status is RunState.SUCCEEDED


@pytest.mark.parametrize("victims", [("guard",), ("host",), ("guard", "host")])
def test_a_host_that_is_killed_leaves_nothing_and_its_attempt_is_lost(
    impatient: Session, victims: tuple[str, ...]
) -> None:
    handle = impatient.client.materialize("deaf")
    stray = stray_of(handle)
    guard, host = host_processes(impatient.home, handle)

    kill({"guard": guard, "host": host}[victim] for victim in victims)
    result = handle.result(timeout=30)

    assert not lives(stray)
    assert not lives(host)
    failure = result.steps["deaf"].failure
    assert failure is not None
    assert failure.reason is FailureReason.LOST


def test_what_a_launcher_and_a_host_left_that_were_killed_at_once_ends_with_the_next_launcher(
    tmp_path: Path,
) -> None:
    with standing(ASSETS / "strays.py", tmp_path / "home") as services:
        with services.connect() as client:
            handle = client.materialize("deaf")
            stray = stray_of(handle)
            guard, host = host_processes(services.home, handle)

        os.kill(guard, signal.SIGSTOP)
        services.kill_launcher()
        kill((guard, host))
        assert lives(stray)
        services.start_launcher()
        with services.connect() as client:
            result = client.run(handle.run_id).result(timeout=30)

        assert not lives(stray)
        failure = result.steps["deaf"].failure
        assert failure is not None
        assert failure.reason is FailureReason.LOST


def kill(pids: Iterable[int]) -> None:
    """Kill processes in one moment: none of them sees that another is gone."""
    stopped = tuple(pids)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    for pid in stopped:
        os.kill(pid, signal.SIGKILL)


def host_processes(home: Path, handle: RunHandle) -> tuple[int, int]:
    """Return the guard and the host itself of the host that runs a run's only step."""
    (started,) = (each for each in handle.events(follow=False) if isinstance(each, StepStarted))
    process = home / "hosts" / started.host_id / "process.json"
    guard = int(json.loads(process.read_text())["pid"])
    (host,) = psutil.Process(guard).children()
    return guard, host.pid
