"""value.proto and the well-known times: values of users, texts, references to stored values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from treadle_api.v1 import value_pb2
from treadle_contract.ids import TextId
from treadle_contract.message import UserValue
from treadle_contract.value import MetadataEntry, SourceLocation, Text, ValueRef
from treadle_launcher.clock import TimeUs

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def encode_time(time: TimeUs | None) -> Timestamp | None:
    """Return a Timestamp; None leaves a field unset."""
    if time is None:
        return None
    seconds, micros = divmod(time, 1_000_000)
    return Timestamp(seconds=seconds, nanos=micros * 1000)


def decode_time(message: Timestamp) -> TimeUs:
    """Return microseconds since the epoch."""
    return TimeUs(message.seconds * 1_000_000 + message.nanos // 1000)


def encode_value(value: UserValue) -> value_pb2.Value:
    """Return a user's value."""
    message = value_pb2.Value()
    match value:
        case None:
            pass
        case bool():  # Before int, which it is too.
            message.bool_value = value
        case int():
            message.int_value = value
        case float():
            message.double_value = value
        case str():
            message.string_value = value
        case datetime():
            message.time_value.CopyFrom(_encode_moment(value))
        case Mapping():
            # An empty map is a map too: touched, the field is set.
            message.map_value.SetInParent()
            for name, entry in value.items():
                message.map_value.entries[name].CopyFrom(encode_value(entry))
        case _:
            message.list_value.SetInParent()
            message.list_value.values.extend(encode_value(element) for element in value)
    return message


def _encode_moment(moment: datetime) -> Timestamp:
    seconds, micros = divmod((moment - _EPOCH) // _MICROSECOND, 1_000_000)
    return Timestamp(seconds=seconds, nanos=micros * 1000)


def decode_value(message: value_pb2.Value) -> UserValue:
    """Read a user's value."""
    kind = message.WhichOneof("kind")
    match kind:
        case None:
            return None
        case "list_value":
            return tuple(decode_value(value) for value in message.list_value.values)
        case "map_value":
            entries = message.map_value.entries
            return {name: decode_value(entries[name]) for name in entries}
        case "time_value":
            return _EPOCH + decode_time(message.time_value) * _MICROSECOND
        case _:
            scalar: bool | int | float | str = getattr(message, kind)
            return scalar


def encode_metadata(entries: Iterable[MetadataEntry]) -> list[value_pb2.MetadataEntry]:
    """Return named facts, in order."""
    return [
        value_pb2.MetadataEntry(
            name=entry.name, value=encode_value(entry.value), rendering=entry.rendering
        )
        for entry in entries
    ]


def decode_metadata(messages: Iterable[value_pb2.MetadataEntry]) -> tuple[MetadataEntry, ...]:
    """Read named facts, in order."""
    return tuple(
        MetadataEntry(
            name=message.name, value=decode_value(message.value), rendering=message.rendering
        )
        for message in messages
    )


def encode_text(text: Text | None) -> value_pb2.Text | None:
    """Return a text; None leaves a field unset."""
    if text is None:
        return None
    return value_pb2.Text(
        head=text.head,
        tail=text.tail,
        omitted_bytes=text.omitted_bytes,
        text_id=text.text_id,
    )


def decode_text(message: value_pb2.Text) -> Text:
    """Read a text."""
    return Text(
        head=message.head,
        tail=message.tail,
        omitted_bytes=message.omitted_bytes,
        text_id=TextId(message.text_id),
    )


def encode_value_ref(ref: ValueRef | None) -> value_pb2.ValueRef | None:
    """Return the name of a stored value; None leaves a field unset."""
    if ref is None:
        return None
    return value_pb2.ValueRef(
        store=ref.store,
        key=ref.key,
        codec=ref.codec,
        size_bytes=ref.size_bytes,
        checksum=ref.checksum,
    )


def decode_value_ref(message: value_pb2.ValueRef) -> ValueRef:
    """Read the name of a stored value."""
    return ValueRef(
        store=message.store,
        key=message.key,
        codec=message.codec,
        size_bytes=message.size_bytes,
        checksum=message.checksum,
    )


def encode_source(source: SourceLocation | None) -> value_pb2.SourceLocation | None:
    """Return a place in the user's source; None leaves a field unset."""
    if source is None:
        return None
    return value_pb2.SourceLocation(file=source.file, line=source.line)


def decode_source(message: value_pb2.SourceLocation) -> SourceLocation:
    """Read a place in the user's source."""
    return SourceLocation(file=message.file, line=message.line)
