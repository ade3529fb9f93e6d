"""launcher.proto: what its requests ask for, and its streams cut to size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from treadle_api.v1 import event_pb2, launcher_pb2
from treadle_contract.plan import Reexecution
from treadle_launcher.asset_history import AssetRecord
from treadle_launcher.attempt_logs import LogChunk, LogStream
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.events import Event
from treadle_launcher.launch_request import LaunchRequest
from treadle_launcher.wire.enums import EnumCodec
from treadle_launcher.wire.event import encode_event
from treadle_launcher.wire.plan import (
    check_reexecution,
    decode_options,
    decode_reexecution,
    decode_selection,
)
from treadle_launcher.wire.run import encode_materialization

_STREAMS = EnumCodec(LogStream, launcher_pb2.LogStream, "LOG_STREAM")

_BATCH_EVENTS = 500
_BATCH_BYTES = 1024 * 1024


def decode_launch(request: launcher_pb2.LaunchRunRequest) -> LaunchRequest:
    """Read what is to be run.

    Raises:
        BadArgumentError: something has a value that is not known here, or rules out another.
    """
    return LaunchRequest(
        location=request.location,
        selection=decode_selection(request.selection),
        options=decode_options(request.options),
        tags=dict(request.tags),
        idempotency_key=request.idempotency_key,
        digest=request.digest,
        fingerprint=request.fingerprint,
        reexecution=decode_asked(request),
        timeout_ms=_limit("timeout_ms", request.timeout_ms, request.no_timeout),
        retry_lost=_limit("retry_lost", request.retry_lost, request.no_retry_lost),
    )


def _limit(field: str, number: int, none: bool) -> int | None:
    """Read a number of which 0 says nothing: with its field's `no_`, 0 is meant."""
    if number and none:
        name = field.removesuffix("_ms")
        raise BadArgumentError(
            [str(number)], message=f"Give either {field}, which is {number}, or no_{name}."
        )
    return 0 if none else number or None


def decode_asked(
    request: launcher_pb2.PlanRunRequest | launcher_pb2.LaunchRunRequest,
) -> Reexecution | None:
    """Read which earlier run is gone on from, if one is.

    Raises:
        BadArgumentError: what that run has is set beside it, or a value is not known here.
    """
    if not request.HasField("reexecution"):
        return None
    if request.location or request.HasField("selection") or request.HasField("options"):
        message = "A re-execution has the location, selection and options of its earlier run."
        raise BadArgumentError(message=f"{message} Leave them out.")
    asked = decode_reexecution(request.reexecution)
    check_reexecution(asked)
    return asked


def encode_events(events: Sequence[Event]) -> Iterator[launcher_pb2.WatchRunResponse]:
    """Return events in batches of at most 500 or 1 MiB; one event each has always room."""
    batch: list[event_pb2.Event] = []
    size = 0
    for event in events:
        message = encode_event(event)
        added = message.ByteSize()
        if batch and (len(batch) == _BATCH_EVENTS or size + added > _BATCH_BYTES):
            yield launcher_pb2.WatchRunResponse(events=batch)
            batch, size = [], 0
        batch.append(message)
        size += added
    if batch:
        yield launcher_pb2.WatchRunResponse(events=batch)


def decode_stream(number: int) -> LogStream | None:
    """Read which stream is wanted; None: all.

    Raises:
        BadArgumentError: there is no such stream.
    """
    stream = _STREAMS.decode(number)
    if stream is None and number:
        raise BadArgumentError([str(number)], message=f"There is no log stream {number}.")
    return stream


def encode_chunk(chunk: LogChunk) -> launcher_pb2.ReadLogsResponse:
    """Return bytes that an attempt wrote."""
    return launcher_pb2.ReadLogsResponse(
        stream=_STREAMS.encode(chunk.stream),
        offset=chunk.offset,
        data=chunk.data,
        omitted_bytes=chunk.omitted_bytes,
    )


def encode_asset_record(record: AssetRecord) -> launcher_pb2.AssetEntry:
    """Return an asset and what was made of it last."""
    return launcher_pb2.AssetEntry(
        asset=record.graph.encode_asset(record.key, conflict=record.conflict),
        location=record.location,
        latest=None if record.latest is None else encode_materialization(record.latest),
    )
