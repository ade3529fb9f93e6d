"""Values, metadata, value references, moments and failures as proto3-JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from treadle.snapshot import JsonValue, MetadataEntry, SourceLine
from treadle.task import ValueRef
from treadle_worker.messages import Failure, FailureReason, FailureWhere
from treadle_worker.wire.fields import (
    JsonObject,
    WireError,
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

_INT64 = range(-(2**63), 2**63)


def encode_time(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC, with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def encode_value(value: JsonValue) -> dict[str, object]:  # noqa: PLR0911 (one for each kind)
    """Write a user's value; a whole number that 64 bits do not hold is written as text."""
    match value:
        case None:
            return {}
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)} if value in _INT64 else {"stringValue": str(value)}
        case float():
            return {"doubleValue": _encode_double(value)}
        case str():
            return {"stringValue": value}
        case Mapping():
            entries = {key: encode_value(element) for key, element in value.items()}
            return {"mapValue": message(entries=entries)}
        case _:
            return {"listValue": message(values=[encode_value(element) for element in value])}


def decode_value(obj: JsonObject) -> JsonValue:
    """Read a user's value; None for a kind unknown here."""
    for kind, decode in _DECODERS.items():
        if kind in obj:
            return decode(obj, kind)
    return None


def _encode_double(value: float) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _decode_double(obj: JsonObject, kind: str) -> float:
    value = obj[kind]
    if not isinstance(value, int | float | str):
        raise WireError(f"{kind} must be a number, not {value!r}")
    return float(value)


def _decode_list(obj: JsonObject, kind: str) -> JsonValue:
    return tuple(decode_value(each) for each in children(child(obj, kind) or {}, "values"))


def _decode_map(obj: JsonObject, kind: str) -> JsonValue:
    entries = child(child(obj, kind) or {}, "entries") or {}
    return {key: decode_value(child(entries, key) or {}) for key in entries}


_DECODERS: Mapping[str, Callable[[JsonObject, str], JsonValue]] = {
    "boolValue": flag,
    "intValue": integer,
    "doubleValue": _decode_double,
    "stringValue": text,
    "listValue": _decode_list,
    "mapValue": _decode_map,
    "timeValue": text,
}


def encode_metadata(entries: Iterable[MetadataEntry]) -> list[dict[str, object]]:
    """Write metadata, in its order."""
    return [
        {
            **message(name=entry.name, rendering=entry.rendering),
            "value": encode_value(entry.value),
        }
        for entry in entries
    ]


def decode_metadata(obj: JsonObject) -> tuple[MetadataEntry, ...]:
    """Read the field `metadata`."""
    return tuple(
        MetadataEntry(
            name=text(entry, "name"),
            value=decode_value(child(entry, "value") or {}),
            rendering=text(entry, "rendering"),
        )
        for entry in children(obj, "metadata")
    )


def encode_value_ref(ref: ValueRef | None) -> dict[str, object]:
    """Write a value reference; None as an object that `message` leaves out."""
    if ref is None:
        return {}
    return message(
        store=ref.store,
        key=ref.key,
        codec=ref.codec,
        sizeBytes=int64(ref.size_bytes),
        checksum=ref.checksum,
    )


def decode_value_ref(obj: JsonObject) -> ValueRef | None:
    """Read the field `valueRef`."""
    ref = child(obj, "valueRef")
    if ref is None:
        return None
    return ValueRef(
        store=text(ref, "store"),
        key=text(ref, "key"),
        codec=text(ref, "codec"),
        size_bytes=integer(ref, "sizeBytes"),
        checksum=text(ref, "checksum"),
    )


def encode_failure(failure: Failure) -> dict[str, object]:
    """Write a failure; its texts stand whole in `head`."""
    source = failure.source
    return message(
        reason=failure.reason.value,
        where=failure.where and failure.where.value,
        message=failure.message,
        errorClass=failure.error_class,
        traceback=message(head=failure.traceback),
        source=source and message(file=source.file, line=source.line),
        exitCode=failure.exit_code,
        signal=failure.signal,
        stderrTail=message(head=failure.stderr_tail),
        likely=failure.likely,
        evidence=list(failure.evidence),
        metadata=encode_metadata(failure.metadata),
    )


def decode_failure(obj: JsonObject) -> Failure:
    """Read a failure; one without a reason that is known here is INTERNAL."""
    source = child(obj, "source")
    return Failure(
        reason=member(obj, "reason", FailureReason) or FailureReason.INTERNAL,
        where=member(obj, "where", FailureWhere),
        message=text(obj, "message"),
        error_class=text(obj, "errorClass"),
        traceback=text(child(obj, "traceback") or {}, "head"),
        source=None
        if source is None
        else SourceLine(file=text(source, "file"), line=integer(source, "line")),
        exit_code=integer(obj, "exitCode"),
        signal=text(obj, "signal"),
        stderr_tail=text(child(obj, "stderrTail") or {}, "head"),
        likely=flag(obj, "likely"),
        evidence=texts(obj, "evidence"),
        metadata=decode_metadata(obj),
    )
