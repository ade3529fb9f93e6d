"""A user's module can end its own steps, and nothing of ours."""

from __future__ import annotations

from tests.e2e.conftest import Start
from treadle_client import FailureReason, FailureWhere, RunState


def test_a_host_hears_of_its_steps_whatever_a_module_does_with_signals(start: Start) -> None:
    start("hostile_signals.py").succeed()


def test_whatever_an_op_raises_is_the_users_failure(start: Start) -> None:
    result = start("hostile_exceptions.py").run()

    assert result.status is RunState.FAILED
    assert len(result.failed_steps) == len(result.steps) == 7
    for step in result.failed_steps:
        assert step.failure is not None
        assert (step.failure.reason, step.failure.where) == (
            FailureReason.USER_ERROR,
            FailureWhere.COMPUTE,
        ), step
        assert step.failure.source is not None
