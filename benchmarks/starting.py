"""What starts cost: an import of the library, the command from its exec to an op's first line."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import treadle_client
from benchmarks import clock, limits, proofs, user_code
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
    yield Row("`import treadle`, with the start of Python", ours, "ms", tuple(beside), target)


def command(bench: Bench) -> Found:
    """Measure `treadle materialize -f`, each time on a home of its own, to the op's first line."""
    file = bench.file("command.py", user_code.steps(2))
    taken, imported = [], []
    for _ in bench.repeats(5, 1):
        imported.append(limits.interpreter(f"import runpy; runpy.run_path({str(file)!r})", 1))
        with tempfile.TemporaryDirectory(dir=bench.folder, prefix="home-") as home:
            taken.append(_first_line(file, Path(home)))
    module = statistics.median(imported)
    yield Row(
        "`treadle materialize -f`, exec to first line",
        statistics.median(taken),
        "ms",
        (Beside("import of the module, python alone", module),),
        Target(module + 800, "that import and 0.8 s"),
    )


def _first_line(file: Path, home: Path) -> float:
    """Return what passes from the exec of the command to the op's first line; prove the run."""
    asked = ["materialize", "-f", str(file), "--home", str(home), "--select", "one"]
    began = time.monotonic_ns()
    clock.run([sys.executable, "-m", "treadle_client", *asked])
    with treadle_client.local(file, home=home) as client:
        [run] = client.runs()
        [proof] = proofs.proven(home, client.run(run.run_id), 1)
    return (proof.at - began) / 1e6
