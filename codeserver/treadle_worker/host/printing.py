"""The cap on what a host itself prints once it has imported: threads of the user's may go on for ever.

While nothing is printed, this host is not woken; while much is, no more than once in a while.
"""

from __future__ import annotations

import contextlib
import ctypes
from enum import Enum, auto

from treadle._system import os
from treadle_worker.attempts.log_cap import CappedFile
from treadle_worker.host.loop import Loop
from treadle_worker.system.kept_descriptor import out_of_the_way

_LOOK_S = 1.0
_NONBLOCK_CLOEXEC = os.O_NONBLOCK | os.O_CLOEXEC
_MODIFIED_ONCE = 0x00000002 | 0x80000000
_EVENTS_BYTES = 4096
_LIBC = ctypes.CDLL(None, use_errno=True)


class _Wait(Enum):
    LOOK = auto()


class Printing:
    """What goes into a host's own output, of which so many bytes are kept, half from either end."""

    def __init__(self, loop: Loop, output: str, kept: int) -> None:
        self._loop = loop
        self._path = os.fsencode(output)
        self._file = CappedFile(output, kept)
        self._inotify: int | None = None

    def watch(self) -> None:
        """Cut the output whenever it has grown beyond what is kept of it."""
        fd = _LIBC.inotify_init1(_NONBLOCK_CLOEXEC)
        if fd < 0:
            # This user has too many of them: then it is looked at all the time.
            self._loop.set_deadline(_Wait.LOOK, _LOOK_S, self._look)
            return
        self._inotify = out_of_the_way(fd)
        self._loop.watch(self._inotify, self._printed)
        self._look()

    def _printed(self) -> None:
        assert self._inotify is not None
        with contextlib.suppress(BlockingIOError):
            os.read(self._inotify, _EVENTS_BYTES)
        if not self._loop.has_deadline(_Wait.LOOK):
            self._loop.set_deadline(_Wait.LOOK, _LOOK_S, self._look)

    def _look(self) -> None:
        if self._inotify is None:
            self._loop.set_deadline(_Wait.LOOK, _LOOK_S, self._look)
        else:
            # First of all: what is printed from here on is told of.
            _LIBC.inotify_add_watch(self._inotify, self._path, _MODIFIED_ONCE)
        self._file.look()
