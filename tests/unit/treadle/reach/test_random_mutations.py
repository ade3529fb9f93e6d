"""Random mutations of random projects: what an op can see makes it run, nothing else does, and none is stale."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from tests.unit.treadle.reach.projects import keys_of, loaded, outcomes
from tests.unit.treadle.reach.random_projects import mutated, project

MUTATIONS = int(os.environ.get("TREADLE_FUZZ", "0")) and 5_000
"""So many in `make fuzz`, new ones each time; a few in the suite, always the same."""
A_PROJECT = 5
SEEDS = [Random().randrange(2**32) for _ in range(MUTATIONS // A_PROJECT)] or range(3)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_an_op_can_see_makes_it_run_and_nothing_else_does(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    first = project(random)
    with loaded(tmp_path / "before", first.files()) as location:
        before, given = keys_of(location), outcomes(location)

    for number in range(A_PROJECT):
        then, seen = mutated(random, first)
        with loaded(tmp_path / str(number), then.files()) as location:
            now, gives = keys_of(location), outcomes(location)

        changed = {key for key in before if now[key] != before[key]}
        stale = {key for key in before if gives[key] != given[key]} - changed
        assert not stale
        assert changed == seen
