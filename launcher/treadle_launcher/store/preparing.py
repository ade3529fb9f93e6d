"""Making the SQLite file ready: its tables, if they are not there, and whether we know them."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import NullPool, create_engine, inspect

from treadle_launcher.private_files import make_private
from treadle_launcher.store import runs
from treadle_launcher.store.connections import read_only_uri
from treadle_launcher.store.errors import StoreUnavailableError, translated
from treadle_launcher.store.schema import VERSION, database_url, metadata


def prepare(database: Path) -> None:
    """Make the file and its tables, if they are not there, and check that we know them.

    Raises:
        StoreError: the file cannot be used, or another version of Treadle wrote it.
    """
    with suppress(OSError):
        # If it fails, readers are told why, in SQLite's words. What SQLite puts beside it is alike.
        make_private(database)
    engine = create_engine(database_url(database), poolclass=NullPool)
    with translated(), engine.connect() as connection:
        # Stays with the file: the log is in the page cache at once, not in our memory. Whether
        # it is on the disk too is a matter of each connection (connections.py).
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version != 0:
            _check(database, version)
        missing = metadata.tables.keys() - set(inspect(connection).get_table_names())
        if version == VERSION and not missing and not runs.keeps_of_finished(connection):
            # Nothing to write: somebody may hold the file locked.
            return
        # In one transaction: what waits for the disk waits once. A file that a crash left without
        # its tables gets them next time.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        metadata.create_all(connection)
        runs.let_go_of_finished(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
        connection.commit()


def check_version(database: Path) -> None:
    """Check that we know the tables of a file that is to be read.

    Raises:
        StoreError: the file cannot be read, or another version of Treadle wrote it.
    """
    try:
        with closing(sqlite3.connect(read_only_uri(database), uri=True)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreUnavailableError(f"{database} cannot be read: {error}") from error
    _check(database, version)


def _check(database: Path, version: int) -> None:
    if version != VERSION:
        advice = "run `treadle db upgrade`" if version < VERSION else "use a newer Treadle"
        raise StoreUnavailableError(
            f"{database} has tables of version {version}, this Treadle knows {VERSION}:"
            f" {advice}, or another --home"
        )
