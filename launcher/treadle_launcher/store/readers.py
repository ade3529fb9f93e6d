"""Reads, in a few threads with connections of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine

from treadle_launcher.store.connections import reading_engine
from treadle_launcher.store.errors import translated
from treadle_launcher.store.statements import driver_of

T = TypeVar("T")

_THREADS: Final = 4


class Readers:
    """Threads that read. Made by `open` alone."""

    def __init__(self, engine: Engine, threads: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._threads = threads
        self._local = threading.local()
        self._opened: list[Connection] = []

    @classmethod
    @contextmanager
    def open(cls, database: Path, *, may_write: bool = True) -> Iterator[Readers]:
        """Read this file until the block is left, then wait for the reads that run."""
        engine = reading_engine(database, _THREADS, may_write=may_write)
        try:
            with ThreadPoolExecutor(_THREADS, thread_name_prefix="treadle-store-reader") as threads:
                readers = cls(engine, threads)
                yield readers
            for connection in readers._opened:
                connection.close()
        finally:
            engine.dispose()

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Return what a query says of the last commit.

        Raises:
            StoreError: the file cannot be read. What the query itself raises passes through.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, query)

    def _read(self, query: Callable[[Connection], T]) -> T:
        with translated(), _one_state(self._own()) as connection:
            return query(connection)

    def _own(self) -> Connection:
        """Return this thread's connection, opened when it is first asked for."""
        own: Connection | None = getattr(self._local, "connection", None)
        if own is None:
            own = self._local.connection = self._engine.connect()
            self._opened.append(own)
        return own


@contextmanager
def _one_state(connection: Connection) -> Iterator[Connection]:
    """Read everything in the block as of one commit."""
    driver = driver_of(connection)
    driver.execute("BEGIN")
    try:
        yield connection
    finally:
        # Nothing was written. SQLAlchemy has a transaction of its own where it ran a statement.
        connection.rollback()
        driver.rollback()
