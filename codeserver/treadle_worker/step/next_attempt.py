"""Steps that are tried again in the process in which they raised. Pure."""

from __future__ import annotations

from treadle_contract.run import FailureReason
from treadle_contract.worker import AttemptFailed, Task, TaskStep


def next_attempt(task: Task, step: TaskStep) -> TaskStep | None:
    """Return the attempt after one of a task's steps, if the process may make it."""
    after = (step.step_key, step.attempt + 1)
    return next((each for each in task.retries if (each.step_key, each.attempt) == after), None)


def is_tried_at_once(failed: AttemptFailed) -> bool:
    """Tell whether an attempt failed as only what a step's policy says of exceptions is for.

    Where its op asked for another attempt itself, or said that there is no use in one, its
    launcher knows what follows.
    """
    is_raised = failed.failure.reason is FailureReason.USER_ERROR
    return is_raised and failed.retry is None and not failed.no_retry
