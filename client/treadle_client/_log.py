"""What one attempt wrote: bytes of its stdout, stderr and log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LogStream(StrEnum):
    """What an attempt writes to."""

    #: All three, one after the other; when following, as they come.
    ALL = "all"
    #: File descriptor 1.
    STDOUT = "stdout"
    #: File descriptor 2.
    STDERR = "stderr"
    #: Records of context.log and of Python's logging, a line each.
    LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogChunk:
    """Bytes that an attempt wrote to one stream, from `offset` on.

    `omitted_bytes` were written before these and not kept. A chunk may end inside a character.
    """

    stream: LogStream
    offset: int
    data: bytes
    omitted_bytes: int = 0

    @property
    def end(self) -> int:
        """The offset at which the next chunk of the stream begins."""
        return self.offset + len(self.data)
