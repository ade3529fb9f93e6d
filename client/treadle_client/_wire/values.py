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
from treadle_client._errors import TreadleClientError
from treadle_client._metadata import Metadata, PlainValue
from treadle_client._text import Text
from treadle_client._value_ref import SourceLocation, ValueRef

ReadText: TypeAlias = Callable[[str], str]
"""Fetches the whole of a long text by its id."""

E = TypeVar("E", bound=StrEnum)


def decode_enum(members: type[E], names: EnumDescriptor, number: int) -> E:
    """Turn an enum's number into our member, whose name is the full one less its prefix.

    Raises:
        TreadleClientError: the number is unset, or newer than this client.
    """
    member = decode_optional_enum(members, names, number)
    if member is None:
        raise TreadleClientError(f"The launcher sent no {members.__name__}.")
    return member


def decode_optional_enum(members: type[E], names: EnumDescriptor, number: int) -> E | None:
    """Do as decode_enum, and return None for the unset 0."""
    if number == 0:
        return None
    prefix = names.values_by_number[0].name.removesuffix("UNSPECIFIED")
    known = names.values_by_number.get(number)
    if known is None:
        raise TreadleClientError(
            f"The launcher sent {members.__name__} {number}, which this client is too old to know."
        )
    return members[known.name.removeprefix(prefix)]


def decode_time(message: Timestamp) -> datetime:
    """Turn a timestamp into an aware datetime, UTC, in microseconds."""
    return message.ToDatetime(tzinfo=UTC)


def decode_duration(message: Duration) -> timedelta:
    """Turn a duration into a timedelta."""
    return message.ToTimedelta()


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
