"""A step process's reports: facts as frames on a pipe that its host alone reads."""

from __future__ import annotations

import os
import threading

from treadle_worker import frames
from treadle_worker.messages import Fact
from treadle_worker.wire.facts import encode_fact


class Reports:
    """The writing end of the pipe, for this process only and for all of its threads."""

    def __init__(self, fd: int) -> None:
        os.set_inheritable(fd, False)
        self._fd = fd
        self._pid = os.getpid()
        self._lock = threading.Lock()

    def send(self, fact: Fact) -> None:
        """Write one fact, whole; nothing in a process that the user's code forked.

        Raises:
            FrameError: the fact is too large for a frame.
            OSError: the host is gone.
        """
        if os.getpid() != self._pid:
            return
        data = memoryview(frames.pack(encode_fact(fact)))
        with self._lock:
            while data:
                data = data[os.write(self._fd, data) :]
