"""PlanPart: a plan cut for a stream into parts of at most 500 items or 1 MiB, and joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from treadle_api.v1 import plan_pb2
from treadle_contract.plan import Reuse
from treadle_launcher.plan import Hazard, Load, Plan, PlannedStep
from treadle_launcher.plan_check import BadPlanError
from treadle_launcher.wire.plan import (
    decode_hazard,
    decode_load,
    decode_options,
    decode_selection,
    decode_step,
    encode_hazard,
    encode_load,
    encode_options,
    encode_selection,
    encode_step,
    keys,
)
from treadle_launcher.wire.reexecution import (
    decode_reexecution,
    decode_reuse,
    encode_reexecution,
    encode_reuse,
)

PART_ITEMS = 500
PART_BYTES = 1024 * 1024
_KEYS_LISTED = 500


def encode_plan(plan: Plan) -> Iterator[plan_pb2.PlanPart]:
    """Return the parts of a plan; the first one carries the header."""
    part = plan_pb2.PlanPart(header=_encode_header(plan))
    count, size = 0, part.ByteSize()
    for add, item in _items(plan):
        if count == PART_ITEMS or (count and size + item.ByteSize() > PART_BYTES):
            yield part
            part, count, size = plan_pb2.PlanPart(), 0, 0
        add(part).append(item)
        count, size = count + 1, size + item.ByteSize()
    yield part


# Any: the repeated fields of a part, and their items, share no type.
def _items(plan: Plan) -> Iterator[tuple[Callable[[plan_pb2.PlanPart], Any], Any]]:
    for step in plan.steps:
        yield lambda part: part.steps, encode_step(step)
    for load in plan.loads:
        yield lambda part: part.loads, encode_load(load)
    for hazard in plan.hazards:
        yield lambda part: part.hazards, encode_hazard(hazard)
    for reuse in plan.reuses:
        yield lambda part: part.reuses, encode_reuse(reuse)


def decode_plan(parts: Iterable[plan_pb2.PlanPart]) -> Plan:
    """Join the parts of a plan.

    Raises:
        BadPlanError: the header is not where it belongs.
        BadArgumentError: the header has a choice that is not known here.
    """
    header: plan_pb2.PlanHeader | None = None
    steps: list[PlannedStep] = []
    loads: list[Load] = []
    hazards: list[Hazard] = []
    reuses: list[Reuse] = []
    for number, part in enumerate(parts):
        if part.HasField("header") != (number == 0):
            raise BadPlanError(
                f"PlanPart.header of part {number}: it is set in the first part, and there only"
            )
        header = header or part.header
        steps.extend(decode_step(step) for step in part.steps)
        loads.extend(decode_load(load) for load in part.loads)
        hazards.extend(decode_hazard(hazard) for hazard in part.hazards)
        reuses.extend(decode_reuse(reuse) for reuse in part.reuses)
    if header is None:
        raise BadPlanError("PlanPart.header is not set: there is no part")
    return Plan(
        location=header.location,
        digest=header.digest,
        fingerprint=header.fingerprint,
        selection=decode_selection(header.selection),
        options=decode_options(header.options),
        selected_asset_keys=keys(header.selected_asset_keys),
        selected_asset_count=header.selected_asset_count,
        missing_asset_keys=keys(header.missing_asset_keys),
        notes=tuple(header.notes),
        above_asset_keys=keys(header.above_asset_keys),
        below_asset_keys=keys(header.below_asset_keys),
        steps=tuple(steps),
        loads=tuple(loads),
        hazards=tuple(hazards),
        reexecution=(
            decode_reexecution(header.reexecution) if header.HasField("reexecution") else None
        ),
        reuses=tuple(reuses),
    )


def _encode_header(plan: Plan) -> plan_pb2.PlanHeader:
    return plan_pb2.PlanHeader(
        location=plan.location,
        digest=plan.digest,
        fingerprint=plan.fingerprint,
        selection=encode_selection(plan.selection),
        options=encode_options(plan.options),
        selected_asset_keys=plan.selected_asset_keys[:_KEYS_LISTED],
        selected_asset_count=plan.selected_asset_count,
        missing_asset_keys=plan.missing_asset_keys[:_KEYS_LISTED],
        notes=plan.notes,
        reexecution=encode_reexecution(plan.reexecution),
        above_asset_keys=plan.above_asset_keys[:_KEYS_LISTED],
        below_asset_keys=plan.below_asset_keys[:_KEYS_LISTED],
    )
