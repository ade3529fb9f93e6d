"""Medians, and deadlines that end what takes too long."""

from __future__ import annotations

import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.rows import BenchmarkError

SUBPROCESS_SECONDS = 120


class Overdue(BenchmarkError):
    """A section took longer than it may."""


def timed(act: Callable[[], object]) -> float:
    """Return how long an act takes, in ms."""
    began = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - began) / 1e6


def median(act: Callable[[], object], times: int) -> float:
    """Return the median time of an act, in ms."""
    return statistics.median(timed(act) for _ in range(times))


def run(command: Sequence[str | Path], **options: object) -> str:
    """Run a command to its end, and return what it printed."""
    done = subprocess.run(  # type: ignore[call-overload]
        command,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=SUBPROCESS_SECONDS,
        **options,
    )
    return str(done.stdout)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise in the block, wherever it is, once it takes longer."""

    def overdue(_number: int, _frame: object) -> None:
        raise Overdue(f"stopped after {seconds:.0f} s, its deadline")

    before = signal.signal(signal.SIGALRM, overdue)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
