"""Pipes from a child: their bytes handed on as they come, on the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator

_READ_BYTES = 256 * 1024


class PipeReader:
    """The read end of a pipe, read whenever it holds something. Made by `reading` only."""

    def __init__(self, fd: int, take: Callable[[bytes], None]) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(fd, self._read_once)

    def drain(self) -> None:
        """Take what the pipe holds now, without waiting for more."""
        while self._read_once():
            pass

    def stop(self) -> None:
        """Take no more."""
        self._loop.remove_reader(self._fd)

    def _read_once(self) -> bool:
        try:
            data = os.read(self._fd, _READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self.stop()
            return False
        self._take(data)
        return True


@contextlib.contextmanager
def reading(fd: int, take: Callable[[bytes], None]) -> Iterator[PipeReader]:
    """Hand the pipe's bytes to `take` until the end of the block."""
    reader = PipeReader(fd, take)
    try:
        yield reader
    finally:
        reader.stop()
