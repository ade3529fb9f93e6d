"""plan.proto: what callers ask for; and plans, in parts of at most 500 items or 1 MiB."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from treadle_api.codec import from_proto, to_proto
from treadle_api.v1 import plan_pb2
from treadle_contract.plan import (
    Hazard,
    Load,
    PlanHeader,
    PlannedStep,
    PlanOptions,
    Reexecution,
    ReexecutionKind,
    Reuse,
    Selection,
)
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.plan import Plan
from treadle_launcher.plan_check import BadPlanError

PART_ITEMS = 500
PART_BYTES = 1024 * 1024
_KEYS_LISTED = 500


def decode_selection(message: plan_pb2.Selection) -> Selection:
    """Read what is to be made."""
    return from_proto(message, Selection)


def decode_options(message: plan_pb2.PlanOptions) -> PlanOptions:
    """Read what a caller chose.

    Raises:
        BadArgumentError: a choice has a value that is not known here.
    """
    options = from_proto(message, PlanOptions)
    for name in PlanOptions.__match_args__:
        choice = getattr(options, name)
        # Passed over, it would quietly be the default.
        if choice is not None and not choice.is_known:
            raise BadArgumentError(
                [choice], message=f"PlanOptions.{name} is {choice}, which is not known here."
            )
    return options


def decode_reexecution(message: plan_pb2.Reexecution) -> Reexecution:
    """Read what is asked of an earlier run.

    Raises:
        BadArgumentError: the kind is not known here.
    """
    asked = from_proto(message, Reexecution)
    if asked.kind is None or not asked.kind.is_known:
        text = f"kind is {message.kind}, which is no kind of re-execution."
        raise BadArgumentError([str(message.kind)], message=text)
    return asked


def check_reexecution(asked: Reexecution) -> None:
    """Refuse what a caller may not ask.

    Raises:
        BadArgumentError: the run is not named, or steps are for a kind that takes none.
    """
    if not asked.parent_run_id:
        raise BadArgumentError(message="Name the run to go on from: parent_run_id.")
    if asked.step_expressions and asked.kind is not ReexecutionKind.STEPS:
        raise BadArgumentError(
            asked.step_expressions[:1],
            message=f"Steps are named for STEPS only, not for {str(asked.kind).upper()}.",
        )


def encode_plan(plan: Plan) -> Iterator[plan_pb2.PlanPart]:
    """Return the parts of a plan; the first one carries the header."""
    part = plan_pb2.PlanPart(header=_encode_header(plan.header))
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
        yield lambda part: part.steps, to_proto(step, plan_pb2.PlannedStep)
    for load in plan.loads:
        yield lambda part: part.loads, to_proto(load, plan_pb2.Load)
    for hazard in plan.hazards:
        yield lambda part: part.hazards, to_proto(hazard, plan_pb2.Hazard)
    for reuse in plan.reuses:
        yield lambda part: part.reuses, to_proto(reuse, plan_pb2.Reuse)


def _encode_header(header: PlanHeader) -> plan_pb2.PlanHeader:
    shortened = replace(
        header,
        selected_asset_keys=header.selected_asset_keys[:_KEYS_LISTED],
        missing_asset_keys=header.missing_asset_keys[:_KEYS_LISTED],
        above_asset_keys=header.above_asset_keys[:_KEYS_LISTED],
        below_asset_keys=header.below_asset_keys[:_KEYS_LISTED],
    )
    return to_proto(shortened, plan_pb2.PlanHeader)


def decode_plan(parts: Iterable[plan_pb2.PlanPart]) -> Plan:
    """Join the parts of a plan.

    Raises:
        BadPlanError: the header is not where it belongs.
        BadArgumentError: the header has a choice that is not known here.
    """
    header: PlanHeader | None = None
    steps: list[PlannedStep] = []
    loads: list[Load] = []
    hazards: list[Hazard] = []
    reuses: list[Reuse] = []
    for number, part in enumerate(parts):
        if part.HasField("header") != (number == 0):
            raise BadPlanError(
                f"PlanPart.header of part {number}: it is set in the first part, and there only"
            )
        header = header or _decode_header(part.header)
        steps.extend(from_proto(step, PlannedStep) for step in part.steps)
        loads.extend(from_proto(load, Load) for load in part.loads)
        hazards.extend(from_proto(hazard, Hazard) for hazard in part.hazards)
        reuses.extend(from_proto(reuse, Reuse) for reuse in part.reuses)
    if header is None:
        raise BadPlanError("PlanPart.header is not set: there is no part")
    return Plan(
        header=header,
        steps=tuple(steps),
        loads=tuple(loads),
        hazards=tuple(hazards),
        reuses=tuple(reuses),
    )


def _decode_header(message: plan_pb2.PlanHeader) -> PlanHeader:
    header = from_proto(message, PlanHeader)
    decode_options(message.options)
    if message.HasField("reexecution"):
        decode_reexecution(message.reexecution)
    return header
