"""What sections are given: how often they measure, and a peer that may not be there."""

from __future__ import annotations

import math
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.peer import Peer


def test_a_section_measures_as_often_as_is_usual():
    assert len(list(Bench(Path()).repeats(7, 1))) == 7
    assert len(list(Bench(Path(), quick=True).repeats(7, 1))) == 1


def test_a_section_whose_time_is_short_measures_once_and_says_so():
    bench = Bench(Path(), section="steps", until=-math.inf)
    assert len(list(bench.repeats(7, 1))) == 1
    assert bench.notes == ["steps: 1 repeats instead of 7, for time."]


def test_a_peer_that_fails_costs_no_row(tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    python.chmod(0o700)
    bench = Bench(tmp_path, section="submit", peer=Peer(python, "1.13", tmp_path))
    assert bench.ask("submit", "1", seconds=60) == {}
    assert bench.notes == ["submit, Dagster is left out: its driver failed:\nbroken"]
    assert Bench(tmp_path).ask("submit", "1", seconds=60) == {}
