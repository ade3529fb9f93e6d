"""Going on from an earlier run: what is asked of it, and what a plan reuses of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from treadle_client._arguments import choice
from treadle_client._ids import AssetKey, RunId, StepKey
from treadle_client._value_ref import ValueRef


class ReexecutionKind(StrEnum):
    """Which steps of an earlier run run again."""

    #: What failed, what never finished, and everything below either.
    FROM_FAILURE = "from_failure"
    #: The steps that are named.
    STEPS = "steps"
    #: Every step.
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reexecution:
    """A new run with an earlier one's selection and options, planned on the code as it is now.

    `step_expressions` name the steps for STEPS: a step's key, a graph's dotted path or an
    asset's key, each with "+" on either side. `rerun_changed`: a succeeded step whose code or
    inputs changed since runs again too. `same_code`: refused if the code is not the same.
    """

    parent_run_id: RunId
    kind: ReexecutionKind
    step_expressions: tuple[str, ...]
    rerun_changed: bool
    same_code: bool

    def __str__(self) -> str:
        what = {
            ReexecutionKind.FROM_FAILURE: "from what failed",
            ReexecutionKind.STEPS: f"of {', '.join(self.step_expressions)}",
            ReexecutionKind.ALL: "of every step",
        }.get(self.kind, f"({self.kind})")
        changed = ", and of what changed" if self.rerun_changed else ""
        same = ", with the same code" if self.same_code else ""
        return f"{what}{changed} in run {self.parent_run_id}{same}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReusedOutput:
    """One output of a reused step. Without a manager there is no value: Nothing, or it is gone."""

    output: str
    asset_key: AssetKey
    value_ref: ValueRef | None
    io_manager_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """A step that does not run again: `from_run_id` made what it stands for.

    `changed`: its code, or what it read, is not what it was. `skipped`: it was skipped, and is
    again.
    """

    step_key: StepKey
    from_run_id: RunId
    outputs: tuple[ReusedOutput, ...]
    changed: bool
    skipped: bool


def reexecution_of(
    run_id: str,
    kind: ReexecutionKind | str | None,
    steps: str | Sequence[str] | None,
    *,
    rerun_changed: bool,
    same_code: bool,
) -> Reexecution:
    """Gather what is asked of an earlier run; without a kind, steps mean STEPS, else from failure.

    Raises:
        ValueError: steps are named for another kind, or the kind is none.
    """
    names = (steps,) if isinstance(steps, str) else tuple(steps or ())
    default = ReexecutionKind.FROM_FAILURE if steps is None else ReexecutionKind.STEPS
    chosen = default if kind is None else choice(ReexecutionKind, kind, name="kind")
    if names and chosen is not ReexecutionKind.STEPS:
        raise ValueError(f"Steps are named for the kind {ReexecutionKind.STEPS}, not {chosen}.")
    return Reexecution(
        parent_run_id=RunId(run_id),
        kind=chosen,
        step_expressions=names,
        rerun_changed=rerun_changed,
        same_code=same_code,
    )
