"""What became of a run: its end, its steps, what it made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from treadle_client._errors import RunFailed
from treadle_client._ids import RunId
from treadle_client._messages import (
    CheckEvaluated,
    Failure,
    FailureReason,
    Materialization,
    RunState,
    StepResult,
    StepState,
)
from treadle_client.calls._values import Readers, Reading
from treadle_client.text._facts import facts_text
from treadle_client.text._stacks import without_own_frames
from treadle_client.text._text import Text
from treadle_contract.lazy_dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A finished run. `steps` are in plan order, `materializations` in the order they were made.

    `failure` is a cause before or beside the steps, for example code that changed after the plan;
    `load` is what `value` asks, `checks` what `get_asset_check_evaluations` does.
    """

    run_id: RunId
    status: RunState
    steps: Mapping[str, StepResult] = field(repr=False)
    materializations: tuple[Materialization, ...] = field(repr=False)
    failure: Failure | None
    load: Callable[[str, str, Reading], Any] = field(repr=False, compare=False)
    checks: Callable[[], tuple[CheckEvaluated, ...]] = field(repr=False, compare=False)

    def value(
        self,
        step_key: str,
        output: str = "result",
        *,
        definitions: Readers | None = None,
        python_type: object = None,
    ) -> Any:
        """Return what a step yielded, read in this process.

        What an IO manager of the user's stored, that of `definitions` loads, as `python_type`.

        Raises:
            NotMadeError: it yielded nothing of that name.
            ValueUnreadableError: its value is not there, or not for this process to read.
        """
        return self.load(step_key, output, Reading(definitions, python_type))

    def get_asset_check_evaluations(self) -> tuple[CheckEvaluated, ...]:
        """Return the results of the run's checks, in order.

        Raises:
            UnreachableError: the launcher does not answer.
        """
        return self.checks()

    @property
    def succeeded(self) -> bool:
        """Whether every step succeeded or was skipped."""
        return self.status is RunState.SUCCEEDED

    @property
    def failed_steps(self) -> tuple[StepResult, ...]:
        """The steps that failed, in plan order."""
        return tuple(step for step in self.steps.values() if step.state is StepState.FAILED)

    def raise_for_failure(self) -> None:
        """Do nothing if the run succeeded.

        Raises:
            RunFailed: it did not; the message says which steps failed, why and where.
        """
        if self.succeeded:
            return
        lines = [f"Run {self.run_id} ended {self.status}."]
        beside = failure_beside(self.failure, (step.failure for step in self.failed_steps))
        if beside is not None:
            lines.append(f"  {describe_failure(beside)}")
        lines += [f"  {step.key}: {_why(step)}" for step in self.failed_steps]
        raise RunFailed("\n".join(lines), result=self)


def failure_beside(failure: Failure | None, steps: Iterable[Failure | None]) -> Failure | None:
    """Return why a run failed before or beside its steps: None when it is one of theirs."""
    return None if failure in steps else failure


def describe_failure(failure: Failure) -> str:
    """Say in a line what failed, where in a step, and at which line of the user's."""
    where = f" ({failure.where})" if failure.where else ""
    return f"{failure.reason}{where}: {failure.message}{_place(failure)}"


def _place(failure: Failure) -> str:
    if failure.source is None:
        return ""
    is_sentence = failure.message.endswith(".")
    return f" At {failure.source}." if is_sentence else f" at {failure.source}"


def failure_details(failure: Failure) -> list[str]:
    """Return, in parts, what a failure rests on: facts, the user's own included, the traceback,
    the end of stderr.

    What the process wrote before the op raised stands before that, as on a terminal. Of stacks
    in it, the frames that are the user's are shown.
    """
    traceback = str(failure.traceback).rstrip()
    stderr = _beside(traceback, shown_stderr(failure.stderr_tail))
    ends = (
        (stderr, traceback) if failure.reason is FailureReason.USER_ERROR else (traceback, stderr)
    )
    facts = facts_text(failure.metadata) if failure.metadata else []
    return [text for text in ("\n".join((*failure.evidence, *facts)), *ends) if text]


def shown_stderr(tail: Text) -> str:
    """Return the end of a stderr as people read it; the log keeps all of it."""
    return without_own_frames(str(tail).rstrip())


def _beside(traceback: str, stderr: str) -> str:
    """Return what stderr says besides the traceback, which the op may have printed too."""
    if traceback and traceback.endswith(stderr.lstrip("\n")):
        return ""
    return stderr.replace(traceback, "").strip("\n") if traceback else stderr


def _why(step: StepResult) -> str:
    return describe_failure(step.failure) if step.failure else "the reason was not recorded"
