"""Plans, from the parts in which the contract streams them; selections and options, both ways."""

from __future__ import annotations

from collections.abc import Iterable

from treadle_api.v1 import plan_pb2
from treadle_client._ids import AssetKey, RunId, StepKey
from treadle_client._plan import (
    Hazard,
    Load,
    LoadState,
    Plan,
    PlannedAsset,
    PlannedInput,
    PlannedInputRef,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlanOptions,
    Selection,
    Siblings,
    UnrecordedLoads,
    UnselectedOutputs,
    Verdict,
)
from treadle_client._wire.graphs import decode_keys
from treadle_client._wire.policies import decode_limits, decode_retry_policy, decode_timeout
from treadle_client._wire.reexecutions import decode_reexecution, decode_reuse
from treadle_client._wire.values import (
    decode_enum,
    decode_optional_enum,
    decode_time,
    decode_value_ref,
)


def encode_selection(selection: Selection) -> plan_pb2.Selection:
    """Turn a selection into the contract's."""
    return plan_pb2.Selection(expressions=selection.expressions, job=selection.job)


def decode_selection(message: plan_pb2.Selection) -> Selection:
    """Turn a selection into ours."""
    return Selection(expressions=tuple(message.expressions), job=message.job)


def encode_options(options: PlanOptions) -> plan_pb2.PlanOptions:
    """Turn options into the contract's; None is unset."""
    message = plan_pb2.PlanOptions()
    if options.unselected_outputs is not None:
        name = f"UNSELECTED_OUTPUTS_{options.unselected_outputs.name}"
        message.unselected_outputs = plan_pb2.UnselectedOutputs.Value(name)
    if options.siblings is not None:
        message.siblings = plan_pb2.Siblings.Value(f"SIBLINGS_{options.siblings.name}")
    if options.unrecorded_loads is not None:
        name = f"UNRECORDED_LOADS_{options.unrecorded_loads.name}"
        message.unrecorded_loads = plan_pb2.UnrecordedLoads.Value(name)
    return message


def decode_options(message: plan_pb2.PlanOptions) -> PlanOptions:
    """Turn options into ours; unset is None."""
    return PlanOptions(
        unselected_outputs=decode_optional_enum(
            UnselectedOutputs, plan_pb2.UnselectedOutputs.DESCRIPTOR, message.unselected_outputs
        ),
        siblings=decode_optional_enum(Siblings, plan_pb2.Siblings.DESCRIPTOR, message.siblings),
        unrecorded_loads=decode_optional_enum(
            UnrecordedLoads, plan_pb2.UnrecordedLoads.DESCRIPTOR, message.unrecorded_loads
        ),
    )


def decode_plan(parts: Iterable[plan_pb2.PlanPart]) -> Plan:
    """Join a streamed plan's parts."""
    whole = plan_pb2.PlanPart()
    for part in parts:
        whole.MergeFrom(part)
    header = whole.header
    return Plan(
        location=header.location,
        digest=header.digest,
        fingerprint=header.fingerprint,
        selection=decode_selection(header.selection),
        options=decode_options(header.options),
        selected_asset_keys=decode_keys(header.selected_asset_keys),
        selected_asset_count=header.selected_asset_count,
        missing_asset_keys=decode_keys(header.missing_asset_keys),
        notes=tuple(header.notes),
        steps=tuple(map(_decode_step, whole.steps)),
        loads=tuple(map(_decode_load, whole.loads)),
        hazards=tuple(map(_decode_hazard, whole.hazards)),
        reexecution=decode_reexecution(header.reexecution),
        reuses=tuple(map(decode_reuse, whole.reuses)),
    )


def _decode_step(message: plan_pb2.PlannedStep) -> PlannedStep:
    return PlannedStep(
        key=StepKey(message.key),
        block=message.block,
        op=message.op,
        verdict=decode_enum(Verdict, plan_pb2.Verdict.DESCRIPTOR, message.verdict),
        reason=message.reason,
        selected_outputs=tuple(message.selected_outputs),
        selected_asset_keys=decode_keys(message.selected_asset_keys),
        inputs=tuple(map(_decode_input, message.inputs)),
        outputs=tuple(map(_decode_output, message.outputs)),
        resource_keys=tuple(message.resource_keys),
        unselected_outputs=decode_optional_enum(
            UnselectedOutputs, plan_pb2.UnselectedOutputs.DESCRIPTOR, message.unselected_outputs
        ),
        retry_policy=decode_retry_policy(message.retry_policy)
        if message.HasField("retry_policy")
        else None,
        timeout=decode_timeout(message.timeout_ms),
        limits=decode_limits(message.limits) if message.HasField("limits") else None,
    )


def _decode_input(message: plan_pb2.PlannedInput) -> PlannedInput:
    return PlannedInput(
        name=message.name,
        sources=tuple(map(_decode_source, message.sources)),
        fan_in=message.fan_in,
        nothing=message.nothing,
        not_needed=message.not_needed,
        input_manager_key=message.input_manager_key,
        needed_by=tuple(message.needed_by),
    )


def _decode_source(message: plan_pb2.PlannedSource) -> PlannedSource:
    return PlannedSource(
        step_key=StepKey(message.step_output.step_key),
        output=message.step_output.output,
        load=AssetKey(message.load_asset_key),
        asset_key=AssetKey(message.asset_key),
    )


def _decode_output(message: plan_pb2.PlannedOutput) -> PlannedOutput:
    return PlannedOutput(
        name=message.name,
        selected=message.selected,
        is_required=message.is_required,
        nothing=message.nothing,
        assets=tuple(map(_decode_asset, message.assets)),
        is_read=message.is_read,
        io_manager_key=message.io_manager_key,
        builtin_manager=message.builtin_manager,
    )


def _decode_asset(message: plan_pb2.PlannedAsset) -> PlannedAsset:
    return PlannedAsset(
        asset_key=AssetKey(message.asset_key),
        selected=message.selected,
        io_manager_key=message.io_manager_key,
        builtin_manager=message.builtin_manager,
    )


def _decode_load(message: plan_pb2.Load) -> Load:
    stamped = message.HasField("materialized_at")
    return Load(
        asset_key=AssetKey(message.asset_key),
        readers=tuple(
            PlannedInputRef(step_key=StepKey(reader.step_key), input=reader.input)
            for reader in message.readers
        ),
        external=message.external,
        sibling=message.sibling,
        io_manager_key=message.io_manager_key,
        builtin_manager=message.builtin_manager,
        state=decode_optional_enum(LoadState, plan_pb2.LoadState.DESCRIPTOR, message.state),
        run_id=RunId(message.run_id),
        step_key=StepKey(message.step_key),
        value_ref=decode_value_ref(message.value_ref),
        store_sequence=message.store_sequence,
        materialized_at=decode_time(message.materialized_at) if stamped else None,
        gone=message.gone,
    )


def _decode_hazard(message: plan_pb2.Hazard) -> Hazard:
    return Hazard(
        step_key=StepKey(message.step_key),
        output=message.output,
        asset_keys=decode_keys(message.asset_keys),
        unselected_outputs=decode_enum(
            UnselectedOutputs, plan_pb2.UnselectedOutputs.DESCRIPTOR, message.unselected_outputs
        ),
    )
