"""What a step wrote, on standard output: the bytes as they are, or JSON for machines."""

from __future__ import annotations

import codecs

import click

from treadle_client._log import LogChunk, LogStream
from treadle_client.cli.machine import print_line


class LogOutput:
    """Prints the chunks of one step's attempt."""

    def __init__(self, step_key: str, *, as_json: bool, with_heading: bool = False) -> None:
        self._step_key = step_key
        self._as_json = as_json
        self._heading = f"==> {step_key} <==" if with_heading and not as_json else ""
        self._decoders: dict[LogStream, codecs.IncrementalDecoder] = {}
        self._in_line = False
        self._is_empty = True

    def show(self, chunk: LogChunk) -> None:
        """Print one chunk at once."""
        self._is_empty = False
        if self._as_json:
            self._show_json(chunk)
            return
        if self._heading:
            click.echo(self._heading)
            self._heading = ""
        if chunk.omitted_bytes:
            click.echo(f"\n… {chunk.omitted_bytes} bytes were not kept …")
        click.echo(chunk.data, nl=False)
        self._in_line = not chunk.data.endswith(b"\n")

    def finish(self) -> None:
        """End the last line if another step's output may follow it; say so if there was nothing."""
        if self._in_line:
            click.echo()
        if self._is_empty and not self._as_json:
            click.echo(f"{self._step_key} wrote nothing.", err=True)

    def _show_json(self, chunk: LogChunk) -> None:
        # A chunk may end inside a character: its bytes wait for the rest.
        decoder = self._decoders.get(chunk.stream)
        if decoder is None:
            decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
            self._decoders[chunk.stream] = decoder
        print_line(
            {
                "step_key": self._step_key,
                "stream": chunk.stream.value,
                "offset": chunk.offset,
                "omitted_bytes": chunk.omitted_bytes,
                "text": decoder.decode(chunk.data),
            }
        )
