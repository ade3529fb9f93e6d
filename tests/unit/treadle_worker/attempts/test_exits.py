"""What the journal says of an attempt, by what its process said and by how it ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from treadle_contract import json_codec
from treadle_contract.policy import Limits
from treadle_contract.run import AttemptUsage, Failure, FailureReason
from treadle_contract.value import Text
from treadle_contract.worker import AttemptCancelled, AttemptFailed, AttemptSucceeded
from treadle_worker.attempts.attempt_end import AttemptEnd, Exit, OomKills, Outcome, Undecoded
from treadle_worker.attempts.exits import conclude
from treadle_worker.step.reports import OUR_FAILURE

SUCCEEDED = Undecoded(name="succeeded", body={"yieldedOutputs": ["result"], "later": {}})
FAILED = AttemptFailed(failure=Failure(reason=FailureReason.USER_ERROR, message="m"))


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

    assert isinstance(fact, Undecoded)
    assert json_codec.decode(AttemptSucceeded, fact.body) == AttemptSucceeded(
        yielded_outputs=("result",), duration_us=7, pid=8, usage=end(None).usage
    )
    assert "later" in fact.body


@pytest.mark.parametrize("outcome", [None, FAILED])
def test_whatever_else_was_cancelled_is_cancelled(outcome: Outcome | None) -> None:
    fact = conclude(end(outcome, Exit(signal="SIGTERM"), cancelled=True), tail)

    assert fact == AttemptCancelled(
        was_running=True, usage=end(None).usage, signal="SIGTERM", stderr_tail=Text(head="tail")
    )


def test_what_was_cancelled_and_ended_by_itself_says_how() -> None:
    fact = conclude(end(None, cancelled=True), tail)

    assert isinstance(fact, AttemptCancelled)
    assert (fact.exit_code, fact.signal) == (0, "")


def test_a_failure_that_was_said_stands() -> None:
    fact = conclude(end(FAILED, Exit(status=120)), tail)

    assert isinstance(fact, AttemptFailed)
    assert fact.failure == replace(FAILED.failure, stderr_tail=Text(head="tail"))


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
    assert fact.failure.stderr_tail == Text(head="tail")
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
    was_killed = exit_ == KILLED
    told = conclude(
        end(outcome, exit_, timeout_ms=1500, was_told=was_killed, was_killed=was_killed), tail
    )

    if outcome == SUCCEEDED and exit_ == Exit():
        assert isinstance(told, Undecoded)
        return
    assert isinstance(told, AttemptFailed)
    assert told.failure.reason is FailureReason.TIMEOUT
    assert "1.5 s" in told.failure.message
    assert ("KILL when" in " ".join(told.failure.evidence)) == (exit_ == KILLED)


def test_what_a_process_says_that_was_told_to_end_is_no_success() -> None:
    cancelled = conclude(end(SUCCEEDED, cancelled=True, was_told=True), tail)
    found = failure(end(SUCCEEDED, timeout_ms=1500, was_told=True))

    assert isinstance(cancelled, AttemptCancelled)
    assert found.reason is FailureReason.TIMEOUT
    assert "after the op returned" in found.message


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "Its process ended before it was told to."),
        ({"was_told": True}, "Its processes were sent TERM, and ended."),
        (
            {"was_told": True, "was_interrupted": True},
            "StepInterrupted was raised in its main thread, its child processes were sent TERM, and ended.",
        ),
    ],
)
def test_a_timeout_says_how_its_process_was_told(facts: dict[str, bool], words: str) -> None:
    assert words in failure(end(None, timeout_ms=1500, **facts)).evidence


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


@pytest.mark.parametrize(
    ("oom", "words"),
    [
        (OomKills(cgroup=None), "killed nothing during the attempt"),
        (
            OomKills(machine=None),
            "in the host's cgroup during the attempt; what it did on the machine",
        ),
        (OomKills(cgroup=None, machine=None), "its counters cannot be read here"),
    ],
)
def test_counters_that_cannot_be_read_are_not_taken_for_nothing(oom: OomKills, words: str) -> None:
    found = failure(end(None, KILLED, oom=oom))

    assert found.reason is FailureReason.SIGNAL
    assert words in found.evidence[1]


XCPU = Exit(signal="SIGXCPU")
TWO_SECONDS = Limits(cpu_seconds=2)


@pytest.mark.parametrize(
    ("exit_", "own_cpu_us", "reason", "likely"),
    [
        (XCPU, 2_010_000, FailureReason.TIMEOUT, False),
        (XCPU, 1_600_000, FailureReason.TIMEOUT, False),
        (XCPU, 0, FailureReason.SIGNAL, False),
        (KILLED, 7_000_000, FailureReason.TIMEOUT, False),
        (KILLED, 6_000_000, FailureReason.TIMEOUT, True),
        (KILLED, 3_000_000, FailureReason.SIGNAL, False),
        (KILLED, 0, FailureReason.SIGNAL, False),
    ],
)
def test_a_limit_of_cpu_time_is_met_by_what_the_process_itself_used(
    exit_: Exit, own_cpu_us: int, reason: FailureReason, likely: bool
) -> None:
    found = failure(end(None, exit_, limits=TWO_SECONDS, own_cpu_us=own_cpu_us))

    assert (found.reason, found.likely) == (reason, likely)
    assert f"had used {own_cpu_us / 1e6:.2f}" in found.evidence[-1]


def test_a_limit_of_cpu_time_is_no_guess_for_a_kill_of_ours() -> None:
    ours = end(None, KILLED, limits=TWO_SECONDS, own_cpu_us=9_000_000, was_killed=True)

    assert failure(ours).reason is FailureReason.SIGNAL


@pytest.mark.parametrize(
    ("own_cpu_us", "oom", "reason"),
    [
        (3_600_000, OomKills(machine=1), FailureReason.OOM),
        (9_000_000, OomKills(machine=1, cgroup=1, own=1), FailureReason.OOM),
        # Whose kill the machine counted is not known; that the limit was met is.
        (9_000_000, OomKills(machine=1), FailureReason.TIMEOUT),
    ],
)
def test_memory_is_asked_before_cpu_time(
    own_cpu_us: int, oom: OomKills, reason: FailureReason
) -> None:
    found = end(None, KILLED, limits=TWO_SECONDS, own_cpu_us=own_cpu_us, oom=oom)

    assert failure(found).reason is reason


def test_an_end_during_the_import_is_told_as_that() -> None:
    found = failure(end(None, Exit(signal="SIGSEGV"), has_begun=False))

    assert "while it imported the code" in found.message


@pytest.mark.parametrize(("outcome", "words"), [(None, "nothing"), (SUCCEEDED, "although")])
def test_an_exit_status_says_what_was_reported(outcome: Outcome | None, words: str) -> None:
    found = failure(end(outcome, Exit(status=3)))

    assert "exit status 3" in found.evidence[0]
    assert words in found.evidence[0]


def test_a_failure_of_ours_that_could_not_be_reported_is_not_the_ops() -> None:
    found = failure(end(None, Exit(status=OUR_FAILURE)))

    assert found.reason is FailureReason.INTERNAL


@pytest.mark.parametrize("status", [0, 70, 213, OUR_FAILURE])
def test_garbage_where_the_process_reports_is_the_ops(status: int) -> None:
    fact = conclude(end(None, Exit(status=status), garbage="a frame of 9 bytes"), tail)

    assert isinstance(fact, AttemptFailed)
    assert fact.failure.reason is FailureReason.USER_ERROR
    assert "s wrote to the descriptor that its process reports to Treadle on" in (
        fact.failure.message
    )
    assert (
        "Its host read something else than a report there: a frame of 9 bytes."
        in fact.failure.evidence
    )


def test_a_success_that_was_told_before_the_garbage_stands() -> None:
    assert isinstance(conclude(end(SUCCEEDED, garbage="no JSON"), tail), Undecoded)


@pytest.mark.parametrize("cancelled", [False, True])
def test_what_a_blocking_check_fails_is_made_if_its_process_ended_well(cancelled: bool) -> None:
    blocked = replace(FAILED, made=AttemptSucceeded(yielded_outputs=("result",)), no_retry=True)

    fact = conclude(end(blocked, cancelled=cancelled), tail)

    assert isinstance(fact, AttemptFailed)
    assert fact.made == blocked.made
    assert fact.usage == end(None).usage


def test_what_a_blocking_check_fails_is_not_made_if_its_process_broke_after_it() -> None:
    blocked = replace(FAILED, made=AttemptSucceeded(yielded_outputs=("result",)))

    broken = conclude(end(blocked, Exit(signal="SIGSEGV")), tail)
    told = conclude(end(blocked, was_told=True, cancelled=True), tail)

    assert isinstance(broken, AttemptFailed)
    assert broken.made is None
    assert isinstance(told, AttemptCancelled)
