"""References: to a stored value, and to a line of the user's source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRef:
    """The name of one stored value, which never changes.

    `store` "files" is the launcher home's own and `key` a path inside it; `codec` says how the
    bytes are to be read; `checksum` is "algorithm:hexadecimal".
    """

    store: str
    key: str
    codec: str
    size_bytes: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLocation:
    """A place in the user's source: a path on the code server's machine, a line from 1 (0: unknown)."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file
