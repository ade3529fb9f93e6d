"""Sockets that a killed launcher left: removed by who sees its end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from treadle._system import os, select, socket, stat, time


def remove_dead_sockets(paths: Iterable[str], *, grace: float = 0.0) -> None:
    """Remove those of the sockets at which nobody listens.

    `grace`: for so many seconds in all a listener may turn out to be dying. The kernel closes
    what a killed process had open one by one, so that its connections may end before its sockets.
    """
    end = time.monotonic() + grace
    for path in paths:
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.lstat(path).st_mode) and _is_refused(path, end):
                os.unlink(path)


def _is_refused(path: str, end: float) -> bool:
    """Tell whether nobody listens, at the latest at `end`, of the monotonic clock."""
    while True:
        with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
            # One that listens but is too busy to answer is none of ours to remove.
            probe.setblocking(False)
            try:
                probe.connect(path)
            except ConnectionRefusedError:
                return True
            except OSError:
                return False
            if not _hangs_up(probe, end):
                return False


def _hangs_up(probe: socket.socket, end: float) -> bool:
    """Wait for the other side; tell whether it ended the connection instead of saying something."""
    waiting = select.poll()
    waiting.register(probe, select.POLLIN)
    if not waiting.poll(max(0.0, end - time.monotonic()) * 1000):
        return False
    try:
        return probe.recv(1) == b""
    except ConnectionResetError:
        return True
