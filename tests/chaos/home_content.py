"""What a home holds, to be compared: each file by name, size and time, the database by its rows."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Set as AbstractSet
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

_DATABASE = "treadle.db"
_LISTED = 5


@dataclass(frozen=True, kw_only=True)
class HomeContent:
    """A home at a moment. `files`: sizes and times of modification by path, folders included."""

    files: dict[str, tuple[int, int]]
    rows: tuple[str, ...]

    @classmethod
    def of(cls, home: Path) -> HomeContent:
        """Read a home; nothing in it is touched."""
        files = {}
        for path in home.rglob("*"):
            # Readers lock the database by writing into what lies beside it: its rows count.
            if path.name.startswith(_DATABASE):
                continue
            with suppress(FileNotFoundError):
                status = path.lstat()
                size = 0 if stat.S_ISDIR(status.st_mode) else status.st_size
                files[str(path.relative_to(home))] = (size, status.st_mtime_ns)
        return cls(files=files, rows=_rows(home))

    @property
    def values(self) -> dict[str, tuple[int, int]]:
        """The files of values that are whole, without their folders."""
        return {
            path: file
            for path, file in self.files.items()
            if path.startswith("values/") and file[0] and "/.unfinished-" not in path
        }

    def changed(self, later: HomeContent, but_for: AbstractSet[str]) -> list[str]:
        """Return what is another than later, in words; nothing else may have written meanwhile."""
        paths = sorted((self.files.keys() | later.files.keys()) - but_for)
        changed = [path for path in paths if self.files.get(path) != later.files.get(path)]
        return _listed("changed", changed) + self._changed_rows(later)

    def lost(self, later: HomeContent) -> list[str]:
        """Return what of values and database is another than later, where hosts write meanwhile."""
        after = later.values
        lost = [path for path, file in self.values.items() if after.get(path) != file]
        return _listed("lost or changed", lost) + self._changed_rows(later)

    def _changed_rows(self, later: HomeContent) -> list[str]:
        rows = sorted(set(self.rows) ^ set(later.rows))
        return _listed("rows of the database changed", [row[:300] for row in rows])


def _listed(what: str, found: list[str]) -> list[str]:
    return [f"{what}: {found[:_LISTED]}, {len(found)} in all"] if found else []


def _rows(home: Path) -> tuple[str, ...]:
    """Read a copy: to open the database would write beside it."""
    with tempfile.TemporaryDirectory(prefix="tc-") as folder:
        for name in (_DATABASE, f"{_DATABASE}-wal"):
            with suppress(FileNotFoundError):
                shutil.copy(home / name, folder)
        with closing(sqlite3.connect(Path(folder) / _DATABASE)) as database:
            return tuple(database.iterdump())
