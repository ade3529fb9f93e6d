"""What starts cost: an import of the library, the command from its exec to an op's first line."""

from __future__ import annotations

from benchmarks import limits
from benchmarks.bench import Bench
from benchmarks.rows import Beside, Found, Row, Target


def imports(bench: Bench) -> Found:
    """Measure interpreters that import the library and end, in turns with one that does nothing."""
    times = bench.of(9, 2)
    alone = limits.interpreter("pass", times)
    ours = limits.interpreter("import treadle", times)
    beside = [Beside("python alone", alone)]
    target = None
    if bench.peer is not None:
        theirs = limits.interpreter("import dagster", bench.of(5, 1), bench.peer.python)
        beside.append(Beside("import dagster", theirs))
        target = Target(theirs / 15, "1/15 of dagster's")
    return Found(
        [Row("`import treadle`, with the start of Python", ours, "ms", tuple(beside), target)]
    )
