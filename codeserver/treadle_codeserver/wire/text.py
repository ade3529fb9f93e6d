"""Texts of users' as the contract has them: what protobuf can hold, and no longer than it allows."""

from __future__ import annotations

from treadle_codeserver import defaults
from treadle_contract.value import SourceLocation, Text


def source_of(source: SourceLocation | None) -> SourceLocation | None:
    """Return a place in the user's source; None stays unset."""
    if source is None or source.file.isascii():
        return source
    return SourceLocation(file=printable(source.file), line=source.line)


def text_of(text: str, limit: int = defaults.TEXT_BYTES) -> Text:
    """Return a text; of one over the limit, in bytes, its two ends.

    There is no `text_id`: the code server keeps no text beside its snapshot.
    """
    data = printable(text).encode()
    if len(data) <= limit:
        return Text(head=data.decode())
    half = limit // 2
    head = data[:half].decode(errors="ignore")
    tail = data[-half:].decode(errors="ignore")
    omitted = len(data) - len(head.encode()) - len(tail.encode())
    return Text(head=head, tail=tail, omitted_bytes=omitted)


def cut(text: str, limit: int = defaults.TEXT_BYTES) -> str:
    """Return the text, over the limit in bytes its two ends with the gap named."""
    if len(text) <= limit and text.isascii():
        return text
    ends = text_of(text, limit - 64)
    if not ends.omitted_bytes or len(printable(text).encode()) <= limit:
        return printable(text)
    return f"{ends.head}\n[{ends.omitted_bytes} bytes left out]\n{ends.tail}"


def printable(text: str) -> str:
    """Return the text as protobuf can hold it: what is no Unicode becomes "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
