"""Re-executions: what is asked of an earlier run, and what is reused of it. Mirrors plan.proto."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from treadle_launcher.ids import KeyText, RunId, StepKey
from treadle_launcher.values import ValueRef


class ReexecutionKind(StrEnum):
    """Which steps of an earlier run run again."""

    FROM_FAILURE = "from_failure"
    """What failed, what never finished, and everything below either."""
    STEPS = "steps"
    """The steps that are named."""
    ALL = "all"
    """Every step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reexecution:
    """A new run with an earlier one's selection and options, planned anew.

    `step_expressions` are set for STEPS only. `rerun_changed`: a succeeded step whose code or
    inputs changed since runs again too. `same_code`: the digest must be the earlier run's.
    """

    parent_run_id: RunId
    kind: ReexecutionKind
    step_expressions: tuple[str, ...] = ()
    rerun_changed: bool = False
    same_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReusedOutput:
    """One stored value of a reused step.

    `asset_key` is None for an intermediate. Without `value_ref` the manager loads it by name;
    beside an empty `io_manager_key` there is no value: Nothing, or one that is gone and that
    nothing reads.
    """

    output: str
    asset_key: KeyText | None = None
    value_ref: ValueRef | None = None
    io_manager_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """A step that does not run again, and what an earlier run stored of it.

    `outputs` are set once the launcher resolved them. `skipped`: it was skipped, and is again.
    """

    step_key: StepKey
    from_run_id: RunId
    outputs: tuple[ReusedOutput, ...] = ()
    changed: bool = False
    skipped: bool = False
