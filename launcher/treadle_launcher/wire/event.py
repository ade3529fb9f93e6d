"""event.proto: events to clients; and those of their payloads that hosts send too, read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from treadle_api.v1 import event_pb2
from treadle_contract.event import RetryGround
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_launcher import events
from treadle_launcher.wire.enums import EnumCodec
from treadle_launcher.wire.plan import encode_options, encode_selection
from treadle_launcher.wire.reexecution import encode_reexecution
from treadle_launcher.wire.run import RUN_STATES, encode_failure, encode_usage
from treadle_launcher.wire.value import (
    decode_metadata,
    decode_value_ref,
    encode_metadata,
    encode_text,
    encode_time,
    encode_value_ref,
)

START_METHODS = EnumCodec(events.StartMethod, event_pb2.StartMethod, "START_METHOD")
_RETRY_GROUNDS = EnumCodec(RetryGround, event_pb2.RetryGround, "RETRY_GROUND")


def encode_event(event: events.Event) -> event_pb2.Event:
    """Return an event."""
    message = event_pb2.Event(
        store_sequence=event.store_sequence,
        run_id=event.run_id,
        sequence=event.sequence,
        time=encode_time(event.time),
        step_key=event.step_key or "",
        attempt=event.attempt,
        schema_version=event.schema_version,
    )
    payload = _ENCODERS[type(event.payload)](event.payload)
    getattr(message, event.kind).CopyFrom(payload)
    return message


def _encode_run_submitted(fact: events.RunSubmitted) -> event_pb2.RunSubmitted:
    return event_pb2.RunSubmitted(
        location=fact.location,
        selection=encode_selection(fact.selection),
        options=encode_options(fact.options),
        digest=fact.digest,
        fingerprint=fact.fingerprint,
        tags=fact.tags,
        idempotency_key=fact.idempotency_key,
        reexecution=encode_reexecution(fact.reexecution),
        root_run_id=fact.root_run_id or "",
        timeout_ms=fact.timeout_ms,
        retry_lost=fact.retry_lost,
    )


def _encode_host_ready(fact: events.HostReady) -> event_pb2.HostReady:
    return event_pb2.HostReady(
        host_id=fact.host_id,
        digest=fact.digest,
        fingerprint=fact.fingerprint,
        start_method=START_METHODS.encode(fact.start_method),
        start_method_reason=fact.start_method_reason,
        warm=fact.warm,
        notes=fact.notes,
    )


def _encode_input_loaded(fact: events.InputLoaded) -> event_pb2.InputLoaded:
    return event_pb2.InputLoaded(
        input=fact.input,
        position=fact.position,
        asset_key=fact.asset_key or "",
        from_run_id=fact.from_run_id or "",
        from_step_key=fact.from_step_key or "",
        from_output=fact.from_output or "",
        value_ref=encode_value_ref(fact.value_ref),
        not_needed=fact.not_needed,
    )


def decode_input_loaded(message: event_pb2.InputLoaded) -> events.InputLoaded:
    """Read an input that a host loaded."""
    return events.InputLoaded(
        input=message.input,
        position=message.position,
        asset_key=KeyText(message.asset_key) if message.asset_key else None,
        from_run_id=RunId(message.from_run_id) if message.from_run_id else None,
        from_step_key=StepKey(message.from_step_key) if message.from_step_key else None,
        from_output=message.from_output or None,
        value_ref=decode_value_ref(message.value_ref) if message.HasField("value_ref") else None,
        not_needed=message.not_needed,
    )


def _encode_output_stored(fact: events.OutputStored) -> event_pb2.OutputStored:
    return event_pb2.OutputStored(
        output=fact.output,
        asset_key=fact.asset_key or "",
        value_ref=encode_value_ref(fact.value_ref),
        io_manager_key=fact.io_manager_key,
        metadata=encode_metadata(fact.metadata),
    )


def decode_output_stored(message: event_pb2.OutputStored) -> events.OutputStored:
    """Read an output that a host stored."""
    return events.OutputStored(
        output=message.output,
        asset_key=KeyText(message.asset_key) if message.asset_key else None,
        value_ref=decode_value_ref(message.value_ref) if message.HasField("value_ref") else None,
        io_manager_key=message.io_manager_key,
        metadata=decode_metadata(message.metadata),
    )


def decode_output_discarded(message: event_pb2.OutputDiscarded) -> events.OutputDiscarded:
    """Read an output that a step process dropped."""
    return events.OutputDiscarded(
        output=message.output, asset_keys=tuple(KeyText(key) for key in message.asset_keys)
    )


def _encode_materialized(fact: events.AssetMaterialized) -> event_pb2.AssetMaterialized:
    return event_pb2.AssetMaterialized(
        asset_key=fact.asset_key,
        output=fact.output,
        value_ref=encode_value_ref(fact.value_ref),
        metadata=encode_metadata(fact.metadata),
        unexpected=fact.unexpected,
        digest=fact.digest,
        io_manager_key=fact.io_manager_key,
    )


def decode_materialized(message: event_pb2.AssetMaterialized) -> events.AssetMaterialized:
    """Read an asset that a host made."""
    return events.AssetMaterialized(
        asset_key=KeyText(message.asset_key),
        output=message.output,
        value_ref=decode_value_ref(message.value_ref) if message.HasField("value_ref") else None,
        metadata=decode_metadata(message.metadata),
        unexpected=message.unexpected,
        digest=message.digest,
        io_manager_key=message.io_manager_key,
    )


def _encode_check(fact: events.CheckEvaluated) -> event_pb2.CheckEvaluated:
    return event_pb2.CheckEvaluated(
        asset_key=fact.asset_key,
        check_name=fact.check_name,
        passed=fact.passed,
        metadata=encode_metadata(fact.metadata),
        blocking=fact.blocking,
    )


def _encode_log_record(fact: events.LogRecord) -> event_pb2.LogRecord:
    return event_pb2.LogRecord(
        level=fact.level, message=encode_text(fact.message), logger=fact.logger
    )


def _encode_step_failed(fact: events.StepFailed) -> event_pb2.StepFailed:
    return event_pb2.StepFailed(
        failure=encode_failure(fact.failure),
        duration_us=fact.duration_us,
        pid=fact.pid,
        usage=encode_usage(fact.usage),
    )


def _encode_retry(fact: events.StepRetryScheduled) -> event_pb2.StepRetryScheduled:
    return event_pb2.StepRetryScheduled(
        failure=encode_failure(fact.failure),
        not_before=encode_time(fact.not_before),
        next_attempt=fact.next_attempt,
        usage=encode_usage(fact.usage),
        ground=_RETRY_GROUNDS.encode(fact.ground),
    )


def _encode_run_finished(fact: events.RunFinished) -> event_pb2.RunFinished:
    return event_pb2.RunFinished(
        state=RUN_STATES.encode(fact.state),
        failure=encode_failure(fact.failure),
        failed_step_keys=fact.failed_step_keys,
        materialization_count=fact.materialization_count,
        unexpected_count=fact.unexpected_count,
    )


# Any: each encoder takes exactly the payload under whose class it stands.
_ENCODERS: Mapping[type[events.Payload], Callable[[Any], Any]] = {
    events.RunSubmitted: _encode_run_submitted,
    events.RunDequeued: lambda fact: event_pb2.RunDequeued(),
    events.HostReady: _encode_host_ready,
    events.RunStarted: lambda fact: event_pb2.RunStarted(
        step_count=fact.step_count, fingerprint=fact.fingerprint
    ),
    events.StepExpanded: lambda fact: event_pb2.StepExpanded(
        output=fact.output, mapping_keys=fact.mapping_keys
    ),
    events.StepStarted: lambda fact: event_pb2.StepStarted(
        host_id=fact.host_id, task_id=fact.task_id
    ),
    events.InputLoaded: _encode_input_loaded,
    events.OutputStored: _encode_output_stored,
    events.OutputDiscarded: lambda fact: event_pb2.OutputDiscarded(
        output=fact.output, asset_keys=fact.asset_keys
    ),
    events.AssetMaterialized: _encode_materialized,
    events.CheckEvaluated: _encode_check,
    events.LogRecord: _encode_log_record,
    events.StepSucceeded: lambda fact: event_pb2.StepSucceeded(
        duration_us=fact.duration_us, pid=fact.pid, usage=encode_usage(fact.usage)
    ),
    events.StepFailed: _encode_step_failed,
    events.StepRetryScheduled: _encode_retry,
    events.StepRecomputed: lambda fact: event_pb2.StepRecomputed(reason=fact.reason),
    events.StepSkipped: lambda fact: event_pb2.StepSkipped(
        upstream_step_key=fact.upstream_step_key, upstream_output=fact.upstream_output or ""
    ),
    events.StepNotRun: lambda fact: event_pb2.StepNotRun(
        upstream_step_key=fact.upstream_step_key or ""
    ),
    events.StepReused: lambda fact: event_pb2.StepReused(from_run_id=fact.from_run_id),
    events.CancelRequested: lambda fact: event_pb2.CancelRequested(
        reason=fact.reason, failure=encode_failure(fact.failure)
    ),
    events.StepCancelled: lambda fact: event_pb2.StepCancelled(
        was_running=fact.was_running,
        usage=encode_usage(fact.usage),
        exit_code=fact.exit_code,
        signal=fact.signal,
        stderr_tail=encode_text(fact.stderr_tail),
    ),
    events.RunFinished: _encode_run_finished,
}
