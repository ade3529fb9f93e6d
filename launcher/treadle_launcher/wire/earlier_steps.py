"""codeserver.proto: what a re-execution is planned from, in parts of 500 steps or 1 MiB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from treadle_api.codec import to_proto
from treadle_api.v1 import codeserver_pb2, plan_pb2
from treadle_contract import codeserver
from treadle_contract.plan import Reexecution
from treadle_contract.run import StepState
from treadle_launcher.earlier_steps import EarlierStep

_PART_ITEMS = 500
_PART_BYTES = 1024 * 1024


def encode_rerun(
    plan: codeserver_pb2.PlanRequest, asked: Reexecution, steps: Iterable[EarlierStep]
) -> Iterator[codeserver_pb2.PlanReexecutionRequest]:
    """Return the parts of a request; the first one says what is asked for."""
    part = codeserver_pb2.PlanReexecutionRequest(
        plan=plan, reexecution=to_proto(asked, plan_pb2.Reexecution)
    )
    count, size = 0, part.ByteSize()
    for step in steps:
        message = _encode_step(step)
        if count == _PART_ITEMS or (count and size + message.ByteSize() > _PART_BYTES):
            yield part
            part, count, size = codeserver_pb2.PlanReexecutionRequest(), 0, 0
        part.earlier_steps.append(message)
        count, size = count + 1, size + message.ByteSize()
    yield part


def _encode_step(step: EarlierStep) -> codeserver_pb2.EarlierStep:
    message = codeserver.EarlierStep(
        key=step.key,
        succeeded=step.state is StepState.SUCCEEDED,
        from_run_id=step.from_run_id,
        stored_outputs=step.stored_outputs,
        op_digest=step.op_digest,
        state=step.state,
        lost_outputs=step.lost_outputs,
        left_out_outputs=step.left_out_outputs,
        asset_keys=step.asset_keys,
        reads=tuple(
            codeserver.EarlierRead(input=planned.name, sources=planned.sources)
            for planned in step.reads
        ),
        renewed_step_keys=step.renewed_step_keys,
        renewed_asset_keys=step.renewed_asset_keys,
        by_name=step.by_name,
    )
    return to_proto(message, codeserver_pb2.EarlierStep)
