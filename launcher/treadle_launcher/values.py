"""What users wrote and where values lie: the launcher's mirror of value.proto."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from treadle_launcher.ids import TextId

UserValue: TypeAlias = (
    "bool | int | float | str | datetime | tuple[UserValue, ...] | Mapping[str, UserValue] | None"
)
"""A value of metadata. A datetime is aware and in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataEntry:
    """One named fact. `rendering` is "text", "url", "path", "markdown", "json", or "": plain."""

    name: str
    value: UserValue
    rendering: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRef:
    """The name of one stored value: store, key inside it, codec, bytes, "algorithm:hex"."""

    store: str
    key: str
    codec: str
    size_bytes: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Text that may be long.

    Whole in `head` until it is stored; a stored one of more than 32 KiB holds its two ends,
    `omitted_bytes` of UTF-8 between them, and the id under which the store keeps the whole.
    """

    head: str = ""
    tail: str = ""
    omitted_bytes: int = 0
    text_id: TextId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLocation:
    """A place in the user's source: an absolute path and a line from 1 (0: unknown)."""

    file: str
    line: int = 0
