"""Locks that an import left, found where the user's modules reach them."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

CHECK = """
import importlib, sys
from treadle_worker.loading.held_locks import reason_not_to_fork
sys.path.append({folder!r})
importlib.import_module("habit")
print(reason_not_to_fork(sys.modules, {{"habit", "absent"}}))
"""


@pytest.fixture
def told(tmp_path: Path) -> object:
    def tell(code: str) -> str:
        (tmp_path / "habit.py").write_text(textwrap.dedent(code))
        done = subprocess.run(
            [sys.executable, "-c", CHECK.format(folder=str(tmp_path))],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            cwd=tmp_path,
        )
        return done.stdout.replace(str(tmp_path), "HERE").strip()

    return tell


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "import threading\ngate = threading.Lock()\ngate.acquire()",
            "the lock 'gate' at HERE/habit.py:2",
        ),
        (
            "import threading\ngate = threading.RLock()\ngate.acquire()",
            "the lock 'gate' at HERE/habit.py:2",
        ),
        (
            "import threading\nwith_ = [{'a': threading.Condition()}]\nwith_[0]['a'].acquire()",
            "a lock in 'with_'",
        ),
        (
            """
            import threading
            class Client:
                gate = threading.Lock()
            Client.gate.acquire()
            """,
            "a lock in 'Client' at HERE/habit.py:3",
        ),
        (
            """
            import threading
            class Client:
                def __init__(self):
                    self.gate = threading.Lock()
                    self.gate.acquire()
            client = Client()
            """,
            "a lock in 'client' at HERE/habit.py:7",
        ),
        (
            """
            import threading
            def made():
                gate = threading.Lock()
                gate.acquire()
                def inner():
                    return gate
                return inner
            guarded = made()
            """,
            "a lock in 'guarded' at HERE/habit.py:9",
        ),
    ],
)
def test_a_lock_that_was_taken_is_named_with_its_line(told, code, said):
    assert f"importing the code took {said}" in told(code)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "import multiprocessing\ngate = multiprocessing.Lock()",
            "Lock 'gate' at HERE/habit.py:2",
        ),
        ("import multiprocessing\ngate = multiprocessing.Event()", "Event 'gate' at"),
        (
            """
            import gc, multiprocessing
            gates = {"one": multiprocessing.Semaphore(3)}
            gc.freeze()
            """,
            "Semaphore in 'gates' at HERE/habit.py:3",
        ),
        # Where nothing of the user's leads to it.
        (
            "import json, multiprocessing\njson.gate = multiprocessing.RLock()",
            "RLock of module json",
        ),
    ],
)
def test_a_lock_of_multiprocessing_is_named_also_when_nobody_took_it(told, code, said):
    reason = told(code)

    assert f"importing the code made the multiprocessing {said}" in reason
    assert "Make it in the op" in reason


@pytest.mark.parametrize(
    "code",
    [
        "import threading, queue; free = threading.Lock(); waiting = queue.Queue()",
        "import threading; none_left = threading.Semaphore(0); over = threading.Event()",
        "import threading\ngate = threading.Lock()\nwith gate:\n    pass",
        "import logging, json; json.held = __import__('threading').Lock(); json.held.acquire()",
        "import multiprocessing.pool, concurrent.futures",
        "import threading\nloop = []\nloop.append(loop)\nmany = [[]] * 20_000",
        "class Odd:\n    __class__ = property(lambda self: 1 / 0)\nodd = Odd()",
    ],
)
def test_locks_that_nobody_holds_and_those_of_libraries_are_no_reason(told, code):
    assert told(code) == ""
