"""Locks on files that a process has, by what the kernel tells of its descriptors."""

from __future__ import annotations

from enum import StrEnum

from treadle._system import fcntl, open_file
from treadle_contract.lazy_dataclasses import dataclass


class LockKind(StrEnum):
    """How a file is locked, by the name of the call."""

    FLOCK = "flock"
    """For all who have the open file: copies of a process share it."""
    LOCKF = "lockf"
    """For the process alone: copies do not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLock:
    """A lock that this process got through a descriptor."""

    fd: int
    kind: LockKind

    def let_go(self) -> None:
        """Give it up, and keep the file open.

        Raises:
            OSError: the file system refuses.
        """
        act = fcntl.flock if self.kind is LockKind.FLOCK else fcntl.lockf
        act(self.fd, fcntl.LOCK_UN)


def lock_of(fd: int) -> FileLock | None:
    """Return the lock that this process has through a descriptor, if it has one."""
    try:
        with open_file(f"/proc/self/fdinfo/{fd}", encoding="ascii", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return None
    # "lock:	1: FLOCK  ADVISORY  WRITE 4711 fe:00:2146584 0 EOF"
    kinds = {line.split()[2] for line in lines if line.startswith("lock:")}
    if "FLOCK" in kinds:
        return FileLock(fd=fd, kind=LockKind.FLOCK)
    return FileLock(fd=fd, kind=LockKind.LOCKF) if kinds & {"POSIX", "OFDLCK"} else None
