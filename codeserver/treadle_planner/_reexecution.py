"""What a re-execution is asked with, which steps run again and what an earlier run made of each, and
what is told of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from treadle_contract.codeserver import EarlierStep
from treadle_contract.fan_outs import unexpanded
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.plan import PlannedStep, Reexecution, Verdict
from treadle_contract.run import StepState
from treadle_planner._index import SnapshotIndex
from treadle_planner._words import named

ENDINGS: Final[Mapping[StepState | None, str]] = {
    StepState.SUCCEEDED: "succeeded in",
    StepState.FAILED: "failed in",
    StepState.SKIPPED: "was skipped in",
    StepState.NOT_RUN: "did not run in",
    StepState.CANCELLED: "was cancelled in",
}
"""How a step ended, in words. NOT_RUN also of one that the plan left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """A re-execution and the steps of the run that it goes on from, by key."""

    reexecution: Reexecution
    earlier: Mapping[StepKey, EarlierStep] = field(default_factory=dict)

    @classmethod
    def of(cls, reexecution: Reexecution, steps: Iterable[EarlierStep]) -> Rerun:
        """Gather the steps; one that ended in no way that is known here succeeded, or did not run."""
        return cls(reexecution=reexecution, earlier={step.key: _ended(step) for step in steps})


def _ended(step: EarlierStep) -> EarlierStep:
    if step.state in ENDINGS:
        return step
    return replace(step, state=StepState.SUCCEEDED if step.succeeded else StepState.NOT_RUN)


def again_notes(index: SnapshotIndex, steps: Iterable[PlannedStep], rerun: Rerun) -> Iterator[str]:
    """Yield which steps are new, gone, or not needed any more: a sentence for each kind."""
    parent = f"run {rerun.reexecution.parent_run_id}"
    planned = {step.key: step for step in steps}
    new = [key for key, step in planned.items() if step.verdict is Verdict.RUN]
    known = {unexpanded(key) for key in rerun.earlier}
    new = [key for key in new if unexpanded(key) not in known]
    if new:
        yield f"New since {parent}: {named(new)}."
    gone = sorted(key for key in rerun.earlier if unexpanded(key) not in index.wiring.steps)
    if gone:
        yield f"Gone since {parent}: {named(gone)}."
    needed = {unexpanded(key) for key, step in planned.items() if step.verdict is not Verdict.OMIT}
    left = sorted(
        key
        for key, earlier in rerun.earlier.items()
        if unexpanded(key) in index.wiring.steps
        and earlier.state is not StepState.NOT_RUN
        and unexpanded(key) not in needed
    )
    if left:
        yield f"Not needed any more: {named(left)}."
