"""Reads, in a few threads with connections of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import Final, TypeVar

from treadle_launcher.store.connections import opened_to_read
from treadle_launcher.store.errors import translated

T = TypeVar("T")

_THREADS: Final = 4


class Readers:
    """Threads that read. Made by `open` alone."""

    def __init__(
        self,
        open_one: Callable[[], AbstractContextManager[Connection]],
        threads: ThreadPoolExecutor,
    ) -> None:
        self._open_one = open_one
        self._threads = threads
        self._local = threading.local()
        self._opened = ExitStack()

    @classmethod
    @contextmanager
    def open(cls, database: Path, *, may_write: bool = True) -> Iterator[Readers]:
        """Read this file until the block is left, then wait for the reads that run."""
        threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="treadle-store-reader")
        readers = cls(partial(opened_to_read, database, may_write=may_write), threads)
        with readers._opened, threads:
            yield readers

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
            own = self._local.connection = self._opened.enter_context(self._open_one())
        return own


@contextmanager
def _one_state(connection: Connection) -> Iterator[Connection]:
    """Read everything in the block as of one commit."""
    connection.execute("BEGIN")
    try:
        yield connection
    finally:
        # Nothing was written.
        connection.rollback()
