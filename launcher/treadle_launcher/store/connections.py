"""How the SQLite file is opened: WAL, no fsync at commit, explicit transactions."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from treadle_launcher.store.errors import translated
from treadle_launcher.store.schema import metadata

_BUSY_TIMEOUT_S: Final = 10.0


def writing_engine(database: Path) -> Engine:
    """Return an engine of one connection that may write, the tables made if there are none.

    Raises:
        StoreError: the file cannot be used.
    """
    engine = _engine(database, connections=1, begin="BEGIN IMMEDIATE")
    with translated():
        with engine.connect() as connection:
            # Stays with the file. Durable against SIGKILL of every process, which is what
            # "durable" promises here: the log is in the page cache, not in our memory.
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        with engine.begin() as connection:
            metadata.create_all(connection)
    return engine


def reading_engine(database: Path, connections: int) -> Engine:
    """Return an engine of so many connections that read the last commit."""
    engine = _engine(database, connections=connections, begin="BEGIN")

    @event.listens_for(engine, "connect")
    def forbid_writing(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA query_only = ON")

    return engine


def _engine(database: Path, *, connections: int, begin: str) -> Engine:
    engine = create_engine(
        f"sqlite+pysqlite:///{database}",
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # Python's driver would begin transactions when it sees fit; see begin_explicitly.
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(engine, "begin")
    def begin_explicitly(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
