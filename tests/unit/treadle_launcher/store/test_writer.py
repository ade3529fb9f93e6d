"""The one thread that writes: who shares a transaction, and what it survives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import RootTransaction

from treadle_launcher.clock import ManualClock
from treadle_launcher.durability import Durability
from treadle_launcher.ids import HostId
from treadle_launcher.store import host_marks
from treadle_launcher.store.errors import DiskFullError
from treadle_launcher.store.records import HostMark
from treadle_launcher.store.schema import prepare
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


def test_what_waits_is_committed_together(tmp_path: Path) -> None:
    async def body(writer: Writer) -> None:
        begun, let_go = threading.Event(), threading.Event()

        def transaction(session: WriteSession) -> RootTransaction | None:
            return session.connection.get_transaction()

        def hold_up(session: WriteSession) -> RootTransaction | None:
            begun.set()
            let_go.wait(30)
            return transaction(session)

        first = writer.submit(hold_up)
        assert begun.wait(30)
        others = [writer.submit(transaction) for _ in range(100)]
        let_go.set()

        transactions = await asyncio.gather(*others)

        assert len(set(transactions)) == 1
        assert await first is not transactions[0]

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

        def limit(pages: int) -> Callable[[WriteSession], None]:
            statement = f"PRAGMA max_page_count = {pages}"
            return lambda session: session.connection.exec_driver_sql(statement).close()

        def fill(session: WriteSession) -> None:
            mark(2)(session)
            for number in range(1000):
                big = HostMark(host_id=HostId(f"{number}" * 1000), last_record=1)
                host_marks.put(session.connection, big)

        await writer.submit(limit(1))
        with pytest.raises(DiskFullError, match="make room"):
            await writer.submit(fill)
        assert await writer.submit(marked) == 1

        await writer.submit(limit(1_000_000))
        await writer.submit(fill)
        assert await writer.submit(marked) == 2

    on_writer(tmp_path, body)
