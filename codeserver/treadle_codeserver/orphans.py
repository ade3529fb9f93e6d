"""Orphans: what a loader's modules started and left behind, found and ended.

The server asks the kernel to be given its descendants' orphans, so that a process which went
into a session of its own is still found, and counts every descendant as the loader's: it
starts nothing else, and one loader at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os

import psutil

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends.

    Raises:
        OSError: the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


async def exited(pid: int) -> None:
    """Return when the child has ended; it is not reaped."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    try:
        loop.add_reader(fd, ended.set)
        await ended.wait()
    finally:
        loop.remove_reader(fd)
        os.close(fd)


async def end_descendants() -> None:
    """Kill and reap descendants until there are none."""
    own = psutil.Process()
    while descendants := own.children(recursive=True):
        for process in descendants:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        # Those further down become children once their parents are gone: next time round.
        for process in descendants:
            await exited(process.pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process.pid, os.WNOHANG)  # noqa: ASYNC222 - never waits
