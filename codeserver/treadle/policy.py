"""How a step runs, as plain data: when it is tried again, and what it may use. See policy.proto."""

from __future__ import annotations

from enum import StrEnum

from treadle.lazy_dataclasses import dataclass


class Backoff(StrEnum):
    """How the delay before a retry grows."""

    LINEAR = "linear"
    """The delay times the number of the retry."""
    EXPONENTIAL = "exponential"
    """The delay times two to the power of the retries before this one."""


class Jitter(StrEnum):
    """How chance changes a delay, so that steps that failed together are not tried together."""

    FULL = "full"
    """Between nothing and the whole delay."""
    PLUS_MINUS = "plus_minus"
    """Between half of the delay less and half of it more."""


class RetryCause(StrEnum):
    """A way to fail that a policy may cover. The values are those of the failure reasons."""

    USER_ERROR = "user_error"
    """The user's code, or a rule about what it returned."""
    TIMEOUT = "timeout"
    """A deadline of the step passed."""
    OOM = "oom"
    """The memory limit was met."""
    SIGNAL = "signal"
    """A signal that Treadle did not send ended the process."""
    EXIT = "exit"
    """The process ended by itself before it reported."""
    LOST = "lost"
    """The host that ran it is gone, after the user's code had begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """When a step that failed is tried again: `on` is sorted as the causes stand above."""

    max_retries: int
    on: tuple[RetryCause, ...]
    delay_ms: int = 0
    backoff: Backoff | None = None
    jitter: Jitter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What each process of one attempt may use, children by themselves. 0: no limit.

    Niceness is added to the host's.
    """

    memory_bytes: int = 0
    cpu_seconds: int = 0
    open_files: int = 0
    niceness: int = 0
