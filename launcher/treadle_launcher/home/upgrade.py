"""Bringing an older home to this version's format, its database copied aside first."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from filecmp import cmp
from pathlib import Path

from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher.durability import sync_path
from treadle_launcher.home.home import FORMAT, HomeFormatError, lock_home, read_format, write_format
from treadle_launcher.store.errors import StoreUnavailableError
from treadle_launcher.store.migrations import migrate
from treadle_launcher.store.schema import VERSION


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
        database, copies = root / "treadle.db", _Copies(root, before)
        if database.exists():
            _copy_aside(database, copies)
            migrate(database)
        # Last: until then, the home is refused as what it was.
        write_format(root)
        return Upgrade(before=before, copy=copies.newest())


def _copy_aside(database: Path, copies: _Copies) -> None:
    try:
        copies.remove_drafts()
        # Else a killed upgrade got as far as the tables: the newest copy is what it found.
        if _version(database) < VERSION:
            copies.add(database)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailableError(f"{database} cannot be copied aside: {error}") from error


class _Copies:
    """The databases of one format that upgrades put aside: treadle.db.format-1, then ….2, ….3.

    There are several if somebody went back to a copy, and upgraded again.
    """

    def __init__(self, root: Path, format_number: int) -> None:
        self._root = root
        self._name = f"treadle.db.format-{format_number}"

    def newest(self) -> Path | None:
        """Return the one that was made last."""
        numbers = self._numbers()
        return self._path(max(numbers)) if numbers else None

    def add(self, database: Path) -> None:
        """Copy a database with what its log holds; the copy appears whole, on the disk.

        Nothing is added if the newest is the same: an upgrade was killed behind its copy.
        """
        draft = self._root / f".{self._name}.{os.getpid()}"
        try:
            with (
                closing(sqlite3.connect(database)) as source,
                closing(sqlite3.connect(draft)) as target,
            ):
                source.backup(target)
            newest = self.newest()
            if newest is None or not cmp(draft, newest, shallow=False):
                sync_path(draft)
                draft.replace(self._path(max(self._numbers(), default=0) + 1))
                sync_path(self._root)
        finally:
            draft.unlink(missing_ok=True)

    def remove_drafts(self) -> None:
        """Remove what killed upgrades left. The home's lock is held: no other upgrade runs."""
        for draft in self._root.glob(".treadle.db.format-*"):
            draft.unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self._root / (self._name if number == 1 else f"{self._name}.{number}")

    def _numbers(self) -> list[int]:
        names = [path.name.removeprefix(self._name) for path in self._root.glob(f"{self._name}*")]
        return [
            1 if not name else int(name[1:])
            for name in names
            if not name or (name[0] == "." and name[1:].isdecimal())
        ]


def _version(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return version
