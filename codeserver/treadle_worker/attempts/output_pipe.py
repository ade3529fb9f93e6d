"""The host's end of the pipe that takes what an attempt writes to stdout, or to stderr."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from treadle._system import fcntl, os, struct, termios
from treadle_worker.host.loop import Loop

# At most, in one turn of the loop: who writes without end holds nobody else up.
_TURN_BYTES = 256 * 1024
_INT = struct.Struct("i")


class OutputEnd:
    """Moves what comes to the stream's file while the loop turns, until it is finished.

    The file is opened, and made, when there is something to be moved: most steps write nothing.
    What the file does not take, as on a full disk, is counted and left out: the writer is
    not held up. The number stands in the file, where there is room for it again.
    """

    def __init__(self, loop: Loop, pipe: int, open_file: Callable[[], int]) -> None:
        """Take over the pipe's descriptor, which does not block.

        `open_file` opens the file at its end, or raises an OSError.
        """
        self._loop = loop
        self._pipe: int | None = pipe
        self._open_file = open_file
        self._file: int | None = None
        self._can_splice = True
        self._left_out = 0
        loop.watch(pipe, lambda: self._move(_TURN_BYTES))

    def empty(self) -> None:
        """Move what there is and no more, and open the file anew for what comes after it."""
        self._move_all()
        if self._pipe is None or self._file is None:
            return
        if self._left_out:
            self._write(b"")
        os.close(self._file)
        self._file, self._left_out, self._can_splice = None, 0, True

    def finish(self) -> None:
        """Move what there is and no more: somebody may hold the other end, and write on."""
        self._move_all()
        self._close()

    def _move_all(self) -> None:
        left = 0 if self._pipe is None else _waiting_in(self._pipe)
        while left > 0 and (moved := self._move(min(left, _TURN_BYTES))):
            left -= moved

    def leave_to_parent(self) -> None:
        """Close the file in a forked child; the loop closes its copy of the pipe."""
        if self._pipe is not None and self._file is not None:
            os.close(self._file)
        self._pipe = None

    def _move(self, most: int) -> int:
        """Move a piece; return how long it was, 0 if nothing is there."""
        if self._pipe is None:
            return 0
        try:
            moved = self._splice(self._pipe, most) if self._can_splice else None
            if moved is None:
                data = os.read(self._pipe, most)
                self._write(data)
                moved = len(data)
        except BlockingIOError:
            return 0
        if not moved:
            self._close()
        return moved

    def _splice(self, pipe: int, most: int) -> int | None:
        """Let the kernel move a piece; None: it does not, and nothing was moved."""
        if not _waiting_in(pipe):
            # Nothing is there, or it is the end: no reason to make a file.
            return None
        try:
            return os.splice(pipe, self._opened(), most, flags=os.SPLICE_F_NONBLOCK)
        except BlockingIOError:
            raise
        except OSError:
            # The file system has no such thing, or no room. The one way that can tell how much
            # was written is good enough from here on.
            self._can_splice = False
            return None

    def _write(self, data: bytes) -> None:
        """Write to the file, and count what it does not take."""
        words = b""
        if self._left_out:
            words = f"\n… {self._left_out} bytes are left out: no room …\n".encode()
        written = self._written(words + data)
        if words and written < len(words):
            # A part of a number would be another one.
            with contextlib.suppress(OSError):
                file = self._opened()
                os.ftruncate(file, os.lseek(file, -written, os.SEEK_CUR))
            self._left_out += len(data)
        else:
            self._left_out = len(words) + len(data) - written

    def _written(self, data: bytes) -> int:
        """Write as much as there is room for; return how much that was."""
        written = 0
        with contextlib.suppress(OSError):
            while written < len(data):
                written += os.write(self._opened(), data[written:])
        return written

    def _opened(self) -> int:
        if self._file is None:
            self._file = self._open_file()
        return self._file

    def _close(self) -> None:
        if self._pipe is not None:
            if self._left_out:
                self._write(b"")
            self._loop.unwatch(self._pipe)
            os.close(self._pipe)
            if self._file is not None:
                os.close(self._file)
            self._pipe = None


def _waiting_in(pipe: int) -> int:
    """Return how many bytes can be read."""
    return int(_INT.unpack(fcntl.ioctl(pipe, termios.FIONREAD, bytes(_INT.size)))[0])
