"""The tag of a host: the number that all carries that it ever started.

It is a soft limit on real-time computing (RLIMIT_RTTIME, in microseconds) of more than a hundred
thousand years. Processes inherit it through fork, exec and setsid, whatever else they give up.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import psutil

from treadle_contract.ids import HostId
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.worker import ProcessId
from treadle_launcher.hosts.processes import identify, is_alive

_NO_LIMIT_BELOW = 1 << 62
_LINE = b"Max realtime timeout"


def tag_of(host_id: HostId, inode: int) -> int:
    """Return the tag of a host with a folder: the same in every launcher, and no other host's.

    `inode` is the folder's: in a copy of a home, hosts are not those of the home that was copied.
    """
    digest = hashlib.sha256(f"{host_id} {inode}".encode()).digest()
    return _NO_LIMIT_BELOW | int.from_bytes(digest[:7], "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedGuard:
    """The guard above a host, and the tag that both carry."""

    process: ProcessId
    tag: int


def guard_above(host: ProcessId) -> TaggedGuard | None:
    """Return the guard of a host whose folder is gone; None when it cannot be told."""
    try:
        guard = identify(psutil.Process(host.pid).ppid())
        if guard is None or not is_alive(host):
            return None
        tag = tag_on(host.pid)
        is_its = tag is not None and tag == tag_on(guard.pid)
    except (psutil.NoSuchProcess, OSError):
        return None
    return TaggedGuard(process=guard, tag=tag) if tag is not None and is_its else None


def tag_on(pid: int) -> int | None:
    """Return the tag that a process carries; None: it carries none, or is another user's.

    Raises:
        ProcessLookupError: it is gone.
        OSError: no descriptor is free to look with.
    """
    try:
        lines = Path(f"/proc/{pid}/limits").read_bytes().splitlines()
    except FileNotFoundError as error:
        raise ProcessLookupError(f"process {pid} is gone") from error
    except PermissionError:
        return None
    for line in lines:
        if line.startswith(_LINE):
            limit = line.split()[3]
            return int(limit) if limit.isdigit() and int(limit) >= _NO_LIMIT_BELOW else None
    return None
