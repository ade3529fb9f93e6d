"""A descriptor of ours in a process of the user's, where it may be closed, and its number used again."""

from __future__ import annotations

from treadle._system import fcntl, os, resource

# Above what code closes that means to close everything (from 3 to the soft limit, or to 1024 or
# 2048), and low enough for a small table of descriptors.
_NUMBER = 4096
# What is said where not even that kept one of ours.
CLOSED = (
    "importing the code closed every descriptor of its process, as os.closerange and what makes "
    "daemons do: close only what the code opened, and leave the rest to a process that it starts"
)
# Below a hard limit that is lower, room for this many.
_ROOM = 8


class KeptDescriptor:
    """A descriptor out of the way of ordinary ones, which knows whether it is still itself."""

    def __init__(self, fd: int) -> None:
        """Take over the descriptor: it gets another number, and no program inherits it."""
        self.fd = out_of_the_way(fd)
        self._identity = self._look()

    def is_there(self) -> bool:
        """Tell whether the descriptor is open, and what it was when it was taken over."""
        try:
            return self._look() == self._identity
        except OSError:
            return False

    def close(self) -> None:
        """Close it, unless that was done, or the number is another's by now."""
        if self.is_there():
            os.close(self.fd)

    def _look(self) -> tuple[int, int]:
        status = os.fstat(self.fd)
        return status.st_dev, status.st_ino


def out_of_the_way(fd: int) -> int:
    """Give a descriptor another number, far from those that code closes; no program inherits it.

    For that the soft limit is lifted for a moment. What has a number stays open when the limit is
    lower again, and takes none of the numbers that the limit leaves to the op.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    least = max(0, min(_NUMBER, hard - _ROOM))
    if fd >= least:
        os.set_inheritable(fd, False)
        return fd
    try:
        if soft != hard:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        try:
            moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, least)
        finally:
            if soft != hard:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    except (OSError, ValueError):
        # No number is free up there: it does its work where it is.
        os.set_inheritable(fd, False)
        return fd
    os.close(fd)
    return moved
