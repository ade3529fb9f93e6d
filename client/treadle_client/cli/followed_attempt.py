"""The attempt that `runs logs --follow` follows: which it is, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from treadle_client._errors import UnreachableError
from treadle_client._ids import StepKey
from treadle_client._messages import StepResult, StepState
from treadle_client._result import describe_failure
from treadle_client.cli.repeated import next_command
from treadle_client.text._words import clock, count
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle_client._run_handle import RunHandle

_NAMED_AT_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedAttempt:
    """One attempt of one step; it may not have started yet."""

    run_id: str
    step_key: str
    number: int

    def how_it_ended(self, handle: RunHandle) -> str:
        """Say how it ended, and how to follow the next attempt if there is one."""
        try:
            step = _find(tuple(handle.steps()), self.step_key)
        except UnreachableError:
            step = None
        this = f"Attempt {self.number} of {self.step_key}"
        if step is None:
            return f"{this} has ended."
        if step.attempts > self.number:
            is_over = step.state is not StepState.RUNNING
            became = "was the last one" if is_over else "runs now"
            return (
                f"{this} has ended; attempt {step.attempts} {became}. {self._next(step.attempts)}"
            )
        absence = why_absent(step, self.number)
        if absence is not None:
            return absence
        if step.state is StepState.RUNNING:
            return f"{this} has ended."
        failure = f": {describe_failure(step.failure)}" if step.failure else "."
        if step.state not in {StepState.PENDING, StepState.READY}:
            return f"{this} {step.state}{failure}"
        when = f" at {clock(step.not_before)}" if step.not_before else ""
        follows = f"Attempt {self.number + 1} follows{when}. {self._next(self.number + 1)}"
        return f"{this} failed{failure}\n{follows}"

    def _next(self, number: int) -> str:
        words = (self.run_id, self.step_key, "--attempt", str(number), "--follow")
        return f"Read on: {next_command('runs', 'logs', *words)}"


def find_attempt(handle: RunHandle, step_key: str | None, number: int | None) -> FollowedAttempt:
    """Return what to follow: by default the run's only step, and its last attempt that started.

    Raises:
        click.UsageError: no step is named, and the run has several.
    """
    steps = tuple(handle.steps())
    key = _only_step(steps) if step_key is None else step_key
    step = _find(steps, key)
    # A step that the run does not have is refused by the launcher.
    last = 0 if step is None else step.attempts
    return FollowedAttempt(run_id=handle.run_id, step_key=key, number=number or max(last, 1))


def _only_step(steps: Sequence[StepResult]) -> StepKey:
    if len(steps) == 1:
        return steps[0].key
    running = [step.key for step in steps if step.state is StepState.RUNNING]
    if not running:
        raise click.UsageError(
            f"--follow needs a STEP: the run has {len(steps)}, and none runs now. `treadle runs"
            " show RUN` lists them."
        )
    named = ", ".join(running[:_NAMED_AT_MOST])
    more = len(running) - _NAMED_AT_MOST
    others = f" and {more} more" if more > 0 else ""
    raise click.UsageError(
        f"--follow needs a STEP: the run has {len(steps)}. Running now: {named}{others}."
    )


def _find(steps: Sequence[StepResult], key: str) -> StepResult | None:
    return next((step for step in steps if step.key == key), None)


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
