"""The check of a plan that a code server made: what it says holds together. Pure.

What a single field may be, the contract says beside it, and is checked before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter

from treadle_contract.codeserver import EarlierStep
from treadle_contract.fan_outs import UNKNOWN, is_mapped, open_levels
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import (
    Hazard,
    Load,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    ReuseMode,
    Verdict,
)
from treadle_launcher.planning.plan import Plan


class BadPlanError(ValueError):
    """A plan does not hold together: the field, and what is wrong with it."""


def check_plan(plan: Plan) -> None:
    """Refuse a plan that could not be run as it says.

    Raises:
        BadPlanError: the first fault that is found.
    """
    made: dict[StepKey, PlannedStep] = {}
    makers: dict[KeyText, str] = {}
    read: set[KeyText] = set()
    loads = {load.asset_key for load in plan.loads}
    skipped = {reuse.step_key for reuse in plan.reuses if reuse.skipped}
    for number, step in enumerate(plan.steps):
        place = f"steps[{number}]"
        if step.key in made:
            raise BadPlanError(f"{place}.key is {step.key!r}, as that of a step before it")
        if step.verdict is not Verdict.OMIT:
            _check_outputs(step, place, makers)
            _check_mapped(step, place, made)
            _check_names(step, place)
        if step.verdict is Verdict.RUN or step.key in skipped:
            # A step that is skipped again follows what it reads, and loads nothing.
            _check_sources(step, place, made, loads if step.verdict is Verdict.RUN else None)
        if step.verdict is Verdict.RUN:
            read.update(_loaded(step))
        made[step.key] = step
    _check_loads(plan.loads, made, read)
    _check_hazards(plan.hazards, made)
    _check_reuses(plan, made)
    _check_tasks(plan.steps)


def _check_outputs(step: PlannedStep, place: str, makers: dict[KeyText, str]) -> None:
    names = [output.name for output in step.outputs]
    _check_each_once(names, f"{place}.outputs", "name")
    for number, output in enumerate(step.outputs):
        for asset in output.assets:
            maker = f"{step.key}.{output.name}"
            other = makers.setdefault(asset.asset_key, maker)
            if other != maker:
                raise BadPlanError(
                    f"{place}.outputs[{number}].assets has {asset.asset_key!r}, which {other} makes"
                )
    unknown = [name for name in step.selected_outputs if name not in names]
    if unknown:
        raise BadPlanError(
            f"{place}.selected_outputs has {unknown[0]!r}, which is none of its outputs"
        )


def _check_mapped(step: PlannedStep, place: str, made: Mapping[StepKey, PlannedStep]) -> None:
    """Refuse a step that is not named, or does not read, as one that is mapped over what it says."""
    if step.key.count(f"[{UNKNOWN}]") != len(step.mapped_over):
        raise BadPlanError(
            f"{place}.mapped_over has {len(step.mapped_over)} outputs, and its key is {step.key!r}"
        )
    for number, over in enumerate(step.mapped_over):
        where = f"{place}.mapped_over[{number}]"
        _check_step_output(over, where, made)
        if not any(
            each.dynamic and each.name == over.output for each in made[over.step_key].outputs
        ):
            raise BadPlanError(f"{where}.output is {over.output!r}, which is not dynamic")
        if made[over.step_key].mapped_over != step.mapped_over[:number]:
            raise BadPlanError(f"{where}.step_key is {over.step_key!r}, which is mapped otherwise")
    if step.mapped_over and any(output.assets or output.check for output in step.outputs):
        raise BadPlanError(f"{place}.outputs has an asset or a check, and the step is mapped")
    if step.task and is_mapped(step.key):
        raise BadPlanError(f"{place}.task is {step.task!r}, and the step is mapped")
    for planned in step.inputs:
        for source in planned.sources:
            read = source.step_output
            if read is not None and open_levels(read) - read.collected > len(step.mapped_over):
                raise BadPlanError(
                    f"{place}.inputs reads {read.output!r} of {read.step_key!r} as one value, of which"
                    " there is one for each mapping key"
                )


def _check_names(step: PlannedStep, place: str) -> None:
    names = [planned.name for planned in step.inputs if planned.name]
    _check_each_once(names, f"{place}.inputs", "name")


def _loaded(step: PlannedStep) -> Iterator[KeyText]:
    for planned in step.inputs:
        for source in planned.sources:
            if source.load_asset_key is not None:
                yield source.load_asset_key
            elif source.loaded_partitions is not None or source.every_partition:
                yield source.asset_key


def _check_sources(
    step: PlannedStep,
    place: str,
    made: Mapping[StepKey, PlannedStep],
    loads: AbstractSet[KeyText] | None,
) -> None:
    for position, planned in enumerate(step.inputs):
        if planned.not_needed:
            if planned.sources:
                where = f"{place}.inputs[{position}].not_needed"
                raise BadPlanError(f"{where} is true, and the input has sources")
            continue
        for number, source in enumerate(planned.sources):
            where = f"{place}.inputs[{position}].sources[{number}]"
            if source.step_output is not None:
                _check_step_output(source.step_output, f"{where}.step_output", made)
                if loads is not None and source.loaded_partitions and source.asset_key not in loads:
                    problem = f"no load has the key {source.asset_key!r}"
                    raise BadPlanError(f"{where}.loaded_partitions is set, and {problem}")
            elif loads is not None and source.load_asset_key not in loads and not _is_none(source):
                key = source.load_asset_key
                raise BadPlanError(f"{where}.load_asset_key is {key!r}, and no load has that key")


def _is_none(source: PlannedSource) -> bool:
    """Tell whether none of the partitions is needed, so that nothing is loaded."""
    return source.partitions is not None and not source.partitions.ranges


def _check_step_output(
    source: PlannedStepOutput, place: str, made: Mapping[StepKey, PlannedStep]
) -> None:
    upstream = made.get(source.step_key)
    if upstream is None or upstream.verdict is Verdict.OMIT:
        raise BadPlanError(
            f"{place}.step_key is {source.step_key!r}, and no step before it that runs or is"
            " reused has that key"
        )
    if all(output.name != source.output for output in upstream.outputs):
        raise BadPlanError(
            f"{place}.output is {source.output!r}, which is not an output of {source.step_key}"
        )


def _check_loads(
    loads: Iterable[Load], steps: Mapping[StepKey, PlannedStep], read: AbstractSet[KeyText]
) -> None:
    seen: set[KeyText] = set()
    for number, load in enumerate(loads):
        place = f"loads[{number}]"
        if load.asset_key in seen:
            raise BadPlanError(f"{place}.asset_key is {load.asset_key!r}, as that of another load")
        seen.add(load.asset_key)
        if load.asset_key not in read:
            raise BadPlanError(f"{place}.asset_key is {load.asset_key!r}, which no input reads")
        for position, reader in enumerate(load.readers):
            step = steps.get(reader.step_key)
            if step is None or all(planned.name != reader.input for planned in step.inputs):
                raise BadPlanError(
                    f"{place}.readers[{position}] is {reader.input!r} of {reader.step_key!r}, and"
                    " no step has that input"
                )


def _check_hazards(hazards: Iterable[Hazard], steps: Mapping[StepKey, PlannedStep]) -> None:
    for number, hazard in enumerate(hazards):
        step = steps.get(hazard.step_key)
        if step is None or all(output.name != hazard.output for output in step.outputs):
            raise BadPlanError(
                f"hazards[{number}] is of {hazard.output!r} of {hazard.step_key!r}, and no step has"
                " that output"
            )


def _check_tasks(steps: Sequence[PlannedStep]) -> None:
    """Refuse tasks that cannot run as they are.

    Each starts when all that it reads is there, so they may not wait for each other. And what a step
    reads of its own task is yielded, or the task ends.
    """
    task_of = {step.key: step.task or step.key for step in steps if step.verdict is Verdict.RUN}
    if all(task == key for key, task in task_of.items()):
        return
    needs: dict[str, set[str]] = {task: set() for task in task_of.values()}
    optional = {
        (step.key, output.name)
        for step in steps
        for output in step.outputs
        # Which elements there are of a dynamic one, is known when its maker has ended.
        if output.dynamic or not output.is_required
    }
    for step in steps:
        task = task_of.get(step.key)
        if task is not None:
            needs[task].update(task_of[key] for key in _read_steps(step) if key in task_of)
            needs[task].discard(task)
            _check_sure(step, task_of, optional)
    sorter = TopologicalSorter(needs)
    try:
        sorter.prepare()
    except CycleError as error:
        place = next(number for number, step in enumerate(steps) if step.task in error.args[1])
        raise BadPlanError(
            f"steps[{place}].task is {steps[place].task!r}, which waits for a task that waits for it"
        ) from None


def _check_sure(
    step: PlannedStep,
    task_of: Mapping[StepKey, str],
    optional: AbstractSet[tuple[StepKey, str]],
) -> None:
    for made in _read_outputs(step):
        read = (made.step_key, made.output)
        if task_of.get(made.step_key) == task_of[step.key] and read in optional:
            raise BadPlanError(
                f"PlannedStep.task of {step.key!r} is {step.task!r}, in which"
                f" {made.step_key!r} may leave out {made.output!r}, which it reads"
            )


def _read_steps(step: PlannedStep) -> Iterator[StepKey]:
    return (made.step_key for made in _read_outputs(step))


def _read_outputs(step: PlannedStep) -> Iterator[PlannedStepOutput]:
    for planned in step.inputs:
        for source in () if planned.not_needed else planned.sources:
            if source.step_output is not None:
                yield source.step_output


def _check_reuses(plan: Plan, steps: Mapping[StepKey, PlannedStep]) -> None:
    keys = dict.fromkeys(reuse.step_key for reuse in plan.reuses)
    _check_each_once([reuse.step_key for reuse in plan.reuses], "reuses", "step_key")
    for number, key in enumerate(keys):
        if key not in steps or steps[key].verdict is not Verdict.REUSE:
            raise BadPlanError(
                f"reuses[{number}].step_key is {key!r}, and no step with the verdict REUSE has it"
            )
    for number, step in enumerate(plan.steps):
        if step.verdict is Verdict.REUSE and step.key not in keys:
            raise BadPlanError(f"steps[{number}].verdict is REUSE, and no reuse is of {step.key!r}")
    if keys and plan.header.reexecution is None and plan.options.reuse is ReuseMode.NEVER:
        problem = "header.reexecution is not set, header.options.reuse is NEVER"
        raise BadPlanError(f"{problem}, and there are reuses")


def check_reused(plan: Plan, earlier: Iterable[EarlierStep]) -> None:
    """Refuse a plan that reuses what the earlier runs that were told of do not have.

    Raises:
        BadPlanError: it does.
    """
    told = {(step.key, step.from_run_id) for step in earlier} if plan.reuses else ()
    for number, reuse in enumerate(plan.reuses):
        if (reuse.step_key, reuse.from_run_id) not in told:
            raise BadPlanError(
                f"reuses[{number}] is of {reuse.step_key!r} of run {reuse.from_run_id!r}, and the"
                " earlier run has no such step"
            )


def _check_each_once(names: Sequence[str], place: str, field: str) -> None:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            raise BadPlanError(f"{place}[{number}].{field} is {name!r}, as that of one before it")
        seen.add(name)
