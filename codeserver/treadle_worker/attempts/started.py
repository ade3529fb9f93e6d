"""A step process that was started, and what its host follows it by."""

from __future__ import annotations

from contextlib import ExitStack

from treadle._system import os, signal
from treadle_contract.lazy_dataclasses import dataclass
from treadle_worker.attempts.channels import Channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A step process and the host's ends of what connects the two."""

    pid: int
    ours: Channels


def follow(started: Started) -> int:
    """Return what a started process is followed by: its pidfd.

    A process that cannot be followed is ended at once.

    Raises:
        OSError: the operating system refuses.
    """
    with ExitStack() as undo:
        undo.callback(started.ours.close)
        undo.callback(os.waitpid, started.pid, 0)
        undo.callback(os.kill, started.pid, signal.SIGKILL)
        pidfd = os.pidfd_open(started.pid)
        undo.pop_all()
    return pidfd
