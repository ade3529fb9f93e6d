"""Fan-outs that an earlier run expanded: the steps that they came to, in the plan of one that goes on. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from treadle_contract.codeserver import EarlierStep
from treadle_contract.fan_outs import UNKNOWN, expanded, open_levels
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import PlannedInput, PlannedSource, PlannedStep, PlannedStepOutput
from treadle_contract.run import StepState


class FanOutsBefore:
    """The fan-outs of an earlier run, but for those that run `again`: they are expanded anew."""

    def __init__(self, earlier: Mapping[StepKey, EarlierStep], again: Container[StepKey]) -> None:
        self._mapping_keys = {
            (step.key, each.output): each.mapping_keys
            for step in earlier.values()
            if step.state is StepState.SUCCEEDED and step.key not in again
            for each in step.fanned_out
        }
        self._in_place_of: dict[StepKey, list[StepKey]] = {}

    @property
    def used(self) -> frozenset[StepKey]:
        """The steps by whose mapping keys others stand in a plan."""
        return frozenset(key for key, _ in self._mapping_keys)

    def expanded(self, steps: Sequence[PlannedStep]) -> tuple[PlannedStep, ...]:
        """Return the steps of a plan with those that its fan-outs came to in their places."""
        if not self._mapping_keys:
            return tuple(steps)
        found = [each for step in steps for each in self._steps(step)]
        return tuple(replace(step, inputs=self._inputs(step)) for step in found)

    def _steps(self, step: PlannedStep) -> Iterator[PlannedStep]:
        over = step.mapped_over[0] if step.mapped_over else None
        keys = None if over is None else self._mapping_keys.get((over.step_key, over.output))
        if keys is None:
            yield step
            return
        new = [expanded(step, key) for key in keys]
        self._in_place_of[step.key] = [each.key for each in new]
        for each in new:
            yield from self._steps(each)

    def _inputs(self, step: PlannedStep) -> tuple[PlannedInput, ...]:
        return tuple(
            replace(each, sources=tuple(self._sources(each.sources)))
            if any(source.step_output and source.step_output.collected for source in each.sources)
            else each
            for each in step.inputs
        )

    def _sources(self, sources: Iterable[PlannedSource]) -> Iterator[PlannedSource]:
        for source in sources:
            made = source.step_output
            if made is None or not made.collected:
                yield source
                continue
            # Levels of which the reader has an element are as they were.
            own = open_levels(made) - made.collected
            for key in self._now(made.step_key):
                for mapping_key in self._elements(key, made):
                    found = replace(made, step_key=key, mapping_key=mapping_key)
                    found = replace(found, collected=open_levels(found) - own)
                    yield replace(source, step_output=found)

    def _now(self, key: StepKey) -> Iterator[StepKey]:
        steps = self._in_place_of.get(key)
        if steps is None:
            yield key
        else:
            for each in steps:
                yield from self._now(each)

    def _elements(self, key: StepKey, made: PlannedStepOutput) -> Iterable[str]:
        if made.mapping_key != UNKNOWN:
            return (made.mapping_key,)
        return self._mapping_keys.get((key, made.output), (UNKNOWN,))
