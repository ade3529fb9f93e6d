"""The tables. Columns named for JSON hold `codec` text, and nothing queries inside them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import URL

VERSION: Final = 2
"""The tables as they stand here; SQLite keeps the number in the file, as its user_version.

A change of a table needs a migration in `migrations`, which makes an older file like it.
"""

metadata: Final = MetaData()

events: Final = Table(
    "events",
    metadata,
    Column("store_sequence", Integer, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("time_us", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("step_key", Text),
    Column("attempt", Integer, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("payload_json", Text, nullable=False),
    UniqueConstraint("run_id", "sequence"),
    # A store sequence is never given twice, not even after rows were deleted.
    sqlite_autoincrement=True,
)

runs: Final = Table(
    "runs",
    metadata,
    Column("ordinal", Integer, primary_key=True),
    Column("run_id", Text, nullable=False, unique=True),
    Column("location", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("submitted_us", Integer, nullable=False),
    Column("started_us", Integer),
    Column("finished_us", Integer),
    Column("materialization_count", Integer, nullable=False),
    Column("unexpected_count", Integer, nullable=False),
    Column("last_sequence", Integer, nullable=False),
    # The payload of run_submitted, which never changes and may be long, stands apart.
    Column("submitted_json", Text, nullable=False),
    Column("step_counts_json", Text, nullable=False),
    Column("failure_json", Text),
    Index("runs_by_state", "state", "ordinal"),
    Index("runs_by_location", "location", "ordinal"),
    sqlite_autoincrement=True,
)

plans: Final = Table(
    "plans",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("header_json", Text, nullable=False),
)
"""Which plans there are. In lines: the location, the fingerprint that its code server said, and a
hash of both and of the plan's items, since code servers may say what they like."""

plan_items: Final = Table(
    "plan_items",
    metadata,
    Column("fingerprint", Text),
    Column("part", Text),
    Column("position", Integer),
    Column("item_json", Text, nullable=False),
    PrimaryKeyConstraint("fingerprint", "part", "position"),
    sqlite_with_rowid=False,
)
"""The steps, loads and hazards of the plans, as the code servers made them.

`plans` says how the columns named fingerprint are written; here and in `run_plans` they are the
hash, after a line's end. In rows from before, all three are the fingerprint alone.
"""

run_plans: Final = Table(
    "run_plans",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("header_json", Text, nullable=False),
)
"""The plan of a run: a selection of its own may have led to steps that are known already."""

run_loads: Final = Table(
    "run_loads",
    metadata,
    Column("run_id", Text),
    Column("position", Integer),
    Column("load_json", Text, nullable=False),
    PrimaryKeyConstraint("run_id", "position"),
    sqlite_with_rowid=False,
)
"""The loads of a run's plan, as the launcher resolved them."""

run_reuses: Final = Table(
    "run_reuses",
    metadata,
    Column("run_id", Text),
    Column("position", Integer),
    Column("from_run_id", Text, nullable=False),
    Column("reuse_json", Text, nullable=False),
    PrimaryKeyConstraint("run_id", "position"),
    Index("run_reuses_by_origin", "from_run_id"),
    sqlite_with_rowid=False,
)
"""What a run's plan reuses of earlier runs, as the launcher resolved it."""

launch_specs: Final = Table(
    "launch_specs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("spec_json", Text, nullable=False),
)
"""How a run's hosts are started. No call shows it."""

materializations: Final = Table(
    "materializations",
    metadata,
    Column("store_sequence", Integer, primary_key=True),
    Column("asset_key", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("step_key", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("time_us", Integer, nullable=False),
    Column("location", Text, nullable=False),
    Column("unexpected", Boolean, nullable=False),
    Column("made_json", Text, nullable=False),
    Index("materializations_by_asset", "asset_key", "store_sequence"),
    Index("materializations_by_run", "run_id", "store_sequence"),
)
"""What asset_materialized events said, found by asset; `made_json` is their payload."""

removed_values: Final = Table(
    "removed_values",
    metadata,
    Column("key", Text, primary_key=True),
    Column("removed_us", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Values of the file store that were swept, though rows name them: history stays."""

doubted_values: Final = Table(
    "doubted_values",
    metadata,
    Column("key", Text, primary_key=True),
    sqlite_with_rowid=False,
)
"""Values of the file store that a step could not read, until they are read and found whole."""

ephemeral_runs: Final = Table(
    "ephemeral_runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    sqlite_with_rowid=False,
)
"""The runs that are not over of launchers that end with their starter: they end with them."""

home_facts: Final = Table(
    "home_facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Of which home this is the database: `home_id`."""

host_marks: Final = Table(
    "host_marks",
    metadata,
    Column("host_id", Text, primary_key=True),
    Column("last_record", Integer, nullable=False),
)

idempotency: Final = Table(
    "idempotency",
    metadata,
    Column("key", Text, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("fields_json", Text, nullable=False),
)

manifests: Final = Table(
    "manifests",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("manifest_json", Text, nullable=False),
)
"""What digests are made of. In lines: the location, and the digest that its code server said; in
rows from before, the digest alone."""

text_pieces: Final = Table(
    "text_pieces",
    metadata,
    Column("text_id", Text),
    Column("start", Integer),
    Column("piece", Text, nullable=False),
    PrimaryKeyConstraint("text_id", "start"),
    sqlite_with_rowid=False,
)
"""Long texts in pieces; `start` counts characters. SQLite's own substr would end at a NUL."""


def database_url(database: Path) -> URL:
    """Return the URL of an SQLite file, whatever characters its path has."""
    return URL.create("sqlite+pysqlite", database=str(database))
