"""How long a step takes beside what the machine needs at least, measured in one run.

`make bench`. Two figures of Treadle: from the call of `materialize` to the first line of the
first op on a warm host, and the time a step of a chain of 100 takes, each in a process of its
own, its value stored and its events committed. They are of `--durability process`, the default,
which survives SIGKILL; the step is measured with `power` as well, where it waits for the disk
(below $TMPDIR). Two of the machine: to fork a Python process and wait for it, and to start a new
interpreter.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import treadle_client
from treadle_client import Durability

RUNS = 7
FIRST_LINE_BOUND_MS = 100.0
STEP_BOUND_MS = 15.0
ASSETS = Path(__file__).with_name("chain_assets.py")


def measure_treadle(durability: Durability) -> tuple[float, float]:
    """Return the medians of submit to first line, and of a step of the chain, in ms."""
    first_lines, steps = [], []
    with (
        tempfile.TemporaryDirectory() as home,
        treadle_client.local(ASSETS, home=home, durability=durability) as client,
    ):
        client.materialize("chain").result(timeout=120).raise_for_failure()
        for _ in range(RUNS):
            submitted = time.monotonic_ns()
            result = client.materialize("chain").result(timeout=120)
            result.raise_for_failure()
            times = result.materializations[0].metadata["times"]
            assert isinstance(times, tuple)
            first, last = int(str(times[0])), int(str(times[-1]))
            first_lines.append((first - submitted) / 1e6)
            steps.append((last - first) / 1e6 / (len(times) - 1))
    return statistics.median(first_lines), statistics.median(steps)


def measure(act: Callable[[], None], times: int) -> float:
    """Return the median time of an act, in ms."""
    taken = []
    for _ in range(times):
        began = time.perf_counter_ns()
        act()
        taken.append((time.perf_counter_ns() - began) / 1e6)
    return statistics.median(taken)


def fork_and_wait() -> None:
    """Fork this process and wait for the child, which does nothing."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def start_interpreter() -> None:
    """Start a new interpreter that does nothing and wait for it."""
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def main() -> int:
    """Measure, print the figures and their ratios; exit code 1 if a sanity bound is broken."""
    # Before any gRPC in this process: forking beside its threads is no one's business.
    fork, interpreter = measure(fork_and_wait, 200), measure(start_interpreter, 20)
    first_line, step = measure_treadle(Durability.PROCESS)
    _, synced_step = measure_treadle(Durability.POWER)
    print(f"submit to first line, warm host  {first_line:8.2f} ms  (bound {FIRST_LINE_BOUND_MS:g})")
    print(f"a step in a chain of 100         {step:8.2f} ms  (bound {STEP_BOUND_MS:g})")
    print(
        f"the same, --durability power     {synced_step:8.2f} ms"
        f"  this / process: {synced_step / step:.2f}"
    )
    print(f"fork and wait                    {fork:8.2f} ms  step / this: {step / fork:.1f}")
    print(
        f"start an interpreter             {interpreter:8.2f} ms  step / this: {step / interpreter:.2f}"
    )
    return 0 if first_line < FIRST_LINE_BOUND_MS and step < STEP_BOUND_MS else 1


if __name__ == "__main__":
    sys.exit(main())
