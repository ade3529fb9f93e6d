"""Version 2: values that were removed are known as removed, and runs reuse what others made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(operations: Operations) -> None:
    """Make the tables of version 2 from those of version 1."""
    operations.create_table(
        "removed_values",
        sa.Column("key", sa.Text, primary_key=True, nullable=False),
        sa.Column("removed_us", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    operations.create_table(
        "run_reuses",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("from_run_id", sa.Text, nullable=False),
        sa.Column("reuse_json", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "position"),
        sqlite_with_rowid=False,
    )
    operations.create_index("run_reuses_by_origin", "run_reuses", ["from_run_id"])
