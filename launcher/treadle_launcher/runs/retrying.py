"""What follows from an attempt that failed: a further one, or the end of the step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from treadle_contract.event import RetryGround, StepFailed, StepRetryScheduled
from treadle_contract.ids import StepKey
from treadle_contract.policy import Backoff, Jitter, RetryCause, RetryPolicy
from treadle_contract.run import FailureReason, RunState, StepState
from treadle_contract.worker import AttemptFailed
from treadle_launcher.clock import TimeUs, as_moment
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.step_view import StepView

Chance: TypeAlias = Callable[[], float]
"""Gives a number from 0 up to 1, another one each time."""

NOT_BEGUN_RETRIES: Final = 2
"""How often a step is tried again by itself whose host was lost before its code began."""

NOT_TAKEN_RETRIES: Final = 5
"""How often a step is tried again by itself that its host did not take."""

_GROWTH_ENDS_MS: Final = 24 * 60 * 60 * 1000
"""A delay does not grow beyond a day; one that is longer from the start stays as it is."""

_NOT_TAKEN_MS: Final = 250
"""The delay before the second such try, doubled before each further one."""

_MOST_DOUBLINGS: Final = 40
"""More than lead from a millisecond to a day."""

_LONGEST_DELAY_MS: Final = 100 * 365 * 24 * 60 * 60 * 1000
"""What the authoring API takes at most; moments beyond have no form in the contract."""

_CAUSES: Final = {FailureReason(cause.value): cause for cause in RetryCause}


class Retries:
    """Decides whether a step is tried again, and when. Chance alone varies what it says."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance

    def after_failure(
        self,
        view: RunView,
        key: StepKey,
        failed: AttemptFailed,
        now: TimeUs,
        *,
        has_begun: bool = False,
    ) -> StepFailed | StepRetryScheduled:
        """Return the fact that the step's running attempt failed, as its policy wants it.

        An op's own wish goes before its policy, its word that trying again is of no use before
        both. A step whose host is lost goes by its policy, then by the run's `retry_lost`. A run
        that ends tries nothing again, unless the next attempt `has_begun`.
        """
        step = view.steps[key]
        policy = view.index.step(key).retry_policy
        is_open = has_begun or view.state is RunState.RUNNING
        ground = _ground(view, step, failed, policy) if is_open else None
        delay_ms = 0
        if ground is RetryGround.REQUESTED and failed.retry is not None:
            # It comes from the user's process, and may be any number.
            delay_ms = min(max(0, failed.retry.delay_ms), _LONGEST_DELAY_MS)
        elif ground is RetryGround.POLICY and policy is not None:
            delay_ms = delay_before(policy, _counted(step) + 1, self._chance)
        return _fact(step, failed, ground, TimeUs(now + delay_ms * 1000))

    def before_code_began(
        self, view: RunView, key: StepKey, failed: AttemptFailed, now: TimeUs
    ) -> StepFailed | StepRetryScheduled:
        """Return the fact that an attempt was lost of which no code of the user's ran.

        When it was tried again for that as often as may be, it is lost like any other.
        """
        step = view.steps[key]
        tried = step.retries.get(RetryGround.NOT_BEGUN, 0)
        if view.state is RunState.RUNNING and tried < NOT_BEGUN_RETRIES:
            return _fact(step, failed, RetryGround.NOT_BEGUN, now)
        return self.after_failure(view, key, failed, now)

    @staticmethod
    def not_taken(
        view: RunView, key: StepKey, refused: AttemptFailed, now: TimeUs
    ) -> StepRetryScheduled | None:
        """Return the fact that a host did not take the step: it is tried again. None: too often.

        That a host leaves just then is nobody's fault; of one after the other it is.
        """
        step = view.steps[key]
        tried = step.retries.get(RetryGround.NOT_TAKEN, 0)
        if view.state is RunState.RUNNING and tried >= NOT_TAKEN_RETRIES:
            return None
        delay_ms = 0 if tried == 0 else _NOT_TAKEN_MS << min(tried - 1, _MOST_DOUBLINGS)
        return StepRetryScheduled(
            failure=refused.failure,
            not_before=as_moment(TimeUs(now + delay_ms * 1000)),
            next_attempt=step.attempts + 1,
            ground=RetryGround.NOT_TAKEN,
        )


def delay_before(policy: RetryPolicy, retry: int, chance: Chance) -> int:
    """Return how many milliseconds pass before a retry, which counts from 1."""
    delay = policy.delay_ms
    if policy.backoff is Backoff.LINEAR:
        delay *= retry
    elif policy.backoff is Backoff.EXPONENTIAL:
        delay <<= min(retry - 1, _MOST_DOUBLINGS)
    delay = min(delay, max(policy.delay_ms, _GROWTH_ENDS_MS))
    if policy.jitter is Jitter.FULL:
        return round(delay * chance())
    if policy.jitter is Jitter.PLUS_MINUS:
        return round(delay * (0.5 + chance()))
    return delay


def retries_at_once(view: RunView, key: StepKey) -> int:
    """Return how often a step that raises may be tried again without a delay, as its policy wants it."""
    policy = view.index.step(key).retry_policy
    if policy is None or policy.delay_ms:
        return 0
    return max(0, retries_on_error(policy) - _counted(view.steps[key]))


def retries_on_error(policy: RetryPolicy | None) -> int:
    """Return how often a policy has a step tried again that raises."""
    return 0 if policy is None or RetryCause.USER_ERROR not in policy.on else policy.max_retries


def retries_before(view: RunView, key: StepKey, attempt: int) -> int:
    """Return how many retries count against a policy or an op when an attempt runs, or would run."""
    step = view.steps[key]
    current = step.attempts if step.state is StepState.RUNNING else step.attempts + 1
    return _counted(step) + max(0, attempt - current)


def _ground(
    view: RunView, step: StepView, failed: AttemptFailed, policy: RetryPolicy | None
) -> RetryGround | None:
    if failed.no_retry:
        return None
    if failed.retry is not None:
        may = _counted(step) < failed.retry.max_retries
        return RetryGround.REQUESTED if may else None
    reason = failed.failure.reason
    cause = None if reason is None else _CAUSES.get(reason)
    is_covered = policy is not None and cause is not None and cause in policy.on
    if is_covered and policy is not None and _counted(step) < policy.max_retries:
        return RetryGround.POLICY
    given_by_run = step.retries.get(RetryGround.RUN, 0)
    if reason is FailureReason.LOST and given_by_run < view.retry_lost:
        return RetryGround.RUN
    return None


def _counted(step: StepView) -> int:
    """Return how many retries count against what a policy or an op allows."""
    counted = (RetryGround.POLICY, RetryGround.REQUESTED)
    return sum(step.retries.get(ground, 0) for ground in counted)


def _fact(
    step: StepView, failed: AttemptFailed, ground: RetryGround | None, not_before: TimeUs
) -> StepFailed | StepRetryScheduled:
    if ground is None:
        return failed_for_good(failed)
    return StepRetryScheduled(
        failure=failed.failure,
        not_before=as_moment(not_before),
        next_attempt=step.attempts + 1,
        usage=failed.usage,
        ground=ground,
    )


def failed_for_good(failed: AttemptFailed) -> StepFailed:
    """Return the fact that an attempt failed after which there is none."""
    return StepFailed(
        failure=failed.failure,
        duration_us=failed.duration_us,
        pid=failed.pid,
        usage=failed.usage,
    )
