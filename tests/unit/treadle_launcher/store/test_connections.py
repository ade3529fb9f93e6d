"""How connections are opened: what a commit on them waits for."""

from __future__ import annotations

from pathlib import Path

import pytest

from treadle_launcher.durability import Durability
from treadle_launcher.store.connections import opened_to_write
from treadle_launcher.store.preparing import prepare

# As SQLite says it.
NORMAL, FULL = 1, 2


@pytest.mark.parametrize(
    ("durability", "synchronous"), [(Durability.PROCESS, NORMAL), (Durability.POWER, FULL)]
)
def test_a_commit_waits_for_the_disk_where_a_power_cut_is_to_be_survived(
    tmp_path: Path, durability: Durability, synchronous: int
) -> None:
    prepare(tmp_path / "db")
    with opened_to_write(tmp_path / "db", durability) as connection:
        (found,) = connection.execute("PRAGMA synchronous").fetchone()
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()

    assert (found, mode) == (synchronous, "wal")
