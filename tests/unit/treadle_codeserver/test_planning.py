from __future__ import annotations

import asyncio

import pytest

from treadle.locations.snapshot import Asset, Block, Snapshot, Step, StepOutput
from treadle_codeserver.errors import BadArgumentError, PlanRefusedError, Reason
from treadle_codeserver.planning import Planning, check_choices
from treadle_contract.codeserver import PlanRequest
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.plan import (
    PlanOptions,
    Reexecution,
    ReexecutionKind,
    Selection,
    Siblings,
    UnrecordedLoads,
    UnselectedOutputs,
)
from treadle_planner import Rerun


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
        asyncio.run(
            Planning().plan(
                snapshot("asset"), PlanRequest(selection=Selection(expressions=("aset",)))
            )
        )

    assert caught.value.reason is Reason.UNKNOWN_ASSET
    assert caught.value.names == ("aset",)
    assert caught.value.suggestions == ("asset",)


def asking(options: PlanOptions) -> PlanRequest:
    return PlanRequest(options=options)


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        (asking(PlanOptions(siblings=Siblings("99"))), "siblings"),
        (asking(PlanOptions(unselected_outputs=UnselectedOutputs("99"))), "unselected_outputs"),
    ],
)
def test_a_choice_that_is_not_known_is_refused(request_: PlanRequest, name: str) -> None:
    with pytest.raises(BadArgumentError, match=f"PlanOptions.{name} is 99, which") as caught:
        check_choices(request_, None)

    assert caught.value.names == (name,)


@pytest.mark.parametrize(
    ("kind", "said"),
    [(ReexecutionKind("99"), "Reexecution.kind is 99, which"), (None, "kind is not set")],
)
def test_a_kind_of_re_execution_that_is_not_known_is_refused(
    kind: ReexecutionKind | None, said: str
) -> None:
    rerun = Rerun(reexecution=Reexecution(parent_run_id=RunId("r"), kind=kind))

    with pytest.raises(BadArgumentError, match=said):
        check_choices(PlanRequest(), rerun)


def test_what_the_launcher_alone_reads_is_not_looked_at() -> None:
    check_choices(asking(PlanOptions(unrecorded_loads=UnrecordedLoads("99"))), None)


def test_a_plan_is_made_once_also_when_it_is_asked_for_in_brief() -> None:
    planning, served = Planning(), snapshot("a")

    async def twice() -> bool:
        whole = await planning.plan(served, PlanRequest())
        return whole is await planning.plan(served, PlanRequest(brief=True))

    assert asyncio.run(twice())
