"""The users' modules that are measured, as texts: files of assets, a graph of ops, values.

An op of `STEPS` returns what it saw: its pid, what a global of its module held, the pid that the op
above it wrote, and when its first line ran (CLOCK_MONOTONIC, ns).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

STEPS = """import os
import time
{imports}
from treadle import AssetOut, graph_asset, graph_multi_asset, op

ran_here = 0

def seen(above):
    global ran_here
    at, ran_here = time.monotonic_ns(), ran_here + 1
    return {{"at": at, "pid": os.getpid(), "ran_before": ran_here - 1, "above": above}}

@op
def first():
    return seen(0)

@op
def following(value):
    return seen(value["pid"])

@graph_asset
def one():
    return first()

@graph_asset
def chain():
    made = first()
    for _ in range({length} - 1):
        made = following(made)
    return made

@graph_multi_asset(outs={{f"fan_{{i:04}}": AssetOut() for i in range({length})}}, can_subset=True)
def fan():
    made = first()
    return (made, *(following(made) for _ in range({length} - 1)))
"""

FAN_OUT = """import os
from treadle import DynamicOut, DynamicOutput, graph_asset, op

@op(out=DynamicOut())
def elements():
    for number in range({length}):
        yield DynamicOutput(number, mapping_key=f"e{{number}}")

@op
def of_one(number):
    return number, os.getpid()

@op
def summed(found):
    return sum(number for number, _ in found), len(set(pid for _, pid in found))

@graph_asset
def fanned_out():
    return summed(elements().map(of_one).collect())
"""

SINGLES = """
def single(name):
    @graph_asset(name=name)
    def made():
        return first()
    return made

singles = [single(f"single_{{i:04}}") for i in range({count})]
"""

VALUES = """import os
import time
import numpy
from treadle import AssetOut, In, Nothing, graph_asset, graph_multi_asset, op

def told():
    with open({note!r}, "w") as note:
        note.write(str(time.monotonic_ns()))

def array():
    return numpy.ones({size} // 8)

@op
def large():
    made = array()
    told()
    return made

@op
def unread():
    array()
    told()
    return 0

@op(ins={{"after": In(Nothing)}})
def waiting():
    return {{"at": time.monotonic_ns(), "pid": os.getpid()}}

@op
def ticking():
    told()

@op(ins={{"after": In(Nothing)}})
def reading(value):
    at = time.monotonic_ns()
    return {{"at": at, "pid": os.getpid(), "bytes": value.nbytes, "last": float(value[-1])}}

@graph_asset
def nothing_stored():
    return waiting(after=unread())

@graph_multi_asset(outs={{"array": AssetOut(), "only_stored": AssetOut()}})
def array_alone():
    made = large()
    return made, waiting(after=made)

@graph_asset
def nothing_loaded():
    return waiting(after=ticking())

@graph_asset
def loaded(array):
    return reading(array, after=ticking())
"""

ASSETS = "from {library} import asset\n"
BARE = "asset = lambda fn: fn\n"
ASSET = "@asset\ndef a{0:06}({1}):\n    return {0}\n"

GRAPH = """from {library} import AssetOut, graph_multi_asset, op
@op
def first():
    return 0
@op
def following(value):
    return value + 1
@graph_multi_asset(outs={{f"a{{i:06}}": AssetOut() for i in range({size})}}, can_subset=True)
def chain():
    made = [first()]
    for _ in range({size} - 1):
        made.append(following(made[-1]))
    return tuple(made)
"""


PARTITIONS = """from treadle import HourlyPartitionsDefinition, asset

HOURS = HourlyPartitionsDefinition(start_date="{first}", end_date="{end}")

@asset(partitions_def=HOURS)
def hourly():
    return 0
"""


def steps(length: int, imports: str = "") -> str:
    """Return a module of a chain and a fan of so many ops, and of one op."""
    return STEPS.format(length=length, imports=imports)


def fan_out(length: int) -> str:
    """Return a module of a fan-out of so many elements, whose asset is their sum, and how many processes there were."""
    return FAN_OUT.format(length=length)


def singles(count: int) -> str:
    """Return a module that has, besides, so many assets of one op each."""
    return steps(2) + SINGLES.format(count=count)


def values(size: int, note: Path) -> str:
    """Return a module of arrays of so many bytes; the op that makes one notes when it was made."""
    return VALUES.format(size=size, note=str(note))


def assets(size: int, library: str = "treadle") -> str:
    """Return a module of assets in chains of ten."""
    return ASSETS.format(library=library) + _bodies(size)


def bare_assets(size: int) -> str:
    """Return the same with a decorator that does nothing."""
    return BARE + _bodies(size)


def partitions(count: int) -> str:
    """Return a module of an asset of so many hourly partitions."""
    keys = hours(count + 1)
    return PARTITIONS.format(first=keys[0], end=keys[-1])


def hours(count: int) -> list[str]:
    """Return the keys of the partitions of that asset."""
    first = datetime(2010, 1, 1)
    return [f"{first + timedelta(hours=hour):%Y-%m-%d-%H:%M}" for hour in range(count)]


def graph(size: int, library: str = "treadle") -> str:
    """Return a module of one graph, whose ops follow one another; each makes an asset."""
    return GRAPH.format(size=size, library=library)


def _bodies(size: int) -> str:
    return "".join(ASSET.format(i, f"a{i - 1:06}" if i % 10 else "") for i in range(size))
