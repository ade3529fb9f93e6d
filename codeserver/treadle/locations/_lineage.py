"""What the steps of a block rest on: the assets that their inputs lead to."""

from __future__ import annotations

from collections.abc import Sequence

from treadle.locations.snapshot import AssetSource, Step
from treadle_contract.ids import KeyText, StepKey


def read_by_step(steps: Sequence[Step]) -> dict[StepKey, frozenset[KeyText]]:
    """Return the assets that each step's inputs lead to, back through intermediates.

    A step stands after those whose intermediates it reads: a body calls what it reads first.
    """
    outputs = {}
    if len(steps) > 1:
        outputs = {(step.key, output.name): output for step in steps for output in step.outputs}
    above: dict[StepKey, frozenset[KeyText]] = {}
    for step in steps:
        found: set[KeyText] = set()
        for source in (source for each in step.inputs for source in each.sources):
            if isinstance(source, AssetSource):
                found.add(source.asset_key)
            else:
                made = outputs[source.step_key, source.output].asset_keys
                found.update(made or above[source.step_key])
        above[step.key] = frozenset(found)
    return above
