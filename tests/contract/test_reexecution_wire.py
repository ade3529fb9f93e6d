"""What a launcher tells a code server of an earlier run: nothing is lost, no message is large."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence

from treadle_api.codec import from_proto
from treadle_api.v1 import codeserver_pb2
from treadle_codeserver.wire.on_record import OnRecordRequest
from treadle_contract.codeserver import EarlierRead, EarlierStep, PlanOnRecordRequest
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.plan import (
    PlannedSource,
    PlannedStepOutput,
    Reexecution,
    ReexecutionKind,
)
from treadle_contract.run import StepState
from treadle_launcher.runs.step_states import FINAL_STEP_STATES
from treadle_launcher.wire.codeserver import written_turn
from treadle_planner import Rerun

ASKED = Reexecution(
    parent_run_id=RunId("R1"),
    kind=ReexecutionKind.STEPS,
    step_expressions=("a+",),
    rerun_changed=True,
    same_code=True,
)


def earlier(number: int, padding: str = "") -> EarlierStep:
    made = PlannedStepOutput(step_key=StepKey("up"), output="r")
    return EarlierStep(
        key=StepKey(f"s{number}{padding}"),
        succeeded=True,
        state=StepState.SUCCEEDED,
        from_run_id=RunId("R0"),
        stored_outputs=("a",),
        lost_outputs=("b",),
        left_out_outputs=("c",),
        asset_keys=(KeyText("k"),),
        op_digest="d",
        reads=(
            EarlierRead(
                input="x",
                sources=(
                    PlannedSource(step_output=made, asset_key=KeyText("k")),
                    PlannedSource(load_asset_key=KeyText("l"), asset_key=KeyText("l")),
                ),
            ),
        ),
        renewed_step_keys=(StepKey("up"),),
        renewed_asset_keys=(KeyText("l"),),
        by_name={"a": "mine"},
    )


def sent(steps: Sequence[EarlierStep]) -> list[codeserver_pb2.PlanOnRecordRequest]:
    return list(written_turn(PlanOnRecordRequest(reexecution=ASKED, earlier_steps=tuple(steps))))


def received(parts: Iterable[codeserver_pb2.PlanOnRecordRequest]) -> Rerun:
    """Read the parts as the code server does."""

    async def requests() -> AsyncIterator[PlanOnRecordRequest]:
        for part in parts:
            yield from_proto(part, PlanOnRecordRequest)

    request = OnRecordRequest(requests())
    asyncio.run(request.read())
    assert request.rerun is not None
    return request.rerun


def test_every_field_arrives_and_a_part_holds_500_steps() -> None:
    parts = sent([earlier(each) for each in range(1200)])

    rerun = received(parts)

    assert [len(part.earlier_steps) for part in parts] == [500, 500, 200]
    assert [part.last for part in parts] == [False, False, True]
    assert rerun.reexecution == ASKED
    assert len(rerun.earlier) == 1200
    assert rerun.earlier[StepKey("s7")] == earlier(7)


def test_a_part_stays_below_what_a_channel_takes() -> None:
    steps = [earlier(each, padding="x" * 100_000) for each in range(60)]

    parts = sent(steps)

    assert max(part.ByteSize() for part in parts) < 1_200_000
    assert len(received(parts).earlier) == 60


def test_every_state_of_a_step_is_known_to_the_planner() -> None:
    final = [state for state in StepState if state in FINAL_STEP_STATES]

    parts = sent(
        [EarlierStep(key=StepKey(state), state=state, from_run_id=RunId("R0")) for state in final]
    )

    found = received(parts).earlier
    assert {key: step.state.name for key, step in found.items()} == {
        state.value: state.name for state in final
    }
