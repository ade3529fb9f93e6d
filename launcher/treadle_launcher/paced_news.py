"""News that somebody acts on by and by: at once, then at most once in a while."""

from __future__ import annotations

import asyncio


class PacedNews:
    """Wakes who waits when there is news, `pause` seconds after the last time at the soonest.

    What is told meanwhile is acted on together. One event loop uses it.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._is_due = asyncio.Event()
        self._free_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    def tell(self) -> None:
        """Have who waits wake, soon."""
        loop = asyncio.get_running_loop()
        if self._is_closed or loop.time() >= self._free_at:
            self._is_due.set()
        elif self._timer is None:
            self._timer = loop.call_at(self._free_at, self._is_due.set)

    def close(self) -> None:
        """Have who waits wake at once, now and from now on."""
        self._is_closed = True
        self._cancel()
        self._is_due.set()

    async def wait(self) -> None:
        """Return when there is news."""
        await self._is_due.wait()
        self._cancel()
        self._is_due.clear()
        self._free_at = asyncio.get_running_loop().time() + self._pause

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
