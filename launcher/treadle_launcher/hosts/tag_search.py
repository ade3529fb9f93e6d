"""The search for all that carries the tag of a host, to kill it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from enum import Enum, auto

from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.worker import ProcessId
from treadle_launcher.hosts.host_tag import tag_on
from treadle_launcher.hosts.processes import identify


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
        self._tag = tag
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
        try:
            if tag_on(pid) != self._tag:
                return _Look.PASS
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            return _Look.VANISHED
        try:
            # Another process may have the number by now; what the descriptor means stays.
            process = identify(pid)
            if process is None:
                return _Look.ENDED
            if tag_on(pid) != self._tag:
                return _Look.VANISHED
            # Where a process has become another user's, its end can only be waited for.
            with suppress(PermissionError):
                signal.pidfd_send_signal(fd, signal.SIGKILL)
            return process
        except ProcessLookupError:
            return _Look.VANISHED
        finally:
            os.close(fd)


class _Look(Enum):
    """What there is to say of a process that was not killed."""

    PASS = auto()
    """It is none of them."""
    ENDED = auto()
    """It was one, and only waits to be reaped."""
    VANISHED = auto()
    """It was listed, and gone before it was looked at."""
