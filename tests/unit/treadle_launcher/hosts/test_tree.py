"""The proof that nothing of a host is left."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from treadle_launcher.hosts import tree
from treadle_launcher.hosts.tree import all_gone
from treadle_launcher.processes import ProcessId, boot_id, is_alive, own_id, start_ticks

GONE = replace(own_id(), start_ticks=1)


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def started(processes: list[subprocess.Popen[bytes]], *command: str) -> ProcessId:
    popen = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    processes.append(popen)
    return identity(popen.pid)


def identity(pid: int) -> ProcessId:
    ticks = start_ticks(pid)
    assert ticks is not None
    return ProcessId(boot_id=boot_id(), pid=pid, start_ticks=ticks)


def gone(*recorded: ProcessId, watched: bool = True) -> None:
    asyncio.run(asyncio.wait_for(all_gone(recorded, watched=watched), 20))


def test_nothing_recorded_is_nothing_left() -> None:
    gone()


def test_a_host_that_does_not_end_by_itself_is_killed(
    processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "_OWN_END_SECONDS", 0.05)
    host = started(processes, "sleep", "100")

    gone(host)

    assert processes[0].wait(10) == -signal.SIGKILL


@pytest.mark.parametrize("leader_lives", [True, False])
def test_what_a_step_left_in_its_session_is_killed(
    processes: list[subprocess.Popen[bytes]], leader_lives: bool
) -> None:
    step = started(processes, "sh", "-c", "sleep 100 & echo $!; wait")
    stdout = processes[0].stdout
    assert stdout is not None
    child = identity(int(stdout.readline()))
    if not leader_lives:
        os.kill(step.pid, signal.SIGKILL)
        processes[0].wait(10)

    gone(GONE, step)

    assert not is_alive(child)
    assert not is_alive(step)


def test_of_a_host_that_is_gone_for_long_only_what_is_named_is_killed(
    processes: list[subprocess.Popen[bytes]],
) -> None:
    step = started(processes, "sh", "-c", "sleep 100 & echo $!; wait")
    stdout = processes[0].stdout
    assert stdout is not None
    child = identity(int(stdout.readline()))

    gone(GONE, step, watched=False)

    assert not is_alive(step)
    assert is_alive(child)
    os.kill(child.pid, signal.SIGKILL)
