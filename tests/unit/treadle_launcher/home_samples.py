"""Homes that older versions of Treadle wrote, made again from their samples."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "homes"
FORMATS = sorted(int(path.name.removeprefix("format-")) for path in SAMPLES.glob("format-*"))


def old_home(format_number: int, root: Path) -> Path:
    """Make the home of a format below a folder, as the version that wrote it left it."""
    sample = SAMPLES / f"format-{format_number}"
    home = root / f"home-{format_number}"
    shutil.copytree(sample / "values", home / "values", symlinks=True)
    for name in ("FORMAT", "id"):
        shutil.copy(sample / name, home / name)
    with closing(sqlite3.connect(home / "treadle.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript((sample / "treadle.sql").read_text())
    return home
