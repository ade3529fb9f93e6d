"""Bringing the tables of an older version to those of this one, a revision at a time.

Version 1 is the tables of the first release: tests/samples/homes/format-1 holds a home of it.
A new file gets the tables of `schema` at once; a test holds both ways to the same tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from treadle_launcher.durability import Durability
from treadle_launcher.store.connections import opened_to_write, transaction
from treadle_launcher.store.errors import StoreUnavailableError, translated
from treadle_launcher.store.migrations import revision_2
from treadle_launcher.store.preparing import version_of
from treadle_launcher.store.schema import VERSION, drop_tables, make_tables

REVISIONS: Final[Mapping[int, Callable[[Connection], None]]] = {2: revision_2.upgrade}
"""What makes the tables of a version from those of the version before."""


def migrate(database: Path) -> int:
    """Bring an SQLite file to this version's tables, in one transaction; return what it had.

    Raises:
        StoreError: the file cannot be used, or a newer Treadle wrote it.
    """
    # Rare, and what follows it says that it was done: it may always wait for the disk.
    with (
        translated(),
        opened_to_write(database, Durability.POWER) as connection,
        transaction(connection),
    ):
        found = version_of(connection)
        if found == 0:
            # A crash left it half made: nothing was ever recorded in it.
            drop_tables(connection)
            return found
        if found > VERSION:
            raise StoreUnavailableError(
                f"{database} has tables of version {found}, this Treadle upgrades versions"
                f" 1 to {VERSION}: use a newer Treadle, or another --home"
            )
        for version in range(found + 1, VERSION + 1):
            REVISIONS[version](connection)
        # What a version got later, no older file has and every file gets when it is opened.
        make_tables(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        return found
