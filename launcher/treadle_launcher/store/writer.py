"""The one thread that writes: takes what is queued, commits it together, tells each caller."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from treadle_launcher.clock import Clock
from treadle_launcher.durability import Durability
from treadle_launcher.store.connections import writing_engine
from treadle_launcher.store.errors import StoreClosedError, translated
from treadle_launcher.store.session import WriteSession

T = TypeVar("T")
Write = Callable[[WriteSession], Any]

_BATCH: Final = 500
"""How many requests share a transaction at most."""


@dataclass(frozen=True, slots=True)
class _Request:
    write: Write
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    future: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Writer:
    """The queue of writes. Made by `running` alone."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._session = WriteSession(connection=connection, clock=clock)
        self._queue: SimpleQueue[_Request | None] = SimpleQueue()
        self._closing = False

    @classmethod
    @contextmanager
    def running(cls, database: Path, clock: Clock, durability: Durability) -> Iterator[Writer]:
        """Write to this file until the block is left, then commit what is queued and stop.

        Raises:
            StoreError: the file cannot be used.
        """
        engine = writing_engine(database, durability)
        try:
            with translated():
                connection = engine.connect()
            with connection:
                writer = cls(connection, clock)
                thread = threading.Thread(target=writer._run, name="treadle-store-writer")
                thread.start()
                try:
                    yield writer
                finally:
                    writer._closing = True
                    writer._queue.put(None)
                    thread.join()
        finally:
            engine.dispose()

    def submit(self, write: Callable[[WriteSession], T]) -> asyncio.Future[T]:
        """Queue a write; the future is done when it is committed, or refused with its error.

        Raises:
            StoreClosedError: the store is closing.
        """
        if self._closing:
            raise StoreClosedError("the store is closed: nothing can be recorded any more")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put(_Request(write, future))
        return future

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            is_last = False
            while len(batch) < _BATCH and not is_last:
                try:
                    request = self._queue.get_nowait()
                except Empty:
                    break
                is_last = request is None
                if request is not None:
                    batch.append(request)
            _tell(self._commit(batch))
            if is_last:
                return

    def _commit(self, batch: Sequence[_Request]) -> list[_Outcome]:
        try:
            return self._transaction(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, its caller must hear of it
            if len(batch) == 1:
                return [_Outcome(batch[0].future, error=error)]
        # One of them is bad: alone, each commits or fails for itself.
        return [outcome for request in batch for outcome in self._commit([request])]

    def _transaction(self, batch: Sequence[_Request]) -> list[_Outcome]:
        session = self._session
        try:
            with translated(), session.connection.begin():
                outcomes = [
                    _Outcome(request.future, result=request.write(session)) for request in batch
                ]
        except BaseException:
            session.forget()
            raise
        session.drop_finished()
        return outcomes


def _tell(outcomes: Sequence[_Outcome]) -> None:
    """Wake each caller's loop once for all of its outcomes."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.future.get_loop(), []).append(outcome)
    for loop, told in by_loop.items():
        # A loop that was closed meanwhile has nobody left who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_all, told)


def _tell_all(outcomes: Sequence[_Outcome]) -> None:
    for outcome in outcomes:
        outcome.tell()
