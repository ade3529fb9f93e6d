"""A plan's steps that run, indexed once: their order, what they read from, who reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.plan import Load, PlannedInput, PlannedStep, Verdict
from treadle_launcher.planning.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanIndex:
    """The steps that run and those that are reused, in plan order, and the edges between them.

    A reused step waits for nothing, so that no edge leads to it, unless it is skipped again:
    that follows from what it reads.

    `position` counts them from 0; `upstreams` and `readers` hold each step once, in plan
    order; `read_outputs` are the (step, output) pairs that some input reads, by value or not.
    `together` holds, for each step that shares a process, those that do, in plan order.
    """

    steps: tuple[PlannedStep, ...]
    position: Mapping[StepKey, int]
    upstreams: Mapping[StepKey, tuple[StepKey, ...]]
    readers: Mapping[StepKey, tuple[StepKey, ...]]
    read_outputs: frozenset[tuple[StepKey, str]]
    loads: Mapping[KeyText, Load]
    together: Mapping[StepKey, tuple[StepKey, ...]]

    @classmethod
    def of(cls, plan: Plan) -> PlanIndex:
        """Index a plan.

        Raises:
            ValueError: a step reads from one that the plan does not run.
        """
        steps = tuple(step for step in plan.steps if step.verdict is not Verdict.OMIT)
        reused = {reuse.step_key for reuse in plan.reuses if not reuse.skipped}
        position = {step.key: number for number, step in enumerate(steps)}
        upstreams: dict[StepKey, tuple[StepKey, ...]] = {}
        readers: dict[StepKey, list[StepKey]] = {step.key: [] for step in steps}
        read_outputs: set[tuple[StepKey, str]] = set()
        for step in steps:
            sources = dict.fromkeys(() if step.key in reused else _step_outputs(step))
            read_outputs.update(sources)
            upstream_keys = dict.fromkeys(key for key, _ in sources)
            missing = [key for key in upstream_keys if key not in position]
            if missing:
                raise ValueError(f"{step.key} reads from {missing[0]}, which does not run")
            upstreams[step.key] = tuple(sorted(upstream_keys, key=position.__getitem__))
            for key in upstream_keys:
                readers[key].append(step.key)
        return cls(
            steps=steps,
            position=position,
            upstreams=upstreams,
            readers={key: tuple(found) for key, found in readers.items()},
            read_outputs=frozenset(read_outputs),
            loads={load.asset_key: load for load in plan.loads},
            together=_together(steps),
        )

    def step(self, key: StepKey) -> PlannedStep:
        """Return a step that runs.

        Raises:
            KeyError: the plan runs no such step.
        """
        return self.steps[self.position[key]]


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


def _step_outputs(step: PlannedStep) -> Iterator[tuple[StepKey, str]]:
    for planned in followed_inputs(step):
        for source in planned.sources:
            if source.step_output is not None:
                yield source.step_output.step_key, source.step_output.output
