"""Values for arguments of a graph that is run as a job: they stand where its steps read them."""

from __future__ import annotations

from collections.abc import Mapping

from treadle._arguments import UNSET
from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.graphs._flat import FlatBlock, FlatInput, FlatStep, StepRef
from treadle.graphs._handles import ArgumentRef
from treadle.steps._step_code import Given
from treadle.steps._type_check import type_name
from treadle.types._mismatch import mismatch
from treadle_contract.lazy_dataclasses import replace


def with_inputs(flat: FlatBlock, values: Mapping[str, object]) -> FlatBlock:
    """Return the steps with values for arguments of the block; those without one read nothing.

    Raises:
        ArgumentError: a value is not of the type that an op declares.
    """
    return replace(
        flat,
        steps={
            path: replace(
                step, inputs=tuple([_with_input(step, each, values) for each in step.inputs])
            )
            for path, step in flat.steps.items()
        },
    )


def _with_input(step: FlatStep, each: FlatInput, values: Mapping[str, object]) -> FlatInput:
    arguments = [ref.argument for ref in each.refs if isinstance(ref, ArgumentRef)]
    if not arguments:
        return each
    if not each.fan_in:
        (name,) = arguments
        value = values.get(name, each.definition.default_value)
        _refuse_wrong_type(step, each, name, value)
        return replace(each, definition=replace(each.definition, default_value=value), refs=())
    elements = tuple(
        Given(values[ref.argument]) if isinstance(ref, ArgumentRef) else ref for ref in each.refs
    )
    refs = tuple(ref for ref in elements if isinstance(ref, StepRef))
    return replace(each, refs=refs, elements=elements)


def _refuse_wrong_type(step: FlatStep, each: FlatInput, name: str, value: object) -> None:
    declared = each.definition.dagster_type
    if each.definition.is_nothing or value is UNSET or mismatch(value, declared) is None:
        return
    raise ArgumentError(
        f"Input {each.name!r} of {'.'.join(step.path)!r} is declared {type_name(declared)}, and"
        f" {name!r} is given {in_words(value)}.",
        fix="Give a value of that type, or change the annotation.",
        source=user_line(),
    )
