"""Plans as they are answered. Loads are not resolved here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from treadle_api.codec import to_proto
from treadle_api.parts import joined, written_item, written_items
from treadle_api.v1 import plan_pb2
from treadle_codeserver import defaults
from treadle_codeserver.wire.text import cut
from treadle_contract.block_selections import put_back, selections_of
from treadle_contract.codeserver import PlanRequest
from treadle_contract.ids import StepKey
from treadle_contract.plan import (
    PlanHeader,
    PlannedStep,
    PlanOptions,
    PlanPart,
    Selection,
    Verdict,
)
from treadle_planner import Plan


class PlanAnswers:
    """Writes plans. Most of a plan is as it was in the one before: each step is kept as it was written."""

    def __init__(self) -> None:
        self._digest = ""
        self._written: dict[StepKey, tuple[PlannedStep, bytes]] = {}

    def of(self, location: str, asked: PlanRequest, plan: Plan) -> list[bytes]:
        """Return the parts of a plan. The header stands in the first, with what was asked for in it."""
        if plan.digest != self._digest:
            self._digest, self._written = plan.digest, {}
        header = PlanPart(header=_header(location, asked, plan))
        head = to_proto(header, plan_pb2.PlanPart).SerializeToString()
        return list(joined(head, self._items(asked, plan)))

    def _items(self, asked: PlanRequest, plan: Plan) -> Iterator[bytes]:
        running = [step for step in plan.steps if step.verdict is not Verdict.OMIT]
        steps = tuple(running) if asked.brief else plan.steps
        saying = {step.block for step in running} if plan.selections else ()
        selections = selections_of(
            {name: plan.selections[name] for name in saying if name in plan.selections}
        )
        if not (asked.brief or asked.block_selections):
            steps, selections = put_back(steps, selections), ()
        yield from self._steps(steps)
        others = PlanPart(
            loads=plan.loads,
            hazards=plan.hazards,
            reuses=plan.reuses,
            block_selections=selections,
        )
        yield from written_items(others, plan_pb2.PlanPart)

    def _steps(self, steps: Iterable[PlannedStep]) -> Iterator[bytes]:
        kept = self._written
        for step in steps:
            last = kept.get(step.key)
            if last is None or last[0] is not step:
                data = written_item(step, PlannedStep, plan_pb2.PlanPart, "steps")
                last = kept[step.key] = step, data
            yield last[1]


def _header(location: str, asked: PlanRequest, plan: Plan) -> PlanHeader:
    omitted = sum(step.verdict is Verdict.OMIT for step in plan.steps) if asked.brief else 0
    return PlanHeader(
        location=location,
        digest=plan.digest,
        fingerprint=plan.fingerprint,
        selection=asked.selection or Selection(),
        options=asked.options or PlanOptions(),
        selected_asset_keys=plan.selected_asset_keys[: defaults.HEADER_KEYS],
        selected_asset_count=len(plan.selected_asset_keys),
        missing_asset_keys=plan.missing_asset_keys[: defaults.HEADER_KEYS],
        notes=tuple(map(cut, plan.notes)),
        reexecution=plan.reexecution,
        above_asset_keys=plan.above[: defaults.HEADER_KEYS],
        below_asset_keys=plan.below[: defaults.HEADER_KEYS],
        omitted_step_count=omitted,
        selected_checks=plan.selected_checks[: defaults.HEADER_KEYS],
        observed_asset_keys=plan.observed_asset_keys[: defaults.HEADER_KEYS],
        partitions_definitions=plan.partitions_definitions,
    )
