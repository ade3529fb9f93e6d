"""Version 2: values that were removed are known as removed, and runs reuse what others made."""

from __future__ import annotations

from sqlite3 import Connection


def upgrade(connection: Connection) -> None:
    """Make the tables of version 2 from those of version 1."""
    connection.execute(
        "CREATE TABLE removed_values (key TEXT NOT NULL, removed_us INTEGER NOT NULL,"
        " reason TEXT NOT NULL, PRIMARY KEY (key)) WITHOUT ROWID"
    )
    connection.execute(
        "CREATE TABLE run_reuses (run_id TEXT NOT NULL, position INTEGER NOT NULL,"
        " from_run_id TEXT NOT NULL, reuse_json TEXT NOT NULL, PRIMARY KEY (run_id, position))"
        " WITHOUT ROWID"
    )
    connection.execute("CREATE INDEX run_reuses_by_origin ON run_reuses (from_run_id)")
