"""Metadata: what a user attaches to an asset or an output, as entries of plain data."""

from __future__ import annotations

import builtins
import datetime
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle.snapshot import JsonValue, MetadataEntry

# Limits of the wire: text in one value, whole numbers, and what one event may reasonably hold.
_TEXT_BYTES: Final = 32 * 1024
_TOTAL_BYTES: Final = 512 * 1024
_INTEGERS: Final = range(-(2**63), 2**63)
_DEPTH: Final = 20

_Str: TypeAlias = str
_Int: TypeAlias = int
_Float: TypeAlias = float
_Bool: TypeAlias = bool


@dataclass(frozen=True, slots=True)
class MetadataValue:
    """A value together with how a person wants to see it."""

    value: Any
    rendering: _Str = ""

    @staticmethod
    def text(text: _Str) -> MetadataValue:
        """Make a value that is shown as text, as it stands."""
        return MetadataValue(text, "text")

    @staticmethod
    def url(url: _Str) -> MetadataValue:
        """Make a value that is shown as a link."""
        return MetadataValue(url, "url")

    @staticmethod
    def path(path: _Str | os.PathLike[_Str]) -> MetadataValue:
        """Make a value that is shown as a place in a file system."""
        return MetadataValue(os.fspath(path), "path")

    @staticmethod
    def md(data: _Str) -> MetadataValue:
        """Make a value that is Markdown."""
        return MetadataValue(data, "markdown")

    @staticmethod
    def json(data: Any) -> MetadataValue:
        """Make a value of lists, mappings with text keys, text, numbers, booleans and None."""
        return MetadataValue(data, "json")

    @staticmethod
    def int(value: _Int) -> MetadataValue:
        """Make a whole number."""
        return MetadataValue(builtins.int(value))

    @staticmethod
    def float(value: _Float) -> MetadataValue:
        """Make a floating point number."""
        return MetadataValue(builtins.float(value))

    @staticmethod
    def bool(value: _Bool) -> MetadataValue:
        """Make a truth value."""
        return MetadataValue(builtins.bool(value))


def metadata_entries(
    metadata: Mapping[str, Any] | None, *, owner: str
) -> tuple[MetadataEntry, ...]:
    """Return the entries, in the order given. `owner` says in messages what they belong to.

    Values are None, bool, whole numbers of 64 bits, float, text of at most 32 KiB, lists and
    tuples, mappings with text keys, or a `MetadataValue`. A path, a date and a time become
    text; a value that knows its plain form by an `item` method, as NumPy's scalars do,
    becomes that. All entries together hold at most 512 KiB.

    Raises:
        ArgumentError: a value is none of these, a name is not text, or it is too much.
    """
    entries = tuple(_entry(name, value, owner) for name, value in (metadata or {}).items())
    _check_total(entries, owner)
    return entries


def merged_entries(*groups: tuple[MetadataEntry, ...], owner: str) -> tuple[MetadataEntry, ...]:
    """Return the entries of all groups; of equal names the last one stays, in the first's place.

    Raises:
        ArgumentError: together they hold more than 512 KiB.
    """
    by_name = {entry.name: entry for group in groups for entry in group}
    merged = tuple(by_name.values())
    _check_total(merged, owner)
    return merged


def _check_total(entries: tuple[MetadataEntry, ...], owner: str) -> None:
    total = sum(len(json.dumps(each.value)) + len(each.name) for each in entries)
    if total > _TOTAL_BYTES:
        raise ArgumentError(
            f"{owner}: its metadata has {total} bytes.",
            fix=f"Keep it below {_TOTAL_BYTES}; what is larger belongs in an asset.",
            source=user_line(),
        )


def _entry(name: object, value: Any, owner: str) -> MetadataEntry:
    text = _checked_text(name, owner, "a name")
    what = f"{owner}: metadata {text!r}"
    if isinstance(value, MetadataValue):
        return MetadataEntry(name=text, value=_plain(value.value, what), rendering=value.rendering)
    rendering = "path" if isinstance(value, os.PathLike) else ""
    return MetadataEntry(name=text, value=_plain(value, what), rendering=rendering)


def _plain(value: Any, what: str, depth: int = 0) -> JsonValue:
    if depth > _DEPTH:
        raise ArgumentError(
            f"{what} is nested deeper than {_DEPTH} levels.",
            fix="Flatten it, or give it as text.",
            source=user_line(),
        )
    match value:
        case list() | tuple():
            return tuple(_plain(item, what, depth + 1) for item in value)
        case Mapping():
            return {
                _checked_text(key, what, "a key"): _plain(item, what, depth + 1)
                for key, item in value.items()
            }
        case os.PathLike():
            return _checked_text(os.fsdecode(value), what, "a path")
        case datetime.date() | datetime.time():
            return value.isoformat()
    return _scalar(value, what)


def _scalar(value: Any, what: str) -> JsonValue:
    match value:
        case None | bool():
            return value
        # An enum's member and NumPy's float64 are of these types too: only the plain part stays.
        case str():
            return _checked_text(str.__str__(value), what, "text")
        case int() if int(value) in _INTEGERS:
            return int(value)
        case float():
            return float(value)
        case int():
            raise ArgumentError(
                f"{what} is a whole number of more than 64 bits.",
                fix="Give it as text or as a float.",
                source=user_line(),
            )
    item = getattr(value, "item", None)
    if callable(item) and not isinstance(value, type):
        try:
            unwrapped = item()
        except (TypeError, ValueError):
            unwrapped = value
        if isinstance(unwrapped, (bool, int, float, str, datetime.date, datetime.time)):
            return _plain(unwrapped, what)
    raise ArgumentError(
        f"{what} has a value of type {type(value).__name__}: {value!r:.80}.",
        fix="Use text, numbers, booleans, None, paths, dates, or lists and mappings of these.",
        source=user_line(),
    )


def _checked_text(text: object, what: str, role: str) -> str:
    if not isinstance(text, str):
        problem = f"{what} has {role} of type {type(text).__name__}: {text!r:.80}"
        fix = "Use text."
    elif not _is_encodable(text):
        problem = f"{what} has {role} with characters that UTF-8 cannot hold: {text!r:.80}"
        fix = "Decode it properly, or replace them."
    elif len(text.encode()) > _TEXT_BYTES:
        problem = f"{what} has {role} of {len(text.encode())} bytes"
        fix = f"Keep it below {_TEXT_BYTES}; what is larger belongs in an asset."
    else:
        return text
    raise ArgumentError(f"{problem}.", fix=fix, source=user_line())


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
