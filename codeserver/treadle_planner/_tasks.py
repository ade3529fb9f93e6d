"""Which steps share a process: the steps of a block, or of the run, in as few tasks as can be.

Each task starts when all that its steps read from other tasks is there. So tasks may not wait for
each other in a circle: a group of steps that lies on both sides of another is cut. It is cut, too,
before a step that reads what may not be yielded: whether and how that runs is known when its maker
has ended. Steps that are mapped over a fan-out have a process each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from treadle.locations._order import cyclic_components, topological
from treadle_contract.fan_outs import is_mapped
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import Isolation, PlannedStep, Verdict
from treadle_planner._reads import Reads
from treadle_planner._wired import WiredStep

_OF_RUN = ""
"""The group of all steps of a run; the others have a block's name."""


def with_tasks(reads: Reads, steps: tuple[PlannedStep, ...]) -> tuple[PlannedStep, ...]:
    """Return the steps, each that runs with the task that it is part of."""
    groups = _groups(reads, steps)
    if not groups:
        return steps
    needs = _needs([step for step in steps if step.verdict is Verdict.RUN])
    firsts = {key: task[0] for task in tasks_of(groups, needs) if len(task) > 1 for key in task}
    wired = reads.index.wired
    return tuple(
        [
            _in_task(wired[step.key], step, firsts[step.key]) if step.key in firsts else step
            for step in steps
        ]
    )


def _in_task(wired: WiredStep, step: PlannedStep, task: StepKey) -> PlannedStep:
    """Return a step with its task: the same one for the same step."""
    last = wired.in_task
    if last is None or last[0] is not step or last[1].task != task:
        last = wired.in_task = step, replace(step, task=task)
    return last[1]


def tasks_of(
    groups: Sequence[Sequence[StepKey]], needs: Mapping[StepKey, frozenset[StepKey]]
) -> list[Sequence[StepKey]]:
    """Cut groups of steps into as few tasks as leave no circle among them.

    `needs` are the steps that each reads from, in topological order, as each group is.
    """
    unit: dict[StepKey, StepKey] = {key: key for key in needs}
    for group in groups:
        unit.update(dict.fromkeys(group, group[0]))
    circles = cyclic_components(_between(unit, needs))
    caught = frozenset[StepKey]().union(*circles)
    whole = [group for group in groups if group[0] not in caught]
    cut = [group for group in groups if group[0] in caught]
    for group in cut:
        unit.update(zip(group, group, strict=True))
    found = list(whole)
    for group in cut:
        pieces = _pieces(group, unit, needs)
        for piece in pieces:
            unit.update(dict.fromkeys(piece, piece[0]))
        found.extend(pieces)
    return found


def _groups(reads: Reads, steps: Iterable[PlannedStep]) -> list[list[StepKey]]:
    """Return the steps that are to share a process, in plan order."""
    of_run = reads.asked.options.isolation
    of_job = reads.job.isolation if reads.job else None
    if not (of_run or of_job or reads.index.has_isolation):
        return []
    found: dict[str, list[StepKey]] = {}
    for step in steps:
        if step.verdict is not Verdict.RUN or is_mapped(step.key):
            continue
        block = reads.index.wiring.blocks[step.block]
        match of_run or block.isolation or of_job:
            case Isolation.ASSET:
                found.setdefault(step.block, []).append(step.key)
            case Isolation.RUN:
                found.setdefault(_OF_RUN, []).append(step.key)
            case _:
                pass
    return [keys for keys in found.values() if len(keys) > 1]


def _needs(running: Sequence[PlannedStep]) -> dict[StepKey, frozenset[StepKey]]:
    """Return what each step reads from, of those that run; in plan order.

    Between an output that may be left out and what reads it lies a step that is in no group.
    """
    optional = {
        (step.key, output.name)
        for step in running
        for output in step.outputs
        # Which elements there are of a dynamic one, is known when its maker has ended.
        if output.dynamic or not output.is_required
    }
    keys = {step.key for step in running}
    needs: dict[StepKey, frozenset[StepKey]] = {}
    for step in running:
        read = {each for each in _read_outputs(step) if each[0] in keys}
        between = {StepKey(f"{key}\n{name}"): key for key, name in read & optional}
        needs.update((each, frozenset({key})) for each, key in between.items())
        needs[step.key] = frozenset({*(key for key, _ in read), *between})
    return needs


def _read_outputs(step: PlannedStep) -> Iterator[tuple[StepKey, str]]:
    for planned in step.inputs:
        for source in () if planned.not_needed else planned.sources:
            if source.step_output is not None:
                yield source.step_output.step_key, source.step_output.output


def _between(
    unit: Mapping[StepKey, StepKey], needs: Mapping[StepKey, frozenset[StepKey]]
) -> dict[StepKey, frozenset[StepKey]]:
    """Return what each task needs of others."""
    found: dict[StepKey, set[StepKey]] = {}
    for key, needed in needs.items():
        found.setdefault(unit[key], set()).update(unit[each] for each in needed if each in unit)
    return {key: frozenset(needed - {key}) for key, needed in found.items()}


def _pieces(
    group: Sequence[StepKey],
    unit: Mapping[StepKey, StepKey],
    needs: Mapping[StepKey, frozenset[StepKey]],
) -> list[list[StepKey]]:
    """Cut one group, all of whose steps are alone yet: by how often a way to a step leaves it."""
    members = frozenset(group)
    between = _between(unit, needs)
    left: dict[StepKey, int] = {}
    for task in topological(between):
        ways = [
            left[each] + (task in members and each not in members and left[each] >= 0)
            for each in between[task]
        ]
        left[task] = max([*ways, 0 if task in members else -1])
    pieces: dict[int, list[StepKey]] = {}
    for key in group:
        pieces.setdefault(left[key], []).append(key)
    return [pieces[number] for number in sorted(pieces)]
