from __future__ import annotations

import asyncio

import pytest

from treadle.snapshot import Asset, Block, Snapshot, Step, StepOutput
from treadle_codeserver.errors import PlanRefusedError, Reason
from treadle_codeserver.planning import Planning
from treadle_contract.ids import KeyText, StepKey
from treadle_planner import PlanRequest


def snapshot(key: str) -> Snapshot:
    """One op that makes one asset."""
    text, step = KeyText(key), StepKey(key)
    output = StepOutput(name="result", asset_keys=(text,))
    return Snapshot(
        blocks=(Block(name=key, asset_keys=(text,)),),
        steps=(Step(key=step, node=key, block=key, op=key, outputs=(output,)),),
        assets=(Asset(key=text, block=key, step_key=step, output="result"),),
        digest=key,
    )


def test_each_plan_is_of_the_snapshot_it_was_asked_for() -> None:
    planning, snapshots = Planning(), [snapshot("a"), snapshot("b")]

    async def digests() -> list[str]:
        plans = [planning.plan(snapshots[index % 2], PlanRequest()) for index in range(6)]
        return [plan.digest for plan in await asyncio.gather(*plans)]

    assert asyncio.run(digests()) == ["a", "b"] * 3


def test_a_refusal_is_one_of_the_contract() -> None:
    with pytest.raises(PlanRefusedError) as caught:
        asyncio.run(Planning().plan(snapshot("asset"), PlanRequest(selection=("aset",))))

    assert caught.value.reason is Reason.UNKNOWN_ASSET
    assert caught.value.names == ("aset",)
    assert caught.value.suggestions == ("asset",)
