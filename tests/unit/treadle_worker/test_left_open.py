"""What an import leaves open, and where it was opened."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

CHECK = """
import importlib, sys
from treadle_worker import left_open
from treadle_worker.import_traces import traced
sys.path.append({folder!r})
before = left_open.before()
with traced() as traces:
    importlib.import_module("habit")
print(before.reason_not_to_fork(traces))
print([file.position for file in before.files_to_open_anew()])
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
    assert "open it in the op, or in a resource" in reason or "start it in the op" in reason


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


def test_a_file_that_is_read_is_opened_anew_where_it_was(told):
    assert told("file = open(__file__, 'rb', 0); file.read(3)") == ["", "[3]"]


def test_a_socket_keeps_its_ways_when_the_user_set_a_default_timeout(told):
    said = told("""
        import os, socket
        ends = socket.socketpair()
        socket.setdefaulttimeout(5)
    """)
    assert "left a socket open" in said[0]
