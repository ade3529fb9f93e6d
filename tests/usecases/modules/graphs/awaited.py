"""Ops that are coroutines and generators."""

import asyncio

from treadle import Output, graph_asset, op


@op
async def answered() -> int:
    await asyncio.sleep(0)
    return 20


@op
def counted_up(start: int):
    total = start
    for step in range(3):
        total += step
    yield Output(total)


@graph_asset
def awaited_count():
    return counted_up(answered())
