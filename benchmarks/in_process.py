"""A run in the caller's process: `treadle.materialize`, from definitions to the result."""

from __future__ import annotations

import pickle

import treadle
from benchmarks import proofs
from benchmarks.bench import Bench
from benchmarks.clock import median
from benchmarks.rows import Beside, Found, Row, Target

OPS = 100
TARGET_MS = 30.0


@treadle.op
def start() -> int:
    """Begin the chain."""
    return 0


@treadle.op
def go_on(number: int) -> int:
    """Do nothing but count."""
    return number + 1


@treadle.graph_asset
def chain() -> object:
    """Count to the end."""
    number = start()
    for _ in range(OPS - 1):
        number = go_on(number)
    return number


def in_process(bench: Bench) -> Found:
    """Measure a chain of ops that do nothing, beside the same calls with a pickle between them."""
    result = treadle.materialize([chain])
    proofs.same(result.run_id, "value of the last op", result.asset_value("chain"), OPS - 1)
    times = len(list(bench.repeats(20, 1)))
    yield Row(
        f"run of {OPS} ops that do nothing, `treadle.materialize` in the caller's process",
        median(lambda: treadle.materialize([chain]), times),
        "ms",
        (Beside("the functions, a pickle between each two", median(_called, times)),),
        Target(TARGET_MS),
    )


def _called() -> int:
    number = start()
    for _ in range(OPS - 1):
        number = go_on(pickle.loads(pickle.dumps(number)))
    return int(number)
