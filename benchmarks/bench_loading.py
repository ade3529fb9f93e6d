"""How long loading and planning take, and how both grow, measured in one run.

`make bench-loading`; or this file with sizes as arguments. Loaded are files of n assets in a
chain, a block each, and of one graph of n ops, each of which makes an asset. Of each is told what
a code server takes from its exec to the end of its first plan of everything, and then for plans
and the graph, as a caller on the same machine sees them. A plan is never the one asked for before,
but where it says so. Beside them stands what Python alone takes: an interpreter that does nothing,
and the file with decorators that do nothing. Growth is time(n) / time(n / 2): 2 is linear.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc

from treadle_api.v1 import codeserver_pb2, codeserver_pb2_grpc, plan_pb2

SIZES = (10, 1_000, 2_000, 10_000)
CALLS = 5
#: Above it a load is measured once, below three times.
LARGE = 2_000
OPTIONS = (("grpc.max_receive_message_length", -1),)

_ASSETS = "from treadle import asset\n"
_ASSET = "@asset\ndef a{0:06}({1}):\n    return {0}\n"

_GRAPH = """from treadle import AssetOut, graph_multi_asset, op
@op
def first():
    return 0
@op
def following(value):
    return value + 1
@graph_multi_asset(outs={{f"a{{i:06}}": AssetOut() for i in range({0})}}, can_subset=True)
def chain():
    made = [first()]
    for _ in range({0} - 1):
        made.append(following(made[-1]))
    return tuple(made)
"""


@dataclass(frozen=True)
class Shape:
    """A kind of file; `text` makes one of n steps."""

    name: str
    text: Callable[[int], str]


SHAPES = (
    Shape(
        "assets",
        lambda n: (
            _ASSETS + "".join(_ASSET.format(i, f"a{i - 1:06}" if i % 10 else "") for i in range(n))
        ),
    ),
    Shape("one graph", _GRAPH.format),
)


@dataclass
class Figures:
    """Milliseconds by what was measured, for one shape and size."""

    ms: dict[str, float] = field(default_factory=dict)
    kib: dict[str, float] = field(default_factory=dict)


def interpreter(*lines: str, times: int = 9) -> float:
    """Return the median time that an interpreter takes for some lines, in ms."""
    command = [sys.executable, "-c", "\n".join(lines)]
    return median(lambda: subprocess.run(command, check=True), times)


def median(act: Callable[[], object], times: int) -> float:
    """Return the median time of an act, in ms."""
    return statistics.median(timed(act) for _ in range(times))


def timed(act: Callable[[], object]) -> float:
    """Return how long an act takes, in ms."""
    began = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - began) / 1e6


def importing(file: Path, times: int) -> float:
    """Return the median time that the file takes to be imported, beside treadle's import, in ms."""
    run = f"exec(compile(open({str(file)!r}).read(), {str(file)!r}, 'exec'), {{'__name__': 'm'}})"
    code = f"import treadle, time; b = time.perf_counter(); {run}; print(time.perf_counter() - b)"
    command = [sys.executable, "-c", code]
    return 1e3 * statistics.median(
        float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        for _ in range(times)
    )


@contextmanager
def code_server(file: Path) -> Iterator[codeserver_pb2_grpc.CodeServerServiceStub]:
    """Serve a file's location; what comes first is the exec."""
    alive, alive_end = os.pipe()
    ready, ready_end = os.pipe()
    address = f"unix:{file.with_suffix('.sock')}"
    process = subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "treadle_codeserver", "--file", str(file)),
            *("--bind", address, "--alive-fd", str(alive), "--ready-fd", str(ready_end)),
        ],
        pass_fds=(alive, ready_end),
    )
    os.close(ready_end)
    try:
        with os.fdopen(ready) as told:
            assert json.loads(told.read())["address"] == address
        with grpc.insecure_channel(address, options=OPTIONS) as channel:
            yield codeserver_pb2_grpc.CodeServerServiceStub(channel)
    finally:
        os.close(alive_end)
        process.wait()
        os.close(alive)


def served(file: Path, size: int) -> Figures:
    """Measure a code server on a file of this size."""
    found = Figures()
    began = time.perf_counter_ns()
    with code_server(file) as stub:

        def plan(*expressions: str) -> int:
            selection = plan_pb2.Selection(expressions=expressions)
            call = stub.Plan(codeserver_pb2.PlanRequest(selection=selection))
            return sum(response.ByteSize() for response in call)

        def graph() -> int:
            call = stub.GetGraph(codeserver_pb2.GetGraphRequest())
            return sum(response.ByteSize() for response in call)

        found.kib["plan of all"] = plan("*") / 1024
        found.ms["exec to first plan"] = (time.perf_counter_ns() - began) / 1e6
        keys = iter(range(size))
        found.ms["plan of all"] = median(lambda: plan("*", f"a{next(keys):06}"), CALLS)
        found.ms["plan of all, again"] = median(lambda: plan("*"), CALLS)
        keys = iter(range(size // 2, size))
        found.ms["plan of one"] = median(lambda: plan(f"a{next(keys):06}"), CALLS)
        found.kib["plan of one"] = plan(f"a{size // 2:06}") / 1024
        found.ms["graph"] = timed(graph)
        found.ms["graph, again"] = median(graph, CALLS)
        found.kib["graph"] = graph() / 1024
    return found


def measured(shape: Shape, size: int, folder: Path) -> Figures:
    """Measure a shape of one size."""
    file = folder / f"{shape.name.replace(' ', '_')}_{size}.py"
    file.write_text(shape.text(size))
    times = 3 if size <= LARGE else 1
    every = [served(file, size) for _ in range(times)]
    found = Figures(
        ms={name: statistics.median(each.ms[name] for each in every) for name in every[0].ms},
        kib=every[0].kib,
    )
    found.ms["import of the file"] = importing(file, times)
    if shape.name == "assets":
        bare = folder / "bare.py"
        bare.write_text(shape.text(size).replace(_ASSETS, "asset = lambda fn: fn\n"))
        found.ms["the same, bare"] = importing(bare, times)
    return found


def show(shape: Shape, figures: dict[int, Figures]) -> None:
    """Print a table of a shape: a row for each figure, a column for each size."""
    print(f"\n{shape.name:<20}" + "".join(f"{size:>11,}" for size in figures))
    for name in next(iter(figures.values())).ms:
        row = "".join(f"{each.ms[name]:>8.1f} ms" for each in figures.values())
        doubled = [size for size in figures if size // 2 in figures]
        growth = [figures[size].ms[name] / figures[size // 2].ms[name] for size in doubled]
        print(f"{name:<20}{row}" + "".join(f"   growth {each:.2f}" for each in growth))
    for name in next(iter(figures.values())).kib:
        row = "".join(f"{each.kib[name]:>7.1f} KiB" for each in figures.values())
        print(f"{'size, ' + name:<20}{row}")


def main() -> None:
    """Measure and print."""
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    print(f"an interpreter      {interpreter('pass'):8.1f} ms")
    print(f"import treadle      {interpreter('import treadle'):8.1f} ms")
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        for shape in SHAPES:
            show(shape, {size: measured(shape, size, Path(folder)) for size in sizes})


if __name__ == "__main__":
    main()
