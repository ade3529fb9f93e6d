from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from treadle_client import _messages
from treadle_client._messages import Failure, FailureReason, RetryGround, RunState
from treadle_client.cli.pages.event_lines import event_line
from treadle_client.cli.pages.progress import Progress
from treadle_client.text._text import Text

NOW = datetime(2026, 1, 1, tzinfo=UTC)

CRASH = Failure(
    reason=FailureReason.SIGNAL,
    where=None,
    message="SIGSEGV ended it",
    error_class="",
    traceback=Text(),
    source=None,
    exit_code=None,
    signal="SIGSEGV",
    stderr_tail=Text(head="Fatal Python error\n"),
)


def made(kind, step_key="s", attempt=1, **fields):
    return kind(
        sequence=1,
        store_sequence=1,
        run_id="r",
        time=NOW,
        step_key=step_key,
        attempt=attempt,
        **fields,
    )


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (made(_messages.StepStarted, attempt=2, host_id="h", task_id="t"), "s (attempt 2) started"),
        (
            made(
                _messages.StepRetryScheduled,
                failure=CRASH,
                not_before=NOW,
                next_attempt=2,
                ground=RetryGround.POLICY,
            ),
            "s failed, attempt 2 follows: signal: SIGSEGV ended it",
        ),
        (
            made(
                _messages.StepRetryScheduled,
                failure=CRASH,
                not_before=NOW + timedelta(seconds=90),
                next_attempt=2,
                ground=RetryGround.POLICY,
            ),
            "s failed, attempt 2 follows in 1:30 min: signal: SIGSEGV ended it",
        ),
        (
            made(_messages.OutputStored, output="rows", duration=timedelta(seconds=90)),
            "s stored rows in 1:30 min",
        ),
        (
            made(_messages.StepSkipped, upstream_step_key="up", upstream_output="o"),
            "s skipped: up did not yield o",
        ),
        (
            made(_messages.StepSkipped, upstream_step_key="up", upstream_output=""),
            "s skipped: up was skipped",
        ),
        (made(_messages.StepNotRun, upstream_step_key="up"), "s not run: up failed"),
        (made(_messages.StepNotRun, upstream_step_key=""), "s not run: the run ended"),
        (
            made(_messages.StepNotRun, upstream_step_key="up", check="a:rows"),
            "s not run: check a:rows did not hold, in up",
        ),
        (
            made(_messages.CheckEvaluated, asset_key="a", check_name="rows", passed=True),
            "s check rows of a held",
        ),
        (
            made(
                _messages.CheckEvaluated,
                asset_key="a",
                check_name="rows",
                passed=False,
                severity=_messages.AssetCheckSeverity.WARN,
                description="Few\nrows.",
                blocking=True,
            ),
            "s check rows of a did not hold (warn, blocking): Few\\nrows.",
        ),
        (
            made(_messages.OutputDiscarded, output="o", asset_keys=("a", "b")),
            "s discarded o (a, b)",
        ),
        (
            made(
                _messages.HostReady,
                step_key="",
                host_id="h",
                digest="d",
                fingerprint="f",
                start_method=_messages.StartMethod.SPAWN,
                start_method_reason="a live thread",
                warm=False,
            ),
            "steps are spawned, not forked: a live thread",
        ),
        (
            made(_messages.LogRecord, level="WARNING", message=Text(head="hm"), logger="l"),
            "s WARNING: hm",
        ),
    ],
)  # fmt: skip
def test_what_a_person_should_know_has_a_line(event, text):
    line = event_line(event)

    assert line is not None
    assert line.text == text


def test_the_end_of_stderr_stands_below_a_crash():
    event = made(_messages.StepFailed, failure=CRASH, duration=timedelta(), pid=1)

    line = event_line(event)

    assert line is not None
    assert line.below == "Fatal Python error"


RAISED = replace(
    CRASH,
    reason=FailureReason.USER_ERROR,
    error_class="builtins.ValueError",
    traceback=Text(head="Traceback\nValueError: no"),
    signal="",
)


@pytest.mark.parametrize(
    ("stderr", "below"),
    [
        ("", "Traceback\nValueError: no"),
        ("a warning\n", "a warning\nTraceback\nValueError: no"),
        # The op has printed it as well.
        ("Traceback\nValueError: no\n", "Traceback\nValueError: no"),
        ("a warning\nTraceback\nValueError: no\n", "a warning\nTraceback\nValueError: no"),
        # The end of stderr begins within what it has printed.
        ("ValueError: no\n", "Traceback\nValueError: no"),
    ],
)
def test_what_an_op_wrote_before_it_raised_stands_before_the_traceback_once(stderr, below):
    failure = replace(RAISED, stderr_tail=Text(head=stderr))

    line = event_line(made(_messages.StepFailed, failure=failure, duration=timedelta(), pid=1))

    assert line is not None
    assert line.below == below


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ({}, "s cancelled"),
        ({"signal": "SIGTERM"}, "s cancelled"),
        ({"signal": "SIGKILL"}, "s cancelled, and ended by SIGKILL"),
        ({"exit_code": 0}, "s cancelled, and ended with exit status 0"),
    ],
)
def test_a_cancelled_step_says_how_it_ended_and_its_last_words(how, text):
    event = made(
        _messages.StepCancelled, was_running=True, stderr_tail=Text(head="last words\n"), **how
    )

    line = event_line(event)

    assert line is not None
    assert (line.text, line.below) == (text, "last words")


@pytest.mark.parametrize(
    "event",
    [
        made(_messages.RunDequeued, step_key=""),
        made(_messages.OutputDiscarded, output="o", asset_keys=()),
    ],
)
def test_what_only_machines_need_has_no_line(event):
    assert event_line(event) is None


def test_progress_counts_what_runs_what_is_done_and_what_is_not():
    progress = Progress()
    for event in (
        made(_messages.RunStarted, step_key="", step_count=3, fingerprint="f"),
        made(_messages.StepStarted, step_key="a", host_id="h", task_id="t"),
        made(_messages.StepStarted, step_key="b", host_id="h", task_id="t"),
        made(_messages.StepSucceeded, step_key="a", duration=timedelta(), pid=1),
        made(_messages.StepFailed, step_key="b", failure=CRASH, duration=timedelta(), pid=1),
        made(_messages.StepNotRun, step_key="c", upstream_step_key="b"),
    ):
        progress.see(event)

    assert str(progress) == "RUNNING, 1 of 3 steps done, 2 not, 0 assets made"
    assert not progress.running


def test_a_retry_is_not_running_until_it_starts_again():
    progress = Progress()
    for event in (
        made(_messages.StepStarted, host_id="h", task_id="t"),
        made(
            _messages.StepRetryScheduled,
            failure=CRASH,
            not_before=NOW,
            next_attempt=2,
            ground=RetryGround.POLICY,
        ),
    ):
        progress.see(event)

    assert not progress.running
    assert not progress.failed


def test_a_finished_run_has_nothing_running():
    progress = Progress()
    progress.see(made(_messages.StepStarted, host_id="h", task_id="t"))
    progress.see(
        made(
            _messages.RunFinished,
            step_key="",
            state=RunState.CANCELLED,
            failure=None,
            failed_step_keys=(),
            materialization_count=0,
            unexpected_count=0,
        )
    )

    assert progress.state is RunState.CANCELLED
    assert not progress.running


def test_what_a_failure_rests_on_stands_below_it():
    failure = replace(CRASH, evidence=("The kernel says so.", "Nobody else does."))
    event = made(_messages.StepFailed, failure=failure, duration=timedelta(), pid=1)

    line = event_line(event)

    assert line is not None
    assert line.below == "The kernel says so.\nNobody else does.\nFatal Python error"
