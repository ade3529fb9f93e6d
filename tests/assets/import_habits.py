"""What modules do when they are imported, as data: a row of docs/howto/imports.md each.

A new habit: an entry here, a row there. tests/integration/worker/test_import_habits.py runs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Outcome(StrEnum):
    """What becomes of it. The values are the headings of the page."""

    HARMLESS = "Nothing happens to what is not yours"
    """Loader, host and steps work; a forked step has what the module set."""
    SPAWNED = "Steps are spawned, and an event says why"
    """Each step imports the module itself; `says` is in the reason."""
    REFUSED = "The load says so"
    """The loader reports it; `says` is in the problem."""
    NOT_STARTED = "The run says so"
    """The host does not start, or the step fails; `says` is in the failure."""


@dataclass(frozen=True, kw_only=True)
class Habit:
    """One habit. `row` is its first column on the page, `module` the lines of the import.

    `op` are the lines of the op, which runs twice: they raise unless the step is as it should
    be. `after` raises unless what is left in FOLDER is, once the host has ended: FOLDER is
    defined in the module. `methods` are the start methods that it is tried with.
    """

    row: str
    module: str
    op: str = "pass"
    outcome: Outcome = Outcome.HARMLESS
    says: str = ""
    after: Callable[[Path], None] | None = None
    methods: tuple[str, ...] = ("fork", "spawn")


def _has_lines(path: Path, expected: list[str]) -> None:
    found = path.read_text().split()
    assert found == expected, found


HABITS: dict[str, Habit] = {
    "socket-default-timeout": Habit(
        row="`socket.setdefaulttimeout(10)`",
        module="import socket; socket.setdefaulttimeout(10)",
        op="assert socket.getdefaulttimeout() == 10",
    ),
    "sigchld-ignored": Habit(
        row="`signal.signal` with `SIGCHLD`, `SIGTERM`, `SIGINT`, `SIGALRM`",
        module="""
            import signal
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
                signal.signal(number, signal.SIG_IGN)
        """,
        op="""
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
                assert signal.getsignal(number) is signal.SIG_IGN
        """,
    ),
    "timer": Habit(
        row="`signal.setitimer`, `signal.alarm`",
        module="import signal; signal.alarm(3600)",
    ),
    "standard-streams-closed": Habit(
        row="Descriptors 0, 1 and 2 closed",
        module="import os; os.closerange(0, 3)",
        op="os.fstat(0), os.fstat(1), os.fstat(2)",
        methods=("fork",),
    ),
    "stamped-definitions": Habit(
        row="Time, pid or random numbers in descriptions, metadata, tags or defaults",
        module="""
            import uuid
            from treadle import AssetSpec
            other = AssetSpec("other", metadata={"loaded_at": uuid.uuid4().hex})
        """,
    ),
    "file-read": Habit(
        row="A file open to be read",
        module="""
            lines = open(__file__)
            first = next(lines)
        """,
        op="""
            assert first.startswith("from treadle")
            assert next(lines).startswith("FOLDER")
            assert "def thing" in lines.read()
        """,
    ),
    "file-written": Habit(
        row="A file open to be written, a log say",
        module="""
            log = open(f"{FOLDER}/log", "a")
            log.write("imported\\n")
        """,
        op="log.write('ran\\n')",
        after=lambda folder: _has_lines(folder / "log", ["imported", "ran", "ran"]),
        methods=("fork",),
    ),
    "connection": Habit(
        row="A connection, or any socket",
        module="""
            import socket
            with socket.create_server(("127.0.0.1", 0)) as server:
                connection = socket.create_connection(server.getsockname())
        """,
        outcome=Outcome.SPAWNED,
        says=" 127.0.0.1:",
    ),
    "event-loop": Habit(
        row="An event loop, an epoll, an inotify or another descriptor of events",
        module="import select; poll = select.epoll()",
        outcome=Outcome.SPAWNED,
        says="a descriptor of kind eventpoll open",
    ),
    "pipe": Habit(
        row="A pipe, or a queue of `multiprocessing`",
        module="import multiprocessing; queue = multiprocessing.SimpleQueue()",
        outcome=Outcome.SPAWNED,
        says="a pipe open",
    ),
    "database": Habit(
        row="A database, or a file open to be read and written",
        module="""
            import sqlite3
            base = sqlite3.connect(f"{FOLDER}/base.db")
            base.execute("CREATE TABLE IF NOT EXISTS facts (fact)")
        """,
        outcome=Outcome.SPAWNED,
        says="/base.db open at ",
    ),
    "child": Habit(
        row="A process that runs on: `subprocess.Popen`, pools",
        module="import subprocess; child = subprocess.Popen(['cat'], stdin=subprocess.PIPE)",
        outcome=Outcome.SPAWNED,
        says="started the process cat (",
    ),
    "thread": Habit(
        row="A thread that runs on",
        module="""
            import threading
            threading.Thread(target=threading.Event().wait, name="busy", daemon=True).start()
        """,
        outcome=Outcome.SPAWNED,
        says="'busy' of module",
    ),
    "exits": Habit(
        row="`sys.exit`",
        module="import sys; sys.exit('no configuration')",
        outcome=Outcome.REFUSED,
        says="sys.exit was called while it was imported.",
    ),
}
