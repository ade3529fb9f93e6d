"""Values, metadata, texts and times of the contract as Python objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from treadle_api.v1 import value_pb2
from treadle_client._metadata import Metadata, PlainValue
from treadle_client._text import Text
from treadle_client._value_ref import SourceLocation, ValueRef

ReadText: TypeAlias = Callable[[str], str]
"""Fetches the whole of a long text by its id."""

E = TypeVar("E", bound=StrEnum)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_SECOND = -62_135_510_400
"""A day into the year 1: what is shown in another time zone lies in a year too."""
_LAST_SECOND = 253_402_214_400
"""A day before the year 10,000."""
_LONGEST_US = 100 * 366 * 24 * 60 * 60 * 1_000_000
"""A hundred years: nothing that the contract allows is longer."""


def decode_enum(members: type[E], names: EnumDescriptor, number: int) -> E:
    """Turn an enum's number into our member, whose name is the full one less its prefix.

    One that this client does not know is a member all the same, that no other equals: a client
    shows what a newer launcher, or a home that one wrote, holds.
    """
    value = names.values_by_number.get(number)
    prefix = names.values_by_number[0].name.removesuffix("UNSPECIFIED")
    name = f"UNKNOWN_{number}" if value is None else value.name.removeprefix(prefix)
    member = members.__members__.get(name)
    return _stranger(members, name) if member is None else member


def decode_optional_enum(members: type[E], names: EnumDescriptor, number: int) -> E | None:
    """Do as decode_enum, and return None for the unset 0."""
    return decode_enum(members, names, number) if number else None


def _stranger(members: type[E], name: str) -> E:
    stranger = str.__new__(members, name)
    stranger._name_ = stranger._value_ = name
    return stranger


def decode_time(message: Timestamp) -> datetime:
    """Turn a timestamp into an aware datetime, UTC, in microseconds; the nearest that there is."""
    seconds = min(max(message.seconds, _FIRST_SECOND), _LAST_SECOND)
    return _EPOCH + timedelta(seconds=seconds, microseconds=message.nanos // 1000)


def decode_duration(message: Duration) -> timedelta:
    """Turn a duration into a timedelta."""
    return decode_span(message.seconds * 1_000_000 + message.nanos // 1000)


def decode_span(microseconds: int) -> timedelta:
    """Turn a time in microseconds into a timedelta; the nearest that a calendar has room for."""
    return timedelta(microseconds=min(max(microseconds, -_LONGEST_US), _LONGEST_US))


def decode_value(message: value_pb2.Value) -> PlainValue:
    """Turn a user's value into the Python object it stands for."""
    match message.WhichOneof("kind"):
        case None:
            return None
        case "time_value":
            return decode_time(message.time_value)
        case "list_value":
            return tuple(decode_value(item) for item in message.list_value.values)
        case "map_value":
            entries = message.map_value.entries
            return MappingProxyType({name: decode_value(entries[name]) for name in sorted(entries)})
        case kind:
            scalar: bool | int | float | str = getattr(message, kind)
            return scalar


def decode_metadata(entries: Iterable[value_pb2.MetadataEntry]) -> Metadata:
    """Turn metadata entries into a mapping, in their order."""
    kept = tuple(entries)
    return Metadata(
        {entry.name: decode_value(entry.value) for entry in kept},
        {entry.name: entry.rendering for entry in kept if entry.rendering},
    )


def decode_text(message: value_pb2.Text, read_text: ReadText) -> Text:
    """Turn a text into ours, which fetches what the message left out when it is asked to."""
    text_id = message.text_id
    return Text(
        head=message.head,
        tail=message.tail,
        omitted_bytes=message.omitted_bytes,
        _fetch=(lambda: read_text(text_id)) if text_id else None,
    )


def decode_source(message: value_pb2.SourceLocation) -> SourceLocation | None:
    """Turn a place in the source into ours; None when no file is named."""
    return SourceLocation(file=message.file, line=message.line) if message.file else None


def decode_value_ref(message: value_pb2.ValueRef) -> ValueRef | None:
    """Turn a value's name into ours; None when it is unset."""
    if not message.key:
        return None
    return ValueRef(
        store=message.store,
        key=message.key,
        codec=message.codec,
        size_bytes=message.size_bytes,
        checksum=message.checksum,
    )
