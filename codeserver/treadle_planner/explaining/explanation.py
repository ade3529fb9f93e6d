"""An explanation: what is said of each asset, check and op for one selection."""

from __future__ import annotations

from treadle.selection import Expression, explain_assets, explain_checks
from treadle_contract.plan import (
    AssetExplanation,
    CheckExplanation,
    ExplanationHeader,
    ExplanationPart,
    OpExplanation,
    Verdict,
)
from treadle_planner._plan import Plan
from treadle_planner._readers import Readers
from treadle_planner._reasons import Reasons
from treadle_planner.explaining.needs import Leads, Needs
from treadle_planner.explaining.not_followed import not_followed

_MOST_KEYS = 500


def explanation(readers: Readers, plan: Plan, expression: Expression) -> ExplanationPart:
    """Explain a plan: all of it in one, as if it were the only part."""
    index = readers.reads.index
    planned = {step.key: step for step in plan.steps}
    needs, leads = Needs(readers), Leads(index)
    reasons = Reasons(readers)
    ops: list[OpExplanation] = []
    for step in index.snapshot.steps:
        wired = index.wired[step.key]
        at = planned.get(step.key)
        runs = at is not None and at.verdict is not Verdict.OMIT
        ops.append(
            OpExplanation(
                step_key=step.key,
                block=step.block,
                op=step.op,
                verdict=Verdict.RUN if runs else Verdict.OMIT,
                reason=reasons.omitted(wired) if at is None else at.reason,
                needed_for=needs.of(step.key) if runs else (),
                not_followed=tuple(not_followed(readers, wired)) if runs else (),
                leads_to_asset_keys=() if runs else leads.of(step.key),
            )
        )
    graph = index.assets
    return ExplanationPart(
        header=ExplanationHeader(
            digest=plan.digest,
            fingerprint=plan.fingerprint,
            selection=readers.reads.asked.selection,
            expression=str(expression),
            missing_asset_keys=plan.missing_asset_keys[:_MOST_KEYS],
            notes=plan.notes,
        ),
        assets=tuple(
            AssetExplanation(
                asset_key=each.key,
                selected=each.selected,
                taken_in_by=each.taken_in_by,
                left_out_by=each.left_out_by,
            )
            for each in explain_assets(expression, graph)
        ),
        checks=tuple(
            CheckExplanation(check=each.check, taken_in_by=each.taken_in_by)
            for each in explain_checks(expression, graph)
            if each.check in plan.selected_checks
        ),
        ops=tuple(ops),
        hazards=plan.hazards,
        loads=plan.loads,
    )
