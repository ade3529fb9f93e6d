"""Why a run holds nothing of what was asked for: no such attempt, or the step ran in another run."""

from __future__ import annotations

from treadle_client._messages import StepResult, StepState
from treadle_client.cli.repeated import next_command
from treadle_client.text._words import count


def why_absent(step: StepResult, number: int | None) -> str | None:
    """Say why there is no such attempt, None: none at all; return None if there is one."""
    if step.attempts >= (number or 1):
        return None
    if step.reused_from_run_id:
        there = next_command("runs", "logs", step.reused_from_run_id, step.key)
        return f"{step.key} was reused from run {step.reused_from_run_id}. It wrote there: {there}"
    if step.attempts:
        return f"{step.key} has no attempt {number}: it had {count(step.attempts, 'attempt')}."
    if step.state in {StepState.PENDING, StepState.READY}:
        return f"{step.key} is {step.state}: it has not started."
    return f"{step.key} is {step.state}: it never started."
