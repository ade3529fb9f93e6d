"""The checks of a block: read from what its decorator was given, each an output of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from treadle._errors import (
    ArgumentError,
    ConflictError,
    DuplicateError,
    MissingError,
    did_you_mean,
    listed,
)
from treadle._keys import AssetKey
from treadle._nothing import Nothing
from treadle._output import AssetCheckResult
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.checks._check_spec import AssetCheckSpec
from treadle.graphs._flat import FlatBlock
from treadle.locations.snapshot import SourceLine
from treadle.ops._ins_outs import Out
from treadle.steps._type_check import type_name
from treadle_contract.lazy_dataclasses import replace


def checked_specs(specs: object, *, owner: str) -> dict[str, AssetCheckSpec]:
    """Return checks by the outputs that give their results.

    Raises:
        ArgumentError: something else is given.
        DuplicateError: two are the same, or would have the same output.
    """
    if isinstance(specs, AssetCheckSpec) or not isinstance(specs, Iterable):
        raise ArgumentError(
            f"{owner}: check_specs is {in_words(specs)}, and not a list.",
            fix="Give check_specs=[AssetCheckSpec(name, asset=…)].",
            source=user_line(),
        )
    found: dict[str, AssetCheckSpec] = {}
    for each in specs:
        if not isinstance(each, AssetCheckSpec):
            raise ArgumentError(
                f"{owner}: check_specs has {in_words(each)}, which is not an AssetCheckSpec.",
                fix="Give AssetCheckSpec(name, asset=…).",
                source=user_line(),
            )
        other = found.setdefault(each.output_name, each)
        if other is not each:
            raise _twice(each, other, owner)
    return found


def refuse_foreign(
    checks: Mapping[str, AssetCheckSpec],
    keys: AbstractSet[AssetKey],
    outputs: Collection[str],
    *,
    owner: str,
) -> None:
    """Refuse checks that a block which makes these assets, in these outputs, cannot evaluate.

    Raises:
        ArgumentError: the check is of another asset.
        DuplicateError: its output has the name of another one.
    """
    for output, spec in checks.items():
        if spec.asset_key not in keys:
            texts = sorted(key.text for key in keys)
            raise ArgumentError(
                f"{owner}: the check {spec.name!r} is of {spec.asset_key.text!r}, which is not made"
                f" here.{did_you_mean(spec.asset_key.text, texts)}",
                fix=f"It can be of {listed(texts)}; for another asset write an @asset_check.",
                source=user_line(),
                others=(spec.source,),
            )
        if output in outputs:
            raise DuplicateError(
                f"{owner}: the check {spec.name!r} of {spec.asset_key.text!r} is given by an output"
                f" {output!r}, and there is another output of that name.",
                fix="Give the check or the output another name.",
                source=user_line(),
            )


def refuse_lacking(
    checks: Mapping[str, AssetCheckSpec], outputs: Collection[str], *, owner: str
) -> None:
    """Refuse a node without the outputs that give results.

    Raises:
        MissingError: it lacks one.
    """
    for output, spec in checks.items():
        if output not in outputs:
            raise MissingError(
                f"{owner} has no output {output!r}, which would give the result of the check"
                f" {spec.name!r} of {spec.asset_key.text!r}.{did_you_mean(output, outputs)}",
                fix=f"Give it an output {output!r}: that of an op which returns an AssetCheckResult.",
                source=user_line(),
            )


def with_checks(
    flat: FlatBlock,
    checks: Mapping[str, AssetCheckSpec],
    assets: Iterable[str],
    *,
    owner: str,
) -> FlatBlock:
    """Return the steps with each output that gives a result as one without a value.

    `assets` are the outputs of the block that are assets.

    Raises:
        ConflictError: the output is of another type, or is something else too.
    """
    steps = dict(flat.steps)
    taken = {flat.outputs[output]: f"the asset of output {output!r}" for output in assets}
    for output, spec in checks.items():
        ref = flat.outputs[output]
        what = f"the check {spec.key.text!r}"
        if taken.setdefault(ref, what) is not what:
            raise ConflictError(
                f"{owner}: one output of an op, {ref.output!r} of {'.'.join(ref.path)!r}, is {what}"
                f" and {taken[ref]}.",
                fix="Give each check a result of its own.",
                source=user_line(),
            )
        step = steps[ref.path]
        out = _check_out(step.outs[ref.output], spec, owner=owner, source=step.source)
        steps[ref.path] = replace(step, outs={**step.outs, ref.output: out})
    return replace(flat, steps=steps)


def _check_out(out: Out, spec: AssetCheckSpec, *, owner: str, source: SourceLine) -> Out:
    if out.is_nothing:
        return out
    if out.dagster_type is Any or out.dagster_type is AssetCheckResult:
        return replace(out, dagster_type=Nothing)
    raise ConflictError(
        f"{owner}: the check {spec.name!r} of {spec.asset_key.text!r} is given by an output of type"
        f" {type_name(out.dagster_type)}.",
        fix="Return an AssetCheckResult from the op, and annotate it `-> AssetCheckResult`.",
        source=user_line(),
        others=(source,),
    )


def _twice(spec: AssetCheckSpec, other: AssetCheckSpec, owner: str) -> DuplicateError:
    if spec.key == other.key:
        problem = f"{owner} has two checks named {spec.name!r} of {spec.asset_key.text!r}."
    else:
        problem = (
            f"{owner}: the checks {spec.key.text!r} and {other.key.text!r} would both be given by"
            f" an output {spec.output_name!r}."
        )
    return DuplicateError(
        problem,
        fix="Give one of them another name.",
        source=user_line(),
        others=(other.source,),
    )
