"""How the SQLite file is opened: what a commit survives, explicit transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from treadle_launcher.durability import Durability

_BUSY_TIMEOUT_S: Final = 10.0

# Of a log in WAL mode: NORMAL never syncs it at a commit, FULL does before the commit returns.
_SYNCHRONOUS: Final = {Durability.PROCESS: "NORMAL", Durability.POWER: "FULL"}


@contextmanager
def opened(uri: str, busy_timeout: float = _BUSY_TIMEOUT_S) -> Iterator[sqlite3.Connection]:
    """Open an SQLite file for the length of the block, with transactions as they are begun."""
    # Python's driver would begin transactions when it sees fit: who uses this does.
    connection = sqlite3.connect(
        uri, uri=True, timeout=busy_timeout, isolation_level=None, check_same_thread=False
    )
    with closing(connection):
        connection.execute("PRAGMA synchronous = NORMAL")
        yield connection


@contextmanager
def opened_to_write(
    database: Path, durability: Durability, busy_timeout: float = _BUSY_TIMEOUT_S
) -> Iterator[sqlite3.Connection]:
    """Open a file that is prepared, to write to it."""
    with opened(uri_of(database), busy_timeout) as connection:
        connection.execute(f"PRAGMA synchronous = {_SYNCHRONOUS[durability]}")
        # How hosts are started holds the code's environment: what is let go of is gone.
        connection.execute("PRAGMA secure_delete = ON")
        yield connection


@contextmanager
def opened_to_read(database: Path, *, may_write: bool = True) -> Iterator[sqlite3.Connection]:
    """Open a file whose last commit is read.

    Without `may_write` nothing of the file is touched, not even when the last one is closed.
    """
    with opened(uri_of(database) if may_write else read_only_uri(database)) as connection:
        connection.execute("PRAGMA query_only = ON")
        yield connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what the block writes, or nothing of it when it raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        commit(connection)
    except BaseException:
        connection.rollback()
        raise


def commit(connection: sqlite3.Connection) -> None:
    """End a transaction, whose writes are there from then on."""
    connection.commit()


def uri_of(database: Path) -> str:
    """Return the address of an SQLite file, whatever characters its path has."""
    return database.absolute().as_uri()


def read_only_uri(database: Path) -> str:
    """Return the address of an SQLite file that is only read, while another writes to it."""
    return f"{uri_of(database)}?mode=ro"
