"""Waiting for others, in time that this process was there to hear them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_LATE = 1.0
"""A timer that comes so late, in seconds, tells that the loop stood still."""

_AGAIN = 10.0
"""How long others have, in seconds, once the loop goes on."""


class Patience:
    """Calls once, when a time is over in which others could be heard.

    When this process was stopped, or the machine suspended, what others said meanwhile is not
    read yet, and they may have stood still as well: they are waited for again.
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
