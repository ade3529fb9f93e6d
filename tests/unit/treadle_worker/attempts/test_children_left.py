"""What an attempt left is ended before the next one begins in its process; what was there stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from treadle_worker.attempts.children_left import ChildrenLeft, children_of
from treadle_worker.host.loop import Loop
from treadle_worker.system import processes

# It adopts what its descendants leave, as a step process does, and starts what it is asked for.
PARENT = """
import subprocess, sys
sys.path[:0] = sys.argv[1:]
from treadle_worker.system import processes
processes.adopt_orphans()
for line in sys.stdin:
    print(subprocess.Popen(["sh", "-c", line], stdout=subprocess.PIPE).stdout.readline().decode(), end="", flush=True)
"""
SLEEPS = "echo $$; exec sleep 600"
DETACHED = "setsid sh -c 'echo $$; exec sleep 600' & exit"


class Parent:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PARENT, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def starts(self, command: str) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture
def parent() -> Iterator[Parent]:
    found = Parent()
    yield found
    for number in processes.descendants(found.process.pid):
        processes.send_signal(number, 9)
    found.process.communicate()


@pytest.fixture
def loop() -> Iterator[Loop]:
    found = Loop()
    yield found
    found.leave_to_parent()


def state(pid: int) -> str:
    try:
        return processes.read_stat(pid).state
    except ProcessLookupError:
        return "gone"


def test_what_was_started_since_is_ended_however_it_detached(parent: Parent, loop: Loop) -> None:
    earlier = parent.starts(SLEEPS)
    before = children_of(parent.process.pid)
    later = [parent.starts(SLEEPS), parent.starts(DETACHED)]
    over: list[bool] = []

    ChildrenLeft(loop).end(parent.process.pid, before, lambda: False, lambda: over.append(True))
    while not over:
        loop.turn()

    assert state(earlier) == "S"
    assert {state(pid) for pid in later} <= {"Z", "gone"}


def test_nothing_is_waited_for_where_nothing_was_started(parent: Parent, loop: Loop) -> None:
    parent.starts(SLEEPS)
    over: list[bool] = []
    before = children_of(parent.process.pid)

    ChildrenLeft(loop).end(parent.process.pid, before, lambda: False, lambda: over.append(True))

    assert over == [True]


def test_nothing_is_called_once_the_process_itself_is_over(loop: Loop) -> None:
    over: list[bool] = []
    ChildrenLeft(loop).end(1, frozenset(), lambda: True, lambda: over.append(True))
    assert over == []
