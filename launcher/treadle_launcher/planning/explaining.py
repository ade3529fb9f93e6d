"""An explanation by a location, told with what this launcher's record knows."""

from __future__ import annotations

from collections.abc import Sequence

from treadle_contract.lazy_dataclasses import replace
from treadle_contract.message import ContractError
from treadle_contract.plan import ExplanationPart, OpExplanation, PlannedStep, Verdict
from treadle_launcher.planning.plan import Plan


def told_with(plan: Plan, parts: Sequence[ExplanationPart]) -> ExplanationPart:
    """Join the parts of an explanation; reasons, loads and hazards are those of the resolved plan.

    Raises:
        ContractError: the header is not where it belongs.
    """
    for number, part in enumerate(parts):
        if (part.header is not None) != (number == 0):
            problem = "is set in the first part, and there only"
            raise ContractError(f"ExplanationPart.header of part {number}", problem)
    if not parts or parts[0].header is None:
        raise ContractError("ExplanationPart.header", "is not set: there is no part")
    steps = {step.key: step for step in plan.steps}
    return ExplanationPart(
        header=replace(
            parts[0].header,
            location=plan.header.location,
            fingerprint=plan.header.fingerprint,
            selection=plan.header.selection,
            notes=plan.header.notes,
        ),
        assets=tuple(each for part in parts for each in part.assets),
        checks=tuple(each for part in parts for each in part.checks),
        ops=tuple(_as_planned(op, steps.get(op.step_key)) for part in parts for op in part.ops),
        hazards=plan.hazards,
        loads=plan.loads,
    )


def _as_planned(op: OpExplanation, step: PlannedStep | None) -> OpExplanation:
    if step is None:
        return op
    # Why a value is gone, and what another location owns, the record alone knows.
    verdict = Verdict.OMIT if step.verdict is Verdict.OMIT else Verdict.RUN
    return replace(op, verdict=verdict, reason=step.reason)
