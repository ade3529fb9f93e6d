"""Making the SQLite file ready: its tables, if they are not there, and whether we know them."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from treadle_launcher.private_files import make_private
from treadle_launcher.store import runs
from treadle_launcher.store.connections import opened, read_only_uri, transaction, uri_of
from treadle_launcher.store.errors import StoreUnavailableError, translated
from treadle_launcher.store.schema import TABLES, VERSION, make_tables


def prepare(database: Path) -> None:
    """Make the file and its tables, if they are not there, and check that we know them.

    Raises:
        StoreError: the file cannot be used, or another version of Treadle wrote it.
    """
    with suppress(OSError):
        # If it fails, readers are told why, in SQLite's words. What SQLite puts beside it is alike.
        make_private(database)
    with translated(), opened(uri_of(database)) as connection:
        # Stays with the file: the log is in the page cache at once, not in our memory. Whether
        # it is on the disk too is a matter of each connection (connections.py).
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA secure_delete = ON")
        version = version_of(connection)
        if version != 0:
            _check(database, version)
        if version == VERSION and _is_whole(connection) and not runs.keeps_of_finished(connection):
            # Nothing to write: somebody may hold the file locked.
            return
        # In one transaction: what waits for the disk waits once. A file that a crash left without
        # its tables gets them next time.
        with transaction(connection):
            make_tables(connection)
            runs.let_go_of_finished(connection)
            connection.execute(f"PRAGMA user_version = {VERSION}")


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of a file's tables; 0: it has none."""
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    return int(version)


def check_version(database: Path) -> None:
    """Check that we know the tables of a file that is to be read.

    Raises:
        StoreError: the file cannot be read, or another version of Treadle wrote it.
    """
    try:
        with closing(sqlite3.connect(read_only_uri(database), uri=True)) as connection:
            version = version_of(connection)
    except sqlite3.Error as error:
        raise StoreUnavailableError(f"{database} cannot be read: {error}") from error
    _check(database, version)


def _is_whole(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT name FROM sqlite_master").fetchall()
    wanted = (each for table in TABLES.values() for each in (table.name, *table.indexes))
    return {name for (name,) in found}.issuperset(wanted)


def _check(database: Path, version: int) -> None:
    if version != VERSION:
        advice = "run `treadle db upgrade`" if version < VERSION else "use a newer Treadle"
        raise StoreUnavailableError(
            f"{database} has tables of version {version}, this Treadle knows {VERSION}:"
            f" {advice}, or another --home"
        )
