"""Waiting for a launcher that went away: for how long, and when asking again makes sense."""

from __future__ import annotations

import logging
import threading
import time

from treadle_client._errors import UnreachableError
from treadle_client.calls._rpc import LauncherRpc

#: Waits between connections that gave nothing; the last one is repeated.
_DELAYS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
#: A connection that lasted so long was made, though it gave nothing: there was no event to give.
_LASTED_SECONDS = 1.0
#: A launcher that is back so soon was started anew, and nobody need hear of it.
_SILENT_SECONDS = 1.0

# Where nothing is configured, as in the command, Python writes a warning's text to stderr.
_LOG = logging.getLogger(__name__)


class DeadlinePassed(Exception):
    """The time given to a reader is over."""


class Absence:
    """What one reader knows of a launcher that is gone.

    `patience` is how long, in seconds, it may be gone before the reader gives up; `deadline` a
    reading of time.monotonic(), or None.
    """

    def __init__(self, rpc: LauncherRpc, *, patience: float, deadline: float | None = None) -> None:
        self._rpc = rpc
        self._patience = patience
        self._deadline = deadline
        self._fruitless = 0
        self._since: float | None = None
        self._is_told = False
        self._connecting_at = 0.0

    def connecting(self) -> float | None:
        """Take note that a connection begins; return how many seconds it may last, None: any.

        Raises:
            DeadlinePassed: no time is left.
        """
        left = self._seconds_left()
        self._connecting_at = time.monotonic()
        return left

    def is_over(self) -> None:
        """Take note that the launcher gave something."""
        self._fruitless, self._since, self._is_told = 0, None, False

    def wait(self, error: UnreachableError) -> None:
        """Return when another connection makes sense; `error` is what ended the last one.

        Logs a warning, once for each absence, when the launcher is not back soon.

        Raises:
            UnreachableError: `error`, when patience is over.
            DeadlinePassed: the time is.
        """
        left = self._seconds_left()
        now = time.monotonic()
        if now - self._connecting_at > _LASTED_SECONDS:
            self.is_over()
        if self._since is None:
            self._since = now
        patience = self._since + self._patience - now
        if patience <= 0:
            raise error
        wait = patience if left is None else min(patience, left)
        threading.Event().wait(min(wait, _DELAYS[min(self._fruitless, len(_DELAYS) - 1)]))
        self._fruitless += 1
        try:
            self._wait_reachable(wait)
        except UnreachableError:
            self._seconds_left()
            raise error from None

    def _wait_reachable(self, seconds: float) -> None:
        if not self._is_told:
            try:
                self._rpc.wait_reachable(min(seconds, _SILENT_SECONDS))
            except UnreachableError:
                if seconds <= _SILENT_SECONDS:
                    raise
            else:
                return
            self._is_told = True
            told = "The launcher at %s is gone; waiting up to %g s for it."
            _LOG.warning(told, self._rpc.address, self._patience)
            seconds -= _SILENT_SECONDS
        self._rpc.wait_reachable(seconds)

    def _seconds_left(self) -> float | None:
        if self._deadline is None:
            return None
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise DeadlinePassed
        return left
