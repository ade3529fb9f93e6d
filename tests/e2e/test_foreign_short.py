"""The short form of `python -m tests.foreign`: some seeds, and a healthy location that must not notice."""

from __future__ import annotations

from pathlib import Path

from tests.foreign.driver import drive

SEEDS = (3, 4)
SECONDS = 60.0


def test_foreign_code_servers_and_hosts_spoil_their_own_runs_alone(tmp_path: Path) -> None:
    figures = drive(tmp_path, SEEDS, foreigners=2, seconds=SECONDS)

    assert figures.faults == []
    assert figures.healthy > 0
    assert sum(figures.ends.values()) == figures.poisoned
