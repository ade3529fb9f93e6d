"""The cap on what an attempt writes: its head and tail stay, the middle is given back to the disk.

What is cut is a hole in the file, made while the attempt writes on: no offset changes, and
nobody is held up. Beside the file stands which bytes are gone, `<stream>.cut`, written first.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno

from treadle._system import open_file, os
from treadle_worker.step.capture import LogFolder

_KEEP_SIZE_PUNCH_HOLE = 0x01 | 0x02
_NOT_SUPPORTED = (errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
_LIBC = ctypes.CDLL(None, use_errno=True)


class LogCap:
    """The cap on the three streams of one attempt; `limit` are the bytes kept of each."""

    def __init__(self, logs: LogFolder, limit: int) -> None:
        self._streams = tuple(CappedFile(path, limit) for path in logs.streams)

    def look(self) -> bool:
        """Cut what is well beyond the limit; tell whether a stream grows fast."""
        # Not any(): every stream is looked at.
        return max([stream.look() for stream in self._streams])

    def end(self) -> None:
        """Cut what is beyond the limit at all; nobody writes any more."""
        for stream in self._streams:
            stream.end()


class CappedFile:
    """A file to which others append, of which so many bytes are kept."""

    def __init__(self, path: str, limit: int) -> None:
        self._path = path
        self._head = limit // 2
        self._tail = limit - self._head
        self._seen = 0
        self._cut_to = self._head
        self._can_punch = True

    def look(self) -> bool:
        """Cut what is well beyond the limit; tell whether it grows fast."""
        size = self._size()
        grown, self._seen = size - self._seen, size
        slack = (self._head + self._tail) // 4
        # A log that cannot be cut now is cut at the end, or when there is room again.
        with contextlib.suppress(OSError):
            if self._can_punch and size - self._tail - self._cut_to > slack:
                self._can_punch = self._cut(size)
        return grown > slack

    def end(self) -> None:
        """Cut what is beyond the limit at all; nobody writes any more."""
        size = self._size()
        # Logs that are gone, or cannot be cut, are no reason to lose the attempt.
        with contextlib.suppress(OSError):
            if size - self._tail > self._cut_to and not (self._can_punch and self._cut(size)):
                self._rewrite(size)

    def _size(self) -> int:
        try:
            return os.stat(self._path).st_size
        except OSError:
            return 0

    def _cut(self, size: int) -> bool:
        """Cut up to the tail; tell whether the file system can."""
        start, end = self._cut_to, size - self._tail
        fd = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._note(end)
            if not _punch(fd, start, end - start):
                os.unlink(f"{self._path}.cut")
                return False
            self._cut_to = end
            return True
        finally:
            os.close(fd)

    def _note(self, end: int) -> None:
        fresh = f"{self._path}.cut.new"
        with open_file(fresh, "w", encoding="ascii") as file:
            file.write(f"{self._head} {end}\n")
        os.replace(fresh, f"{self._path}.cut")

    def _rewrite(self, size: int) -> None:
        """Move the tail to the head, where a file can have no hole."""
        with open_file(self._path, "r+b") as file:
            file.seek(size - self._tail)
            tail = file.read()
            file.seek(self._head)
            left_out = size - self._head - self._tail
            file.write(f"\n… {left_out} bytes are left out …\n".encode())
            file.write(tail)
            file.truncate()


def _punch(fd: int, start: int, length: int) -> bool:
    """Give the bytes of a file back to the disk; tell whether the file system can."""
    result = _LIBC.fallocate(
        fd, _KEEP_SIZE_PUNCH_HOLE, ctypes.c_int64(start), ctypes.c_int64(length)
    )
    if result == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_SUPPORTED:
        return False
    raise OSError(number, os.strerror(number))
