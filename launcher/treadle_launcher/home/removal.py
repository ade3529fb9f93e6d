"""A home that is removed or moved while its launcher runs: callers are told, and it leaves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from treadle_launcher.home.home import HomeError

_LOG = logging.getLogger(__name__)


class HomeGone:
    """Learns of it from the store's thread, and tells the launcher to leave."""

    def __init__(self, leave: asyncio.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._leave = leave
        self._why = ""
        self._act: Callable[[str], None] = lambda why: None

    def then(self, act: Callable[[str], None]) -> None:
        """Set what is called with the reason, before the launcher leaves."""
        self._act = act

    def from_thread(self, why: str) -> None:
        """Learn that nothing is recorded any more."""
        self._loop.call_soon_threadsafe(self._learn, why)

    def is_certain(self) -> bool:
        """Tell whether nothing is recorded any more."""
        return bool(self._why)

    def check(self) -> None:
        """Tell the launcher's starter why it left.

        Raises:
            HomeError: the home is gone.
        """
        if self._why:
            raise HomeError(self._why)

    def _learn(self, why: str) -> None:
        if self._why:
            return
        self._why = f"{why}. Nothing was recorded since: put it back, and start a launcher on it"
        _LOG.error("home_gone error=%s", self._why)
        self._act(self._why)
        self._leave.set()
