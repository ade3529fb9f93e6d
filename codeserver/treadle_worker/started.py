"""A step process that was started, and what its host follows it by."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from treadle._system import os, signal
from treadle_worker.capture import LogFolder, open_at_end
from treadle_worker.channels import Channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A step process and the host's ends of what connects the two.

    `has_begun`: it is done with the imports, and does not say so itself.
    """

    pid: int
    ours: Channels
    has_begun: bool = False


def follow(started: Started, logs: LogFolder) -> tuple[int, int, int]:
    """Open what a started process is followed by: its pidfd, the files of stdout and stderr.

    A process that cannot be followed is ended at once.

    Raises:
        OSError: the operating system refuses.
    """
    with ExitStack() as undo:
        undo.callback(started.ours.close)
        undo.callback(os.waitpid, started.pid, 0)
        undo.callback(os.kill, started.pid, signal.SIGKILL)
        pidfd = os.pidfd_open(started.pid)
        undo.callback(os.close, pidfd)
        stdout = open_at_end(logs.stdout)
        undo.callback(os.close, stdout)
        stderr = open_at_end(logs.stderr)
        undo.pop_all()
    return pidfd, stdout, stderr
