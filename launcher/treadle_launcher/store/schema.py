"""The tables. Columns named for JSON hold `codec` text, and nothing queries inside them."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Final

from treadle_contract.lazy_dataclasses import dataclass

VERSION: Final = 2
"""The tables as they stand here; SQLite keeps the number in the file, as its user_version.

A change of a table needs a migration in `migrations`, which makes an older file like it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its columns, its indexes, and the statements that make it and them where they are not."""

    name: str
    columns: tuple[str, ...]
    made_by: tuple[str, ...]
    indexes: tuple[str, ...] = ()


#: All tables, by name.
TABLES: Final[dict[str, Table]] = {}


def make_tables(connection: Connection) -> None:
    """Make the tables and indexes that are missing."""
    for table in TABLES.values():
        for statement in table.made_by:
            connection.execute(statement)


def drop_tables(connection: Connection) -> None:
    """Remove the tables that are there, with all that is in them."""
    for name in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {name}")


def _table(name: str, *parts: str, options: str = "", indexes: tuple[str, ...] = ()) -> Table:
    """Declare a table by its columns and constraints, and its indexes by "name (columns)"."""
    body = ", ".join(parts)
    indexed = [index.split(" ", 1) for index in indexes]
    table = TABLES[name] = Table(
        name=name,
        # A constraint begins with a word in capitals.
        columns=tuple(part.split()[0] for part in parts if not part.split()[0].isupper()),
        indexes=tuple(index for index, _ in indexed),
        made_by=(
            f"CREATE TABLE IF NOT EXISTS {name} ({body}) {options}",
            *(f"CREATE INDEX IF NOT EXISTS {index} ON {name} {on}" for index, on in indexed),
        ),
    )
    return table


events: Final = _table(
    "events",
    # A store sequence is never given twice, not even after rows were deleted.
    "store_sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
    "run_id TEXT NOT NULL",
    "sequence INTEGER NOT NULL",
    "time_us INTEGER NOT NULL",
    "kind TEXT NOT NULL",
    "step_key TEXT",
    "attempt INTEGER NOT NULL",
    "schema_version INTEGER NOT NULL",
    "payload_json TEXT NOT NULL",
    "UNIQUE (run_id, sequence)",
    # Only the ends of steps: other events would make it as long as the log.
    indexes=("events_of_successes (step_key, store_sequence) WHERE kind = 'step_succeeded'",),
)

runs: Final = _table(
    "runs",
    "ordinal INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
    "run_id TEXT NOT NULL",
    "location TEXT NOT NULL",
    "state TEXT NOT NULL",
    "digest TEXT NOT NULL",
    "fingerprint TEXT NOT NULL",
    "submitted_us INTEGER NOT NULL",
    "started_us INTEGER",
    "finished_us INTEGER",
    "materialization_count INTEGER NOT NULL",
    "unexpected_count INTEGER NOT NULL",
    "last_sequence INTEGER NOT NULL",
    # The payload of run_submitted, which never changes and may be long, stands apart.
    "submitted_json TEXT NOT NULL",
    "step_counts_json TEXT NOT NULL",
    "failure_json TEXT",
    "UNIQUE (run_id)",
    indexes=("runs_by_state (state, ordinal)", "runs_by_location (location, ordinal)"),
)

plans: Final = _table(
    "plans",
    "fingerprint TEXT NOT NULL",
    "header_json TEXT NOT NULL",
    "PRIMARY KEY (fingerprint)",
)
"""Which plans there are. In lines: the location, the fingerprint that its code server said, and a
hash of both and of the plan's items, since code servers may say what they like."""

plan_items: Final = _table(
    "plan_items",
    "fingerprint TEXT NOT NULL",
    "part TEXT NOT NULL",
    "position INTEGER NOT NULL",
    "item_json TEXT NOT NULL",
    "PRIMARY KEY (fingerprint, part, position)",
    options="WITHOUT ROWID",
)
"""The steps, loads and hazards of the plans, as the code servers made them; what is selected of a
block, once for all of its steps.

`plans` says how the columns named fingerprint are written; here and in `run_plans` they are the
hash, after a line's end. In rows from before, all three are the fingerprint alone.
"""

run_plans: Final = _table(
    "run_plans",
    "run_id TEXT NOT NULL",
    "fingerprint TEXT NOT NULL",
    "header_json TEXT NOT NULL",
    "PRIMARY KEY (run_id)",
)
"""The plan of a run: a selection of its own may have led to steps that are known already."""

run_loads: Final = _table(
    "run_loads",
    "run_id TEXT NOT NULL",
    "position INTEGER NOT NULL",
    "load_json TEXT NOT NULL",
    "PRIMARY KEY (run_id, position)",
    options="WITHOUT ROWID",
)
"""The loads of a run's plan, as the launcher resolved them."""

run_reuses: Final = _table(
    "run_reuses",
    "run_id TEXT NOT NULL",
    "position INTEGER NOT NULL",
    "from_run_id TEXT NOT NULL",
    "reuse_json TEXT NOT NULL",
    "PRIMARY KEY (run_id, position)",
    options="WITHOUT ROWID",
    indexes=("run_reuses_by_origin (from_run_id)",),
)
"""What a run's plan reuses of earlier runs, as the launcher resolved it."""

launch_specs: Final = _table(
    "launch_specs",
    "run_id TEXT NOT NULL",
    "spec_json TEXT NOT NULL",
    "PRIMARY KEY (run_id)",
)
"""How a run's hosts are started. No call shows it."""

materializations: Final = _table(
    "materializations",
    "store_sequence INTEGER NOT NULL",
    "asset_key TEXT NOT NULL",
    "run_id TEXT NOT NULL",
    "step_key TEXT NOT NULL",
    "attempt INTEGER NOT NULL",
    "time_us INTEGER NOT NULL",
    "location TEXT NOT NULL",
    "unexpected BOOLEAN NOT NULL",
    "made_json TEXT NOT NULL",
    "PRIMARY KEY (store_sequence)",
    indexes=(
        "materializations_by_asset (asset_key, store_sequence)",
        "materializations_by_run (run_id, store_sequence)",
    ),
)
"""What asset_materialized events said, found by asset; `made_json` is their payload."""

materialized_partitions: Final = _table(
    "materialized_partitions",
    "store_sequence INTEGER NOT NULL",
    "asset_key TEXT NOT NULL",
    "partition_key TEXT NOT NULL",
    # All of an asset lie together, those of one partition in their order.
    "PRIMARY KEY (asset_key, partition_key, store_sequence)",
    options="WITHOUT ROWID",
    indexes=("materialized_partitions_by_sequence (store_sequence)",),
)
"""Which of the materializations are of a partition, and of which."""

check_evaluations: Final = _table(
    "check_evaluations",
    "store_sequence INTEGER NOT NULL",
    "asset_key TEXT NOT NULL",
    "check_name TEXT NOT NULL",
    "run_id TEXT NOT NULL",
    "PRIMARY KEY (store_sequence)",
    indexes=(
        "check_evaluations_by_asset (asset_key, store_sequence)",
        "check_evaluations_by_run (run_id, store_sequence)",
    ),
)
"""Which check_evaluated events are of which asset and run."""

dynamic_partitions: Final = _table(
    "dynamic_partitions",
    # Keys are ordered as they were added, and none is ever in the place of another.
    "position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
    "name TEXT NOT NULL",
    "partition_key TEXT NOT NULL",
    "UNIQUE (name, partition_key)",
    indexes=("dynamic_partitions_in_order (name, position)",),
)
"""The keys of dynamic partitions definitions, by the definition's name."""

asset_observations: Final = _table(
    "asset_observations",
    "store_sequence INTEGER NOT NULL",
    "asset_key TEXT NOT NULL",
    "run_id TEXT NOT NULL",
    "PRIMARY KEY (store_sequence)",
    indexes=(
        "asset_observations_by_asset (asset_key, store_sequence)",
        "asset_observations_by_run (run_id, store_sequence)",
    ),
)
"""Which asset_observed events are of which asset and run."""

failed_partitions: Final = _table(
    "failed_partitions",
    "asset_key TEXT NOT NULL",
    "first_key TEXT NOT NULL",
    "last_key TEXT NOT NULL",
    "run_id TEXT NOT NULL",
    # What was made since, with a larger store sequence, is not failed.
    "since INTEGER NOT NULL",
    "PRIMARY KEY (asset_key, first_key, last_key)",
    options="WITHOUT ROWID",
)
"""Which partitions runs were to make that failed, of an asset without partitions that of no key; of
one partition alone, until it is made."""

backfills: Final = _table(
    "backfills",
    "ordinal INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
    "backfill_id TEXT NOT NULL",
    "state TEXT NOT NULL",
    "finished_us INTEGER",
    "cancel_reason TEXT NOT NULL",
    "is_ephemeral BOOLEAN NOT NULL",
    "idempotency_key TEXT",
    # What was asked for, as a later request of the same key is compared with it.
    "asked_json TEXT NOT NULL",
    # What never changes, and may be long, stands apart.
    "order_json TEXT NOT NULL",
    "UNIQUE (backfill_id)",
    "UNIQUE (idempotency_key)",
    indexes=("backfills_by_state (state, ordinal)",),
)

backfill_runs: Final = _table(
    "backfill_runs",
    "backfill_id TEXT NOT NULL",
    "position INTEGER NOT NULL",
    "run_id TEXT NOT NULL",
    "PRIMARY KEY (backfill_id, position)",
    options="WITHOUT ROWID",
    indexes=("backfill_runs_by_run (run_id)",),
)
"""Which run makes which part of a backfill: written with the run, so that no part has two."""

backfill_refusals: Final = _table(
    "backfill_refusals",
    "backfill_id TEXT NOT NULL",
    "position INTEGER NOT NULL",
    "message TEXT NOT NULL",
    "PRIMARY KEY (backfill_id, position)",
    options="WITHOUT ROWID",
)
"""Why parts of a backfill have no run: what launching it was refused with."""

removed_values: Final = _table(
    "removed_values",
    "key TEXT NOT NULL",
    "removed_us INTEGER NOT NULL",
    "reason TEXT NOT NULL",
    "PRIMARY KEY (key)",
    options="WITHOUT ROWID",
)
"""Values of the file store that were swept, though rows name them: history stays."""

doubted_values: Final = _table(
    "doubted_values",
    "key TEXT NOT NULL",
    "PRIMARY KEY (key)",
    options="WITHOUT ROWID",
)
"""Values of the file store that a step could not read, until they are read and found whole."""

ephemeral_runs: Final = _table(
    "ephemeral_runs",
    "run_id TEXT NOT NULL",
    "PRIMARY KEY (run_id)",
    options="WITHOUT ROWID",
)
"""The runs that are not over of launchers that end with their starter: they end with them."""

home_facts: Final = _table(
    "home_facts",
    "name TEXT NOT NULL",
    "value TEXT NOT NULL",
    "PRIMARY KEY (name)",
    options="WITHOUT ROWID",
)
"""Of which home this is the database: `home_id`."""

host_marks: Final = _table(
    "host_marks",
    "host_id TEXT NOT NULL",
    "last_record INTEGER NOT NULL",
    "PRIMARY KEY (host_id)",
)

idempotency: Final = _table(
    "idempotency",
    "key TEXT NOT NULL",
    "run_id TEXT NOT NULL",
    "fields_json TEXT NOT NULL",
    "PRIMARY KEY (key)",
)

manifests: Final = _table(
    "manifests",
    "digest TEXT NOT NULL",
    "manifest_json TEXT NOT NULL",
    "PRIMARY KEY (digest)",
)
"""What digests are made of. In lines: the location, and the digest that its code server said; in
rows from before, the digest alone."""

text_pieces: Final = _table(
    "text_pieces",
    "text_id TEXT NOT NULL",
    "start INTEGER NOT NULL",
    "piece TEXT NOT NULL",
    "PRIMARY KEY (text_id, start)",
    options="WITHOUT ROWID",
)
"""Long texts in pieces; `start` counts characters. SQLite's own substr would end at a NUL."""
