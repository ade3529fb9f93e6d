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
        for _ in range(bench.of(25, 2)):
            began = time.monotonic_ns()
            handle = live.run("one")
            results.append((time.monotonic_ns() - began) / 1e6)
            [proof] = proofs.proven(live.home, handle, 1)
            firsts.append((proof.at - began) / 1e6)
    first, result = _dagster(bench)
    return Found(
        [
            Row(
                "submit → first user line, warm host, one op",
                statistics.median(firsts),
                "ms",
                first,
                Target(20),
            ),
            Row(
                "submit → result seen, warm host, one op",
                statistics.median(results),
                "ms",
                result,
                Target(30),
            ),
        ]
    )


def _dagster(bench: Bench) -> tuple[tuple[Beside, ...], tuple[Beside, ...]]:
    if bench.peer is None:
        return (), ()
    times = bench.of(3, 1)
    told = bench.peer.ask("submit", str(times), seconds=DAGSTER_SECONDS)
    return (Beside("Dagster", told["first_ms"]),), (Beside("Dagster", told["result_ms"]),)
