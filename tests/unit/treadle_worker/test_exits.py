"""What the journal says of an attempt, by what its process said and by how it ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from treadle.policy import Limits
from treadle.task import StepResult
from treadle_worker.attempt_end import AttemptEnd, Exit, OomKills, Outcome
from treadle_worker.exits import conclude
from treadle_worker.messages import (
    AttemptCancelled,
    AttemptFailed,
    AttemptSucceeded,
    AttemptUsage,
    Failure,
    FailureReason,
)

SUCCEEDED = AttemptSucceeded(result=StepResult(), digest="d", duration_us=0, pid=0)
FAILED = AttemptFailed(
    failure=Failure(reason=FailureReason.USER_ERROR, message="m"), duration_us=0, pid=0
)


def end(
    outcome: Outcome | None,
    exit_: Exit | None = None,
    *,
    cancelled: bool = False,
    **facts: object,
) -> AttemptEnd:
    known = AttemptEnd(
        step_key="s",
        outcome=outcome,
        exit=exit_ or Exit(),
        cancel_requested=cancelled,
        duration_us=7,
        pid=8,
        usage=AttemptUsage(wall_us=7, cpu_us=2_100_000, peak_memory_bytes=900),
    )
    return replace(known, **facts)  # type: ignore[arg-type]  # named by the tests


def tail() -> str:
    return "tail"


@pytest.mark.parametrize("cancelled", [False, True])
def test_success_that_is_said_and_kept_is_success(cancelled: bool) -> None:
    fact = conclude(end(SUCCEEDED, cancelled=cancelled), tail)

    assert fact == AttemptSucceeded(
        result=StepResult(), digest="d", duration_us=7, pid=8, usage=end(None).usage
    )


@pytest.mark.parametrize("outcome", [None, FAILED])
def test_whatever_else_was_cancelled_is_cancelled(outcome: Outcome | None) -> None:
    fact = conclude(end(outcome, Exit(signal="SIGTERM"), cancelled=True), tail)

    assert fact == AttemptCancelled(was_running=True, usage=end(None).usage)


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


def failure(attempt_end: AttemptEnd, stderr: str = "tail") -> Failure:
    fact = conclude(attempt_end, lambda: stderr)
    assert isinstance(fact, AttemptFailed)
    assert fact.usage == attempt_end.usage
    return fact.failure


KILLED = Exit(signal="SIGKILL")


@pytest.mark.parametrize("outcome", [None, SUCCEEDED, FAILED])
@pytest.mark.parametrize("exit_", [Exit(), KILLED, Exit(signal="SIGTERM")])
def test_what_was_ended_because_its_time_was_over_is_a_timeout(
    outcome: Outcome | None, exit_: Exit
) -> None:
    told = conclude(end(outcome, exit_, timeout_ms=1500, was_killed=exit_ == KILLED), tail)

    if outcome == SUCCEEDED and exit_ == Exit():
        assert isinstance(told, AttemptSucceeded)
        return
    assert isinstance(told, AttemptFailed)
    assert told.failure.reason is FailureReason.TIMEOUT
    assert "1.5 s" in told.failure.message
    assert ("KILL when" in " ".join(told.failure.evidence)) == (exit_ == KILLED)


def test_success_that_comes_after_the_deadline_met_the_op_is_a_timeout() -> None:
    found = failure(end(SUCCEEDED, timeout_ms=1500, was_interrupted=True))

    assert found.reason is FailureReason.TIMEOUT
    assert "before the op returned" in found.message
    assert "Its process ended before it was sent TERM." in found.evidence


def test_a_timeout_says_that_stderr_has_the_stack_if_it_has() -> None:
    stack = 'Thread 0x1 (most recent call first):\n  File "a.py", line 3 in thing\n'
    ended = end(None, Exit(signal="SIGTERM"), timeout_ms=1500, was_told=True)
    told = conclude(ended, lambda: stack)

    assert isinstance(told, AttemptFailed)
    assert told.failure.evidence[1:] == (
        "Its stderr says where it was then.",
        "Its processes were sent TERM, and ended.",
    )
    assert "Its stderr says where it was then." not in failure(end(None, timeout_ms=1)).evidence


@pytest.mark.parametrize(
    ("oom", "likely", "words"),
    [
        (OomKills(machine=1), True, "on this machine"),
        (OomKills(machine=2, cgroup=1), True, "a process in the host's cgroup"),
        (OomKills(machine=1, cgroup=1, own=1), False, "limit of 5 bytes"),
    ],
)
def test_a_kill_while_the_kernel_killed_for_memory_is_that(
    oom: OomKills, likely: bool, words: str
) -> None:
    found = failure(end(None, KILLED, oom=oom, limits=Limits(memory_bytes=5)))

    assert (found.reason, found.likely) == (FailureReason.OOM, likely)
    assert any(words in each for each in found.evidence)
    assert "900 bytes" in found.evidence[-1]
    assert ("likely" in found.message) == likely


def test_other_kills_are_signals_and_say_whose() -> None:
    outside = failure(end(None, KILLED))
    ours = failure(end(None, KILLED, was_killed=True))

    assert outside.reason is ours.reason is FailureReason.SIGNAL
    assert "Treadle had not sent the signal." in outside.evidence
    assert ours.evidence == ("Treadle sent the signal, because the process did not end.",)


def test_cpu_seconds_that_are_used_up_are_a_timeout() -> None:
    limits = Limits(cpu_seconds=2)

    assert failure(end(None, Exit(signal="SIGXCPU"), limits=limits)).reason is FailureReason.TIMEOUT
    assert failure(end(None, KILLED, limits=limits)).reason is FailureReason.TIMEOUT
    early = failure(end(None, KILLED, limits=Limits(cpu_seconds=60)))
    assert early.reason is FailureReason.SIGNAL
