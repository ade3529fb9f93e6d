"""What attempts left behind: the children of the host that are none of its step processes.

A step process adopts what its descendants leave behind; when it ends, all of that becomes the
host's, whatever session it went into. So every child of the host that is none of the step
processes was left by one that ended.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from treadle._system import os, time
from treadle_worker.attempts.usage import Usage
from treadle_worker.host.loop import Loop
from treadle_worker.system import processes
from treadle_worker.system.processes import Instance

_KILL = "strays"
_LOOK = "unwatched strays"
_LOOK_AGAIN_S = 0.2
# Each takes a descriptor; those beyond are found when these are gone.
_MOST_WATCHED = 64


class Strays:
    """The strays of one host. `changed` is called when one of them is gone."""

    def __init__(self, loop: Loop, changed: Callable[[], None]) -> None:
        """Take over the children of this process from here on: those that it has are spared."""
        self._loop = loop
        self._changed = changed
        self._spared = frozenset(processes.children(os.getpid()))
        self._watched: dict[int, int] = {}
        self._used = Usage()
        self._is_settled = False

    @property
    def is_settled(self) -> bool:
        """Whether the last `find` saw all that there was.

        One in which something was reaped may not have: what that left became this process's
        child after the children were listed. `changed` is called, to look again.
        """
        return self._is_settled

    def find(self, ours: Collection[int]) -> frozenset[Instance]:
        """Reap those that have ended, and return and watch the others, `ours` left out.

        Who starts others and ends, over and over, leaves them faster than they could be waited
        for one by one.
        """
        listed = self._list(ours)
        found = [pid for pid in listed if not self._reap(pid)]
        self._is_settled = len(found) == len(listed)
        if not self._is_settled:
            self._loop.set_deadline(_LOOK, 0.0, self._changed)
        try:
            for pid in found[: _MOST_WATCHED - len(self._watched)]:
                if pid not in self._watched:
                    self._watch(pid)
        except OSError:
            # No descriptor is free: looked for again, when some may be.
            self._loop.set_deadline(_LOOK, _LOOK_AGAIN_S, self._changed)
        if not found:
            self._loop.clear_deadline(_KILL)
        return processes.instances(found)

    def kill_later(self, moment: float, kill: Callable[[], None]) -> None:
        """Call `kill` at a moment of the monotonic clock, if there are any then."""
        self._loop.set_deadline(_KILL, max(0.0, moment - time.monotonic()), kill)

    def take_usage(self) -> Usage:
        """Return what those that are gone used, which is not counted again."""
        used, self._used = self._used, Usage()
        return used

    def _list(self, ours: Collection[int]) -> list[int]:
        return [
            pid
            for pid in processes.children(os.getpid())
            if pid not in ours and pid not in self._spared
        ]

    def _watch(self, pid: int) -> None:
        pidfd = os.pidfd_open(pid)
        self._watched[pid] = pidfd

        # Reaped where all are, as it is looked for again.
        self._loop.watch(pidfd, self._changed)

    def _reap(self, pid: int) -> bool:
        """Reap a child if it has ended; tell whether it has."""
        ended, _, used = os.wait4(pid, os.WNOHANG)
        if not ended:
            return False
        self._used = self._used.plus(Usage.read(used))
        pidfd = self._watched.pop(pid, None)
        if pidfd is not None:
            self._loop.unwatch(pidfd)
            os.close(pidfd)
        return True
