"""Re-executions, both ways, and what plans reuse."""

from __future__ import annotations

from treadle_api.v1 import plan_pb2
from treadle_client._ids import AssetKey, RunId, StepKey
from treadle_client._reexecution import Reexecution, ReexecutionKind, Reuse, ReusedOutput
from treadle_client._wire.values import decode_enum, decode_value_ref


def encode_reexecution(asked: Reexecution) -> plan_pb2.Reexecution:
    """Turn a re-execution into the contract's."""
    return plan_pb2.Reexecution(
        parent_run_id=asked.parent_run_id,
        kind=plan_pb2.ReexecutionKind.Value(f"REEXECUTION_KIND_{asked.kind.name}"),
        step_expressions=asked.step_expressions,
        rerun_changed=asked.rerun_changed,
        same_code=asked.same_code,
    )


def decode_reexecution(message: plan_pb2.Reexecution) -> Reexecution | None:
    """Turn a re-execution into ours; an unset one is None."""
    if not message.parent_run_id:
        return None
    return Reexecution(
        parent_run_id=RunId(message.parent_run_id),
        kind=decode_enum(ReexecutionKind, plan_pb2.ReexecutionKind.DESCRIPTOR, message.kind),
        step_expressions=tuple(message.step_expressions),
        rerun_changed=message.rerun_changed,
        same_code=message.same_code,
    )


def decode_reuse(message: plan_pb2.Reuse) -> Reuse:
    """Turn a step that is reused into ours."""
    return Reuse(
        step_key=StepKey(message.step_key),
        from_run_id=RunId(message.from_run_id),
        outputs=tuple(
            ReusedOutput(
                output=output.output,
                asset_key=AssetKey(output.asset_key),
                value_ref=decode_value_ref(output.value_ref),
                io_manager_key=output.io_manager_key,
            )
            for output in message.outputs
        ),
        changed=message.changed,
        skipped=message.skipped,
    )
