"""plan.proto: plans from code servers, and resolved ones to clients."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from treadle_api.v1 import plan_pb2
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.plan import (
    Hazard,
    Load,
    LoadState,
    PlannedAsset,
    PlannedInput,
    PlannedInputRef,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    PlanOptions,
    Selection,
    Siblings,
    UnrecordedLoads,
    UnselectedOutputs,
    Verdict,
)
from treadle_launcher.wire.enums import EnumCodec
from treadle_launcher.wire.policy import (
    decode_limits,
    decode_retry_policy,
    encode_limits,
    encode_retry_policy,
)
from treadle_launcher.wire.value import decode_time, decode_value_ref, encode_time, encode_value_ref

UNSELECTED = EnumCodec(UnselectedOutputs, plan_pb2.UnselectedOutputs, "UNSELECTED_OUTPUTS")
_SIBLINGS = EnumCodec(Siblings, plan_pb2.Siblings, "SIBLINGS")
_UNRECORDED = EnumCodec(UnrecordedLoads, plan_pb2.UnrecordedLoads, "UNRECORDED_LOADS")
_VERDICTS = EnumCodec(Verdict, plan_pb2.Verdict, "VERDICT")
_LOAD_STATES = EnumCodec(LoadState, plan_pb2.LoadState, "LOAD_STATE")


E = TypeVar("E", bound=StrEnum)


def keys(texts: Iterable[str]) -> tuple[KeyText, ...]:
    """Read asset keys."""
    return tuple(KeyText(text) for text in texts)


def encode_selection(selection: Selection) -> plan_pb2.Selection:
    """Return what is to be made."""
    return plan_pb2.Selection(expressions=selection.expressions, job=selection.job)


def decode_selection(message: plan_pb2.Selection) -> Selection:
    """Read what is to be made."""
    return Selection(expressions=tuple(message.expressions), job=message.job)


def encode_options(options: PlanOptions) -> plan_pb2.PlanOptions:
    """Return what a caller chose."""
    return plan_pb2.PlanOptions(
        unselected_outputs=UNSELECTED.encode(options.unselected_outputs),
        siblings=_SIBLINGS.encode(options.siblings),
        unrecorded_loads=_UNRECORDED.encode(options.unrecorded_loads),
    )


def decode_options(message: plan_pb2.PlanOptions) -> PlanOptions:
    """Read what a caller chose.

    Raises:
        BadArgumentError: a choice has a value that is not known here.
    """
    return PlanOptions(
        unselected_outputs=_choice(UNSELECTED, message.unselected_outputs, "unselected_outputs"),
        siblings=_choice(_SIBLINGS, message.siblings, "siblings"),
        unrecorded_loads=_choice(_UNRECORDED, message.unrecorded_loads, "unrecorded_loads"),
    )


def _choice(codec: EnumCodec[E], number: int, field: str) -> E | None:
    # Passed over, it would quietly be the default.
    member = codec.decode(number)
    if member is None and number:
        raise BadArgumentError(
            [str(number)], message=f"PlanOptions.{field} is {number}, which is not known here."
        )
    return member


def encode_step(step: PlannedStep) -> plan_pb2.PlannedStep:
    """Return what a plan does with one op."""
    return plan_pb2.PlannedStep(
        key=step.key,
        block=step.block,
        verdict=_VERDICTS.encode(step.verdict),
        reason=step.reason,
        selected_outputs=step.selected_outputs,
        selected_asset_keys=step.selected_asset_keys,
        inputs=[_encode_input(item) for item in step.inputs],
        outputs=[_encode_output(item) for item in step.outputs],
        resource_keys=step.resource_keys,
        unselected_outputs=UNSELECTED.encode(step.unselected_outputs),
        op=step.op,
        retry_policy=encode_retry_policy(step.retry_policy),
        timeout_ms=step.timeout_ms,
        limits=encode_limits(step.limits),
    )


def decode_step(message: plan_pb2.PlannedStep) -> PlannedStep:
    """Read what a plan does with one op. A verdict that is not known here runs nothing."""
    return PlannedStep(
        key=StepKey(message.key),
        block=message.block,
        verdict=_VERDICTS.decode(message.verdict) or Verdict.OMIT,
        reason=message.reason,
        selected_outputs=tuple(message.selected_outputs),
        selected_asset_keys=keys(message.selected_asset_keys),
        inputs=tuple(_decode_input(item) for item in message.inputs),
        outputs=tuple(_decode_output(item) for item in message.outputs),
        resource_keys=tuple(message.resource_keys),
        unselected_outputs=UNSELECTED.decode(message.unselected_outputs),
        op=message.op,
        retry_policy=decode_retry_policy(message.retry_policy)
        if message.HasField("retry_policy")
        else None,
        timeout_ms=message.timeout_ms,
        limits=decode_limits(message.limits) if message.HasField("limits") else None,
    )


def _encode_input(planned: PlannedInput) -> plan_pb2.PlannedInput:
    return plan_pb2.PlannedInput(
        name=planned.name,
        sources=[encode_planned_source(source) for source in planned.sources],
        fan_in=planned.fan_in,
        nothing=planned.nothing,
        not_needed=planned.not_needed,
        input_manager_key=planned.input_manager_key or "",
        needed_by=planned.needed_by,
    )


def _decode_input(message: plan_pb2.PlannedInput) -> PlannedInput:
    return PlannedInput(
        name=message.name,
        sources=tuple(_decode_planned_source(source) for source in message.sources),
        fan_in=message.fan_in,
        nothing=message.nothing,
        not_needed=message.not_needed,
        input_manager_key=message.input_manager_key or None,
        needed_by=tuple(message.needed_by),
    )


def encode_planned_source(source: PlannedSource) -> plan_pb2.PlannedSource:
    """Return where one value that an input reads comes from."""
    message = plan_pb2.PlannedSource(asset_key=source.asset_key or "")
    if source.step_output is not None:
        message.step_output.step_key = source.step_output.step_key
        message.step_output.output = source.step_output.output
    elif source.load_asset_key is not None:
        message.load_asset_key = source.load_asset_key
    return message


def _decode_planned_source(message: plan_pb2.PlannedSource) -> PlannedSource:
    asset_key = KeyText(message.asset_key) if message.asset_key else None
    if message.WhichOneof("from") == "step_output":
        step_output = PlannedStepOutput(
            step_key=StepKey(message.step_output.step_key), output=message.step_output.output
        )
        return PlannedSource(step_output=step_output, asset_key=asset_key)
    return PlannedSource(load_asset_key=KeyText(message.load_asset_key), asset_key=asset_key)


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


def _decode_output(message: plan_pb2.PlannedOutput) -> PlannedOutput:
    return PlannedOutput(
        name=message.name,
        selected=message.selected,
        is_required=message.is_required,
        nothing=message.nothing,
        assets=tuple(_decode_asset(asset) for asset in message.assets),
        is_read=message.is_read,
        io_manager_key=message.io_manager_key,
        builtin_manager=message.builtin_manager,
    )


def _encode_asset(asset: PlannedAsset) -> plan_pb2.PlannedAsset:
    return plan_pb2.PlannedAsset(
        asset_key=asset.asset_key,
        selected=asset.selected,
        io_manager_key=asset.io_manager_key,
        builtin_manager=asset.builtin_manager,
    )


def _decode_asset(message: plan_pb2.PlannedAsset) -> PlannedAsset:
    return PlannedAsset(
        asset_key=KeyText(message.asset_key),
        selected=message.selected,
        io_manager_key=message.io_manager_key,
        builtin_manager=message.builtin_manager,
    )


def encode_load(load: Load) -> plan_pb2.Load:
    """Return a stored asset that a plan reads."""
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
        state=_LOAD_STATES.encode(load.state),
        run_id=load.run_id or "",
        step_key=load.step_key or "",
        value_ref=encode_value_ref(load.value_ref),
        store_sequence=load.store_sequence,
        materialized_at=encode_time(load.materialized_at),
        gone=load.gone,
    )


def decode_load(message: plan_pb2.Load) -> Load:
    """Read a stored asset that a plan reads."""
    has_time = message.HasField("materialized_at")
    return Load(
        asset_key=KeyText(message.asset_key),
        readers=tuple(
            PlannedInputRef(step_key=StepKey(reader.step_key), input=reader.input)
            for reader in message.readers
        ),
        external=message.external,
        io_manager_key=message.io_manager_key,
        builtin_manager=message.builtin_manager,
        sibling=message.sibling,
        state=_LOAD_STATES.decode(message.state),
        run_id=RunId(message.run_id) if message.run_id else None,
        step_key=StepKey(message.step_key) if message.step_key else None,
        value_ref=decode_value_ref(message.value_ref) if message.HasField("value_ref") else None,
        store_sequence=message.store_sequence,
        materialized_at=decode_time(message.materialized_at) if has_time else None,
        gone=message.gone,
    )


def encode_hazard(hazard: Hazard) -> plan_pb2.Hazard:
    """Return an output that will be made though nobody selected it."""
    return plan_pb2.Hazard(
        step_key=hazard.step_key,
        output=hazard.output,
        asset_keys=hazard.asset_keys,
        unselected_outputs=UNSELECTED.encode(hazard.unselected_outputs),
    )


def decode_hazard(message: plan_pb2.Hazard) -> Hazard:
    """Read an output that will be made though nobody selected it."""
    return Hazard(
        step_key=StepKey(message.step_key),
        output=message.output,
        asset_keys=keys(message.asset_keys),
        unselected_outputs=UNSELECTED.decode(message.unselected_outputs)
        or UnselectedOutputs.MATERIALIZE,
    )
