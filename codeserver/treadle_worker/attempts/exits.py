"""How an attempt ended: a pure function of what its process said and of how it ended."""

from __future__ import annotations

from collections.abc import Callable

from treadle_contract import json_codec
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import Failure, FailureReason, FailureWhere
from treadle_contract.worker import AttemptCancelled, AttemptFailed, AttemptSucceeded
from treadle_worker.attempts.attempt_end import AttemptEnd, Exit, Undecoded
from treadle_worker.attempts.evidence import exit_evidence, signal_evidence, why_it_died
from treadle_worker.step.failures import whole
from treadle_worker.step.reports import CANNOT_REPORT, OUR_FAILURE

# As faulthandler begins a stack.
_STACK = "(most recent call first):"


def conclude(
    end: AttemptEnd, stderr_tail: Callable[[], str]
) -> Undecoded | AttemptFailed | AttemptCancelled:
    """Decide what the journal says of an attempt.

    It succeeded when its process said so and then ended like one that has nothing to say:
    what runs after the op (threads, atexit handlers, flushing) is part of it. One that was told
    to end before it had did not succeed, whatever it made of that. So it is with what a step made that
    a blocking check fails.
    """
    ended_well = not end.was_told and end.exit == Exit()
    if isinstance(end.outcome, Undecoded) and ended_well:
        return _succeeded(end.outcome, end)
    made = end.outcome.made if isinstance(end.outcome, AttemptFailed) and ended_well else None
    if end.cancel_requested and made is None:
        return _cancelled(end, stderr_tail())
    if end.timeout_ms and made is None:
        return _failed(_timeout(end, stderr_tail()), end)
    if isinstance(end.outcome, AttemptFailed):
        told = replace(end.outcome.failure, stderr_tail=whole(stderr_tail()))
        return replace(
            end.outcome,
            failure=told,
            made=made,
            duration_us=end.duration_us,
            pid=end.pid,
            usage=end.usage,
        )
    return _failed(_sudden_end(end, stderr_tail()), end)


def _cancelled(end: AttemptEnd, stderr_tail: str) -> AttemptCancelled:
    return AttemptCancelled(
        was_running=True,
        usage=end.usage,
        exit_code=None if end.exit.signal else end.exit.status,
        signal=end.exit.signal,
        stderr_tail=whole(stderr_tail),
    )


def _failed(failure: Failure, end: AttemptEnd) -> AttemptFailed:
    return AttemptFailed(failure=failure, duration_us=end.duration_us, pid=end.pid, usage=end.usage)


def _succeeded(outcome: Undecoded, end: AttemptEnd) -> Undecoded:
    measured = AttemptSucceeded(duration_us=end.duration_us, pid=end.pid, usage=end.usage)
    return replace(outcome, body={**outcome.body, **json_codec.encode(measured)})


def _timeout(end: AttemptEnd, stderr_tail: str) -> Failure:
    """Say that the step timed out, and what the op raised when it was told so, if anything."""
    seconds = end.timeout_ms / 1000
    told = end.outcome.failure if isinstance(end.outcome, AttemptFailed) else None
    shown = ("Its stderr says where it was then.",) if _STACK in stderr_tail else ()
    return Failure(
        reason=FailureReason.TIMEOUT,
        message=f"{end.step_key} timed out after {seconds:g} s, {_when(end)}; its process tree was "
        "terminated. Raise its timeout, or make it faster.",
        error_class=told.error_class if told else "",
        traceback=told.traceback if told else None,
        source=told.source if told else None,
        signal=end.exit.signal,
        stderr_tail=whole(stderr_tail),
        evidence=(
            f"Its timeout of {seconds:g} s had passed on the host's monotonic clock.",
            *shown,
            _how_ended(end),
        ),
    )


def _how_ended(end: AttemptEnd) -> str:
    if not end.was_told:
        return "Its process ended before it was told to."
    told = "Its processes were sent TERM"
    if end.was_interrupted:
        told = "StepInterrupted was raised in its main thread, its child processes were sent TERM"
    return f"{told}, and KILL when the grace was over." if end.was_killed else f"{told}, and ended."


def _sudden_end(end: AttemptEnd, stderr_tail: str) -> Failure:
    found = why_it_died(end, stderr_tail)
    if found is not None:
        return replace(found, signal=end.exit.signal, stderr_tail=whole(stderr_tail))
    if end.exit.signal:
        return Failure(
            reason=FailureReason.SIGNAL,
            message=f"The process of {end.step_key} was terminated by {end.exit.signal}"
            f" {_when(end)}.",
            signal=end.exit.signal,
            stderr_tail=whole(stderr_tail),
            evidence=signal_evidence(end),
        )
    if end.garbage and end.outcome is None:
        return _reports_garbled(end, stderr_tail)
    if end.exit.status == CANNOT_REPORT and end.outcome is None:
        return _reports_lost(end, stderr_tail)
    if end.exit.status == OUR_FAILURE and end.outcome is None:
        return _ours(end, stderr_tail)
    return Failure(
        reason=FailureReason.EXIT,
        message=f"The process of {end.step_key} ended itself with exit status "
        f"{end.exit.status} {_when(end)}.",
        exit_code=end.exit.status,
        stderr_tail=whole(stderr_tail),
        evidence=exit_evidence(end),
    )


def _ours(end: AttemptEnd, stderr_tail: str) -> Failure:
    return Failure(
        reason=FailureReason.INTERNAL,
        message=f"Treadle itself failed in the process of {end.step_key}, and could not report how; "
        "its stderr may say. Please report this fault.",
        exit_code=end.exit.status,
        stderr_tail=whole(stderr_tail),
        evidence=(
            f"Its process ended with exit status {OUR_FAILURE}: by that a step process says it.",
        ),
    )


def _reports_lost(end: AttemptEnd, stderr_tail: str) -> Failure:
    return Failure(
        reason=FailureReason.USER_ERROR,
        where=FailureWhere.COMPUTE,
        message=f"{end.step_key} closed the descriptor that its process reports to Treadle on, as "
        "os.closerange and what makes daemons do: whether the op succeeded is not known. Close "
        "only what the op opened, and leave the rest to a process that the op starts.",
        exit_code=end.exit.status,
        stderr_tail=whole(stderr_tail),
        evidence=(
            f"Its process ended with exit status {CANNOT_REPORT}: by that a step process says it.",
        ),
    )


def _reports_garbled(end: AttemptEnd, stderr_tail: str) -> Failure:
    return Failure(
        reason=FailureReason.USER_ERROR,
        where=FailureWhere.COMPUTE,
        message=f"{end.step_key} wrote to the descriptor that its process reports to Treadle on, as "
        "what writes to every open descriptor does: whether the op succeeded is not known. Write "
        "only to what the op opened, and to stdout and stderr.",
        exit_code=end.exit.status,
        stderr_tail=whole(stderr_tail),
        evidence=(
            f"Its host read something else than a report there: {end.garbage}.",
            f"Its process ended with exit status {end.exit.status}.",
        ),
    )


def _when(end: AttemptEnd) -> str:
    if isinstance(end.outcome, Undecoded):
        return "after the op returned, while its threads, atexit handlers and open files ended"
    if not end.has_begun:
        return "while it imported the code"
    # Its inputs were loaded, the op ran, or what that gave was stored: which, nobody told.
    return "before its outputs were stored"
