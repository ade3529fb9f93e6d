"""Whether a step that failed is tried again, on what ground, and after how long."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle_contract.event import (
    CancelRequested,
    RetryGround,
    RunDequeued,
    RunStarted,
    RunSubmitted,
    StepFailed,
    StepRetryScheduled,
    StepStarted,
)
from treadle_contract.ids import HostId, RunId, StepKey, TaskId
from treadle_contract.plan import PlanHeader, PlannedStep, PlanOptions, Selection, Verdict
from treadle_contract.policy import Backoff, Jitter, RetryCause, RetryPolicy
from treadle_contract.run import Failure, FailureReason, RunState
from treadle_contract.worker import AttemptFailed, RetryRequest
from treadle_launcher.clock import TimeUs, as_time
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.decide import follow_ups
from treadle_launcher.runs.events import Event, NewEvent, Payload
from treadle_launcher.runs.retrying import NOT_BEGUN_RETRIES, Retries, delay_before
from treadle_launcher.runs.run_view import RunView

NOW = TimeUs(1_700_000_000_000_000)
STEP = StepKey("s")
BUT_LOST = tuple(cause for cause in RetryCause if cause is not RetryCause.LOST)
DAY_MS = 24 * 60 * 60 * 1000


class Log:
    """A run of one step, and what was appended to it."""

    def __init__(
        self, policy: RetryPolicy | None = None, *, retry_lost: int = 0, timeout_ms: int = 0
    ) -> None:
        step = PlannedStep(key=STEP, block="b", verdict=Verdict.RUN, retry_policy=policy)
        plan = Plan(
            header=PlanHeader(location="here", digest="d", fingerprint="f"),
            steps=(step,),
        )
        submitted = RunSubmitted(
            location="here",
            selection=Selection(),
            options=PlanOptions(),
            digest="d",
            fingerprint="f",
            retry_lost=retry_lost,
            timeout_ms=timeout_ms,
        )
        self.number = 0
        self.view = RunView(plan, self.event(submitted))
        self.put(RunDequeued())
        self.put(RunStarted(step_count=1, fingerprint="f"))

    def event(self, payload: Payload, step: StepKey | None = None, attempt: int = 0) -> Event:
        self.number += 1
        return Event(
            store_sequence=self.number,
            run_id=RunId("r"),
            sequence=self.number,
            time=NOW,
            payload=payload,
            step_key=step,
            attempt=attempt,
        )

    def put(self, payload: Payload, step: StepKey | None = None, attempt: int = 0) -> None:
        self.view.apply(self.event(payload, step, attempt))

    def start(self) -> None:
        attempt = self.view.steps[STEP].attempts + 1
        self.put(StepStarted(host_id=HostId("h"), task_id=TaskId("t")), STEP, attempt)

    def end(self, payload: Payload) -> None:
        self.put(payload, STEP, self.view.steps[STEP].attempts)

    def fail(self, reason: FailureReason, **fields: Any) -> StepFailed | StepRetryScheduled:
        """Start an attempt, have it fail, and apply what follows."""
        self.start()
        fact = RETRIES.after_failure(self.view, STEP, failed(reason, **fields), NOW)
        self.end(fact)
        return fact

    def grounds(self, *reasons: FailureReason, **fields: Any) -> list[RetryGround | None]:
        """Have an attempt fail for each reason, until there is none; say why there was another."""
        found: list[RetryGround | None] = []
        for reason in reasons:
            fact = self.fail(reason, **fields)
            found.append(fact.ground if isinstance(fact, StepRetryScheduled) else None)
            if found[-1] is None:
                break
        return found


RETRIES = Retries(lambda: 0.25)
USER, LOST, OOM = FailureReason.USER_ERROR, FailureReason.LOST, FailureReason.OOM


def failed(reason: FailureReason, **fields: Any) -> AttemptFailed:
    return AttemptFailed(failure=Failure(reason=reason, message="why"), pid=4711, **fields)


def test_without_a_policy_a_failure_is_the_end() -> None:
    fact = Log().fail(USER)

    assert fact == StepFailed(failure=Failure(reason=USER, message="why"), pid=4711)


def test_a_policy_is_used_up() -> None:
    policy = RetryPolicy(max_retries=2, on=BUT_LOST)

    assert Log(policy).grounds(USER, OOM, USER) == [RetryGround.POLICY, RetryGround.POLICY, None]


@pytest.mark.parametrize("reason", FailureReason)
def test_a_policy_covers_the_reasons_of_its_causes_and_no_others(reason: FailureReason) -> None:
    (covered,) = Log(RetryPolicy(max_retries=1, on=BUT_LOST)).grounds(reason)
    (every,) = Log(RetryPolicy(max_retries=1, on=tuple(RetryCause))).grounds(reason)
    names = {cause.value for cause in RetryCause}

    assert (covered is not None) == (reason.value in names - {"lost"})
    assert (every is not None) == (reason.value in names)


def test_an_op_that_rules_it_out_is_not_tried_again() -> None:
    policy = RetryPolicy(max_retries=5, on=BUT_LOST)

    assert Log(policy).grounds(USER, no_retry=True) == [None]


def test_an_ops_wish_needs_no_policy_and_has_its_own_end() -> None:
    wish = RetryRequest(max_retries=2, delay_ms=1500)
    log = Log()

    fact = log.fail(USER, retry=wish)
    assert isinstance(fact, StepRetryScheduled)
    assert (fact.ground, fact.next_attempt) == (RetryGround.REQUESTED, 2)
    assert as_time(fact.not_before) == NOW + 1_500_000
    assert log.grounds(USER, USER, retry=wish) == [RetryGround.REQUESTED, None]


@pytest.mark.parametrize(("asked", "taken"), [(-1, 0), (2**62, 3_153_600_000_000)])
def test_a_wish_for_an_impossible_moment_is_cut(asked: int, taken: int) -> None:
    fact = Log().fail(USER, retry=RetryRequest(max_retries=3, delay_ms=asked))

    assert isinstance(fact, StepRetryScheduled)
    assert as_time(fact.not_before) == NOW + taken * 1000


def test_an_ops_wish_that_is_used_up_is_not_prolonged_by_its_policy() -> None:
    log = Log(RetryPolicy(max_retries=9, on=BUT_LOST))

    assert log.grounds(USER, retry=RetryRequest(max_retries=0)) == [None]


def test_wishes_and_policy_count_together() -> None:
    log = Log(RetryPolicy(max_retries=2, on=BUT_LOST))

    log.fail(USER, retry=RetryRequest(max_retries=1))
    assert log.grounds(USER, USER) == [RetryGround.POLICY, None]


def test_a_lost_host_goes_by_the_policy_then_by_the_run() -> None:
    assert Log().grounds(LOST) == [None]
    assert Log(retry_lost=2).grounds(LOST, LOST, LOST) == [
        RetryGround.RUN,
        RetryGround.RUN,
        None,
    ]
    policy = RetryPolicy(max_retries=1, on=(RetryCause.LOST,))
    assert Log(policy, retry_lost=1).grounds(LOST, LOST, LOST) == [
        RetryGround.POLICY,
        RetryGround.RUN,
        None,
    ]
    assert Log(policy, retry_lost=1).grounds(USER) == [None]


def test_what_was_lost_for_the_run_leaves_the_policy_whole() -> None:
    log = Log(RetryPolicy(max_retries=1, on=BUT_LOST), retry_lost=1)

    assert log.grounds(LOST, USER, USER) == [RetryGround.RUN, RetryGround.POLICY, None]


def test_what_was_lost_before_its_code_began_is_tried_again_twice_and_uses_nothing_up() -> None:
    log = Log(RetryPolicy(max_retries=1, on=BUT_LOST))
    for _ in range(NOT_BEGUN_RETRIES):
        log.start()
        fact = RETRIES.before_code_began(log.view, STEP, failed(LOST), NOW)
        assert isinstance(fact, StepRetryScheduled)
        assert (fact.ground, as_time(fact.not_before)) == (RetryGround.NOT_BEGUN, NOW)
        log.end(fact)
    assert log.grounds(USER) == [RetryGround.POLICY]
    log.start()
    assert isinstance(RETRIES.before_code_began(log.view, STEP, failed(LOST), NOW), StepFailed)


@pytest.mark.parametrize(
    ("policy", "retry_lost", "ground"),
    [
        (RetryPolicy(max_retries=1, on=(RetryCause.LOST,)), 0, RetryGround.POLICY),
        (None, 1, RetryGround.RUN),
    ],
    ids=["policy", "run"],
)
def test_what_is_lost_once_more_before_its_code_began_is_lost_like_any_other(
    policy: RetryPolicy | None, retry_lost: int, ground: RetryGround
) -> None:
    log = Log(policy, retry_lost=retry_lost)
    grounds = []
    for _ in range(NOT_BEGUN_RETRIES + 1):
        log.start()
        fact = RETRIES.before_code_began(log.view, STEP, failed(LOST), NOW)
        assert isinstance(fact, StepRetryScheduled)
        grounds.append(fact.ground)
        log.end(fact)
    log.start()

    assert grounds == [RetryGround.NOT_BEGUN] * NOT_BEGUN_RETRIES + [ground]
    assert isinstance(RETRIES.before_code_began(log.view, STEP, failed(LOST), NOW), StepFailed)


def test_a_run_that_is_being_ended_tries_nothing_again() -> None:
    log = Log(RetryPolicy(max_retries=5, on=BUT_LOST), retry_lost=5)
    log.start()
    log.put(CancelRequested())

    for decide in (RETRIES.after_failure, RETRIES.before_code_began):
        assert isinstance(decide(log.view, STEP, failed(LOST), NOW), StepFailed)
    assert isinstance(
        RETRIES.after_failure(log.view, STEP, failed(USER, retry=RetryRequest(max_retries=3)), NOW),
        StepFailed,
    )


@pytest.mark.parametrize(
    ("backoff", "delays"),
    [
        (None, [100, 100, 100, 100]),
        (Backoff.LINEAR, [100, 200, 300, 400]),
        (Backoff.EXPONENTIAL, [100, 200, 400, 800]),
    ],
)
def test_delays_grow_as_the_backoff_says(backoff: Backoff | None, delays: list[int]) -> None:
    policy = RetryPolicy(max_retries=9, on=BUT_LOST, delay_ms=100, backoff=backoff)

    assert [delay_before(policy, retry, lambda: 0.5) for retry in (1, 2, 3, 4)] == delays


@pytest.mark.parametrize(
    ("jitter", "chance", "delay"),
    [
        (None, 0.9, 1000),
        (Jitter.FULL, 0.0, 0),
        (Jitter.FULL, 0.9, 900),
        (Jitter.PLUS_MINUS, 0.0, 500),
        (Jitter.PLUS_MINUS, 0.5, 1000),
        (Jitter.PLUS_MINUS, 0.9, 1400),
    ],
)
def test_chance_changes_a_delay_as_the_jitter_says(
    jitter: Jitter | None, chance: float, delay: int
) -> None:
    policy = RetryPolicy(max_retries=1, on=BUT_LOST, delay_ms=1000, jitter=jitter)

    assert delay_before(policy, 1, lambda: chance) == delay


@given(
    delay_ms=st.integers(0, 10**13),
    retry=st.integers(1, 2**31 - 1),
    backoff=st.none() | st.sampled_from(Backoff),
    jitter=st.none() | st.sampled_from(Jitter),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_no_delay_is_negative_or_grows_beyond_a_day(
    delay_ms: int, retry: int, backoff: Backoff | None, jitter: Jitter | None, chance: float
) -> None:
    policy = RetryPolicy(
        max_retries=1, on=BUT_LOST, delay_ms=delay_ms, backoff=backoff, jitter=jitter
    )

    assert 0 <= delay_before(policy, retry, lambda: chance) <= 1.5 * max(delay_ms, DAY_MS)


def test_a_policys_delay_counts_its_own_retries() -> None:
    policy = RetryPolicy(
        max_retries=3, on=BUT_LOST, delay_ms=1000, backoff=Backoff.EXPONENTIAL, jitter=Jitter.FULL
    )
    log = Log(policy, retry_lost=1)

    waits = []
    for reason in (USER, LOST, USER, USER):
        fact = log.fail(reason)
        assert isinstance(fact, StepRetryScheduled)
        waits.append((as_time(fact.not_before) - NOW) // 1000)
    assert waits == [250, 0, 500, 1000]


def test_a_waiting_retry_is_known_until_it_starts() -> None:
    log = Log(RetryPolicy(max_retries=1, on=BUT_LOST, delay_ms=1000))
    log.fail(USER)
    assert log.view.waiting == {STEP: NOW + 1_000_000}
    log.start()
    assert log.view.waiting == {}


def test_a_run_whose_time_is_over_fails_with_that() -> None:
    log = Log(timeout_ms=1500)
    over = Failure(reason=FailureReason.TIMEOUT, message="too long")
    assert log.view.deadline == NOW + 1_500_000
    log.put(CancelRequested(reason="its time is over", failure=over))

    for follow_up in follow_ups(log.view, NOW):
        apply(log, follow_up)
    assert log.view.state is RunState.FAILED
    assert log.view.summary().failure == over


def apply(log: Log, new: NewEvent) -> None:
    log.put(new.payload, new.step_key, new.attempt)


def test_a_run_without_a_timeout_has_no_deadline() -> None:
    assert Log().view.deadline is None
