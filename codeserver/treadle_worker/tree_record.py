"""The record, beside the journal, of which processes a host is and runs.

Whoever finds that the host is gone reads there what else has to be gone: each step process is
the leader of a session of its own.
"""

from __future__ import annotations

import contextlib
import json
import os

from treadle_worker import processes
from treadle_worker.messages import ProcessId
from treadle_worker.wire.facts import encode_process

_NAME = "processes"


class TreeRecord:
    """A file with a ProcessId of worker.proto a line: the host's first, then its steps'.

    A line that is not whole was being written when the host was killed: that step had not
    begun, or had ended.
    """

    def __init__(self, journal: str, host: ProcessId) -> None:
        """Begin the record of a host, in the folder of its journal.

        Raises:
            OSError: the file cannot be written.
        """
        folder = os.path.dirname(journal)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, _NAME)
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._host = _line(host)
        self._steps: dict[int, bytes] = {}
        self._write()

    def add(self, pid: int) -> None:
        """Record a step process that was started and not reaped.

        A file that cannot be written now says less than it could, and keeps nothing from running;
        nor does a process that cannot be looked at, for want of a descriptor.
        """
        with contextlib.suppress(OSError):
            self._steps[pid] = _line(processes.process_id(pid))
            self._write()

    def remove(self, pid: int) -> None:
        """Record that nothing is left of a step process."""
        if self._steps.pop(pid, None) is not None:
            with contextlib.suppress(OSError):
                self._write()

    def close(self) -> None:
        """Close the file, which stays."""
        os.close(self._fd)

    def _write(self) -> None:
        content = self._host + b"".join(self._steps.values())
        os.pwrite(self._fd, content, 0)
        os.ftruncate(self._fd, len(content))


def _line(process: ProcessId) -> bytes:
    return json.dumps(encode_process(process)).encode() + b"\n"
