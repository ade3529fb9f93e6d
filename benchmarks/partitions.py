"""An asset of very many partitions: what became of all, the plan of one."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import treadle_client
from benchmarks import user_code
from benchmarks.bench import RUN_SECONDS, Bench
from benchmarks.rows import Found, ProofBroken, Row, Target

T = TypeVar("T")

ASSET = "hourly"
_MADE_TOO = (
    "INSERT INTO materialized_partitions (store_sequence, asset_key, partition_key)"
    " SELECT store_sequence, asset_key, ? FROM materialized_partitions"
    " WHERE asset_key = ? AND partition_key = ?"
)


def partitions(bench: Bench) -> Found:
    """Measure on hourly partitions, all made but every hundredth.

    A run makes the first. That the others were made is written into the index of the store, as runs write it.
    """
    count = bench.of(100_000, 500)
    file = bench.file("partitions.py", user_code.partitions(count))
    keys = user_code.hours(count)
    with tempfile.TemporaryDirectory(dir=bench.folder, prefix="home-") as folder:
        home = Path(folder)
        with treadle_client.local(file, home=home) as client:
            made = client.materialize(ASSET, partition=keys[0])
            made.result(timeout=RUN_SECONDS).raise_for_failure()
        with closing(sqlite3.connect(home / "treadle.db")) as store, store:
            store.executemany(
                _MADE_TOO,
                [
                    (key, ASSET, keys[0])
                    for place, key in enumerate(keys)
                    if place % 100 != 1 and place
                ],
            )
        with treadle_client.local(file, home=home) as client:
            client.plan(ASSET, partition=keys[0])
            told, first = _timed(lambda: client.partitions(ASSET))
            if (told.made_count, told.missing_count) != (count - count // 100, count // 100):
                raise ProofBroken(f"{told.made_count} of {count} partitions are told as made")
            again, plans = [], []
            for _ in bench.repeats(15, 2):
                again.append(_timed(lambda: client.partitions(ASSET))[1])
                plans.append(_timed(lambda: client.plan(ASSET, partition=keys[-1]))[1])
    of = f"{count:,} hourly partitions, one of a hundred missing"
    yield Row(f"{of}: status, first after a start", first, "ms", (), Target(50))
    yield Row(f"{of}: status, again", statistics.median(again), "ms", (), Target(50))
    yield Row(f"{of}: plan of one", statistics.median(plans), "ms", (), Target(50))


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter_ns()
    found = call()
    return found, (time.perf_counter_ns() - began) / 1e6
