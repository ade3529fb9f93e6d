"""What a re-execution is asked with: which steps run again, and what an earlier run made of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from treadle_contract.codeserver import EarlierStep
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.plan import Reexecution
from treadle_contract.run import StepState

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
