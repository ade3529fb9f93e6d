"""How loading, planning and running grow: sizes that double, as far as the time allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from benchmarks import loading, proofs, user_code
from benchmarks.bench import SHARE, Bench, session
from benchmarks.rows import Curve, Found, doubling

SMALLEST = 90
#: A single plan of many assets says more of what else the machine did than of the size.
PLANS = 3
LOAD_SECONDS, DAGSTER_SECONDS, RUN_SECONDS = 140.0, 70.0, 120.0
#: How many times as long the double is reckoned to take, at most.
NEXT = 2.5
LOAD, PLAN, RUN = (
    "Code server of n assets, exec to first plan",
    "Plan of all of n assets",
    "Run of a fan of n ops",
)
FAN_OUT = "Run of a fan-out of n elements"
#: A fan-out of so many is to be as fast, for each, as one of 200.
ELEMENTS = 10_000

Measure = Callable[[int], Mapping[str, float]]


def grown(
    sizes: Sequence[int], measure: Measure, seconds: float
) -> tuple[dict[int, Mapping[str, float]], str]:
    """Measure size after size, and say which are left out because they would take too long."""
    found: dict[int, Mapping[str, float]] = {}
    until, last = time.monotonic() + seconds, 0.0
    for size in sizes:
        began = time.monotonic()
        if began + NEXT * last > until:
            return found, f"n = {size:,} and more are left out: they have {seconds:.0f} s together."
        found[size] = measure(size)
        if not found[size]:
            del found[size]
            return found, f"n = {size:,} and more are left out: see above."
        last = time.monotonic() - began
    return found, ""


def load(bench: Bench) -> Found:
    """Measure code servers, Treadle's and Dagster's."""
    sizes = doubling(bench.of(bench.largest, 200), SMALLEST)

    def ours(size: int) -> Mapping[str, float]:
        return loading.served(bench.file("grown.py", user_code.assets(size)), size, calls=PLANS)

    def theirs(size: int) -> Mapping[str, float]:
        text = user_code.assets(size, "dagster")
        return loading.dagster(bench, "dagster_grown.py", text, size).get("Dagster", {})

    seconds = min(LOAD_SECONDS, SHARE * bench.left())
    yield from _curves("Treadle", *grown(sizes, ours, seconds))
    if bench.peer is not None:
        seconds = min(DAGSTER_SECONDS, SHARE * bench.left())
        yield from _curves("Dagster", *grown(sizes, theirs, seconds))


def _curves(who: str, found: Mapping[int, Mapping[str, float]], stopped: str) -> list[Curve]:
    return [
        Curve(title, who, {size: ms[name] / 1e3 for size, ms in found.items()}, stopped)
        for title, name in ((LOAD, "first_plan_ms"), (PLAN, "plan_ms"))
    ]


def run(bench: Bench) -> Found:
    """Measure runs of a fan, each op in a process of its own; each run on a new home."""
    sizes = doubling(bench.of(bench.largest, 40), bench.of(SMALLEST, 10))

    def ours(size: int) -> Mapping[str, float]:
        file = bench.file("fan_grown.py", user_code.steps(size))
        with session(bench, file) as live:
            live.run("one")
            began = time.perf_counter()
            handle = live.run("key:fan_*", timeout=2 * RUN_SECONDS)
            took = time.perf_counter() - began
            proofs.proven(live.home, handle, size)
        return {"seconds": took}

    found, stopped = grown(sizes, ours, min(RUN_SECONDS, SHARE * bench.left()))
    points = {size: each["seconds"] for size, each in found.items()}
    yield Curve(RUN, "Treadle", points, stopped)


def fan_out(bench: Bench) -> Found:
    """Measure runs of a fan-out, each element in a process of its own; each run on a new home."""
    sizes = doubling(bench.of(ELEMENTS, 40), bench.of(SMALLEST, 10))

    def ours(size: int) -> Mapping[str, float]:
        file = bench.file("fanned_out.py", user_code.fan_out(size))
        with session(bench, file) as live:
            began = time.perf_counter()
            handle = live.run("fanned_out", timeout=4 * RUN_SECONDS)
            took = time.perf_counter() - began
            value = live.client.load("fanned_out")
            must = (size * (size - 1) // 2, size)
            proofs.same(handle.run_id, "sum of the elements, and their processes", value, must)
        return {"seconds": took}

    found, stopped = grown(sizes, ours, min(2 * RUN_SECONDS, SHARE * bench.left()))
    points = {size: each["seconds"] for size, each in found.items()}
    yield Curve(FAN_OUT, "Treadle", points, stopped)
