"""What connects a step process with its host: a socket for its reports, pipes for its output."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from treadle._system import fcntl, os, socket
from treadle_contract.lazy_dataclasses import dataclass

_FIRST_FREE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """One side's ends. Those of the pipes are read from by the host, written to by the step."""

    reports: int
    stdout: int
    stderr: int

    def close(self) -> None:
        """Close all three."""
        for fd in (self.reports, self.stdout, self.stderr):
            os.close(fd)


@contextmanager
def open_channels() -> Iterator[tuple[Channels, Channels]]:
    """Open them, ours (which do not block) first; theirs are closed after the block.

    Ours are, too, when the block fails.

    Raises:
        OSError: no descriptor is free.
    """
    with ExitStack() as theirs_open, ExitStack() as ours_open:
        ours, theirs = [], []
        for make in (_sockets, os.pipe, os.pipe):
            our_end, their_end = (above_standard(fd) for fd in make())
            ours_open.callback(os.close, our_end)
            theirs_open.callback(os.close, their_end)
            os.set_blocking(our_end, False)
            ours.append(our_end)
            theirs.append(their_end)
        yield _channels(ours), _channels(theirs)
        ours_open.pop_all()


def above_standard(fd: int) -> int:
    """Return the descriptor, or, if it is 0, 1 or 2, another one in its place.

    The user's modules may have closed those three; in a step process they are made anew.
    """
    if fd >= _FIRST_FREE:
        return fd
    try:
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE)
    finally:
        os.close(fd)


def _sockets() -> tuple[int, int]:
    ours, theirs = (each.detach() for each in socket.socketpair())
    # With a default timeout, which the user's modules may set, they would not block.
    os.set_blocking(theirs, True)
    return ours, theirs


def _channels(ends: list[int]) -> Channels:
    reports, stdout, stderr = ends
    return Channels(reports=reports, stdout=stdout, stderr=stderr)
