"""What definitions cost to be made, loaded, planned and shown: files of assets, and one graph.

A plan is never one that was asked for before. Plans are brief ones, as a caller asks who shows or
runs them. *The user's imports* are what Python takes for the same file with decorators
that do nothing.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import clock, limits, table, user_code
from benchmarks.bench import Bench
from benchmarks.rows import Beside, Found, Row, Target
from benchmarks.serving import code_server

#: What a code server may take beyond the user's imports, in ms, by the number of assets.
FIRST_PLAN_MS = {10: 500.0, 1_000: 700.0, 10_000: 2_000.0}
PLAN_MS = {1_000: 15.0, 10_000: 150.0}
CALLS = 5
DAGSTER_SECONDS = 120


def definitions(bench: Bench) -> Found:
    """Measure what the decorator costs: a file's import less that with one that does nothing."""
    size, times = bench.of(10_000, 100), bench.of(3, 1)
    ours = importing(bench.file("defined.py", user_code.assets(size)), times)
    library, bare = user_imports(bench, size, times)
    yield Row(
        f"definition of an asset, in a module of {size:,}, python alone",
        (ours - library - bare) / size,
        "ms",
        (Beside("with a decorator that does nothing", bare / size),),
        Target(0.1),
    )


def importing(file: Path, times: int) -> float:
    """Return what an interpreter takes that imports treadle, then a file's text, in ms."""
    text = f"exec(compile(open({str(file)!r}).read(), {str(file)!r}, 'exec'), {{'__name__': 'm'}})"
    return limits.interpreter(f"import treadle; {text}", times)


def user_imports(bench: Bench, size: int, times: int) -> tuple[float, float]:
    """Return what python takes to import treadle, and beside it a file of bare functions."""
    library = limits.interpreter("import treadle", times)
    bare = importing(bench.file("bare.py", user_code.bare_assets(size)), times)
    return library, max(bare - library, 0.0)


def assets(bench: Bench) -> Found:
    """Measure code servers of assets in chains of ten."""
    for size in bench.of([10, 1_000, 10_000], [10]):
        yield from _asset_rows(bench, size)


def _asset_rows(bench: Bench, size: int) -> Iterator[Row]:
    file = bench.file(f"assets_{size}.py", user_code.assets(size))
    ours = measured(bench, file, size)
    text = user_code.assets(size, "dagster")
    theirs = dagster(bench, f"dagster_assets_{size}.py", text, size)
    _, imports = user_imports(bench, size, bench.of(3, 1))
    beside = (Beside(who, ms["first_plan_ms"] - imports) for who, ms in theirs.items())
    yield Row(
        f"code server, exec to first plan, {size:,} assets, less the user's imports"
        f" ({table.figure(imports, 'ms')})",
        ours["first_plan_ms"] - imports,
        "ms",
        tuple(beside),
        Target(FIRST_PLAN_MS[size]),
    )
    if size in PLAN_MS:
        yield row(f"plan of all, {size:,} assets", "plan_ms", ours, theirs, PLAN_MS[size])
        yield row(f"plan of all but one of {size:,} assets", "but_one_ms", ours, {})
        yield Row(
            f"refusal of the last of each chain of {size:,} assets, of which none is stored",
            refused(bench, file),
            "ms",
        )
    if size == max(FIRST_PLAN_MS):
        yield row(f"graph of {size:,} assets", "graph_ms", ours, theirs, 100.0)
        yield row(f"graph of {size:,} assets: size", "graph_kib", ours, theirs)
        yield row(
            f"graph of {size:,} assets, unchanged since a digest", "unchanged_ms", ours, {}, 2.0
        )


def graph(bench: Bench) -> Found:
    """Measure a code server of one graph, whose ops follow one another; each makes an asset."""
    size = bench.of(1_000, 20)
    ours = measured(bench, bench.file("graph.py", user_code.graph(size)), size)
    theirs = dagster(bench, "dagster_graph.py", user_code.graph(size, "dagster"), size)
    of = f"one graph of {size:,} ops"
    yield row(f"plan of all of {of}", "plan_ms", ours, theirs, 20.0)
    yield row(f"plan of all of {of}: size", "plan_kib", ours, theirs, 0.3 * 1024)
    yield row(f"plan of one output of {of}", "one_ms", ours, theirs, 3.0)
    yield row(f"plan of one output of {of}: size", "one_kib", ours, theirs)


def row(
    what: str,
    name: str,
    ours: Mapping[str, float],
    theirs: Mapping[str, Mapping[str, float]],
    target: float | None = None,
) -> Row:
    """Return a row of a figure that both sides have under one name."""
    unit = "KiB" if name.endswith("kib") else "ms"
    beside = tuple(Beside(who, figures[name]) for who, figures in theirs.items())
    return Row(what, ours[name], unit, beside, None if target is None else Target(target))


def measured(bench: Bench, file: Path, size: int) -> Mapping[str, float]:
    """Return the medians of the figures of some code servers of a file."""
    every = [served(file, size) for _ in bench.repeats(3, 1)]
    return {name: statistics.median(each[name] for each in every) for name in every[0]}


def refused(bench: Bench, file: Path) -> float:
    """Return what a code server takes to refuse what is last, and to say what else is to be made."""
    with code_server(file) as server:
        server.plan("*")
        return clock.median(lambda: server.refusal("sinks(*)"), bench.of(3, 1))


def served(file: Path, size: int, calls: int = CALLS) -> dict[str, float]:
    """Measure one code server: its start to its first plan of everything, then some calls."""
    began = time.perf_counter_ns()
    with code_server(file) as server:
        sizes = {"plan_kib": server.plan("*") / 1024}
        first = (time.perf_counter_ns() - began) / 1e6
        keys = iter(range(size))
        plan = clock.median(lambda: server.plan("*", f"a{next(keys):06}"), min(calls, size))
        keys = iter(range(size))
        one = clock.median(lambda: server.plan(f"a{next(keys):06}"), min(calls, size))
        keys = iter(range(size))
        but_one = clock.median(lambda: server.plan(f"not a{next(keys):06}"), min(calls, size))
        shown = clock.timed(server.graph)
        digest = server.digest()
        return {
            **sizes,
            "first_plan_ms": first,
            "plan_ms": plan,
            "but_one_ms": but_one,
            "one_ms": one,
            "one_kib": server.plan(f"a{size // 2:06}") / 1024,
            "graph_ms": shown,
            "graph_kib": server.graph() / 1024,
            "unchanged_ms": clock.median(lambda: server.graph(digest), calls),
        }


def dagster(bench: Bench, name: str, text: str, size: int) -> dict[str, Mapping[str, float]]:
    """Return Dagster's figures of a file, by its name: nothing if there is no Dagster."""
    if bench.peer is None:
        return {}
    file = bench.file(name, text)
    key, times = f"a{size // 2:06}", str(bench.of(3, 1))
    told = bench.ask("load", file, key, times, seconds=DAGSTER_SECONDS)
    return {"Dagster": told} if told else {}
