"""The lock of a home: held by the launcher that runs on it, and to be asked for by anybody."""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_WHOLE_FILE: Final = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)


class HomeLock:
    """The file `lock` of a home, open. Made by `opened` alone; closing it gives the lock back.

    It is taken twice over: as earlier versions of Treadle do, and so that others may ask
    whether it is taken without taking it for a moment themselves. A process in another
    namespace, which knows no number of ours, gets the same answer.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd

    @classmethod
    def opened(cls, root: Path) -> Self:
        """Open the lock of a home, made if it is not there.

        Raises:
            OSError: it cannot be opened.
        """
        return cls(os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def take(self) -> bool:
        """Take the lock; False: another process has it."""
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.fcntl(self._fd, fcntl.F_OFD_SETLK, _WHOLE_FILE)
        except BlockingIOError:
            return False
        return True

    def name_holder(self, text: str) -> None:
        """Write into the file who holds the lock."""
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{text}\n".encode(), 0)

    def holder(self) -> str:
        """Return what the holder wrote about itself."""
        return os.pread(self._fd, 4096, 0).decode(errors="replace").strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.close(self._fd)
