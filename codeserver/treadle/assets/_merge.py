"""Where an asset and an op both speak of one output or input: the asset's word wins, or clashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from treadle._arguments import UNSET
from treadle._errors import ConflictError
from treadle._nothing import Nothing
from treadle._source import user_line
from treadle.assets._asset_ins_outs import PLAIN_IN, AssetIn, AssetOut
from treadle.graphs._flat import FlatInput, FlatStep
from treadle.graphs._handles import ArgumentRef
from treadle.ops._ins_outs import In, Out, typed
from treadle.ops._op import OpDefinition
from treadle.steps._type_check import can_both_hold
from treadle_contract.lazy_dataclasses import replace


def merged_out(
    out: Out, assets: Sequence[AssetOut], owner: str, name: str, op: OpDefinition
) -> Out:
    """Return an output of an op as the step has it, given what it is as each asset that it produces.

    Raises:
        ConflictError: the types cannot both hold.
    """
    merged, required = out.dagster_type, out.is_required
    for each in assets:
        if not _is_unsaid(each.dagster_type, merged):
            where = f"{owner}: output {name!r} of {op.name!r}"
            merged = _merged_type(each.dagster_type, merged, where)
        required = required and each.is_required
    if merged is out.dagster_type and required is out.is_required:
        return out
    return replace(typed(out, merged), is_required=required)


def merged_in(
    step: FlatStep, each: FlatInput, asset_ins: Mapping[str, AssetIn], *, owner: str
) -> FlatInput:
    """Return an input as the step has it, given what is said of the assets that it reads.

    Raises:
        ConflictError: what is said cannot all hold.
    """
    given = [asset_ins[ref.argument] for ref in each.refs if isinstance(ref, ArgumentRef)]
    if not each.fan_in and all(asset_in is PLAIN_IN for asset_in in given):
        return each
    where = f"{owner}: input {each.name!r} of {step.op.name!r}"
    merged = _merged_definition(each, given, where)
    return each if merged is each.definition else replace(each, definition=merged)


def _merged_definition(each: FlatInput, given: Sequence[AssetIn], where: str) -> In:
    merged = each.definition
    for asset_in in given:
        _refuse_nothing_mismatch(asset_in, merged, where)
        if asset_in.metadata:
            merged = replace(merged, metadata={**merged.metadata, **asset_in.metadata})
    if each.fan_in:
        return replace(merged, input_manager_key=_shared_manager(each, given, where))
    for asset_in in given:
        dagster_type = _merged_type(asset_in.dagster_type, merged.dagster_type, where)
        manager = asset_in.input_manager_key or merged.input_manager_key
        if (dagster_type, manager) != (merged.dagster_type, merged.input_manager_key):
            merged = replace(merged, dagster_type=dagster_type, input_manager_key=manager)
    return merged


def _is_unsaid(asset_type: Any, op_type: Any) -> bool:
    return asset_type is UNSET or asset_type is Any or bool(asset_type == op_type)


def _merged_type(asset_type: Any, op_type: Any, where: str) -> Any:
    if _is_unsaid(asset_type, op_type):
        return op_type
    if op_type is Any:
        return asset_type
    if can_both_hold(asset_type, op_type):
        return asset_type
    raise ConflictError(
        f"{where}: the asset's type is {_shown(asset_type)}, the op's is {_shown(op_type)}.",
        fix="Change one of them, or leave one out.",
        source=user_line(),
    )


def _refuse_nothing_mismatch(asset_in: AssetIn, read: In, where: str) -> None:
    if asset_in.is_nothing and not read.is_nothing:
        problem = "the asset is read as Nothing, but the op reads a value"
        fix = "Declare the op's input In(Nothing) and drop its parameter, or load the asset."
    elif read.is_nothing and asset_in.dagster_type not in (UNSET, Any, Nothing):
        problem = f"the asset's type is {_shown(asset_in.dagster_type)}, but the op reads Nothing"
        fix = "Leave the type of the AssetIn out, or have the op read the value."
    else:
        return
    raise ConflictError(f"{where}: {problem}.", fix=fix, source=user_line())


def _shared_manager(each: FlatInput, given: Sequence[AssetIn], where: str) -> str | None:
    own = each.definition.input_manager_key
    managers = {asset_in.input_manager_key or own for asset_in in given}
    if len(given) < len(each.refs):
        managers.add(own)
    typed = [asset_in for asset_in in given if asset_in.dagster_type not in (UNSET, Any, Nothing)]
    if len(managers) > 1 or typed:
        said = "input_manager_key" if len(managers) > 1 else "dagster_type"
        raise ConflictError(
            f"{where} is a list, and an AssetIn states the {said} of one element.",
            fix=f"State it once for the list, at the op: In({said}=…).",
            source=user_line(),
        )
    return next(iter(managers), own)


def _shown(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else repr(annotation)
