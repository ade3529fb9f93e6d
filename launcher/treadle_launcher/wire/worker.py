"""worker.proto: frames from and to hosts, as proto3-JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from treadle_api.bounds import BoundsError, check
from treadle_api.v1 import worker_pb2
from treadle_contract.ids import HostId, StepKey, TaskId
from treadle_contract.run import AttemptUsage
from treadle_launcher import journal
from treadle_launcher.hosts import frames
from treadle_launcher.processes import ProcessId
from treadle_launcher.tasks import Task, TaskAsset, TaskInput, TaskOutput, TaskSource, TaskStep
from treadle_launcher.wire.enums import EnumCodec
from treadle_launcher.wire.event import (
    START_METHODS,
    decode_input_loaded,
    decode_materialized,
    decode_output_discarded,
    decode_output_stored,
)
from treadle_launcher.wire.plan import UNSELECTED
from treadle_launcher.wire.policy import decode_retry_request, encode_limits
from treadle_launcher.wire.run import decode_failure, decode_usage
from treadle_launcher.wire.value import decode_text, decode_time, encode_value_ref

_HOST_STATES = EnumCodec(frames.HostState, worker_pb2.HostState, "HOST_STATE")
_ACK_STATES = EnumCodec(frames.AckState, worker_pb2.AckState, "ACK_STATE")


_NAMED_BY = ("number", "task_id", "step_key", "attempt")
"""By these fields of a record it is known what it is about."""


class FrameError(ValueError):
    """A frame is not what the protocol says. `host_id`: the host that it names, if it does."""

    def __init__(self, message: str, host_id: HostId | None = None) -> None:
        super().__init__(message)
        self.host_id = host_id


def decode_frame(body: bytes) -> frames.HostFrame | None:
    """Read a frame from a host. None: a kind, or a kind of record, that is not known here.

    Raises:
        FrameError: it is no proto3-JSON of a HostFrame, or beyond the bounds of its fields.
    """
    message = worker_pb2.HostFrame()
    _parse(body, message)
    match message.WhichOneof("frame"):
        case "hello":
            _check(message.hello, HostId(message.hello.host_id))
            return _decode_hello(message.hello)
        case "report":
            return frames.Report(records=_decode_records(message.report))
        case "ack":
            _check(message.ack)
            state = _ACK_STATES.decode(message.ack.state)
            assert state is not None, "a state that is not known is beyond its bounds"
            return frames.Ack(task_id=TaskId(message.ack.task_id), state=state)
        case _:
            return None


def _parse(body: bytes, message: Message) -> None:
    try:
        json_format.Parse(body, message, ignore_unknown_fields=True)
    except (json_format.ParseError, UnicodeDecodeError) as error:
        raise FrameError(f"this is no {message.DESCRIPTOR.name}: {error}") from error


def _check(message: Message, host_id: HostId | None = None) -> None:
    try:
        check(message)
    except BoundsError as error:
        raise FrameError(str(error), host_id) from error


def _decode_hello(message: worker_pb2.Hello) -> frames.Hello:
    state = _HOST_STATES.decode(message.state)
    assert state is not None, "a state that is not known is beyond its bounds"
    return frames.Hello(
        protocol_version=message.protocol_version,
        host_id=HostId(message.host_id),
        process=_decode_process(message.process),
        location=message.location,
        state=state,
        digest=message.digest,
        running_task_ids=tuple(TaskId(task) for task in message.running_task_ids),
        last_record=message.last_record,
        start_method=START_METHODS.decode(message.start_method),
        start_method_reason=message.start_method_reason,
        failure=decode_failure(message.failure) if message.HasField("failure") else None,
        changes=tuple(message.changes),
        notes=tuple(message.notes),
    )


def _decode_process(message: worker_pb2.ProcessId) -> ProcessId:
    return ProcessId(boot_id=message.boot_id, pid=message.pid, start_ticks=message.start_ticks)


def _decode_records(message: worker_pb2.Report) -> tuple[journal.JournalRecord, ...]:
    records = (_decode_record(record) for record in message.records)
    return tuple(record for record in records if record is not None)


def decode_journal_line(line: bytes) -> journal.JournalRecord | None:
    """Read a line of a host's journal. None: a kind of record that is not known here.

    Raises:
        FrameError: it is no proto3-JSON of a JournalRecord, or it cannot be known of what.
    """
    message = worker_pb2.JournalRecord()
    _parse(line, message)
    return _decode_record(message)


def _decode_record(message: worker_pb2.JournalRecord) -> journal.JournalRecord | None:
    """Read a record. One that is beyond its bounds spoils the attempt that it is about.

    Raises:
        FrameError: it cannot be known of which.
    """
    fact: journal.Fact | None
    try:
        check(message)
    except BoundsError as error:
        if error.field.removeprefix("JournalRecord.") in _NAMED_BY:
            raise FrameError(str(error)) from error
        fact = journal.Implausible(problem=str(error))
    else:
        fact = _decode_fact(message)
    if fact is None:
        return None
    return journal.JournalRecord(
        number=message.number,
        task_id=TaskId(message.task_id),
        step_key=StepKey(message.step_key),
        attempt=message.attempt,
        time=None if isinstance(fact, journal.Implausible) else decode_time(message.time),
        fact=fact,
    )


def _decode_fact(message: worker_pb2.JournalRecord) -> journal.Fact | None:
    kind = message.WhichOneof("fact")
    return None if kind is None else _FACTS[kind](getattr(message, kind))


def _decode_begun(message: worker_pb2.AttemptBegun) -> journal.AttemptBegun:
    process = message.process
    return journal.AttemptBegun(
        boot_id=process.boot_id, pid=process.pid, start_ticks=process.start_ticks
    )


def _decode_log_record(message: worker_pb2.WorkerLogRecord) -> journal.WorkerLogRecord:
    return journal.WorkerLogRecord(
        level=message.level, message=message.message, logger=message.logger
    )


def _decode_failed(message: worker_pb2.AttemptFailed) -> journal.AttemptFailed:
    return journal.AttemptFailed(
        failure=decode_failure(message.failure),
        duration_us=message.duration_us,
        pid=message.pid,
        usage=_decode_usage(message),
        retry=decode_retry_request(message.retry) if message.HasField("retry") else None,
        no_retry=message.no_retry,
    )


def _decode_cancelled(message: worker_pb2.AttemptCancelled) -> journal.AttemptCancelled:
    return journal.AttemptCancelled(
        was_running=message.was_running,
        usage=_decode_usage(message),
        exit_code=message.exit_code if message.HasField("exit_code") else None,
        signal=message.signal,
        stderr_tail=decode_text(message.stderr_tail) if message.HasField("stderr_tail") else None,
    )


def _decode_usage(
    message: worker_pb2.AttemptSucceeded | worker_pb2.AttemptFailed | worker_pb2.AttemptCancelled,
) -> AttemptUsage | None:
    return decode_usage(message.usage) if message.HasField("usage") else None


def _decode_succeeded(message: worker_pb2.AttemptSucceeded) -> journal.AttemptSucceeded:
    return journal.AttemptSucceeded(
        stored=tuple(decode_output_stored(item) for item in message.stored),
        materialized=tuple(decode_materialized(item) for item in message.materialized),
        discarded=tuple(decode_output_discarded(item) for item in message.discarded),
        yielded_outputs=tuple(message.yielded_outputs),
        duration_us=message.duration_us,
        pid=message.pid,
        usage=_decode_usage(message),
    )


# Any: each decoder takes exactly the message of the field under whose name it stands.
_FACTS: Mapping[str, Callable[[Any], journal.Fact]] = {
    "begun": _decode_begun,
    "input_loaded": decode_input_loaded,
    "log_record": _decode_log_record,
    "succeeded": _decode_succeeded,
    "failed": _decode_failed,
    "cancelled": _decode_cancelled,
}


def encode_frame(frame: frames.LauncherFrame) -> bytes:
    """Return a frame to a host, without its length."""
    message = worker_pb2.LauncherFrame()
    match frame:
        case frames.Commit():
            message.commit.record = frame.record
            message.commit.SetInParent()
        case Task():
            message.task.CopyFrom(encode_task(frame))
        case frames.Cancel():
            message.cancel.task_id = frame.task_id
            message.cancel.grace_ms = frame.grace_ms
            message.cancel.show_stacks = frame.show_stacks
        case frames.Prepare():
            message.prepare.SetInParent()
        case frames.Drain():
            message.drain.cancel_running = frame.cancel_running
            message.drain.grace_ms = frame.grace_ms
            message.drain.SetInParent()
    return json.dumps(json_format.MessageToDict(message), separators=(",", ":")).encode()


def encode_task(task: Task) -> worker_pb2.Task:
    """Return work for a host."""
    return worker_pb2.Task(
        task_id=task.task_id,
        run_id=task.run_id,
        digest=task.digest,
        run_tags=task.run_tags,
        steps=[_encode_step(step) for step in task.steps],
    )


def _encode_step(step: TaskStep) -> worker_pb2.TaskStep:
    return worker_pb2.TaskStep(
        step_key=step.step_key,
        attempt=step.attempt,
        selected_outputs=step.selected_outputs,
        selected_asset_keys=step.selected_asset_keys,
        inputs=[_encode_input(item) for item in step.inputs],
        outputs=[_encode_output(item) for item in step.outputs],
        unselected_outputs=UNSELECTED.encode(step.unselected_outputs),
        timeout_ms=step.timeout_ms,
        limits=encode_limits(step.limits),
    )


def _encode_input(item: TaskInput) -> worker_pb2.TaskInput:
    return worker_pb2.TaskInput(
        name=item.name,
        sources=[_encode_source(source) for source in item.sources],
        fan_in=item.fan_in,
        not_needed=item.not_needed,
    )


def _encode_source(source: TaskSource) -> worker_pb2.TaskSource:
    return worker_pb2.TaskSource(
        value_ref=encode_value_ref(source.value_ref),
        io_manager_key=source.io_manager_key,
        asset_key=source.asset_key or "",
        run_id=source.run_id or "",
        step_key=source.step_key or "",
        output=source.output or "",
    )


def _encode_output(output: TaskOutput) -> worker_pb2.TaskOutput:
    return worker_pb2.TaskOutput(
        name=output.name,
        selected=output.selected,
        must_yield=output.must_yield,
        nothing=output.nothing,
        assets=[_encode_asset(asset) for asset in output.assets],
        store_intermediate=output.store_intermediate,
        io_manager_key=output.io_manager_key,
        value_key=output.value_key or "",
    )


def _encode_asset(asset: TaskAsset) -> worker_pb2.TaskAsset:
    return worker_pb2.TaskAsset(
        asset_key=asset.asset_key,
        selected=asset.selected,
        io_manager_key=asset.io_manager_key,
        value_key=asset.value_key or "",
    )
