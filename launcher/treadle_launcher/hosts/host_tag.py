"""The tag of a host: the number by which all that it ever started is found and killed.

It is a soft limit on real-time computing (RLIMIT_RTTIME, in microseconds) of more than a hundred
thousand years. Processes inherit it through fork, exec and setsid, whatever else they give up.
"""

from __future__ import annotations

import hashlib
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import psutil

from treadle_launcher.ids import HostId
from treadle_launcher.processes import ProcessId, identify, is_alive

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
    except psutil.NoSuchProcess:
        return None
    if guard is None or not is_alive(host):
        return None
    tag = _tag_on(host.pid)
    return None if tag is None or tag != _tag_on(guard.pid) else TaggedGuard(process=guard, tag=tag)


def _tag_on(pid: int) -> int | None:
    """Return the tag that a process carries; None: it carries none, or is gone."""
    try:
        lines = Path(f"/proc/{pid}/limits").read_bytes().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith(_LINE):
            limit = line.split()[3]
            return int(limit) if limit.isdigit() and int(limit) >= _NO_LIMIT_BELOW else None
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reading of /proc found, and killed.

    `is_whole`: no process that was listed had ended before it could be looked at, so that none
    can have left another that was not listed.
    """

    killed: tuple[ProcessId, ...]
    is_whole: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing carried the tag when the processes were listed."""
        return self.is_whole and not self.killed


class Search:
    """A search for all that carries a tag: as many readings as it takes, each of what is new.

    A process that carries none starts none that does. So whatever was looked at once is passed
    over, and the readings become as short as who starts others and ends, over and over, is quick.
    """

    def __init__(self, tag: int) -> None:
        self._tag = str(tag).encode()
        self._passed: set[int] = set()

    def read(self) -> Reading:
        """Kill what carries the tag among the processes that were not looked at before.

        Raises:
            OSError: no descriptor is free to look with.
        """
        listed = {int(entry) for entry in os.listdir("/proc") if entry.isdigit()}
        self._passed &= listed
        killed, vanished = [], False
        for pid in sorted(listed - self._passed):
            match self._look(pid):
                case ProcessId() as process:
                    killed.append(process)
                case _Look.PASS:
                    self._passed.add(pid)
                case _Look.ENDED:
                    # It starts nothing more, and may have before it was looked at.
                    vanished = True
                    self._passed.add(pid)
                case _Look.VANISHED:
                    vanished = True
        if killed:
            # What is waited for now takes a while, in which numbers may come to be others'.
            self._passed.clear()
        return Reading(killed=tuple(killed), is_whole=not vanished)

    def _look(self, pid: int) -> ProcessId | _Look:
        carries = self._carries(pid)
        if carries is not True:
            return _Look.VANISHED if carries is None else _Look.PASS
        try:
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            return _Look.VANISHED
        try:
            # The number may have been taken over meanwhile; what the descriptor means stays.
            process = identify(pid)
            if process is None:
                return _Look.ENDED
            if not self._carries(pid):
                return _Look.VANISHED
            # Where a process has become another user's, its end can only be waited for.
            with suppress(PermissionError):
                signal.pidfd_send_signal(fd, signal.SIGKILL)
            return process
        except ProcessLookupError:
            return _Look.VANISHED
        finally:
            os.close(fd)

    def _carries(self, pid: int) -> bool | None:
        """Tell whether a process carries the tag; None: it is gone."""
        try:
            lines = Path(f"/proc/{pid}/limits").read_bytes().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            return None
        except PermissionError:
            return False
        return any(line.startswith(_LINE) and line.split()[3] == self._tag for line in lines)


class _Look(Enum):
    """What there is to say of a process that was not killed."""

    PASS = auto()
    """It is none of them."""
    ENDED = auto()
    """It was one, and only waits to be reaped."""
    VANISHED = auto()
    """It was listed, and gone before it was looked at."""
