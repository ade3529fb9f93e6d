"""From the call of `materialize` on a warm host to the user's first line, and to the result."""

from __future__ import annotations

import statistics
import time

from benchmarks import proofs, user_code
from benchmarks.bench import Bench, session
from benchmarks.rows import Beside, Found, Row, Target

DAGSTER_SECONDS = 90


def submit(bench: Bench) -> Found:
    """Measure runs of one op, one after the other."""
    file = bench.file("submit.py", user_code.steps(2))
    firsts, results = [], []
    with session(bench, file) as live:
        live.run("one")
        for _ in bench.repeats(25, 2):
            began = time.monotonic_ns()
            handle = live.run("one")
            results.append((time.monotonic_ns() - began) / 1e6)
            [proof] = proofs.proven(live.home, handle, 1)
            firsts.append((proof.at - began) / 1e6)
    theirs = bench.ask("submit", str(bench.of(3, 1)), seconds=DAGSTER_SECONDS)
    for what, taken, name, target in (
        ("first user line", firsts, "first_ms", 20),
        ("result seen", results, "result_ms", 30),
    ):
        beside = (Beside("Dagster", theirs[name]),) if theirs else ()
        of = f"submit → {what}, warm host, one op"
        yield Row(of, statistics.median(taken), "ms", beside, Target(target))
