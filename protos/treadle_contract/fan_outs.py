"""Fan-outs: how steps and elements of dynamic outputs are named, and what takes a mapped step's place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import PlannedInput, PlannedSource, PlannedStep, PlannedStepOutput, Reuse

UNKNOWN: Final = "?"
"""Stands for a mapping key that is not known yet."""

MAPPING_KEY: Final = re.compile(r"[A-Za-z0-9_]{1,120}")
"""What a mapping key looks like: a file that holds an element's value is named with it."""

_OPEN: Final = f"[{UNKNOWN}]"
_LEVEL: Final = re.compile(r"\[([^\]]*)\]")


def element(output: str, mapping_key: str) -> str:
    """Return the name of an element of a dynamic output; of another output, its name."""
    return f"{output}[{mapping_key}]" if mapping_key else output


def element_value_key(value_key: str, mapping_key: str) -> str:
    """Return where in a file store an element lies of an output that belongs at `value_key`."""
    return f"{value_key}.{mapping_key}" if value_key and mapping_key else value_key


def filled(step_key: StepKey, mapping_key: str) -> StepKey:
    """Return the key of a step with the outermost level that is not known yet filled in."""
    return StepKey(step_key.replace(_OPEN, f"[{mapping_key}]", 1))


def unexpanded(step_key: StepKey) -> StepKey:
    """Return the key by which the definitions know a step: no mapping key is in it."""
    return StepKey(_LEVEL.sub(_OPEN, step_key)) if "[" in step_key else step_key


def node_names(step_key: StepKey) -> list[str]:
    """Return the names of the nodes that lead from the block to the op of a step, whatever it is mapped over."""
    return (_LEVEL.sub("", step_key) if "[" in step_key else step_key).split(".")


def is_mapped(step_key: StepKey) -> bool:
    """Tell whether a step is mapped over a fan-out, expanded or not."""
    return step_key.endswith("]")


def mapped_names(step_key: StepKey) -> Iterator[str]:
    """Yield what steps are called together that are mapped, from all of an op to those of one key."""
    keys = _LEVEL.findall(step_key)
    name = step_key.partition("[")[0]
    for known in range(len(keys)):
        found = name + "".join(f"[{key}]" for key in keys[:known])
        yield found
        yield found + _OPEN * (len(keys) - known)


def mapping_path(step_key: StepKey, mapping_key: str = "") -> str:
    """Return the mapping keys of a step, and of an element that it yielded, joined by "/"."""
    keys = _LEVEL.findall(step_key)
    return "/".join((*keys, mapping_key) if mapping_key else keys)


def version_in(made: PlannedStepOutput, version: str) -> str:
    """Return the version of what is read, with the mapping keys under which it is read: they are told, too."""
    path = mapping_path(made.step_key, made.mapping_key)
    return f"{path}: {version}" if path and version else version


def mapping_keys(reuse: Reuse, output: str) -> tuple[str, ...]:
    """Return the mapping keys of a dynamic output of a step that is reused, in yield order."""
    return tuple(
        each.mapping_key for each in reuse.outputs if each.output == output and each.mapping_key
    )


def open_levels(made: PlannedStepOutput) -> int:
    """Return how many levels of what is read are not known yet, those collected among them."""
    return made.step_key.count(_OPEN) + (made.mapping_key == UNKNOWN)


def expanded(step: PlannedStep, mapping_key: str) -> PlannedStep:
    """Return the step that an unexpanded one becomes for one mapping key of its outermost level.

    Precondition: it is mapped over something.
    """
    return replace(
        step,
        key=filled(step.key, mapping_key),
        mapped_over=tuple(_filled(each, mapping_key) for each in step.mapped_over[1:]),
        inputs=tuple(_input(each, mapping_key) for each in step.inputs),
    )


def _input(planned: PlannedInput, mapping_key: str) -> PlannedInput:
    sources = tuple(_source(source, mapping_key) for source in planned.sources)
    return planned if sources == planned.sources else replace(planned, sources=sources)


def _source(source: PlannedSource, mapping_key: str) -> PlannedSource:
    made = source.step_output
    if made is None or open_levels(made) <= made.collected:
        return source
    return replace(source, step_output=_filled(made, mapping_key))


def _filled(made: PlannedStepOutput, mapping_key: str) -> PlannedStepOutput:
    if _OPEN in made.step_key:
        return replace(made, step_key=filled(made.step_key, mapping_key))
    return replace(made, mapping_key=mapping_key)
