"""run.proto: runs, steps, failures and materializations, as clients see them."""

from __future__ import annotations

from collections.abc import Iterable

from treadle_api.v1 import run_pb2
from treadle_contract.run import AttemptUsage, Failure, FailureReason, FailureWhere, MemoryScope
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.run_states import RunState
from treadle_launcher.run_summary import RunSummary
from treadle_launcher.step_states import StepState
from treadle_launcher.step_view import StepView
from treadle_launcher.store.records import Materialization
from treadle_launcher.wire.enums import EnumCodec
from treadle_launcher.wire.plan import encode_options, encode_selection
from treadle_launcher.wire.reexecution import encode_reexecution
from treadle_launcher.wire.value import (
    decode_metadata,
    decode_source,
    decode_text,
    encode_metadata,
    encode_source,
    encode_text,
    encode_time,
    encode_value_ref,
)

RUN_STATES = EnumCodec(RunState, run_pb2.RunState, "RUN_STATE")
STEP_STATES = EnumCodec(StepState, run_pb2.StepState, "STEP_STATE")
_REASONS = EnumCodec(FailureReason, run_pb2.FailureReason, "FAILURE_REASON")
_WHERES = EnumCodec(FailureWhere, run_pb2.FailureWhere, "FAILURE_WHERE")
_MEMORY_SCOPES = EnumCodec(MemoryScope, run_pb2.MemoryScope, "MEMORY_SCOPE")


def encode_failure(failure: Failure | None) -> run_pb2.Failure | None:
    """Return why something failed; None leaves a field unset."""
    if failure is None:
        return None
    return run_pb2.Failure(
        reason=_REASONS.encode(failure.reason),
        where=_WHERES.encode(failure.where),
        message=failure.message,
        error_class=failure.error_class,
        traceback=encode_text(failure.traceback),
        source=encode_source(failure.source),
        exit_code=failure.exit_code,
        signal=failure.signal,
        stderr_tail=encode_text(failure.stderr_tail),
        likely=failure.likely,
        evidence=failure.evidence,
        metadata=encode_metadata(failure.metadata),
    )


def decode_failure(message: run_pb2.Failure) -> Failure:
    """Read why something failed. A reason that is not known here is a fault of ours."""
    return Failure(
        reason=_REASONS.decode(message.reason) or FailureReason.INTERNAL,
        where=_WHERES.decode(message.where),
        message=message.message,
        error_class=message.error_class,
        traceback=decode_text(message.traceback) if message.HasField("traceback") else None,
        source=decode_source(message.source) if message.HasField("source") else None,
        exit_code=message.exit_code,
        signal=message.signal,
        stderr_tail=decode_text(message.stderr_tail) if message.HasField("stderr_tail") else None,
        likely=message.likely,
        evidence=tuple(message.evidence),
        metadata=decode_metadata(message.metadata),
    )


def encode_usage(usage: AttemptUsage | None) -> run_pb2.AttemptUsage | None:
    """Return what an attempt used; None leaves a field unset."""
    if usage is None:
        return None
    return run_pb2.AttemptUsage(
        wall_us=usage.wall_us,
        cpu_us=usage.cpu_us,
        peak_memory_bytes=usage.peak_memory_bytes,
        memory_scope=_MEMORY_SCOPES.encode(usage.memory_scope),
    )


def decode_usage(message: run_pb2.AttemptUsage) -> AttemptUsage:
    """Read what an attempt used."""
    return AttemptUsage(
        wall_us=message.wall_us,
        cpu_us=message.cpu_us,
        peak_memory_bytes=message.peak_memory_bytes,
        memory_scope=_MEMORY_SCOPES.decode(message.memory_scope),
    )


def decode_run_states(numbers: Iterable[int]) -> tuple[RunState, ...]:
    """Read the states that a caller asks for.

    Raises:
        BadArgumentError: one is none that this launcher knows.
    """
    states = []
    for number in numbers:
        state = RUN_STATES.decode(number)
        if state is None:
            raise BadArgumentError([str(number)], message=f"There is no run state {number}.")
        states.append(state)
    return tuple(states)


def encode_run(run: RunSummary) -> run_pb2.Run:
    """Return one run."""
    counts = [
        run_pb2.StepCount(state=STEP_STATES.encode(state), count=run.step_counts[state])
        for state in StepState
        if run.step_counts.get(state)
    ]
    return run_pb2.Run(
        id=run.run_id,
        location=run.location,
        state=RUN_STATES.encode(run.state),
        selection=encode_selection(run.selection),
        options=encode_options(run.options),
        digest=run.digest,
        fingerprint=run.fingerprint,
        tags=run.tags,
        step_counts=counts,
        failure=encode_failure(run.failure),
        submitted_at=encode_time(run.submitted_at),
        started_at=encode_time(run.started_at),
        finished_at=encode_time(run.finished_at),
        materialization_count=run.materialization_count,
        unexpected_count=run.unexpected_count,
        last_sequence=run.last_sequence,
        idempotency_key=run.idempotency_key,
        reexecution=encode_reexecution(run.reexecution),
        root_run_id=run.root_run_id or "",
        timeout_ms=run.timeout_ms,
        retry_lost=run.retry_lost,
    )


def encode_step_run(step: StepView) -> run_pb2.StepRun:
    """Return one step of a run."""
    return run_pb2.StepRun(
        key=step.key,
        state=STEP_STATES.encode(step.state),
        attempts=step.attempts,
        failure=encode_failure(step.failure),
        started_at=encode_time(step.started_at),
        finished_at=encode_time(step.finished_at),
        not_before=encode_time(step.not_before),
        because_of=step.because_of or "",
        duration_us=step.duration_us,
        reused_from_run_id=step.reused_from_run_id or "",
        usage=encode_usage(step.usage),
    )


def encode_materialization(made: Materialization) -> run_pb2.Materialization:
    """Return one materialization of one asset."""
    return run_pb2.Materialization(
        asset_key=made.asset_key,
        run_id=made.run_id,
        step_key=made.step_key,
        attempt=made.attempt,
        store_sequence=made.store_sequence,
        time=encode_time(made.time),
        digest=made.digest,
        metadata=encode_metadata(made.metadata),
        unexpected=made.unexpected,
        value_ref=encode_value_ref(made.value_ref),
        location=made.location,
        removed=made.removed,
        gone=made.gone,
    )
