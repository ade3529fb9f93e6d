"""What a step wrote, on standard output: the bytes as they are, or JSON for machines."""

from __future__ import annotations

import codecs
from collections import defaultdict
from collections.abc import Iterable, Iterator

import click

from treadle_client._messages import LogChunk, LogStream
from treadle_client.cli.pages.machine import print_line
from treadle_client.cli.pages.say import say
from treadle_contract.lazy_dataclasses import dataclass


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


class LogOutput:
    """Prints the chunks of one step's attempt."""

    def __init__(
        self, step_key: str, *, as_json: bool, with_heading: bool = False, offset: int = 0
    ) -> None:
        self._step_key = step_key
        self._offset = offset
        self._as_json = as_json
        self._heading = f"==> {step_key} <==" if with_heading and not as_json else ""
        self._pieces: defaultdict[LogStream, TextPieces] = defaultdict(TextPieces)
        self._in_line = False
        self._is_empty = True

    def show(self, chunk: LogChunk) -> None:
        """Print one chunk at once."""
        self._is_empty = False
        if self._as_json:
            self._show_pieces(chunk.stream, self._pieces[chunk.stream].of(chunk))
            return
        if self._heading:
            say(self._heading)
            self._heading = ""
        if chunk.omitted_bytes:
            click.echo(f"\n… {chunk.omitted_bytes} bytes were not kept …")
        click.echo(chunk.data, nl=False)
        self._in_line = not chunk.data.endswith(b"\n")

    def finish(self) -> None:
        """End the last line if another step's output may follow it; say so if there was nothing."""
        for stream, pieces in self._pieces.items():
            self._show_pieces(stream, pieces.rest())
        if self._in_line:
            click.echo()
        if self._is_empty and not self._as_json:
            where = f" from byte {self._offset} on" if self._offset else ""
            say(f"{self._step_key} wrote nothing{where}.", err=True)

    def _show_pieces(self, stream: LogStream, pieces: Iterable[TextPiece]) -> None:
        for piece in pieces:
            print_line(
                {
                    "step_key": self._step_key,
                    "stream": stream.value,
                    "offset": piece.offset,
                    "omitted_bytes": piece.omitted_bytes,
                    "text": piece.text,
                }
            )
