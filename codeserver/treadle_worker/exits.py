"""How an attempt ended: a pure function of what its process said and of how it ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from treadle_worker.messages import (
    AttemptCancelled,
    AttemptFailed,
    AttemptSucceeded,
    Failure,
    FailureReason,
)

Outcome: TypeAlias = AttemptSucceeded | AttemptFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """How a process ended: with an exit status, or by a signal (its name, else "")."""

    status: int = 0
    signal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEnd:
    """All that is known of an attempt whose processes are gone.

    `outcome` is what the process said of itself; None if it ended before it could.
    """

    step_key: str
    outcome: Outcome | None
    exit: Exit
    cancel_requested: bool
    duration_us: int
    pid: int


def read_exit(result: os.waitid_result) -> Exit:
    """Read what the kernel says of a child that ended."""
    if result.si_code == os.CLD_EXITED:
        return Exit(status=result.si_status)
    try:
        return Exit(signal=signal.Signals(result.si_status).name)
    except ValueError:
        # A real-time signal: those between SIGRTMIN and SIGRTMAX have no name of their own.
        return Exit(signal=f"SIGRTMIN+{result.si_status - signal.SIGRTMIN}")


def conclude(
    end: AttemptEnd, stderr_tail: Callable[[], str]
) -> AttemptSucceeded | AttemptFailed | AttemptCancelled:
    """Decide what the journal says of an attempt.

    It succeeded when its process said so and then ended like one that has nothing to say:
    what runs after the op (threads, atexit handlers, flushing) is part of it. An attempt that
    did so although its cancel was on the way succeeded all the same.
    """
    if isinstance(end.outcome, AttemptSucceeded) and end.exit == Exit():
        return replace(end.outcome, duration_us=end.duration_us, pid=end.pid)
    if end.cancel_requested:
        return AttemptCancelled(was_running=True)
    if isinstance(end.outcome, AttemptFailed):
        return replace(end.outcome, duration_us=end.duration_us, pid=end.pid)
    return AttemptFailed(
        failure=_sudden_end(end, stderr_tail()), duration_us=end.duration_us, pid=end.pid
    )


def _sudden_end(end: AttemptEnd, stderr_tail: str) -> Failure:
    when = (
        "before the op returned"
        if end.outcome is None
        else "after the op returned, while its threads, atexit handlers and open files ended"
    )
    if end.exit.signal:
        return Failure(
            reason=FailureReason.SIGNAL,
            message=f"The process of {end.step_key} was ended by {end.exit.signal} {when}.",
            signal=end.exit.signal,
            stderr_tail=stderr_tail,
        )
    return Failure(
        reason=FailureReason.EXIT,
        message=f"The process of {end.step_key} ended itself with exit status "
        f"{end.exit.status} {when}.",
        exit_code=end.exit.status,
        stderr_tail=stderr_tail,
    )
