"""What attempts wrote, read from the files that their hosts capture it in."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

from treadle_contract.ids import RunId, StepKey
from treadle_contract.launcher import LogStream, ReadLogsResponse
from treadle_launcher.values.value_keys import path_component

_CHUNK_BYTES: Final = 64 * 1024

_LAST_OFFSET: Final = 2**63 - 1 - _CHUNK_BYTES
"""The kernel reads no chunk behind it."""

_FOLLOW_INTERVAL_S: Final = 0.1
"""Between two looks at a file that is followed.

A timer, though nothing else here polls: the writers are processes that tell nobody when they
write, and of the attempt's end only the event log knows. It runs while somebody follows.
"""


class AttemptLogs:
    """The captured output below a home: `<run>/<step>/<attempt>/<stream>`."""

    def __init__(self, home_logs: Path) -> None:
        self._root = home_logs

    async def read(  # noqa: PLR0913, PLR0917 - what ReadLogs asks for, no more
        self,
        run_id: RunId,
        step_key: StepKey,
        attempt: int,
        stream: LogStream | None = None,
        offset: int = 0,
        ended: Callable[[], Awaitable[bool]] | None = None,
    ) -> AsyncIterator[ReadLogsResponse]:
        """Yield what an attempt wrote to a stream, from a byte offset.

        Without a stream: to all three, one after the other, whole, as far as they go now.
        With `ended`, go on until that says that the attempt is over, then to the end of the
        file. An attempt that never started wrote nothing.
        """
        folder = self._root / path_component(run_id) / path_component(step_key) / str(attempt)
        if stream is not None:
            async for chunk in _read(folder, stream, offset, ended):
                yield chunk
            return
        for each in LogStream:
            async for chunk in _read(folder, each, 0, None):
                yield chunk


async def _read(
    folder: Path, stream: LogStream, offset: int, ended: Callable[[], Awaitable[bool]] | None
) -> AsyncIterator[ReadLogsResponse]:
    while True:
        # Asked before the file is read: what is written up to the end is not missed.
        is_over = ended is None or await ended()
        while chunk := await asyncio.to_thread(_chunk_at, folder, stream, offset):
            yield chunk
            offset = chunk.offset + len(chunk.data)
        if is_over:
            return
        await asyncio.sleep(_FOLLOW_INTERVAL_S)


def _chunk_at(folder: Path, stream: LogStream, offset: int) -> ReadLogsResponse | None:
    """Return what is kept from an offset on; None: nothing."""
    first = offset
    while True:
        data = _bytes_at(folder / stream, first)
        # Read after the data: a host notes what it cuts before it cuts it.
        start, end = _cut_of(folder / f"{stream}.cut")
        if start <= first < end:
            first = end
            continue
        if first < start:
            data = data[: start - first]
        if not data:
            return None
        return ReadLogsResponse(
            stream=stream, offset=first, data=data, omitted_bytes=first - offset
        )


def _cut_of(path: Path) -> tuple[int, int]:
    """Return the first byte that was cut out of a stream, and the first after it that was not."""
    try:
        start, end = path.read_text(encoding="ascii").split()
        return int(start), int(end)
    except (FileNotFoundError, ValueError):
        return 0, 0


def _bytes_at(path: Path, offset: int) -> bytes:
    if offset > _LAST_OFFSET:
        return b""
    # Opened for each chunk: a reader that goes away in the middle leaves no file open.
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return b""
    try:
        return os.pread(fd, _CHUNK_BYTES, offset)
    finally:
        os.close(fd)
