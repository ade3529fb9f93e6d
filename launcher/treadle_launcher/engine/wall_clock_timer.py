"""A timer for moments of the wall clock, by a clock that nobody can set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from treadle_launcher.clock import Clock, TimeUs


class WallClockTimer:
    """Tells whether a moment has come, and calls when the next one does.

    A moment is a time of the wall clock, which may be set back or forth at any time. How far
    away it is is asked once, when it is first seen; from then on the loop's own clock counts.
    What is due is as of the last `look`: a moment is acted on after it, or is still to come and
    called for, however long a turn takes.
    """

    def __init__(self, clock: Clock, call: Callable[[], object]) -> None:
        self._clock = clock
        self._call = call
        self._due: dict[TimeUs, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._looked_at = asyncio.get_running_loop().time()

    def look(self) -> None:
        """Look at the clock: what has come by now is due."""
        self._looked_at = asyncio.get_running_loop().time()

    def is_due(self, moment: TimeUs, no_earlier: TimeUs | None = None) -> bool:
        """Whether a moment has come. It is `no_earlier` than that, whatever the clock says."""
        if moment not in self._due:
            told = self._clock.now() if no_earlier is None else max(self._clock.now(), no_earlier)
            now = asyncio.get_running_loop().time()
            self._due[moment] = now + max(0, moment - told) / 1_000_000
        return self._due[moment] <= self._looked_at

    def wait_for(self, moments: Iterable[TimeUs]) -> None:
        """Call at the first of these that is still to come, and forget all others."""
        wanted = set(moments)
        coming = [moment for moment in wanted if not self.is_due(moment)]
        self._due = {moment: self._due[moment] for moment in wanted}
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if coming:
            at = min(self._due[moment] for moment in coming)
            self._timer = asyncio.get_running_loop().call_at(at, self._call)
