"""value.proto: user values, metadata, text and places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from google.protobuf import timestamp_pb2

from treadle.snapshot import SourceLine
from treadle_api.v1 import value_pb2
from treadle_codeserver import defaults
from treadle_contract.message import UserValue
from treadle_contract.value import MetadataEntry

_INT64 = range(-(2**63), 2**63)


def encode_value(value: UserValue) -> value_pb2.Value:  # noqa: PLR0911 - one for each type
    """Encode a user's value; an integer that does not fit 64 bits becomes text."""
    match value:
        case None:
            return value_pb2.Value()
        case bool():
            return value_pb2.Value(bool_value=value)
        case int():
            if value in _INT64:
                return value_pb2.Value(int_value=value)
            return value_pb2.Value(string_value=cut(hex(value)))
        case float():
            return value_pb2.Value(double_value=value)
        case str():
            return value_pb2.Value(string_value=cut(value))
        case Mapping():
            entries = {name: encode_value(item) for name, item in value.items()}
            return value_pb2.Value(map_value=value_pb2.ValueMap(entries=entries))
        case datetime():
            moment = timestamp_pb2.Timestamp()
            moment.FromDatetime(value)
            return value_pb2.Value(time_value=moment)
    return value_pb2.Value(
        list_value=value_pb2.ValueList(values=[encode_value(item) for item in value])
    )


def encode_metadata(entries: Iterable[MetadataEntry]) -> list[value_pb2.MetadataEntry]:
    """Encode named facts."""
    return [
        value_pb2.MetadataEntry(
            name=entry.name, value=encode_value(entry.value), rendering=entry.rendering
        )
        for entry in entries
    ]


def encode_source(source: SourceLine | None) -> value_pb2.SourceLocation | None:
    """Encode a place in the user's source; None stays unset."""
    if source is None:
        return None
    return value_pb2.SourceLocation(file=printable(source.file), line=source.line)


def encode_text(text: str, limit: int = defaults.TEXT_BYTES) -> value_pb2.Text:
    """Encode a text; of one over the limit, in bytes, its two ends.

    There is no `text_id`: the code server keeps no text beside its snapshot.
    """
    data = printable(text).encode()
    if len(data) <= limit:
        return value_pb2.Text(head=data.decode())
    half = limit // 2
    head = data[:half].decode(errors="ignore")
    tail = data[-half:].decode(errors="ignore")
    omitted = len(data) - len(head.encode()) - len(tail.encode())
    return value_pb2.Text(head=head, tail=tail, omitted_bytes=omitted)


def cut(text: str, limit: int = defaults.TEXT_BYTES) -> str:
    """Return the text, over the limit in bytes its two ends with the gap named."""
    encoded = encode_text(text, limit - 64)
    if not encoded.omitted_bytes or len(printable(text).encode()) <= limit:
        return printable(text)
    return f"{encoded.head}\n[{encoded.omitted_bytes} bytes left out]\n{encoded.tail}"


def printable(text: str) -> str:
    """Return the text as protobuf can hold it: what is no Unicode becomes "?"."""
    return text.encode("utf-8", "replace").decode()
