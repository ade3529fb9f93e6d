"""codeserver.proto: what a re-execution is planned from; and what of its plan is about it."""

from __future__ import annotations

from collections.abc import Sequence

from treadle_api.v1 import codeserver_pb2, plan_pb2, run_pb2
from treadle_codeserver.errors import BadArgumentError
from treadle_contract.ids import KeyText, StepKey
from treadle_planner import (
    EarlierRead,
    EarlierState,
    EarlierStep,
    PlannedSource,
    PlannedStepOutput,
    Reexecution,
    ReexecutionKind,
    Rerun,
    Reuse,
)

_KINDS = {
    plan_pb2.REEXECUTION_KIND_FROM_FAILURE: ReexecutionKind.FROM_FAILURE,
    plan_pb2.REEXECUTION_KIND_STEPS: ReexecutionKind.STEPS,
    plan_pb2.REEXECUTION_KIND_ALL: ReexecutionKind.ALL,
}

_STATES = {
    run_pb2.STEP_STATE_SUCCEEDED: EarlierState.SUCCEEDED,
    run_pb2.STEP_STATE_FAILED: EarlierState.FAILED,
    run_pb2.STEP_STATE_SKIPPED: EarlierState.SKIPPED,
    run_pb2.STEP_STATE_NOT_RUN: EarlierState.NOT_RUN,
    run_pb2.STEP_STATE_CANCELLED: EarlierState.CANCELLED,
}


def decode_rerun(parts: Sequence[codeserver_pb2.PlanReexecutionRequest]) -> Rerun:
    """Join the parts of what a re-execution is planned from.

    Raises:
        BadArgumentError: the first part says nothing of it, or a value is not known here.
    """
    if not parts or not parts[0].HasField("reexecution"):
        raise BadArgumentError("The first part must hold the re-execution.", names=("reexecution",))
    asked = parts[0].reexecution
    kind = _KINDS.get(asked.kind)
    if kind is None:
        message = f"Reexecution.kind is {asked.kind}, which this code server does not know."
        raise BadArgumentError(message, names=("kind",))
    steps = (_decode_step(step) for part in parts for step in part.earlier_steps)
    return Rerun(
        reexecution=Reexecution(
            parent_run_id=asked.parent_run_id,
            kind=kind,
            step_expressions=tuple(asked.step_expressions),
            rerun_changed=asked.rerun_changed,
            same_code=asked.same_code,
        ),
        earlier={step.key: step for step in steps},
    )


def encode_reexecution(asked: Reexecution | None) -> plan_pb2.Reexecution | None:
    """Encode what was asked for; None leaves a field unset."""
    if asked is None:
        return None
    kinds = {kind: number for number, kind in _KINDS.items()}
    return plan_pb2.Reexecution(
        parent_run_id=asked.parent_run_id,
        kind=kinds[asked.kind],
        step_expressions=asked.step_expressions,
        rerun_changed=asked.rerun_changed,
        same_code=asked.same_code,
    )


def encode_reuse(reuse: Reuse) -> plan_pb2.Reuse:
    """Encode a step that is reused, its outputs not resolved."""
    return plan_pb2.Reuse(
        step_key=reuse.step_key,
        from_run_id=reuse.from_run_id,
        changed=reuse.changed,
        skipped=reuse.skipped,
    )


def _decode_step(message: codeserver_pb2.EarlierStep) -> EarlierStep:
    done = EarlierState.SUCCEEDED if message.succeeded else EarlierState.NOT_RUN
    return EarlierStep(
        key=StepKey(message.key),
        state=_STATES.get(message.state, done),
        from_run_id=message.from_run_id,
        stored_outputs=frozenset(message.stored_outputs),
        lost_outputs=frozenset(message.lost_outputs),
        left_out_outputs=frozenset(message.left_out_outputs),
        asset_keys=frozenset(KeyText(key) for key in message.asset_keys),
        op_digest=message.op_digest,
        reads=tuple(
            EarlierRead(
                input=read.input,
                sources=tuple(_decode_source(source) for source in read.sources),
            )
            for read in message.reads
        ),
        renewed_step_keys=frozenset(StepKey(key) for key in message.renewed_step_keys),
        renewed_asset_keys=frozenset(KeyText(key) for key in message.renewed_asset_keys),
        by_name=dict(message.by_name),
    )


def _decode_source(message: plan_pb2.PlannedSource) -> PlannedSource:
    asset_key = KeyText(message.asset_key) if message.asset_key else None
    if message.WhichOneof("from") == "step_output":
        made = PlannedStepOutput(
            step_key=StepKey(message.step_output.step_key), output=message.step_output.output
        )
        return PlannedSource(step_output=made, asset_key=asset_key)
    return PlannedSource(load_asset_key=KeyText(message.load_asset_key), asset_key=asset_key)
