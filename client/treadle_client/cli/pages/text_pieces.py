"""The bytes of one stream as texts of whole characters, each with the offset of its first byte."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from treadle_client._messages import LogChunk


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPiece:
    """Text that begins at a byte; what is no UTF-8 in it is replaced by U+FFFD."""

    offset: int
    omitted_bytes: int
    text: str


class TextPieces:
    """Cuts chunks, which may end inside a character, between characters."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._end = 0

    def of(self, chunk: LogChunk) -> Iterator[TextPiece]:
        """Yield what can be told now; the beginning of a character waits for its rest."""
        if chunk.omitted_bytes or chunk.offset != self._end:
            # The rest will not come: what comes now lies behind a gap.
            yield from self.rest()
        begun = chunk.offset - self._waiting
        text = self._decoder.decode(chunk.data)
        self._end = chunk.end
        if text or chunk.omitted_bytes:
            yield TextPiece(offset=begun, omitted_bytes=chunk.omitted_bytes, text=text)

    def rest(self) -> Iterator[TextPiece]:
        """Yield a character that was begun, and that nothing completes."""
        begun = self._end - self._waiting
        text = self._decoder.decode(b"", final=True)
        if text:
            yield TextPiece(offset=begun, omitted_bytes=0, text=text)

    @property
    def _waiting(self) -> int:
        """How many bytes of a character wait for its rest."""
        return len(self._decoder.getstate()[0])
