"""plan.proto: plan requests in, plans out. Loads are not resolved here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from treadle_api.v1 import codeserver_pb2, plan_pb2
from treadle_codeserver import defaults
from treadle_codeserver.errors import BadArgumentError
from treadle_codeserver.wire.parts import behind, in_parts
from treadle_codeserver.wire.policy import encode_limits, encode_retry_policy
from treadle_codeserver.wire.reexecution import encode_reexecution, encode_reuse
from treadle_codeserver.wire.value import cut
from treadle_contract.ids import KeyText
from treadle_contract.plan import Siblings, UnselectedOutputs
from treadle_planner import (
    Hazard,
    Load,
    Plan,
    PlannedAsset,
    PlannedInput,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlanRequest,
    Verdict,
)

_UNSELECTED = {
    UnselectedOutputs.MATERIALIZE: plan_pb2.UNSELECTED_OUTPUTS_MATERIALIZE,
    UnselectedOutputs.DISCARD: plan_pb2.UNSELECTED_OUTPUTS_DISCARD,
    UnselectedOutputs.FAIL: plan_pb2.UNSELECTED_OUTPUTS_FAIL,
}

_SIBLINGS = {
    Siblings.LOAD: plan_pb2.SIBLINGS_LOAD,
    Siblings.RUN: plan_pb2.SIBLINGS_RUN,
}

_VERDICTS = {
    Verdict.RUN: plan_pb2.VERDICT_RUN,
    Verdict.OMIT: plan_pb2.VERDICT_OMIT,
    Verdict.REUSE: plan_pb2.VERDICT_REUSE,
}

E = TypeVar("E", bound=StrEnum)


def decode_plan_request(message: codeserver_pb2.PlanRequest) -> PlanRequest:
    """Read what is to be planned.

    Raises:
        BadArgumentError: an option has a value that is not known here.
    """
    options = message.options
    return PlanRequest(
        selection=tuple(message.selection.expressions),
        job=message.selection.job,
        unselected_outputs=_decode_choice(
            _UNSELECTED, options.unselected_outputs, "unselected_outputs"
        ),
        siblings=_decode_choice(_SIBLINGS, options.siblings, "siblings"),
        missing=frozenset(KeyText(key) for key in message.missing_asset_keys),
        joining=frozenset(KeyText(key) for key in message.joining_asset_keys),
        gone={KeyText(key): cut(why) for key, why in message.gone_values.items()},
    )


def encode_plan(
    location: str,
    asked: codeserver_pb2.PlanRequest,
    plan: Plan,
    body: Sequence[plan_pb2.PlanPart],
) -> Iterator[plan_pb2.PlanPart]:
    """Encode a plan, in parts. The header stands in the first, with what was asked for in it."""
    omitted = sum(step.verdict is Verdict.OMIT for step in plan.steps) if asked.brief else 0
    header = plan_pb2.PlanHeader(
        location=location,
        digest=plan.digest,
        fingerprint=plan.fingerprint,
        selection=asked.selection,
        options=asked.options,
        selected_asset_keys=plan.selected_asset_keys[: defaults.HEADER_KEYS],
        selected_asset_count=len(plan.selected_asset_keys),
        missing_asset_keys=plan.missing_asset_keys[: defaults.HEADER_KEYS],
        notes=[cut(note) for note in plan.notes],
        reexecution=encode_reexecution(plan.reexecution),
        above_asset_keys=plan.above[: defaults.HEADER_KEYS],
        below_asset_keys=plan.below[: defaults.HEADER_KEYS],
        omitted_step_count=omitted,
    )
    return behind(plan_pb2.PlanPart(header=header), body)


def encode_body(plan: Plan, *, brief: bool = False) -> Iterator[plan_pb2.PlanPart]:
    """Encode a plan without its header, in parts: it is the same for equal fingerprints."""
    steps = plan.steps
    if brief:
        steps = tuple(step for step in steps if step.verdict is not Verdict.OMIT)
    return in_parts(
        plan_pb2.PlanPart(),
        [
            ("steps", (_encode_step(step, brief=brief) for step in steps)),
            ("loads", map(_encode_load, plan.loads)),
            ("hazards", map(_encode_hazard, plan.hazards)),
            ("reuses", map(encode_reuse, plan.reuses)),
            ("block_selections", _block_selections(steps) if brief else ()),
        ],
    )


class PlanBodies:
    """What the last plans were encoded to, without their headers: they are asked for again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, bool], tuple[plan_pb2.PlanPart, ...]] = OrderedDict()

    def of(self, plan: Plan, *, brief: bool) -> tuple[plan_pb2.PlanPart, ...]:
        """Encode a plan, or find what it was encoded to."""
        key = (plan.fingerprint, brief)
        parts = self._kept.pop(key, None) or tuple(encode_body(plan, brief=brief))
        self._kept[key] = parts
        size = sum(part.ByteSize() for kept in list(self._kept.values()) for part in kept)
        while size > defaults.KEPT_PLAN_BYTES and self._kept:
            _, oldest = self._kept.popitem(last=False)
            size -= sum(part.ByteSize() for part in oldest)
        return parts


def _block_selections(steps: Iterable[PlannedStep]) -> Iterator[plan_pb2.BlockSelection]:
    selected = {step.block: step.selected_asset_keys for step in steps}
    for block, keys in sorted(selected.items()):
        for begin in range(0, len(keys), defaults.PART_ITEMS):
            some = keys[begin : begin + defaults.PART_ITEMS]
            yield plan_pb2.BlockSelection(block=block, asset_keys=some)


def _decode_choice(choices: Mapping[E, int], number: int, name: str) -> E | None:
    """Read an option; 0 is none.

    Raises:
        BadArgumentError: the number is no choice that is known here.
    """
    if not number:
        return None
    for choice, known in choices.items():
        if known == number:
            return choice
    message = f"PlanOptions.{name} is {number}, which this code server does not know."
    raise BadArgumentError(message, names=(name,))


def _encode_step(step: PlannedStep, *, brief: bool) -> plan_pb2.PlannedStep:
    if step.verdict is Verdict.OMIT:
        return plan_pb2.PlannedStep(
            key=step.key,
            block=step.block,
            op=step.op,
            verdict=plan_pb2.VERDICT_OMIT,
            reason=step.reason,
        )
    unselected = step.unselected_outputs
    return plan_pb2.PlannedStep(
        key=step.key,
        block=step.block,
        op=step.op,
        verdict=_VERDICTS[step.verdict],
        reason=step.reason,
        selected_outputs=step.selected_outputs,
        selected_asset_keys=() if brief else step.selected_asset_keys,
        inputs=[_encode_input(planned) for planned in step.inputs],
        outputs=[_encode_output(output) for output in step.outputs],
        resource_keys=step.resource_keys,
        unselected_outputs=(
            plan_pb2.UNSELECTED_OUTPUTS_UNSPECIFIED
            if unselected is None
            else _UNSELECTED[unselected]
        ),
        retry_policy=encode_retry_policy(step.retry_policy),
        timeout_ms=step.timeout_ms,
        limits=encode_limits(step.limits),
    )


def _encode_input(planned: PlannedInput) -> plan_pb2.PlannedInput:
    return plan_pb2.PlannedInput(
        name=planned.name,
        sources=[_encode_planned_source(source) for source in planned.sources],
        fan_in=planned.fan_in,
        nothing=planned.nothing,
        not_needed=planned.not_needed,
        input_manager_key=planned.input_manager_key or "",
        needed_by=planned.needed_by,
    )


def _encode_planned_source(source: PlannedSource) -> plan_pb2.PlannedSource:
    made = source.step_output
    if made is None:
        return plan_pb2.PlannedSource(
            load_asset_key=source.load_asset_key or "", asset_key=source.asset_key or ""
        )
    return plan_pb2.PlannedSource(
        step_output=plan_pb2.PlannedStepOutput(step_key=made.step_key, output=made.output),
        asset_key=source.asset_key or "",
    )


def _encode_output(output: PlannedOutput) -> plan_pb2.PlannedOutput:
    return plan_pb2.PlannedOutput(
        name=output.name,
        selected=output.selected,
        is_required=output.is_required,
        nothing=output.nothing,
        assets=[_encode_asset(asset) for asset in output.assets],
        is_read=output.is_read,
        io_manager_key=output.io_manager_key,
        builtin_manager=output.builtin_manager,
    )


def _encode_asset(asset: PlannedAsset) -> plan_pb2.PlannedAsset:
    return plan_pb2.PlannedAsset(
        asset_key=asset.asset_key,
        selected=asset.selected,
        io_manager_key=asset.io_manager_key,
        builtin_manager=asset.builtin_manager,
    )


def _encode_load(load: Load) -> plan_pb2.Load:
    return plan_pb2.Load(
        asset_key=load.asset_key,
        readers=[
            plan_pb2.PlannedInputRef(step_key=reader.step_key, input=reader.input)
            for reader in load.readers
        ],
        external=load.external,
        io_manager_key=load.io_manager_key,
        builtin_manager=load.builtin_manager,
        sibling=load.sibling,
    )


def _encode_hazard(hazard: Hazard) -> plan_pb2.Hazard:
    return plan_pb2.Hazard(
        step_key=hazard.step_key,
        output=hazard.output,
        asset_keys=hazard.asset_keys,
        unselected_outputs=_UNSELECTED[hazard.unselected_outputs],
    )
