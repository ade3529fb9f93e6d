"""What an import leaves open, and where it was opened."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

CHECK = """
import importlib, sys
from treadle_worker.loading import left_open
from treadle_worker.loading.import_traces import traced
sys.path.append({folder!r})
before = left_open.before()
with traced() as traces:
    importlib.import_module("habit")
print(before.reason_not_to_fork(traces))
print([file.position for file in before.files_to_open_anew()])
getattr(left_open, "let_go", lambda *_: None)(before, traces)
"""


@pytest.fixture
def told(tmp_path: Path) -> object:
    def tell(code: str) -> list[str]:
        (tmp_path / "habit.py").write_text(textwrap.dedent(code))
        done = subprocess.run(
            [sys.executable, "-c", CHECK.format(folder=str(tmp_path))],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            cwd=tmp_path,
        )
        return done.stdout.replace(str(tmp_path), "HERE").splitlines()

    return tell


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            """
            import socket
            server = socket.create_server(("127.0.0.1", 0))
            """,
            "left a socket at 127.0.0.1:",
        ),
        (
            """
            import socket
            server = socket.socket(socket.AF_UNIX)
            server.bind("listens")
            server.listen()
            client = socket.socket(socket.AF_UNIX)
            client.connect("listens")
            server.close()
            """,
            "left a connection to listens open at HERE/habit.py:7, which",
        ),
        ("import socket; pair = socket.socketpair()", "left a socket open, which"),
        ("import os; ends = os.pipe()", "left a pipe open, which"),
        ("import os; ends = os.eventfd(0)", "left a descriptor of kind eventfd open, which"),
        ("file = open('f', 'w+')", "left the file HERE/f open, which"),
        ("import os; fd = os.open(__file__, os.O_RDONLY)", "left the file HERE/habit.py open"),
        (
            "import sqlite3\ndb = sqlite3.connect('base')\ndb.execute('create table t (c)')",
            "left the file HERE/base open at HERE/habit.py:2, which",
        ),
        (
            "import multiprocessing\nvalue = multiprocessing.Value('i', 0)",
            "left memory of multiprocessing (that of a Value or an Array, say) open at HERE/habit.py:2",
        ),
        (
            "import fcntl\nfile = open('f', 'a')\nfcntl.flock(file, fcntl.LOCK_SH)",
            "left the file HERE/f locked by flock at HERE/habit.py:3, which",
        ),
        (
            "import fcntl\nfile = open('f', 'w')\nfcntl.lockf(file, fcntl.LOCK_EX)",
            "left the file HERE/f locked by lockf at HERE/habit.py:3, which",
        ),
        (
            """
            import sqlite3
            db = sqlite3.connect("base", isolation_level=None)
            db.execute("begin exclusive")
            """,
            "left the file HERE/base locked by lockf, which",
        ),
        (
            """
            import subprocess
            with open("f", "w"):
                child = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
            """,
            "started the process cat (",
        ),
    ],
)
def test_what_copies_cannot_share_is_named_with_its_place(told, code, said):
    reason, _ = told(code)

    assert f"importing the code {said}" in reason
    assert (
        "lock it in the op" in reason
        or "open it in the op, or in a resource" in reason
        or "start it in the op" in reason
    )


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socketpair()",
        "import subprocess; subprocess.run(['true'])",
        "import sqlite3; db = sqlite3.connect(':memory:')",
        "import os; null = open(os.devnull, 'r+b', 0); here = os.open('.', os.O_RDONLY)",
        "file = open('f', 'a')",
        "import os; here = os.pidfd_open(os.getpid())",
    ],
)
def test_what_is_closed_again_or_every_process_own_is_no_reason(told, code):
    assert told(code) == ["", "[]"]


@pytest.mark.parametrize(
    ("code", "held"),
    [
        ("import fcntl; file = open('f', 'a'); fcntl.flock(file, fcntl.LOCK_EX)", "None"),
        ("import fcntl; file = open('f', 'a'); fcntl.lockf(file, fcntl.LOCK_EX)", "None"),
        # A database would go on as if it had the file to itself.
        (
            """
            import sqlite3
            file = sqlite3.connect("f", isolation_level=None)
            file.execute("begin exclusive")
            """,
            "lockf",
        ),
    ],
)
def test_what_python_locked_is_let_go_of_and_what_a_library_locked_is_not(told, code, held):
    look = """
import os
from treadle_worker.loading import left_open
from treadle_worker.loading.file_locks import lock_of
def let_go(before, traces):
    before.let_go_of_locks(traces)
    fds = [fd for fd in map(int, os.listdir("/proc/self/fd")) if fd > 2]
    locks = [lock_of(fd) for fd in fds]
    print(next((str(lock.kind) for lock in locks if lock), None))
left_open.let_go = let_go
"""
    assert told(textwrap.dedent(code) + look)[-1] == held


def test_a_file_that_is_read_is_opened_anew_where_it_was(told):
    assert told("file = open(__file__, 'rb', 0); file.read(3)") == ["", "[3]"]


def test_a_socket_keeps_its_ways_when_the_user_set_a_default_timeout(told):
    said = told("""
        import os, socket
        ends = socket.socketpair()
        socket.setdefaulttimeout(5)
    """)
    assert "left a socket open" in said[0]
