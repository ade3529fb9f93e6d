"""What waits for outputs that carry nothing and are told: results of blocking checks, observations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from treadle.locations._order import topological
from treadle.locations.snapshot import AssetSource, OutputSource, Snapshot, Step, StepInput
from treadle.locations.wiring import OutputRef, Wiring
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import replace

#: An output that is told, and the steps that wait for it where it is of the same run.
Told: TypeAlias = tuple[OutputRef, Sequence[StepKey]]


def after_observations(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot, whose steps are in order, in which what reads an asset follows what looks at it."""
    wiring = Wiring.of(snapshot)
    return following(snapshot, wiring, _observed(wiring))


def _observed(wiring: Wiring) -> Iterator[Told]:
    readers: dict[KeyText, dict[StepKey, None]] = {}
    for key, step in wiring.steps.items():
        for source in (source for each in step.inputs for source in each.sources):
            if isinstance(source, AssetSource):
                readers.setdefault(source.asset_key, {})[key] = None
    for step in wiring.steps.values():
        for output in step.outputs:
            if output.observes:
                found = readers.get(output.observes, {})
                yield OutputRef(step.key, output.name), [key for key in found if key != step.key]


def following(snapshot: Snapshot, wiring: Wiring, told: Iterable[Told]) -> Snapshot:
    """Return the snapshot in which steps follow what is told, unless that reads from them."""
    needs = {key: set(wiring.step_needs(step)) for key, step in wiring.steps.items()}
    after: dict[StepKey, list[OutputSource]] = {}
    for ref, waiting in told:
        # One after the other: what was ordered before counts, so that no circle comes of it.
        above = _above(ref.step_key, needs)
        for key in waiting:
            # What only tells more does not wait.
            if key not in above and not all(each.is_told for each in wiring.steps[key].outputs):
                source = OutputSource(step_key=ref.step_key, output=ref.output)
                after.setdefault(key, []).append(source)
                needs[key].add(ref.step_key)
    order = topological({key: frozenset(each) for key, each in needs.items()})
    steps = (_following(wiring.steps[key], after.get(key, ())) for key in order)
    return replace(snapshot, steps=tuple(steps))


def _above(key: StepKey, needs: Mapping[StepKey, set[StepKey]]) -> set[StepKey]:
    """Return a step and all that it reads from."""
    found, waiting = {key}, [key]
    while waiting:
        more = needs[waiting.pop()] - found
        found |= more
        waiting += more
    return found


def _following(step: Step, sources: Sequence[OutputSource]) -> Step:
    if not sources:
        return step
    ordering = StepInput(name="", sources=tuple(sources), nothing=True)
    return replace(step, inputs=(*step.inputs, ordering))
