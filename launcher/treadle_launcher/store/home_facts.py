"""Of which home a database is, and how far it goes: what tells it from another home's, or an older one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher.store.connections import read_only_uri
from treadle_launcher.store.errors import StoreUnavailableError
from treadle_launcher.store.schema import home_facts
from treadle_launcher.store.session import WriteSession, last_recorded
from treadle_launcher.store.statements import Statement, put_in

_HOME_ID: Final = "home_id"
_PUT: Final = put_in(home_facts, "name")
_GET: Final = Statement("SELECT value FROM home_facts WHERE name = :name")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """What a database says of itself. `home_id` None: an older Treadle wrote it, or nobody did."""

    home_id: str | None
    last_sequence: int


def claimed(connection: sqlite3.Connection, home_id: str) -> int | None:
    """Return the last store sequence if the database is said to be of this home, else None."""
    if _GET.scalar(connection, name=_HOME_ID) != home_id:
        return None
    return last_recorded(connection)


def claim(session: WriteSession, home_id: str) -> int:
    """Record of which home this is the database; return the last store sequence."""
    _PUT.run(session.connection, name=_HOME_ID, value=home_id)
    return last_recorded(session.connection)


def read_facts(database: Path) -> DatabaseFacts:
    """Return what a file says that is there, whatever it is; it is not changed.

    Raises:
        StoreError: it cannot be read, or is no database.
    """
    try:
        with closing(sqlite3.connect(read_only_uri(database), uri=True)) as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            home_id, last = None, None
            if "home_facts" in tables:
                query = "SELECT value FROM home_facts WHERE name = ?"
                home_id = connection.execute(query, (_HOME_ID,)).fetchone()
            if "sqlite_sequence" in tables:
                query = "SELECT seq FROM sqlite_sequence WHERE name = 'events'"
                last = connection.execute(query).fetchone()
    except sqlite3.Error as error:
        raise StoreUnavailableError(f"{database} cannot be read: {error}") from error
    return DatabaseFacts(
        home_id=None if home_id is None else str(home_id[0]),
        last_sequence=0 if last is None else int(last[0]),
    )
