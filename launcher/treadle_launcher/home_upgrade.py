"""Bringing an older home to this version's format, its database copied aside first."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from treadle_launcher.home import FORMAT, HomeFormatError, lock_home, read_format, write_format
from treadle_launcher.store.migrations import migrate


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What an upgrade did. `copy` is the database as it was; None: nothing was to be done."""

    before: int
    copy: Path | None


def upgrade_home(root: Path) -> Upgrade:
    """Bring a home to this version's format; one that has it already is left as it is.

    Killed at any moment, it may be called again.

    Raises:
        HomeError: it is no home, a launcher runs on it, or a newer Treadle wrote it.
        StoreError: its database cannot be upgraded. It is as it was.
    """
    root = root.absolute()
    with lock_home(root):
        before = read_format(root)
        if before > FORMAT:
            raise HomeFormatError(
                f"the home {root} has format {before}, newer than this Treadle's {FORMAT}:"
                " use a newer Treadle, or another --home"
            )
        if before == FORMAT:
            return Upgrade(before=before, copy=None)
        database, copy = root / "treadle.db", root / f"treadle.db.format-{before}"
        if database.exists():
            # A copy that is there was made before the database was touched: it is the older one.
            if not copy.exists():
                _copy(database, copy)
            migrate(database)
        # Last: until then, the home is refused as what it was.
        write_format(root)
        return Upgrade(before=before, copy=copy if copy.exists() else None)


def _copy(database: Path, copy: Path) -> None:
    """Copy a database with what its log holds; the copy appears whole."""
    draft = copy.with_name(f".{copy.name}.{os.getpid()}")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(draft)) as target:
        source.backup(target)
    draft.replace(copy)
