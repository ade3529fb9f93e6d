"""The one thread that writes: who shares a transaction, and what it survives."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from treadle_contract.ids import HostId
from treadle_launcher import defaults
from treadle_launcher.clock import ManualClock
from treadle_launcher.durability import Durability
from treadle_launcher.store import connections, host_marks
from treadle_launcher.store.errors import DatabaseLockedError, DiskFullError
from treadle_launcher.store.preparing import prepare
from treadle_launcher.store.records import HostMark
from treadle_launcher.store.session import WriteSession
from treadle_launcher.store.writer import Writer

HOST = HostId("h")


def on_writer(tmp_path: Path, body: Callable[[Writer], Awaitable[None]]) -> None:
    database = tmp_path / "db"
    prepare(database)

    async def running() -> None:
        with Writer.running(database, ManualClock(), Durability.PROCESS) as writer:
            await body(writer)

    asyncio.run(asyncio.wait_for(running(), timeout=60))


def mark(number: int) -> Callable[[WriteSession], None]:
    return lambda session: host_marks.put(
        session.connection, HostMark(host_id=HOST, last_record=number)
    )


def marked(session: WriteSession) -> int:
    return host_marks.get(session.connection, HOST)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("treadle_launcher.store.writer._ONE_TRY", 0.05)
    monkeypatch.setattr(defaults, "STORE_TIMEOUT", 0.2)


@contextmanager
def locked(tmp_path: Path) -> Iterator[None]:
    """Have another connection write for the length of the block."""
    other = sqlite3.connect(tmp_path / "db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def limit(pages: int) -> Callable[[WriteSession], None]:
    """Return what lets the database have so many pages."""
    statement = f"PRAGMA max_page_count = {pages}"
    return lambda session: session.connection.execute(statement).close()


def fill(session: WriteSession) -> None:
    """Write more than a database of few pages holds."""
    mark(2)(session)
    for number in range(1000):
        big = HostMark(host_id=HostId(f"{number}" * 1000), last_record=1)
        host_marks.put(session.connection, big)


def test_what_waits_is_committed_together(tmp_path: Path) -> None:
    async def body(writer: Writer) -> None:
        begun, let_go = threading.Event(), threading.Event()

        statements: list[str] = []

        def transaction(_: WriteSession) -> int:
            return statements.count("BEGIN IMMEDIATE")

        def hold_up(session: WriteSession) -> int:
            session.connection.set_trace_callback(statements.append)
            begun.set()
            let_go.wait(30)
            return transaction(session)

        first = writer.submit(hold_up)
        assert begun.wait(30)
        others = [writer.submit(transaction) for _ in range(100)]
        let_go.set()

        transactions = await asyncio.gather(*others)

        assert len(set(transactions)) == 1
        assert await first != transactions[0]

    on_writer(tmp_path, body)


def test_a_write_that_breaks_fails_alone(tmp_path: Path) -> None:
    async def body(writer: Writer) -> None:
        def broken(session: WriteSession) -> None:
            mark(9)(session)
            raise ZeroDivisionError

        results = await asyncio.gather(
            writer.submit(mark(1)),
            writer.submit(broken),
            writer.submit(mark(2)),
            return_exceptions=True,
        )

        assert [type(result) for result in results] == [
            type(None),
            ZeroDivisionError,
            type(None),
        ]
        assert await writer.submit(marked) == 2

    on_writer(tmp_path, body)


def test_what_was_rolled_back_is_known_no_more(tmp_path: Path) -> None:
    async def body(writer: Writer) -> None:
        def moved(number: int) -> Callable[[WriteSession], None]:
            return lambda session: session.move_host_mark(
                HostMark(host_id=HOST, last_record=number)
            )

        def broken(session: WriteSession) -> None:
            moved(9)(session)
            session.next_store_sequence()
            raise ZeroDivisionError

        await writer.submit(moved(1))
        with pytest.raises(ZeroDivisionError):
            await writer.submit(broken)

        assert await writer.submit(lambda session: session.host_mark(HOST)) == 1
        assert await writer.submit(lambda session: session.next_store_sequence()) == 1

    on_writer(tmp_path, body)


def test_a_caller_who_waits_no_more_does_not_undo_the_write(tmp_path: Path) -> None:
    async def body(writer: Writer) -> None:
        let_go = threading.Event()
        first = writer.submit(lambda _: let_go.wait(30))
        given_up = writer.submit(mark(3))
        given_up.cancel()
        let_go.set()
        await first

        assert await writer.submit(marked) == 3

    on_writer(tmp_path, body)


def test_a_full_disk_is_said_and_survived(tmp_path: Path) -> None:
    async def body(writer: Writer) -> None:
        await writer.submit(mark(1))

        await writer.submit(limit(1))
        with pytest.raises(DiskFullError, match="make room"):
            await writer.submit(fill)
        assert await writer.submit(marked) == 1

        await writer.submit(limit(1_000_000))
        await writer.submit(fill)
        assert await writer.submit(marked) == 2

    on_writer(tmp_path, body)


def test_what_happened_waits_for_a_locked_database_in_its_order(
    tmp_path: Path, impatient: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    order: list[int] = []

    def happened(number: int) -> Callable[[WriteSession], None]:
        def write(session: WriteSession) -> None:
            order.append(number)
            mark(number)(session)

        return write

    async def body(writer: Writer) -> None:
        with locked(tmp_path):
            first = writer.submit(happened(1), waits=True)
            asked = writer.submit(mark(9))
            second = writer.submit(happened(2), waits=True)
            with pytest.raises(DatabaseLockedError, match="what was asked was not recorded"):
                await asked
            assert "locked" in writer.trouble
            assert [first.done(), second.done()] == [False, False]
        await asyncio.gather(first, second)

        assert order == [1, 2]
        assert writer.trouble == ""
        assert await writer.submit(marked) == 2

    on_writer(tmp_path, body)
    said = [message.split(" ")[0] for message in caplog.messages]
    assert said == ["store_waits", "store_goes_on"]


def test_what_happened_waits_for_room_on_the_disk(tmp_path: Path, impatient: None) -> None:
    async def body(writer: Writer) -> None:
        await writer.submit(limit(1))
        has_room = threading.Event()

        def happened(session: WriteSession) -> None:
            if has_room.is_set():
                limit(1_000_000)(session)
            fill(session)

        waiting = writer.submit(happened, waits=True)
        with pytest.raises(DiskFullError, match="what was asked was not recorded"):
            await writer.submit(fill)
        assert not waiting.done()

        has_room.set()
        await waiting
        assert await writer.submit(marked) == 2

    on_writer(tmp_path, body)


def test_a_store_that_closes_waits_for_a_lock_no_longer_than_its_patience(
    tmp_path: Path, impatient: None
) -> None:
    async def happens(writer: Writer) -> None:
        held.append(writer.submit(mark(1), waits=True))

    held: list[asyncio.Future[None]] = []
    prepare(tmp_path / "db")
    with locked(tmp_path):
        on_writer(tmp_path, happens)

    async def body(writer: Writer) -> None:
        assert await writer.submit(marked) == 0

    on_writer(tmp_path, body)


def test_a_commit_that_fails_when_it_is_done_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body(writer: Writer) -> None:
        written: list[int] = []

        def event(session: WriteSession) -> int:
            number = session.next_store_sequence()
            written.append(number)
            session.connection.execute(
                "UPDATE sqlite_sequence SET seq = ? WHERE name = 'events'", (number,)
            ).close()
            return number

        def begin(session: WriteSession) -> None:
            session.connection.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES ('events', 0)"
            ).close()
            commit = connections.commit

            def fail_when_done(connection: sqlite3.Connection) -> None:
                commit(connection)
                if written:
                    monkeypatch.undo()
                    error = sqlite3.OperationalError("disk I/O error")
                    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
                    raise error

            monkeypatch.setattr(connections, "commit", fail_when_done)

        await writer.submit(begin)
        assert await writer.submit(event, waits=True) == 1
        assert written == [1]
        assert await writer.submit(event, waits=True) == 2

    on_writer(tmp_path, body)
