"""Runs, their steps and what they made, from the contract."""

from __future__ import annotations

from types import MappingProxyType

from treadle_api.v1 import launcher_pb2, run_pb2
from treadle_client._failure import Failure, FailureReason, FailureWhere
from treadle_client._ids import AssetKey, RunId, StepKey
from treadle_client._materialization import AssetEntry, Materialization
from treadle_client._run import Run, RunState
from treadle_client._step_result import StepResult, StepState
from treadle_client._usage import AttemptUsage, MemoryScope
from treadle_client._wire.graphs import decode_asset
from treadle_client._wire.plans import decode_options, decode_selection
from treadle_client._wire.policies import decode_timeout
from treadle_client._wire.reexecutions import decode_reexecution
from treadle_client._wire.values import (
    ReadText,
    decode_enum,
    decode_metadata,
    decode_optional_enum,
    decode_source,
    decode_span,
    decode_text,
    decode_time,
    decode_value_ref,
)


def decode_failure(message: run_pb2.Failure, read_text: ReadText) -> Failure:
    """Turn a failure into ours."""
    reason = decode_enum(FailureReason, run_pb2.FailureReason.DESCRIPTOR, message.reason)
    return Failure(
        reason=reason,
        where=decode_optional_enum(FailureWhere, run_pb2.FailureWhere.DESCRIPTOR, message.where),
        message=message.message,
        error_class=message.error_class,
        traceback=decode_text(message.traceback, read_text),
        source=decode_source(message.source),
        exit_code=message.exit_code if reason is FailureReason.EXIT else None,
        signal=message.signal,
        stderr_tail=decode_text(message.stderr_tail, read_text),
        likely=message.likely,
        evidence=tuple(message.evidence),
        metadata=decode_metadata(message.metadata),
    )


def decode_usage(message: run_pb2.AttemptUsage) -> AttemptUsage:
    """Turn what an attempt used into ours."""
    return AttemptUsage(
        wall=decode_span(message.wall_us),
        cpu=decode_span(message.cpu_us),
        peak_memory_bytes=message.peak_memory_bytes,
        memory_scope=decode_optional_enum(
            MemoryScope, run_pb2.MemoryScope.DESCRIPTOR, message.memory_scope
        ),
    )


def decode_run_state(number: int) -> RunState:
    """Turn a run state's number into ours."""
    return decode_enum(RunState, run_pb2.RunState.DESCRIPTOR, number)


def encode_run_state(state: RunState) -> run_pb2.RunState.ValueType:
    """Turn a run state into the contract's."""
    return run_pb2.RunState.Value(f"RUN_STATE_{state.name}")


def decode_run(message: run_pb2.Run, read_text: ReadText) -> Run:
    """Turn a run into ours."""
    return Run(
        run_id=RunId(message.id),
        location=message.location,
        status=decode_run_state(message.state),
        selection=decode_selection(message.selection),
        options=decode_options(message.options),
        digest=message.digest,
        fingerprint=message.fingerprint,
        tags=MappingProxyType(dict(message.tags)),
        idempotency_key=message.idempotency_key,
        timeout=decode_timeout(message.timeout_ms),
        retry_lost=message.retry_lost,
        reexecution=decode_reexecution(message.reexecution),
        root_run_id=RunId(message.root_run_id),
        step_counts=MappingProxyType(
            {
                decode_enum(StepState, run_pb2.StepState.DESCRIPTOR, entry.state): entry.count
                for entry in message.step_counts
            }
        ),
        failure=decode_failure(message.failure, read_text) if message.HasField("failure") else None,
        submitted_at=decode_time(message.submitted_at),
        started_at=decode_time(message.started_at) if message.HasField("started_at") else None,
        finished_at=decode_time(message.finished_at) if message.HasField("finished_at") else None,
        materialization_count=message.materialization_count,
        unexpected_count=message.unexpected_count,
        last_sequence=message.last_sequence,
    )


def decode_step(message: run_pb2.StepRun, read_text: ReadText) -> StepResult:
    """Turn a step of a run into ours."""
    return StepResult(
        key=StepKey(message.key),
        state=decode_enum(StepState, run_pb2.StepState.DESCRIPTOR, message.state),
        attempts=message.attempts,
        failure=decode_failure(message.failure, read_text) if message.HasField("failure") else None,
        started_at=decode_time(message.started_at) if message.HasField("started_at") else None,
        finished_at=decode_time(message.finished_at) if message.HasField("finished_at") else None,
        not_before=decode_time(message.not_before) if message.HasField("not_before") else None,
        because_of=StepKey(message.because_of),
        duration=decode_span(message.duration_us),
        reused_from_run_id=RunId(message.reused_from_run_id),
        usage=decode_usage(message.usage) if message.HasField("usage") else None,
    )


def decode_materialization(message: run_pb2.Materialization) -> Materialization:
    """Turn a materialization into ours."""
    return Materialization(
        asset_key=AssetKey(message.asset_key),
        location=message.location,
        run_id=RunId(message.run_id),
        step_key=StepKey(message.step_key),
        attempt=message.attempt,
        store_sequence=message.store_sequence,
        time=decode_time(message.time),
        digest=message.digest,
        metadata=decode_metadata(message.metadata),
        unexpected=message.unexpected,
        value_ref=decode_value_ref(message.value_ref),
        removed=message.removed,
        gone=message.gone,
    )


def decode_asset_entry(message: launcher_pb2.AssetEntry) -> AssetEntry:
    """Turn an asset and its latest materialization into ours."""
    made = message.HasField("latest")
    return AssetEntry(
        asset=decode_asset(message.asset),
        location=message.location,
        latest=decode_materialization(message.latest) if made else None,
    )
