"""What an op hears that is told to end: an exception in its main thread."""

from __future__ import annotations

from enum import StrEnum


class Interruption(StrEnum):
    """Why an op is told to end."""

    CANCELLED = "cancelled"
    """Its run was cancelled, or the process that started the services ends."""
    TIMEOUT = "timeout"
    """Its own time is over, or its run's."""


class StepInterrupted(KeyboardInterrupt):
    """Raised in the main thread of an op that is told to end: let it pass.

    `finally:` blocks and context managers run, and have the launcher's `--term-grace` for it.
    `reason` is "cancelled" or "timeout". An op that catches it and returns makes nothing all the
    same. `except Exception:` does not catch it: it is a KeyboardInterrupt, which asyncio and other
    libraries let pass.
    """

    def __init__(self, reason: Interruption = Interruption.CANCELLED) -> None:
        self.reason = Interruption(reason)
        # As it was given: that is what an exception is pickled by.
        super().__init__(self.reason)

    def __str__(self) -> str:
        if self.reason is Interruption.TIMEOUT:
            return "its time is over"
        return "its run was cancelled"
