"""A graph of a hundred ops in a row, each of which notes when it began (CLOCK_MONOTONIC, ns)."""

from __future__ import annotations

import time

from treadle import OpExecutionContext, graph_asset, op

LENGTH = 100


@op
def begin() -> list[int]:
    """Note when the first line ran."""
    return [time.monotonic_ns()]


@op
def follow(noted: list[int]) -> list[int]:
    """Add the time to what came before."""
    return [*noted, time.monotonic_ns()]


@op
def tell(context: OpExecutionContext, noted: list[int]) -> list[int]:
    """Hand the times over as metadata, which a client can read."""
    times = [*noted, time.monotonic_ns()]
    context.add_output_metadata({"times": times})
    return times


@graph_asset
def chain():
    """One step after the other: nothing can run beside anything."""
    noted = begin()
    for _ in range(LENGTH - 2):
        noted = follow(noted)
    return tell(noted)
