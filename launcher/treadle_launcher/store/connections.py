"""How the SQLite file is opened: what a commit survives, explicit transactions."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from treadle_launcher.durability import Durability

_BUSY_TIMEOUT_S: Final = 10.0

# Of a log in WAL mode: NORMAL never syncs it at a commit, FULL does before the commit returns.
_SYNCHRONOUS: Final = {Durability.PROCESS: "NORMAL", Durability.POWER: "FULL"}


def writing_engine(
    database: Path, durability: Durability, busy_timeout: float = _BUSY_TIMEOUT_S
) -> Engine:
    """Return an engine of one connection that may write a file that is prepared."""
    uri = database.absolute().as_uri()
    engine = _engine(uri, 1, busy_timeout=busy_timeout)

    @event.listens_for(engine, "connect")
    def sync_commits(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.execute(f"PRAGMA synchronous = {_SYNCHRONOUS[durability]}")
        # How hosts are started holds the code's environment: what is let go of is gone.
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begin_explicitly(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def read_only_uri(database: Path) -> str:
    """Return the address of an SQLite file that is only read, while another writes to it."""
    return f"{database.absolute().as_uri()}?mode=ro"


def reading_engine(database: Path, connections: int, *, may_write: bool = True) -> Engine:
    """Return an engine of so many connections that read the last commit.

    Without `may_write` nothing of the file is touched, not even when the last one is closed.
    """
    uri = database.absolute().as_uri() if may_write else read_only_uri(database)
    engine = _engine(uri, connections, busy_timeout=_BUSY_TIMEOUT_S)

    @event.listens_for(engine, "connect")
    def forbid_writing(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA query_only = ON")

    return engine


def _engine(uri: str, connections: int, *, busy_timeout: float) -> Engine:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=busy_timeout, check_same_thread=False)

    engine = create_engine(
        "sqlite+pysqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # Python's driver would begin transactions when it sees fit: who uses this does.
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = NORMAL")

    return engine
