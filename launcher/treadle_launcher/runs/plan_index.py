"""A plan's steps that run, indexed: their order, what they read from, who reads them.

Where a fan-out is expanded, the index grows: steps take the places of those that were mapped over it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from treadle_contract.fan_outs import UNKNOWN, expanded
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.plan import (
    Load,
    PlannedInput,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    Verdict,
)
from treadle_launcher.planning.plan import Plan

Position: TypeAlias = tuple[int, ...]
"""Where a step stands in the plan; a mapped one: where its unexpanded one does, then by its keys."""

Made: TypeAlias = tuple[StepKey, str]
"""An output of a step."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a fan-out changed: `removed` steps, each with those that took its place, and `waits`:
    of how many upstreams more the steps that read from those have to wait for.
    """

    removed: Mapping[StepKey, Sequence[StepKey]]
    waits: Mapping[StepKey, int]


class PlanIndex:
    """The steps that run and those that are reused, and the edges between them.

    A reused step waits for nothing, so that no edge leads to it, unless it is skipped again:
    that follows from what it reads.

    `position` is their order; `readers` hold each step once; `read_outputs` are those that some
    input reads, by value or not. `together` holds, for each step that shares a process, those
    that do, in plan order. `mapping_keys` are those of each fan-out that is expanded, in yield order.
    """

    def __init__(self, plan: Plan) -> None:
        """Index a plan.

        Raises:
            ValueError: a step reads from one that the plan does not run.
        """
        steps = [step for step in plan.steps if step.verdict is not Verdict.OMIT]
        reused = {reuse.step_key for reuse in plan.reuses if not reuse.skipped}
        self._steps = {step.key: step for step in steps}
        self.position: Final[dict[StepKey, Position]] = {
            step.key: (number,) for number, step in enumerate(steps)
        }
        self._named: Final[dict[StepKey, tuple[StepKey, ...]]] = {}
        self.readers: Final[dict[StepKey, dict[StepKey, None]]] = {step.key: {} for step in steps}
        self.read_outputs: Final[set[Made]] = set()
        self.loads: Final[Mapping[KeyText, Load]] = {load.asset_key: load for load in plan.loads}
        self.together: Final = _together(steps)
        self.mapping_keys: Final[dict[Made, tuple[str, ...]]] = {}
        self._mapped: Final[dict[Made, list[StepKey]]] = {}
        self._in_place_of: Final[dict[StepKey, tuple[StepKey, ...]]] = {}
        for step in steps:
            self._note_mapped(step)
            self._connect(step, () if step.key in reused else _step_outputs(step))

    @property
    def steps(self) -> Collection[PlannedStep]:
        """The steps as they are now; those of expanded fan-outs after all others."""
        return self._steps.values()

    def step(self, key: StepKey) -> PlannedStep:
        """Return a step that runs.

        Raises:
            KeyError: the plan runs no such step.
        """
        return self._steps[key]

    def upstreams(self, key: StepKey) -> Iterable[StepKey]:
        """Return the steps that one reads from, each once, those of the plan in its order."""
        named = self._named[key]
        if self._in_place_of.keys().isdisjoint(named):
            return named
        return dict.fromkeys(each for name in named for each in self.now(name))

    def now(self, key: StepKey) -> Iterator[StepKey]:
        """Yield what stands in the place of a step by now, in yield order: itself, if nothing does."""
        steps = self._in_place_of.get(key)
        if steps is None:
            yield key
        else:
            for each in steps:
                yield from self.now(each)

    def sources(self, planned: PlannedInput) -> Iterator[PlannedSource]:
        """Yield what an input reads, as `all_of`."""
        return self.all_of(planned.sources)

    def all_of(self, sources: Iterable[PlannedSource]) -> Iterator[PlannedSource]:
        """Yield what is read, each element of what is collected in yield order.

        Of a fan-out that is not expanded, one stands for all.
        """
        for source in sources:
            made = source.step_output
            if made is None or not made.collected:
                yield source
                continue
            for key in self.now(made.step_key):
                for mapping_key in self._elements(key, made):
                    found = PlannedStepOutput(
                        step_key=key, output=made.output, mapping_key=mapping_key
                    )
                    yield replace(source, step_output=found)

    def _elements(self, key: StepKey, made: PlannedStepOutput) -> Iterable[str]:
        if made.mapping_key != UNKNOWN:
            return (made.mapping_key,)
        return self.mapping_keys.get((key, made.output), (UNKNOWN,))

    def mapped_over(self, made: Made) -> Sequence[StepKey]:
        """Return the unexpanded steps of which an output is the outermost fan-out not expanded yet."""
        return self._mapped.get(made, ())

    def expand(
        self, made: Made, mapping_keys: tuple[str, ...], removed: Collection[StepKey]
    ) -> Expansion:
        """Put a step for each mapping key in the place of those `removed`, which are mapped over it."""
        self.mapping_keys[made] = mapping_keys
        self._mapped.pop(made, None)
        gone = set(removed)
        waits: dict[StepKey, int] = {}
        outside: dict[StepKey, dict[StepKey, None]] = {}
        for key in removed:
            outside[key] = {each: None for each in self.readers[key] if each not in gone}
            for reader in outside[key]:
                waits[reader] = waits.get(reader, 0) + len(mapping_keys) - 1
            for upstream in self.upstreams(key):
                if upstream not in gone:
                    del self.readers[upstream][key]
        new: list[PlannedStep] = []
        for key in removed:
            step, place = self._steps.pop(key), self.position.pop(key)
            steps = [expanded(step, each) for each in mapping_keys]
            for number, each in enumerate(steps):
                self._steps[each.key] = each
                self.position[each.key] = (*place, number)
                self.readers[each.key] = dict(outside[key])
                self._note_mapped(each)
            read = [
                output.name for output in step.outputs if (key, output.name) in self.read_outputs
            ]
            self.read_outputs.update((each.key, name) for each in steps for name in read)
            self._in_place_of[key] = tuple(each.key for each in steps)
            del self.readers[key], self._named[key]
            new.extend(steps)
        for each in new:
            self._connect(each, _step_outputs(each))
        return Expansion({key: self._in_place_of[key] for key in removed}, waits)

    def _note_mapped(self, step: PlannedStep) -> None:
        if step.mapped_over:
            over = step.mapped_over[0]
            self._mapped.setdefault((over.step_key, over.output), []).append(step.key)

    def _connect(self, step: PlannedStep, read: Iterable[Made]) -> None:
        sources = dict.fromkeys(read)
        self.read_outputs.update(sources)
        named = dict.fromkeys(key for key, _ in sources)
        found = dict.fromkeys(each for key in named for each in self.now(key))
        missing = [key for key in found if key not in self.position]
        if missing:
            raise ValueError(f"{step.key} reads from {missing[0]}, which does not run")
        if len(found) == len(named):
            named = dict.fromkeys(sorted(named, key=self._place))
        self._named[step.key] = tuple(named)
        for key in found:
            self.readers[key][step.key] = None

    def _place(self, key: StepKey) -> Position:
        return self.position.get(key, ())


def _together(steps: Iterable[PlannedStep]) -> dict[StepKey, tuple[StepKey, ...]]:
    members: dict[StepKey, list[StepKey]] = {}
    for step in steps:
        if step.task and step.verdict is Verdict.RUN:
            members.setdefault(StepKey(step.task), []).append(step.key)
    groups = [tuple(keys) for keys in members.values() if len(keys) > 1]
    return {key: group for group in groups for key in group}


def places(keys: Iterable[StepKey]) -> dict[StepKey, int]:
    """Return steps in their order, each with its place, from 0."""
    return {key: place for place, key in enumerate(keys)}


def narrowed(step: PlannedStep, lacking: Collection[str]) -> tuple[str, ...]:
    """Return the selected outputs that are left when nothing was yielded to some inputs."""
    dropped: set[str] = set()
    for planned in step.inputs:
        if planned.name in lacking:
            dropped.update(planned.needed_by or step.selected_outputs)
    return tuple(name for name in step.selected_outputs if name not in dropped)


def followed_inputs(step: PlannedStep) -> Iterator[PlannedInput]:
    """Yield the inputs that decide when a step may start: those that are needed."""
    return (planned for planned in step.inputs if not planned.not_needed)


def _step_outputs(step: PlannedStep) -> Iterator[Made]:
    for planned in followed_inputs(step):
        for source in planned.sources:
            if source.step_output is not None:
                yield source.step_output.step_key, source.step_output.output
