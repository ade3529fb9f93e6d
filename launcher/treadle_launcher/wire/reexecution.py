"""plan.proto: what a re-execution is asked for, and what its plan reuses."""

from __future__ import annotations

from treadle_api.v1 import plan_pb2
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.plan import Reexecution, ReexecutionKind, Reuse, ReusedOutput
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.wire.enums import EnumCodec
from treadle_launcher.wire.value import decode_value_ref, encode_value_ref

_KINDS = EnumCodec(ReexecutionKind, plan_pb2.ReexecutionKind, "REEXECUTION_KIND")


def encode_reexecution(asked: Reexecution | None) -> plan_pb2.Reexecution | None:
    """Return what is asked of an earlier run; None leaves a field unset."""
    if asked is None:
        return None
    return plan_pb2.Reexecution(
        parent_run_id=asked.parent_run_id,
        kind=_KINDS.encode(asked.kind),
        step_expressions=asked.step_expressions,
        rerun_changed=asked.rerun_changed,
        same_code=asked.same_code,
    )


def decode_reexecution(message: plan_pb2.Reexecution) -> Reexecution:
    """Read what is asked of an earlier run.

    Raises:
        BadArgumentError: the kind is none that is known here.
    """
    kind = _KINDS.decode(message.kind)
    if kind is None:
        text = f"kind is {message.kind}, which is no kind of re-execution."
        raise BadArgumentError([str(message.kind)], message=text)
    return Reexecution(
        parent_run_id=RunId(message.parent_run_id),
        kind=kind,
        step_expressions=tuple(message.step_expressions),
        rerun_changed=message.rerun_changed,
        same_code=message.same_code,
    )


def check_reexecution(asked: Reexecution) -> None:
    """Refuse what a caller may not ask.

    Raises:
        BadArgumentError: the run is not named, or steps are for a kind that takes none.
    """
    if not asked.parent_run_id:
        raise BadArgumentError(message="Name the run to go on from: parent_run_id.")
    if asked.step_expressions and asked.kind is not ReexecutionKind.STEPS:
        raise BadArgumentError(
            asked.step_expressions[:1],
            message=f"Steps are named for STEPS only, not for {str(asked.kind).upper()}.",
        )


def encode_reuse(reuse: Reuse) -> plan_pb2.Reuse:
    """Return a step that is reused."""
    return plan_pb2.Reuse(
        step_key=reuse.step_key,
        from_run_id=reuse.from_run_id,
        outputs=[
            plan_pb2.ReusedOutput(
                output=output.output,
                asset_key=output.asset_key,
                value_ref=encode_value_ref(output.value_ref),
                io_manager_key=output.io_manager_key,
            )
            for output in reuse.outputs
        ],
        changed=reuse.changed,
        skipped=reuse.skipped,
    )


def decode_reuse(message: plan_pb2.Reuse) -> Reuse:
    """Read a step that is reused."""
    return Reuse(
        step_key=StepKey(message.step_key),
        from_run_id=RunId(message.from_run_id),
        outputs=tuple(
            ReusedOutput(
                output=output.output,
                asset_key=KeyText(output.asset_key),
                value_ref=(
                    decode_value_ref(output.value_ref) if output.HasField("value_ref") else None
                ),
                io_manager_key=output.io_manager_key,
            )
            for output in message.outputs
        ),
        changed=message.changed,
        skipped=message.skipped,
    )
