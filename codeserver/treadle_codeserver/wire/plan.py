"""Plans as they are answered. Loads are not resolved here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from treadle_api.codec import to_proto
from treadle_api.parts import behind, in_parts
from treadle_api.v1 import plan_pb2
from treadle_codeserver import defaults
from treadle_codeserver.wire.text import cut
from treadle_contract.block_selections import taken_out
from treadle_contract.codeserver import PlanRequest
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import (
    BlockSelection,
    PlanHeader,
    PlanOptions,
    PlanPart,
    Selection,
    Verdict,
)
from treadle_planner import Plan, Settled


def answer_of(
    location: str, asked: PlanRequest, plan: Plan, body: Iterable[plan_pb2.PlanPart]
) -> Iterator[plan_pb2.PlanPart]:
    """Give a plan in parts. The header stands in the first, with what was asked for in it."""
    first = to_proto(PlanPart(header=_header(location, asked, plan)), plan_pb2.PlanPart)
    return behind(first, body)


def settled_answer_of(
    location: str, asked: PlanRequest, settled: Settled, body: Iterable[plan_pb2.PlanPart]
) -> Iterator[plan_pb2.PlanPart]:
    """Give a plan on record likewise, with the options that it was made with."""
    return answer_of(location, replace(asked, options=settled.options), settled.plan, body)


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
    )


class PlanBodies:
    """What the last plans were written as, without their headers: they are asked for again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, bool, bool], tuple[plan_pb2.PlanPart, ...]] = (
            OrderedDict()
        )

    def of(self, plan: Plan, asked: PlanRequest) -> tuple[plan_pb2.PlanPart, ...]:
        """Write a plan, or find what it was written as: it is the same for equal fingerprints."""
        key = (plan.fingerprint, asked.brief, asked.block_selections)
        parts = self._kept.pop(key, None)
        if parts is None:
            parts = tuple(in_parts(_body(plan, asked), plan_pb2.PlanPart))
        self._kept[key] = parts
        size = sum(part.ByteSize() for kept in list(self._kept.values()) for part in kept)
        while size > defaults.KEPT_PLAN_BYTES and self._kept:
            _, oldest = self._kept.popitem(last=False)
            size -= sum(part.ByteSize() for part in oldest)
        return parts


def _body(plan: Plan, asked: PlanRequest) -> PlanPart:
    steps = plan.steps
    selections: tuple[BlockSelection, ...] = ()
    if asked.brief:
        running = [step for step in steps if step.verdict is not Verdict.OMIT]
        steps, selections = taken_out(running, least=1)
    elif asked.block_selections:
        steps, selections = taken_out(steps)
    return PlanPart(
        steps=steps,
        loads=plan.loads,
        hazards=plan.hazards,
        reuses=plan.reuses,
        block_selections=selections,
    )
