"""What an attempt started that failed and is tried again in its process: ended, and proven gone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from functools import partial

from treadle._system import os
from treadle_worker.host.loop import Loop
from treadle_worker.system import processes
from treadle_worker.system.processes import Instance

# Each takes a descriptor; those beyond are found when these are gone.
_MOST_WATCHED = 64
_LOOK_AGAIN_S = 0.05
_ENDED = ("Z", "X")


def children_of(pid: int) -> frozenset[Instance]:
    """Return the children of a step process: what else it started is below one of them."""
    return processes.instances(processes.children(pid))


class ChildrenLeft:
    """Ends the children of step processes. Those that a process had `before` are spared."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def end(
        self,
        pid: int,
        before: Collection[Instance],
        is_over: Callable[[], bool],
        gone: Callable[[], None],
    ) -> None:
        """Kill what a process has started since, with all below it; call `gone` when nothing is left.

        Unless it `is_over` with the process itself: then its host looks after what it left.
        """
        if is_over():
            return
        again = partial(self.end, pid, before, is_over, gone)
        left = _living(pid, before)
        if not left:
            gone()
            return
        waiting: set[int] = set()

        def look(pidfd: int) -> None:
            self._loop.unwatch(pidfd)
            os.close(pidfd)
            waiting.discard(pidfd)
            if not waiting:
                # What it left in turn is the step process's by now.
                again()

        for number, _ in left[:_MOST_WATCHED]:
            processes.kill_tree(number)
            # Somebody has reaped it, or no descriptor is free.
            with contextlib.suppress(OSError):
                pidfd = os.pidfd_open(number)
                waiting.add(pidfd)
                self._loop.watch(pidfd, partial(look, pidfd))
        if not waiting:
            self._loop.set_deadline((pid, "children"), _LOOK_AGAIN_S, again)


def _living(pid: int, before: Collection[Instance]) -> list[Instance]:
    """Return the children that live, also those that one of them left which ended just now."""
    seen: frozenset[Instance] | None = None
    while True:
        found = children_of(pid) - frozenset(before)
        living = sorted(filter(_lives, found))
        if living or found == seen:
            return living
        # All are dead: what they left is the process's by now, and was not listed with them.
        seen = found


def _lives(child: Instance) -> bool:
    try:
        stat = processes.read_stat(child[0])
    except ProcessLookupError:
        return False
    return stat.start_ticks == child[1] and stat.state not in _ENDED
