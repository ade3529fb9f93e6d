"""The host's end of the socket that an attempt's process reports on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable

from treadle_worker.frames import FrameError, FrameReader
from treadle_worker.host_output import note
from treadle_worker.loop import Loop
from treadle_worker.messages import Fact, TaskId
from treadle_worker.reports import WORD
from treadle_worker.wire.facts import decode_fact
from treadle_worker.wire.fields import WireError

_READ_BYTES = 256 * 1024


class ReportEnd:
    """Reads facts while the loop turns, and gives them to `take`, until the socket's end."""

    def __init__(self, loop: Loop, fd: int, task_id: TaskId, take: Callable[[Fact], None]) -> None:
        """Take over the descriptor, which does not block."""
        self._loop = loop
        self._fd: int | None = fd
        self._task_id = task_id
        self._take = take
        self._frames = FrameReader()
        loop.watch(fd, self._read)

    def give_word(self) -> None:
        """Have the process go on: the journal says that its attempt began."""
        if self._fd is not None:
            # It may have ended meanwhile.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                os.write(self._fd, WORD)

    def finish(self) -> None:
        """Read what there is and no more: what the attempt left behind may hold the other end."""
        while self._read():
            pass
        self._close()

    def _read(self) -> bool:
        """Take a piece; tell whether there may be more."""
        if self._fd is None:
            return False
        try:
            data = os.read(self._fd, _READ_BYTES)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            # It ended without having read our word.
            data = b""
        if not data:
            self._close()
            return False
        try:
            for message in self._frames.feed(data):
                fact = decode_fact(message)
                if fact is not None:
                    self._take(fact)
        except (FrameError, WireError) as error:
            # Only the user's code can have done that, by writing to a descriptor that is not its.
            note(f"{self._task_id} reported garbage: {error}")
            self._close()
            return False
        return True

    def _close(self) -> None:
        if self._fd is not None:
            self._loop.unwatch(self._fd)
            os.close(self._fd)
            self._fd = None
