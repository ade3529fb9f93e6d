"""Failed steps are tried again as their policies, their ops and their runs say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import treadle_client
from tests.e2e.conftest import Session, Start, emptied
from treadle_client import (
    FailureReason,
    LogStream,
    RetryCause,
    RetryGround,
    RetryPolicy,
    RunState,
    StepState,
)


@pytest.fixture
def session(shared: Start, scratch: Path) -> Session:
    emptied(scratch)
    return shared("retries.py")


@pytest.fixture
def attempts(scratch: Path) -> Callable[[str], list[int]]:
    """Return when each attempt of an op began, in nanoseconds, as the op itself wrote it down."""

    def read(name: str) -> list[int]:
        written = scratch / f"attempts-{name}"
        return [int(line) for line in written.read_text().split()] if written.exists() else []

    return read


Attempts = Callable[[str], list[int]]


def of_kind(session: Session, run_id: str, kind: type[Any]) -> list[Any]:
    return [event for event in session.events(run_id) if isinstance(event, kind)]


def test_a_flaky_op_succeeds_at_its_third_attempt(session: Session, attempts: Attempts) -> None:
    result = session.succeed("from_flaky")

    retries = of_kind(session, result.run_id, treadle_client.StepRetryScheduled)
    assert len(attempts("flaky")) == 3
    assert session.value("from_flaky") == 6
    assert [(retry.attempt, retry.next_attempt) for retry in retries] == [(1, 2), (2, 3)]
    assert {retry.ground for retry in retries} == {RetryGround.POLICY}
    assert [retry.failure.error_class for retry in retries] == ["builtins.ValueError"] * 2
    started = of_kind(session, result.run_id, treadle_client.StepStarted)
    assert [event.attempt for event in started if event.step_key == "from_flaky.flaky"] == [1, 2, 3]


def test_what_a_policy_does_not_cover_fails_at_once(session: Session, attempts: Attempts) -> None:
    result = session.run("not_covered")

    assert result.status is RunState.FAILED
    assert len(attempts("not_covered")) == 1


def test_an_op_asks_for_a_retry_without_a_policy(session: Session, attempts: Attempts) -> None:
    result = session.succeed("asks")

    retries = of_kind(session, result.run_id, treadle_client.StepRetryScheduled)
    assert len(attempts("asks")) == 3
    assert {retry.ground for retry in retries} == {RetryGround.REQUESTED}
    assert "asked to be tried again, at most 5 times" in retries[0].failure.message
    assert "it is busy" in retries[0].failure.traceback.whole()


def test_an_op_that_asks_too_often_fails_whatever_its_policy_says(
    session: Session, attempts: Attempts
) -> None:
    assert session.run("asks_too_often").status is RunState.FAILED
    assert len(attempts("asks_too_often")) == 2


def test_an_op_that_rules_a_retry_out_fails_and_its_facts_arrive(
    session: Session, attempts: Attempts
) -> None:
    result = session.run("gives_up")

    assert len(attempts("gives_up")) == 1
    (failed,) = of_kind(session, result.run_id, treadle_client.StepFailed)
    assert "there is no such table" in failed.failure.message
    assert failed.failure.metadata == {"table": "t"}


@pytest.mark.parametrize(
    ("name", "reason"), [("exits", FailureReason.EXIT), ("crashes", FailureReason.SIGNAL)]
)
def test_a_process_that_ends_is_covered_unless_the_policy_says_otherwise(
    session: Session, attempts: Attempts, name: str, reason: FailureReason
) -> None:
    result = session.succeed(name)

    (retry,) = of_kind(session, result.run_id, treadle_client.StepRetryScheduled)
    assert retry.failure.reason is reason
    assert len(attempts(name)) == 2


def test_one_attempts_outputs_are_committed_together(session: Session) -> None:
    result = session.succeed("first or second")

    made = of_kind(session, result.run_id, treadle_client.AssetMaterialized)
    assert [(event.asset_key, event.attempt) for event in made] == [("first", 2), ("second", 2)]
    assert len(list(session.client.materializations("first"))) == 1
    assert (session.value("first"), session.value("second")) == (2, 2)


def test_a_delay_is_kept_and_grows(session: Session, attempts: Attempts) -> None:
    result = session.succeed("delayed")

    first, second, third = attempts("delayed")
    assert second - first >= 200_000_000
    assert third - second >= 400_000_000
    retries = of_kind(session, result.run_id, treadle_client.StepRetryScheduled)
    waits = [retry.not_before - retry.time for retry in retries]
    assert waits[0] >= timedelta(milliseconds=200)
    assert waits[1] >= timedelta(milliseconds=400)


def test_a_run_is_cancelled_while_a_retry_waits(session: Session, attempts: Attempts) -> None:
    handle = session.client.materialize("waits_an_hour")
    for event in handle.events():
        if isinstance(event, treadle_client.StepRetryScheduled):
            (step,) = handle.steps()
            assert (step.state, step.not_before) == (StepState.READY, event.not_before)
            handle.cancel("enough")

    assert handle.result(timeout=30).status is RunState.CANCELLED
    assert len(attempts("waits_an_hour")) == 1


def test_a_run_whose_time_is_over_fails_and_what_ran_is_ended(
    session: Session, attempts: Attempts
) -> None:
    # On a machine that is busy a step takes seconds to begin: then it is tried with more time.
    for seconds in (0.5, 4, 32):
        result = session.run("takes_for_ever", timeout=seconds)
        if attempts("takes_for_ever"):
            break

    assert result.status is RunState.FAILED
    run = session.client.run(result.run_id).describe()
    assert run.timeout == timedelta(seconds=seconds)
    assert run.failure is not None
    assert run.failure.reason is FailureReason.TIMEOUT
    assert f"{seconds} s" in run.failure.message
    handle = session.client.run(result.run_id)
    (step,) = handle.steps()
    assert step.state is StepState.CANCELLED
    stderr = b"".join(piece.data for piece in handle.logs(step.key, stream=LogStream.STDERR))
    assert b"retries.py" in stderr
    assert b"in takes_for_ever" in stderr


def test_a_run_that_ends_in_time_is_not_touched_by_its_timeout(session: Session) -> None:
    session.succeed("from_flaky", timeout=60)


def test_a_plan_shows_what_was_stated_by_precedence(session: Session) -> None:
    plan = session.client.plan("policies")

    steps = {str(step.key): step for step in plan.steps}
    stated = steps["policies.stated"]
    assert stated.retry_policy == RetryPolicy(
        max_retries=3,
        delay=timedelta(seconds=1.5),
        backoff=treadle_client.Backoff.EXPONENTIAL,
        jitter=treadle_client.Jitter.FULL,
        on=tuple(cause for cause in RetryCause if cause is not RetryCause.LOST),
    )
    assert stated.timeout == timedelta(seconds=12.5)
    assert stated.limits == treadle_client.Limits(
        memory_bytes=2**30, cpu_seconds=60, open_files=100, niceness=5
    )
    found = {key: step.retry_policy.max_retries for key, step in steps.items() if step.retry_policy}
    assert found == {"policies.stated": 3, "policies.inner": 5, "policies.doubled": 7}


def test_a_jobs_policy_is_for_steps_that_have_none(session: Session) -> None:
    by_job = {step.key: step.retry_policy for step in session.client.plan(job="plain").steps}

    assert {key: policy.max_retries for key, policy in by_job.items() if policy} == {
        "asks": 4,
        "from_flaky.doubled": 4,
        "from_flaky.flaky": 2,
    }
    assert session.client.plan("asks").steps[0].retry_policy is None
    (job,) = session.client.graph().jobs
    assert job.retry_policy is not None
    assert job.retry_policy.max_retries == 4
