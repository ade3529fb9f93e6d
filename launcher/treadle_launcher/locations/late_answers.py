"""Late answers: how long one code server's answer is waited for by those who can do without it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from treadle_launcher.errors import RefusedError


class LateAnswers:
    """Waits for answers a short while. What is late is not given up: it comes when it comes."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._asked: set[asyncio.Task[object]] = set()
        self._late: set[asyncio.Task[object]] = set()

    @property
    def is_late(self) -> bool:
        """Whether an answer that was waited for in vain is still to come."""
        return bool(self._late)

    def ask(self, asking: Coroutine[None, None, object]) -> asyncio.Task[object]:
        """Ask, and let the answer come when it comes."""
        asked = asyncio.create_task(asking)
        self._asked.add(asked)
        asked.add_done_callback(self._ended)
        return asked

    async def came(self, asking: Coroutine[None, None, object]) -> bool:
        """Ask, and tell whether the answer came soon; a refusal is none."""
        asked = self.ask(asking)
        # A caller that hangs up does not end what it asked: others go by whether it comes.
        done, _ = await asyncio.wait({asked}, timeout=self._timeout)
        if not done:
            self._late.add(asked)
            return False
        try:
            asked.result()
        except RefusedError:
            return False
        return True

    async def close(self) -> None:
        """Wait for nothing more."""
        asked = tuple(self._asked)
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    def _ended(self, asked: asyncio.Task[object]) -> None:
        self._asked.discard(asked)
        self._late.discard(asked)
        if not asked.cancelled():
            # Looked at, so that a refusal that came late is not reported as forgotten.
            asked.exception()
