"""Steps in processes of their own: of a chain, of a fan, of a module with libraries, synced.

Timed from outside, from the call of `materialize` to the result in the caller's hands. A step is
the time of a run of n less that of a run of one, shared by n - 1.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import limits, proofs, shares, user_code
from benchmarks.bench import Bench, Session, session
from benchmarks.limits import Forking
from benchmarks.rows import Beside, Found, Row, Target
from benchmarks.shares import Shares

LENGTH = 200
LIMIT = "fork+exit+reply of that process"
LIBRARIES = "import numpy\nimport pandas"


@dataclass(slots=True)
class Times:
    """Milliseconds of each run, by what was run."""

    length: int
    runs: dict[str, list[float]] = field(default_factory=dict)
    chains: list[Shares] = field(default_factory=list)

    def step(self, what: str) -> float:
        """Return what a step of it takes."""
        one = statistics.median(self.runs["one"])
        return (statistics.median(self.runs[what]) - one) / (self.length - 1)


def measured(live: Session, times: Times, repeats: Iterator[None], limit: Forking) -> None:
    """Run everything a few times, one after the other, the limit among them; prove each run."""
    live.run("one")
    for _ in repeats:
        for what, ran in times.runs.items():
            limit.measure()
            before = shares.taken()
            began = time.perf_counter_ns()
            handle = live.run(_SELECTED[what])
            ran.append((time.perf_counter_ns() - began) / 1e6)
            if what == "chain":
                times.chains.append(shares.taken().since(before))
            proofs.proven(live.home, handle, 1 if what == "one" else times.length)


_SELECTED = {"one": "one", "chain": "chain", "fan": "key:fan_*"}


def times_of(
    bench: Bench, file: Path, length: int, what: Sequence[str], **options: str
) -> tuple[Times, float]:
    """Return what runs of a module take, and the limit of a step of it, in ms."""
    times = Times(length, {each: [] for each in ("one", *what)})
    with limits.forking(file) as limit, session(bench, file, **options) as live:
        measured(live, times, bench.repeats(7, 1), limit)
    return times, limit.median


def bare(bench: Bench) -> Found:
    """Measure chain and fan of a module that imports nothing."""
    length = bench.of(LENGTH, 10)
    file = bench.file("steps.py", user_code.steps(length))
    times, limit = times_of(bench, file, length, ("chain", "fan"))
    yield from _bare_rows(times, limit, length)
    yield from _share_rows(file, times.chains, length)


def _bare_rows(times: Times, limit: float, length: int) -> Iterator[Row]:
    chain, fan = times.step("chain"), times.step("fan")
    beside = (Beside(LIMIT, limit),)
    yield Row(
        f"isolated op, chain of {length}, bare module",
        chain,
        "ms",
        beside,
        Target(min(2 * limit, 3.0), "twice the limit, never above 3 ms"),
    )
    yield Row(
        f"isolated op, fan-out of {length}",
        fan,
        "ms",
        (*beside, Beside("chain", chain)),
        Target(0.75 * chain, "0.75 of the chain"),
    )


def _share_rows(file: Path, chains: Sequence[Shares], length: int) -> Iterator[Row]:
    """Yield where the time of a step goes: a chain keeps two processors busy, or nearly."""
    roles = {
        role: statistics.median(each.seconds[role] for each in chains) * 1e3 / length
        for role in (shares.STEPS, shares.HOST, shares.LAUNCHER)
    }
    yield Row(
        f"isolated op, chain of {length}: processor time of all, a step",
        sum(roles.values()),
        "ms",
        tuple(Beside(role, ms) for role, ms in roles.items()),
    )
    pages = round(statistics.median(each.pages for each in chains) / length)
    with limits.forking(file) as limit:
        copying = limit.copying(pages)
    yield Row(
        f"isolated op, chain of {length}: processor time of its process",
        roles[shares.STEPS],
        "ms",
        (Beside(f"as much memory copied after a fork, {pages:,} pages", copying),),
    )


def libraries(bench: Bench) -> Found:
    """Measure the chain of a module that imports numpy and pandas."""
    length = bench.of(LENGTH, 10)
    file = bench.file("libraries.py", user_code.steps(length, LIBRARIES))
    times, limit = times_of(bench, file, length, ("chain",))
    yield Row(
        f"isolated op, chain of {length}, numpy and pandas loaded",
        times.step("chain"),
        "ms",
        (Beside(LIMIT, limit),),
        Target(1.5 * limit, "1.5 of the limit"),
    )


def power(bench: Bench) -> Found:
    """Measure a chain whose every step waits for the disk below $TMPDIR."""
    length = bench.of(50, 5)
    file = bench.file("synced.py", user_code.steps(length))
    times, limit = times_of(bench, file, length, ("chain",), durability="power")
    yield Row(
        f"isolated op, chain of {length}, `--durability power`",
        times.step("chain"),
        "ms",
        (Beside(LIMIT, limit),),
    )
