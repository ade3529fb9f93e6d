"""Which elements of fan-outs earlier runs came to, by their step keys, and which of them is read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from treadle_contract.codeserver import EarlierStep
from treadle_contract.fan_outs import UNKNOWN, element, expanded, is_mapped
from treadle_contract.ids import StepKey
from treadle_contract.plan import PlannedSource, PlannedStep, PlannedStepOutput


def mapped_keys(
    steps: Iterable[PlannedStep], earlier: Mapping[StepKey, Sequence[EarlierStep]]
) -> AbstractSet[StepKey]:
    """Return what takes the places of mapped steps, for each mapping key that some success yielded.

    What is in a fan-out that lies in another is found when the successes of that one are known.
    """
    return {key for step in steps if step.mapped_over for key in _keys(step, earlier)}


def _keys(step: PlannedStep, earlier: Mapping[StepKey, Sequence[EarlierStep]]) -> Iterator[StepKey]:
    if not step.mapped_over:
        yield step.key
        return
    over = step.mapped_over[0]
    yielded = (
        key
        for each in earlier.get(over.step_key, ())
        for fanned_out in each.fanned_out
        if fanned_out.output == over.output
        for key in fanned_out.mapping_keys
    )
    for key in dict.fromkeys(yielded):
        yield from _keys(expanded(step, key), earlier)


def is_element(source: PlannedSource) -> bool:
    """Tell whether what is read is of a fan-out: how many of them there are counts, too."""
    made = source.step_output
    return made is not None and bool(is_mapped(made.step_key) or made.mapping_key)


def read_name(made: PlannedStepOutput) -> str:
    """Name what is read of a step: one element; of a dynamic output whose elements nobody knows, all of it."""
    return element(made.output, "" if made.mapping_key == UNKNOWN else made.mapping_key)
