"""Journal facts as proto3-JSON: what a step process tells its host, and a host its launcher."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from treadle.execution import RetryAsk
from treadle.snapshot import KeyText
from treadle.task import DiscardedOutput, LoadedInput, StepResult, StoredOutput, TaskSource
from treadle_worker.messages import (
    AttemptBegun,
    AttemptCancelled,
    AttemptFailed,
    AttemptSucceeded,
    AttemptUsage,
    Fact,
    JournalRecord,
    MemoryScope,
    ProcessId,
    WorkerLogRecord,
)
from treadle_worker.wire.fields import (
    JsonObject,
    child,
    children,
    flag,
    int64,
    integer,
    member,
    message,
    text,
    texts,
)
from treadle_worker.wire.values import (
    decode_failure,
    decode_metadata,
    decode_value_ref,
    encode_failure,
    encode_metadata,
    encode_time,
    encode_value_ref,
)


def encode_record(record: JournalRecord) -> dict[str, object]:
    """Write a JournalRecord."""
    return {
        **message(
            number=int64(record.number),
            taskId=record.task_id,
            stepKey=record.step_key,
            attempt=record.attempt,
            time=encode_time(record.time),
        ),
        **encode_fact(record.fact),
    }


def encode_fact(fact: Fact) -> dict[str, object]:
    """Write a fact as the one field of JournalRecord's oneof that it is."""
    match fact:
        case AttemptBegun():
            return {"begun": {"process": encode_process(fact.process)}}
        case LoadedInput():
            return {"inputLoaded": _encode_loaded(fact)}
        case WorkerLogRecord(level=level, logger=logger, message=words):
            return {"logRecord": message(level=level, logger=logger, message=words)}
        case AttemptSucceeded():
            return {"succeeded": _encode_succeeded(fact)}
        case AttemptFailed():
            return {"failed": _encode_failed(fact)}
        case AttemptCancelled():
            return {"cancelled": _encode_cancelled(fact)}


def decode_fact(obj: JsonObject) -> Fact | None:
    """Read the fact of a record, or one that stands alone; None for a kind unknown here.

    Raises:
        WireError: a field is not what worker.proto says.
    """
    for name, decode in _DECODERS.items():
        if (body := child(obj, name)) is not None:
            return decode(body)
    return None


def encode_process(process: ProcessId) -> dict[str, object]:
    """Write a ProcessId."""
    return message(bootId=process.boot_id, pid=process.pid, startTicks=int64(process.start_ticks))


def _decode_begun(obj: JsonObject) -> AttemptBegun:
    process = child(obj, "process") or {}
    return AttemptBegun(
        process=ProcessId(
            boot_id=text(process, "bootId"),
            pid=integer(process, "pid"),
            start_ticks=integer(process, "startTicks"),
        )
    )


def _decode_log_record(obj: JsonObject) -> WorkerLogRecord:
    return WorkerLogRecord(
        level=text(obj, "level"), logger=text(obj, "logger"), message=text(obj, "message")
    )


def _encode_failed(fact: AttemptFailed) -> dict[str, object]:
    retry = fact.retry
    asked = retry and message(maxRetries=retry.max_retries, delayMs=int64(retry.delay_ms))
    return {
        "failure": encode_failure(fact.failure),
        **message(
            durationUs=int64(fact.duration_us),
            pid=fact.pid,
            usage=_encode_usage(fact.usage),
            noRetry=fact.no_retry,
        ),
        # One without further attempts says something too: `message` would leave it out.
        **({} if asked is None else {"retry": asked}),
    }


def _decode_failed(obj: JsonObject) -> AttemptFailed:
    return AttemptFailed(
        failure=decode_failure(child(obj, "failure") or {}),
        duration_us=integer(obj, "durationUs"),
        pid=integer(obj, "pid"),
        usage=_decode_usage(obj),
        retry=_decode_retry(obj),
        no_retry=flag(obj, "noRetry"),
    )


def _decode_retry(obj: JsonObject) -> RetryAsk | None:
    retry = child(obj, "retry")
    if retry is None:
        return None
    return RetryAsk(max_retries=integer(retry, "maxRetries"), delay_ms=integer(retry, "delayMs"))


def _encode_cancelled(fact: AttemptCancelled) -> dict[str, object]:
    return {
        **message(
            wasRunning=fact.was_running,
            usage=_encode_usage(fact.usage),
            signal=fact.signal,
            stderrTail=message(head=fact.stderr_tail),
        ),
        # Zero says something too: `message` would leave it out.
        **({} if fact.exit_code is None else {"exitCode": fact.exit_code}),
    }


def _decode_cancelled(obj: JsonObject) -> AttemptCancelled:
    return AttemptCancelled(
        was_running=flag(obj, "wasRunning"),
        usage=_decode_usage(obj),
        exit_code=integer(obj, "exitCode") if "exitCode" in obj else None,
        signal=text(obj, "signal"),
        stderr_tail=text(child(obj, "stderrTail") or {}, "head"),
    )


def _encode_usage(usage: AttemptUsage | None) -> dict[str, object]:
    if usage is None:
        return {}
    return message(
        wallUs=int64(usage.wall_us),
        cpuUs=int64(usage.cpu_us),
        peakMemoryBytes=int64(usage.peak_memory_bytes),
        memoryScope=usage.memory_scope and usage.memory_scope.value,
    )


def _decode_usage(obj: JsonObject) -> AttemptUsage | None:
    usage = child(obj, "usage")
    if usage is None:
        return None
    return AttemptUsage(
        wall_us=integer(usage, "wallUs"),
        cpu_us=integer(usage, "cpuUs"),
        peak_memory_bytes=integer(usage, "peakMemoryBytes"),
        memory_scope=member(usage, "memoryScope", MemoryScope),
    )


def _encode_loaded(loaded: LoadedInput) -> dict[str, object]:
    source = loaded.source or TaskSource(io_manager_key="")
    return message(
        input=loaded.input,
        position=loaded.position,
        assetKey=source.asset_key,
        fromRunId=source.run_id,
        fromStepKey=source.step_key,
        fromOutput="" if source.asset_key else source.output,
        valueRef=encode_value_ref(source.value_ref),
        notNeeded=loaded.not_needed,
    )


def _decode_loaded(obj: JsonObject) -> LoadedInput:
    asset_key = text(obj, "assetKey")
    source = TaskSource(
        io_manager_key="",
        value_ref=decode_value_ref(obj),
        asset_key=KeyText(asset_key) if asset_key else None,
        run_id=text(obj, "fromRunId"),
        step_key=text(obj, "fromStepKey"),
        output=text(obj, "fromOutput"),
    )
    not_needed = flag(obj, "notNeeded")
    return LoadedInput(
        input=text(obj, "input"),
        position=integer(obj, "position"),
        source=None if not_needed else source,
        not_needed=not_needed,
    )


def _encode_succeeded(fact: AttemptSucceeded) -> dict[str, object]:
    result = fact.result
    return message(
        stored=[_encode_stored(each) for each in result.stored],
        materialized=[
            {**_encode_stored(each), **message(unexpected=each.unexpected, digest=fact.digest)}
            for each in result.stored
            if each.asset_key is not None
        ],
        discarded=[
            message(output=each.output, assetKeys=list(each.asset_keys))
            for each in result.discarded
        ],
        yieldedOutputs=list(result.yielded_outputs),
        durationUs=int64(fact.duration_us),
        pid=fact.pid,
        usage=_encode_usage(fact.usage),
    )


def _encode_stored(stored: StoredOutput) -> dict[str, object]:
    return message(
        output=stored.output,
        assetKey=stored.asset_key,
        valueRef=encode_value_ref(stored.value_ref),
        ioManagerKey=stored.io_manager_key,
        metadata=encode_metadata(stored.metadata),
    )


def _decode_succeeded(obj: JsonObject) -> AttemptSucceeded:
    materialized = children(obj, "materialized")
    unexpected = {
        (text(each, "output"), text(each, "assetKey"))
        for each in materialized
        if flag(each, "unexpected")
    }
    result = StepResult(
        stored=tuple(_decode_stored(each, unexpected) for each in children(obj, "stored")),
        discarded=tuple(
            DiscardedOutput(
                output=text(each, "output"),
                asset_keys=tuple(KeyText(key) for key in texts(each, "assetKeys")),
            )
            for each in children(obj, "discarded")
        ),
        yielded_outputs=texts(obj, "yieldedOutputs"),
    )
    return AttemptSucceeded(
        result=result,
        digest=text(materialized[0], "digest") if materialized else "",
        duration_us=integer(obj, "durationUs"),
        pid=integer(obj, "pid"),
        usage=_decode_usage(obj),
    )


def _decode_stored(obj: JsonObject, unexpected: set[tuple[str, str]]) -> StoredOutput:
    output = text(obj, "output")
    asset_key = text(obj, "assetKey")
    return StoredOutput(
        output=output,
        asset_key=KeyText(asset_key) if asset_key else None,
        value_ref=decode_value_ref(obj),
        io_manager_key=text(obj, "ioManagerKey"),
        metadata=decode_metadata(obj),
        unexpected=(output, asset_key) in unexpected,
    )


_DECODERS: Mapping[str, Callable[[JsonObject], Fact]] = {
    "begun": _decode_begun,
    "inputLoaded": _decode_loaded,
    "logRecord": _decode_log_record,
    "succeeded": _decode_succeeded,
    "failed": _decode_failed,
    "cancelled": _decode_cancelled,
}
