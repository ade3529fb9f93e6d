"""The tag of a host: the number by which all that it ever started is found and killed.

It is a soft limit on real-time computing (RLIMIT_RTTIME, in microseconds) of more than a hundred
thousand years. Processes inherit it through fork, exec and setsid, whatever else they give up.
"""

from __future__ import annotations

import hashlib
import os
import signal
from contextlib import suppress
from pathlib import Path

from treadle_launcher.ids import HostId
from treadle_launcher.processes import ProcessId, identify

_NO_LIMIT_BELOW = 1 << 62
_LINE = b"Max realtime timeout"


def tag_of(host_id: HostId, inode: int) -> int:
    """Return the tag of a host with a folder: the same in every launcher, and no other host's.

    `inode` is the folder's: in a copy of a home, hosts are not those of the home that was copied.
    """
    digest = hashlib.sha256(f"{host_id} {inode}".encode()).digest()
    return _NO_LIMIT_BELOW | int.from_bytes(digest[:7], "big")


def kill_tagged(tag: int) -> tuple[ProcessId, ...]:
    """Kill every process that carries the tag; return those that were there.

    Numbers are read in growing order, as the kernel gives them out: what one of them starts
    meanwhile comes later in the same reading, until the numbers begin anew.

    Raises:
        OSError: no descriptor is free to look with.
    """
    found = []
    for pid in sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        process = _kill_if_tagged(pid, tag)
        if process is not None:
            found.append(process)
    return tuple(found)


def _kill_if_tagged(pid: int, tag: int) -> ProcessId | None:
    if not _carries(pid, tag):
        return None
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    try:
        # The number may have been taken over meanwhile; what the descriptor means stays.
        process = identify(pid)
        if process is None or not _carries(pid, tag):
            return None
        # Where a process has become another user's, its end can only be waited for.
        with suppress(PermissionError):
            signal.pidfd_send_signal(fd, signal.SIGKILL)
        return process
    except ProcessLookupError:
        return None
    finally:
        os.close(fd)


def _carries(pid: int, tag: int) -> bool:
    try:
        lines = Path(f"/proc/{pid}/limits").read_bytes().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
    wanted = str(tag).encode()
    return any(line.startswith(_LINE) and line.split()[3] == wanted for line in lines)
