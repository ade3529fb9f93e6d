"""Leaving: what tells the server to end, a signal or the end of the pipe to its starter."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextlib.contextmanager
def told_to_leave(alive_fd: int | None) -> Iterator[asyncio.Event]:
    """Give an event that is set by SIGTERM, SIGINT, SIGHUP or the end of the pipe."""
    loop = asyncio.get_running_loop()
    leave = asyncio.Event()
    with contextlib.ExitStack() as stack:
        for number in _SIGNALS:
            loop.add_signal_handler(number, leave.set)
            stack.callback(loop.remove_signal_handler, number)
        if alive_fd is not None:
            os.set_inheritable(alive_fd, False)
            loop.add_reader(alive_fd, _read, alive_fd, leave)
            stack.callback(loop.remove_reader, alive_fd)
        yield leave


def _read(alive_fd: int, leave: asyncio.Event) -> None:
    # Left blocking, because its other holders share the mode; it is called when this cannot wait.
    if not os.read(alive_fd, 1):
        asyncio.get_running_loop().remove_reader(alive_fd)
        leave.set()
