"""What the journal says of an attempt, by what its process said and by how it ended."""

from __future__ import annotations

import pytest

from treadle.task import StepResult
from treadle_worker.attempt_end import AttemptEnd, Exit, Outcome
from treadle_worker.exits import conclude
from treadle_worker.messages import (
    AttemptCancelled,
    AttemptFailed,
    AttemptSucceeded,
    Failure,
    FailureReason,
)

SUCCEEDED = AttemptSucceeded(result=StepResult(), digest="d", duration_us=0, pid=0)
FAILED = AttemptFailed(
    failure=Failure(reason=FailureReason.USER_ERROR, message="m"), duration_us=0, pid=0
)


def end(
    outcome: Outcome | None, exit_: Exit | None = None, *, cancelled: bool = False
) -> AttemptEnd:
    return AttemptEnd(
        step_key="s",
        outcome=outcome,
        exit=exit_ or Exit(),
        cancel_requested=cancelled,
        duration_us=7,
        pid=8,
    )


def tail() -> str:
    return "tail"


@pytest.mark.parametrize("cancelled", [False, True])
def test_success_that_is_said_and_kept_is_success(cancelled: bool) -> None:
    fact = conclude(end(SUCCEEDED, cancelled=cancelled), tail)

    assert fact == AttemptSucceeded(result=StepResult(), digest="d", duration_us=7, pid=8)


@pytest.mark.parametrize("outcome", [None, FAILED])
def test_whatever_else_was_cancelled_is_cancelled(outcome: Outcome | None) -> None:
    fact = conclude(end(outcome, Exit(signal="SIGTERM"), cancelled=True), tail)

    assert fact == AttemptCancelled(was_running=True)


def test_a_failure_that_was_said_stands() -> None:
    fact = conclude(end(FAILED, Exit(status=120)), tail)

    assert isinstance(fact, AttemptFailed)
    assert fact.failure == FAILED.failure


@pytest.mark.parametrize(
    ("exit_", "reason"),
    [(Exit(status=3), FailureReason.EXIT), (Exit(signal="SIGSEGV"), FailureReason.SIGNAL)],
)
@pytest.mark.parametrize("outcome", [None, SUCCEEDED])
def test_a_sudden_end_is_told_by_its_kind(
    outcome: Outcome | None, exit_: Exit, reason: FailureReason
) -> None:
    fact = conclude(end(outcome, exit_), tail)

    assert isinstance(fact, AttemptFailed)
    assert fact.failure.reason is reason
    assert (fact.failure.exit_code, fact.failure.signal) == (exit_.status, exit_.signal)
    assert fact.failure.stderr_tail == "tail"
    assert ("after the op returned" in fact.failure.message) == (outcome is not None)


def test_status_zero_without_a_report_is_no_success() -> None:
    fact = conclude(end(None), tail)

    assert isinstance(fact, AttemptFailed)
    assert fact.failure.reason is FailureReason.EXIT
