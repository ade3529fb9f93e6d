"""The one thread that writes: takes what is queued, commits it together, tells each caller.

A database that takes no writes for a while (locked, full, read-only, failing) changes nothing of
their order: what waits is tried until it is committed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from sqlite3 import Connection
from typing import Any, Final, TypeVar

from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher import defaults
from treadle_launcher.clock import Clock
from treadle_launcher.durability import Durability
from treadle_launcher.store.connections import opened_to_write, transaction
from treadle_launcher.store.errors import (
    DatabaseGoneError,
    DatabaseLockedError,
    StoreClosedError,
    StoreUnavailableError,
    translated,
)
from treadle_launcher.store.session import WriteSession
from treadle_launcher.store.whereabouts import Whereabouts

T = TypeVar("T")

_LOG = logging.getLogger(__name__)

Write = Callable[[WriteSession], Any]

_BATCH: Final = 500
"""How many requests share a transaction at most."""

_ONE_TRY: Final = 1.0
"""How long one try waits for a lock, in seconds, and the next try after one that failed."""

_SAY_AGAIN: Final = 60.0
"""How often the log says that it is the same trouble still, in seconds."""


@dataclass(frozen=True, slots=True)
class _Request:
    write: Write
    future: asyncio.Future[Any]
    waits: bool
    since: float

    def gives_up(self, error: StoreUnavailableError, closing_since: float | None) -> bool:
        """Whether it waits no longer for a database that takes no writes."""
        if self.waits and closing_since is None:
            return False
        since = self.since if closing_since is None else closing_since
        is_locked = isinstance(error, DatabaseLockedError)
        return not is_locked or time.monotonic() - since >= defaults.STORE_TIMEOUT


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

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        whereabouts: Sequence[Whereabouts],
        on_gone: Callable[[str], None],
    ) -> None:
        self._whereabouts = whereabouts
        self._on_gone = on_gone
        self._session = WriteSession(connection=connection, clock=clock)
        self._queue: SimpleQueue[_Request | None] = SimpleQueue()
        self._closing = threading.Event()
        self._closing_since: float | None = None
        self._is_last = False
        # Taken from the queue and not committed yet; the first so many of them are tried alone.
        self._waiting: list[_Request] = []
        self._alone = 0
        self._trouble = ""
        self._said = ""
        self._said_at = 0.0
        self._says_so = False

    @classmethod
    @contextmanager
    def running(
        cls,
        database: Path,
        clock: Clock,
        durability: Durability,
        on_gone: Callable[[str], None] = lambda why: None,
        *,
        beside: Sequence[Path] = (),
    ) -> Iterator[Writer]:
        """Write to this file until the block is left, then commit what is queued and stop.

        Nothing is said to be committed once the file, or one of the folders `beside` it, is not
        found under its name any more: `on_gone` is then called, from the thread that writes.

        Raises:
            StoreError: the file cannot be used.
        """
        with ExitStack() as opened:
            with translated():
                connection = opened.enter_context(
                    opened_to_write(database, durability, busy_timeout=_ONE_TRY)
                )
            for folder in beside:
                # As long as it is open, no other folder is given its number.
                opened.callback(os.close, os.open(folder, os.O_DIRECTORY | os.O_CLOEXEC))
            places = tuple(map(Whereabouts.of, (database, *beside)))
            writer = cls(connection, clock, places, on_gone)
            thread = threading.Thread(target=writer._run, name="treadle-store-writer")
            thread.start()
            try:
                yield writer
            finally:
                writer._closing_since = time.monotonic()
                writer._closing.set()
                writer._queue.put(None)
                thread.join()

    @property
    def trouble(self) -> str:
        """Why the database takes no writes now; "" while it does."""
        return self._trouble

    def submit(
        self, write: Callable[[WriteSession], T], *, waits: bool = False
    ) -> asyncio.Future[T]:
        """Queue a write; the future is done when it is committed, or refused with its error.

        One that `waits` is not refused because the database takes no writes.

        Raises:
            StoreClosedError: the store is closing.
        """
        if self._closing.is_set():
            raise StoreClosedError("the store is closed: nothing can be recorded any more")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put(_Request(write, future, waits, time.monotonic()))
        return future

    def _run(self) -> None:
        while self._take():
            self._try()

    def _take(self) -> bool:
        """Take what is queued, or wait for it. False: nothing waits, and nothing comes."""
        while not self._is_last:
            try:
                request = self._queue.get(block=not self._waiting)
            except Empty:
                break
            if request is None:
                self._is_last = True
            else:
                self._waiting.append(request)
        return bool(self._waiting)

    def _try(self) -> None:
        """Commit what waits, together; find out who waits on if that cannot be."""
        batch = self._waiting[: 1 if self._alone else _BATCH]
        try:
            outcomes = self._transaction(batch)
        except StoreUnavailableError as error:
            self._wait(error)
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, its caller must hear of it
            if len(batch) > 1:
                # One of them is bad: alone, each commits or fails for itself.
                self._alone = len(batch)
                return
            outcomes = [_Outcome(batch[0].future, error=error)]
        else:
            self._all_is_well()
        del self._waiting[: len(batch)]
        self._alone = max(0, self._alone - len(batch))
        _tell(outcomes)

    def _wait(self, error: StoreUnavailableError) -> None:
        """Tell those that wait no longer; have the others tried again, in their order."""
        self._trouble = str(error)
        now = time.monotonic()
        if self._said != self._trouble or now - self._said_at >= _SAY_AGAIN:
            # Once for all requests of that time, and for a trouble that comes and goes.
            _LOG.error("store_waits error=%s", error)
            self._said, self._said_at = self._trouble, now
            self._says_so = True
            if isinstance(error, DatabaseGoneError):
                self._on_gone(str(error))
        told = type(error)(f"{error}; what was asked was not recorded")
        asked, self._waiting = self._waiting, []
        refused: list[_Outcome] = []
        for request in asked:
            if request.gives_up(error, self._closing_since):
                refused.append(_Outcome(request.future, error=told))
            else:
                self._waiting.append(request)
        self._alone = 0
        _tell(refused)
        if self._waiting and not isinstance(error, DatabaseLockedError):
            # Waiting for a lock takes its time by itself.
            self._closing.wait(_ONE_TRY)

    def _all_is_well(self) -> None:
        self._trouble = ""
        if self._says_so:
            _LOG.info("store_goes_on")
            self._says_so = False

    def _transaction(self, batch: Sequence[_Request]) -> list[_Outcome]:
        session = self._session
        last: int | None = None
        try:
            with translated(), transaction(session.connection):
                before = session.last_store_sequence
                outcomes = [
                    _Outcome(request.future, result=request.write(session)) for request in batch
                ]
                last = session.last_store_sequence
                # Last of all before the commit: what it says is to be found.
                for each in self._whereabouts:
                    each.check()
        except BaseException:
            session.forget()
            # A commit may fail when it is done already: the file tells.
            is_gone = isinstance(sys.exception(), DatabaseGoneError)
            if is_gone or last is None or last == before or not session.is_recorded(last):
                raise
        session.drop_finished()
        return outcomes


def _tell(outcomes: Sequence[_Outcome]) -> None:
    """Wake each caller's loop once for all of its outcomes."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.future.get_loop(), []).append(outcome)
    for loop, told in by_loop.items():
        # A loop that is closed by now has nobody left who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_all, told)


def _tell_all(outcomes: Sequence[_Outcome]) -> None:
    for outcome in outcomes:
        outcome.tell()
