"""Metadata: what a user attaches to an asset or an output, as entries of plain data."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Mapping
from typing import Any

from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle.snapshot import JsonValue, MetadataEntry

_SCALARS = (bool, int, float, str)


def metadata_entries(metadata: Mapping[str, Any], *, owner: str) -> tuple[MetadataEntry, ...]:
    """Return the entries, in the order given.

    Values are JSON: None, bool, int, float, str, lists and tuples, mappings with text keys. A
    path, a date, and a float that JSON has no number for become text; a value that knows its plain form by an `item`
    method, as NumPy's scalars do, becomes that.

    Raises:
        ArgumentError: a value is none of these, or a name is not text.
    """
    return tuple(
        MetadataEntry(
            name=_checked_text(name, owner),
            value=_json(value, owner, name),
            rendering="path" if isinstance(value, os.PathLike) else "",
        )
        for name, value in metadata.items()
    )


def _json(value: Any, owner: str, name: str) -> JsonValue:
    plain = _plain(value)
    match plain:
        case None | bool() | int() | float() | str():
            return plain
        case list() | tuple():
            return tuple(_json(item, owner, name) for item in plain)
        case Mapping():
            return {
                _checked_text(key, owner): _json(item, owner, name) for key, item in plain.items()
            }
    raise ArgumentError(
        f"{owner}: metadata {name!r} has a value of type {type(value).__name__}: {value!r:.80}.",
        fix="Use text, numbers, booleans, None, or lists and mappings of these.",
        source=user_line(),
    )


def _plain(value: Any) -> Any:
    """Return the value as JSON's own type where it knows one, else as it is."""
    match value:
        case float():
            return float(value) if math.isfinite(value) else str(float(value))
        case os.PathLike():
            return os.fsdecode(value)
        case datetime.date() | datetime.time():
            return value.isoformat()
    item = getattr(value, "item", None)
    if not callable(item) or isinstance(value, type):
        return value
    try:
        unwrapped = item()
    except (TypeError, ValueError):  # an array of several elements has an `item`, too
        return value
    return _plain(unwrapped) if type(unwrapped) in _SCALARS else value


def _checked_text(name: object, owner: str) -> str:
    if isinstance(name, str):
        return name
    raise ArgumentError(
        f"{owner}: metadata has a key of type {type(name).__name__}: {name!r:.80}.",
        fix="Use text.",
        source=user_line(),
    )
