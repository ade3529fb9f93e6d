"""How a step runs: when it is tried again, and what it may use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Backoff(StrEnum):
    """How the delay before a retry grows."""

    #: The delay times the number of the retry.
    LINEAR = "linear"
    #: The delay times two to the power of the retries before this one.
    EXPONENTIAL = "exponential"


class Jitter(StrEnum):
    """How chance changes a delay, so that steps that failed together are not tried together."""

    #: Between nothing and the whole delay.
    FULL = "full"
    #: Between half of the delay less and half of it more.
    PLUS_MINUS = "plus_minus"


class RetryCause(StrEnum):
    """A way to fail that a policy may cover. Equal in value to the FailureReason."""

    #: The user's code, or a rule about what it returned.
    USER_ERROR = "user_error"
    #: A deadline of the step passed.
    TIMEOUT = "timeout"
    #: The memory limit was met.
    OOM = "oom"
    #: A signal that Treadle did not send ended the process.
    SIGNAL = "signal"
    #: The process ended by itself before it reported.
    EXIT = "exit"
    #: The host that ran it is gone, after the user's code had begun.
    LOST = "lost"


class RetryGround(StrEnum):
    """What lets a step be tried again."""

    #: Its policy covers the failure.
    POLICY = "policy"
    #: The op asked for it.
    REQUESTED = "requested"
    #: The run's retry_lost.
    RUN = "run"
    #: The host was lost before the user's code began.
    NOT_BEGUN = "not_begun"
    #: The host did not take the task.
    NOT_TAKEN = "not_taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """When a step that failed is tried again: how often, how long after, after which failures."""

    max_retries: int
    delay: timedelta
    backoff: Backoff | None
    jitter: Jitter | None
    on: tuple[RetryCause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What each process of one attempt may use, children by themselves. 0: no limit."""

    memory_bytes: int
    cpu_seconds: int
    open_files: int
    niceness: int
