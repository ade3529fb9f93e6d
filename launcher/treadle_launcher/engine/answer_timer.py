"""A timer for answers of other processes, which counts no time in which this one stood still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_LATE = 1.0
"""A timer that comes so late, in seconds, tells that the loop stood still."""

_AGAIN = 10.0
"""How long others have, in seconds, once the loop goes on."""


class AnswerTimer:
    """Calls once, when no answer came in time.

    After this process was stopped, or the machine suspended, answers may lie unread, and the
    others may have stood still as well: they get a part of the time again.
    """

    def __init__(self, seconds: float, call: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._call = call
        self._seconds = seconds
        self._timer = self._loop.call_later(seconds, self._over)

    @property
    def ends_at(self) -> float:
        """When it is over, by the loop's clock."""
        return self._timer.when()

    def cancel(self) -> None:
        """Do not call any more."""
        self._timer.cancel()

    def _over(self) -> None:
        if self._loop.time() - self._timer.when() > _LATE:
            self._seconds = min(self._seconds, _AGAIN)
            self._timer = self._loop.call_later(self._seconds, self._over)
        else:
            self._call()
