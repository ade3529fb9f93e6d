"""Events, from the contract: one decoder a kind, in a table; kinds from the future are skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias, TypedDict

from treadle_api.v1 import event_pb2
from treadle_client import _event
from treadle_client._ids import AssetKey, RunId, StepKey
from treadle_client._policy import RetryGround
from treadle_client._wire.graphs import decode_keys
from treadle_client._wire.plans import decode_options, decode_selection
from treadle_client._wire.policies import decode_timeout
from treadle_client._wire.reexecutions import decode_reexecution
from treadle_client._wire.runs import decode_failure, decode_run_state, decode_usage
from treadle_client._wire.values import (
    ReadText,
    decode_enum,
    decode_metadata,
    decode_span,
    decode_text,
    decode_time,
    decode_value_ref,
)


class _Common(TypedDict):
    """What every kind has."""

    sequence: int
    store_sequence: int
    run_id: RunId
    time: datetime
    step_key: StepKey
    attempt: int


_Decoder: TypeAlias = Callable[[_Common, event_pb2.Event, ReadText], _event.Event]


def decode_event(message: event_pb2.Event, read_text: ReadText) -> _event.Event | None:
    """Turn an event into its kind's class; None for a kind that this client does not know."""
    decoder = _DECODERS.get(message.WhichOneof("kind") or "")
    if decoder is None:
        return None
    common = _Common(
        sequence=message.sequence,
        store_sequence=message.store_sequence,
        run_id=RunId(message.run_id),
        time=decode_time(message.time),
        step_key=StepKey(message.step_key),
        attempt=message.attempt,
    )
    return decoder(common, message, read_text)


def _run_submitted(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.RunSubmitted:
    payload = message.run_submitted
    return _event.RunSubmitted(
        **common,
        location=payload.location,
        selection=decode_selection(payload.selection),
        options=decode_options(payload.options),
        digest=payload.digest,
        fingerprint=payload.fingerprint,
        tags=MappingProxyType(dict(payload.tags)),
        idempotency_key=payload.idempotency_key,
        timeout=decode_timeout(payload.timeout_ms),
        retry_lost=payload.retry_lost,
        reexecution=decode_reexecution(payload.reexecution),
        root_run_id=RunId(payload.root_run_id),
    )


def _host_ready(common: _Common, message: event_pb2.Event, read_text: ReadText) -> _event.HostReady:
    payload = message.host_ready
    return _event.HostReady(
        **common,
        host_id=payload.host_id,
        digest=payload.digest,
        fingerprint=payload.fingerprint,
        start_method=decode_enum(
            _event.StartMethod, event_pb2.StartMethod.DESCRIPTOR, payload.start_method
        ),
        start_method_reason=payload.start_method_reason,
        warm=payload.warm,
        notes=tuple(payload.notes),
    )


def _run_started(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.RunStarted:
    payload = message.run_started
    return _event.RunStarted(
        **common, step_count=payload.step_count, fingerprint=payload.fingerprint
    )


def _step_expanded(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.StepExpanded:
    payload = message.step_expanded
    return _event.StepExpanded(
        **common, output=payload.output, mapping_keys=tuple(payload.mapping_keys)
    )


def _step_started(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.StepStarted:
    payload = message.step_started
    return _event.StepStarted(**common, host_id=payload.host_id, task_id=payload.task_id)


def _input_loaded(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.InputLoaded:
    payload = message.input_loaded
    return _event.InputLoaded(
        **common,
        input=payload.input,
        position=payload.position,
        asset_key=AssetKey(payload.asset_key),
        from_run_id=RunId(payload.from_run_id),
        from_step_key=StepKey(payload.from_step_key),
        from_output=payload.from_output,
        value_ref=decode_value_ref(payload.value_ref),
        not_needed=payload.not_needed,
    )


def _output_stored(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.OutputStored:
    payload = message.output_stored
    return _event.OutputStored(
        **common,
        output=payload.output,
        asset_key=AssetKey(payload.asset_key),
        value_ref=decode_value_ref(payload.value_ref),
        io_manager_key=payload.io_manager_key,
        metadata=decode_metadata(payload.metadata),
    )


def _output_discarded(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.OutputDiscarded:
    payload = message.output_discarded
    return _event.OutputDiscarded(
        **common, output=payload.output, asset_keys=decode_keys(payload.asset_keys)
    )


def _asset_materialized(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.AssetMaterialized:
    payload = message.asset_materialized
    return _event.AssetMaterialized(
        **common,
        asset_key=AssetKey(payload.asset_key),
        output=payload.output,
        value_ref=decode_value_ref(payload.value_ref),
        metadata=decode_metadata(payload.metadata),
        unexpected=payload.unexpected,
        digest=payload.digest,
        io_manager_key=payload.io_manager_key,
    )


def _check_evaluated(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.CheckEvaluated:
    payload = message.check_evaluated
    return _event.CheckEvaluated(
        **common,
        asset_key=AssetKey(payload.asset_key),
        check_name=payload.check_name,
        passed=payload.passed,
        metadata=decode_metadata(payload.metadata),
        blocking=payload.blocking,
    )


def _log_record(common: _Common, message: event_pb2.Event, read_text: ReadText) -> _event.LogRecord:
    payload = message.log_record
    text = decode_text(payload.message, read_text)
    return _event.LogRecord(**common, level=payload.level, message=text, logger=payload.logger)


def _step_succeeded(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.StepSucceeded:
    payload = message.step_succeeded
    duration = decode_span(payload.duration_us)
    return _event.StepSucceeded(
        **common,
        duration=duration,
        pid=payload.pid,
        usage=decode_usage(payload.usage) if payload.HasField("usage") else None,
    )


def _step_failed(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.StepFailed:
    payload = message.step_failed
    return _event.StepFailed(
        **common,
        failure=decode_failure(payload.failure, read_text),
        duration=decode_span(payload.duration_us),
        pid=payload.pid,
        usage=decode_usage(payload.usage) if payload.HasField("usage") else None,
    )


def _step_retry_scheduled(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.StepRetryScheduled:
    payload = message.step_retry_scheduled
    return _event.StepRetryScheduled(
        **common,
        failure=decode_failure(payload.failure, read_text),
        not_before=decode_time(payload.not_before),
        next_attempt=payload.next_attempt,
        ground=decode_enum(RetryGround, event_pb2.RetryGround.DESCRIPTOR, payload.ground),
        usage=decode_usage(payload.usage) if payload.HasField("usage") else None,
    )


def _step_skipped(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.StepSkipped:
    payload = message.step_skipped
    return _event.StepSkipped(
        **common,
        upstream_step_key=StepKey(payload.upstream_step_key),
        upstream_output=payload.upstream_output,
    )


def _step_not_run(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.StepNotRun:
    upstream = StepKey(message.step_not_run.upstream_step_key)
    return _event.StepNotRun(**common, upstream_step_key=upstream)


def _cancel_requested(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.CancelRequested:
    payload = message.cancel_requested
    failed = payload.HasField("failure")
    return _event.CancelRequested(
        **common,
        reason=payload.reason,
        failure=decode_failure(payload.failure, read_text) if failed else None,
    )


def _step_cancelled(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.StepCancelled:
    payload = message.step_cancelled
    return _event.StepCancelled(
        **common,
        was_running=payload.was_running,
        usage=decode_usage(payload.usage) if payload.HasField("usage") else None,
        exit_code=payload.exit_code if payload.HasField("exit_code") else None,
        signal=payload.signal,
        stderr_tail=decode_text(payload.stderr_tail, read_text),
    )


def _run_finished(
    common: _Common, message: event_pb2.Event, read_text: ReadText
) -> _event.RunFinished:
    payload = message.run_finished
    failed = payload.HasField("failure")
    return _event.RunFinished(
        **common,
        state=decode_run_state(payload.state),
        failure=decode_failure(payload.failure, read_text) if failed else None,
        failed_step_keys=tuple(StepKey(key) for key in payload.failed_step_keys),
        materialization_count=payload.materialization_count,
        unexpected_count=payload.unexpected_count,
    )


_DECODERS: Mapping[str, _Decoder] = {
    "run_submitted": _run_submitted,
    "run_dequeued": lambda common, message, read_text: _event.RunDequeued(**common),
    "host_ready": _host_ready,
    "run_started": _run_started,
    "step_expanded": _step_expanded,
    "step_started": _step_started,
    "input_loaded": _input_loaded,
    "output_stored": _output_stored,
    "output_discarded": _output_discarded,
    "asset_materialized": _asset_materialized,
    "check_evaluated": _check_evaluated,
    "log_record": _log_record,
    "step_succeeded": _step_succeeded,
    "step_failed": _step_failed,
    "step_retry_scheduled": _step_retry_scheduled,
    "step_recomputed": lambda common, message, read_text: _event.StepRecomputed(
        **common, reason=message.step_recomputed.reason
    ),
    "step_skipped": _step_skipped,
    "step_not_run": _step_not_run,
    "step_reused": lambda common, message, read_text: _event.StepReused(
        **common, from_run_id=RunId(message.step_reused.from_run_id)
    ),
    "cancel_requested": _cancel_requested,
    "step_cancelled": _step_cancelled,
    "run_finished": _run_finished,
}
