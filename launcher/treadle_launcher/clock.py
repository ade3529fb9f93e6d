"""Time as the launcher sees it: whole microseconds of UTC, taken from a clock it is given."""

from __future__ import annotations

import time
from datetime import datetime
from typing import NewType, Protocol

from treadle_contract.fields import EPOCH, MICROSECOND, microseconds

TimeUs = NewType("TimeUs", int)
"""Microseconds since 1970-01-01T00:00:00Z. For people: order never depends on it."""


def as_moment(time: TimeUs) -> datetime:
    """Return a time as the contract has it."""
    return EPOCH + time * MICROSECOND


def as_time(moment: datetime) -> TimeUs:
    """Return a moment of the contract's as the launcher has it."""
    return TimeUs(microseconds(moment))


class Clock(Protocol):
    """Tells the time. Tests give one that they move themselves."""

    def now(self) -> TimeUs:
        """Return the time, in microseconds of UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> TimeUs:
        """Return the machine's time, in microseconds of UTC."""
        return TimeUs(time.time_ns() // 1000)


class ManualClock:
    """A clock for tests that stands still until it is moved."""

    def __init__(self, now_us: int = 1_700_000_000_000_000) -> None:
        self._now_us = now_us

    def now(self) -> TimeUs:
        """Return the time it was set to."""
        return TimeUs(self._now_us)

    def advance(self, us: int) -> None:
        """Move the clock by so many microseconds, which may be negative."""
        self._now_us += us
