"""What an input reads of an asset with partitions: of each, what this run made, or what was loaded. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator

from treadle_contract.event import OutputStored
from treadle_contract.ids import RunId, StepKey
from treadle_contract.plan import Load, PlannedPartitions, PlannedSource, PlannedStepOutput
from treadle_contract.worker import TaskPartition, TaskSource
from treadle_launcher.runs.run_view import RunView
from treadle_partitions import planned_keys


def reads_partitions(source: PlannedSource) -> bool:
    """Tell whether a source is an asset with partitions."""
    return source.partitions is not None or source.every_partition


def passes_on(view: RunView, source: PlannedSource, made: PlannedStepOutput) -> bool:
    """Tell whether what a step yielded is what a source reads, so that it may pass in memory."""
    if not reads_partitions(source):
        return True
    if source.loaded_partitions is not None or source.every_partition:
        return False
    return source.partitions == _made_partitions(view, source, made)


def partitioned_source(
    view: RunView, source: PlannedSource, manager_key: str, awaited: Container[StepKey]
) -> TaskSource | None:
    """Return where the partitions are that a source reads; None: none of them was yielded."""
    load = view.index.loads.get(source.asset_key)
    made = source.step_output
    found = {each.partition_key: each for each in _loaded(load)}
    manager = load.io_manager_key if load is not None else ""
    definition = source.partitions
    if made is not None:
        definition = definition or _made_partitions(view, source, made)
        if made.step_key in awaited:
            here = {each.partition_key: each for each in _awaited(view, source, made)}
        else:
            stored = _stored(view, source, made)
            here = {each.partition_key: _place(view, made, each) for each in stored}
            manager = next((each.io_manager_key for each in stored), manager)
        found |= here
    wanted = list(found) if source.every_partition else _keys(view, source.partitions)
    if made is not None and not any(key in found for key in wanted):
        return None
    maker = StepKey("") if made is None else made.step_key
    # One that is not there is named all the same: its reader fails, and says which.
    partitions = tuple(
        [found.get(key) or TaskPartition(partition_key=key, step_key=maker) for key in wanted]
    )
    is_awaited = any(each.awaited for each in partitions)
    return TaskSource(
        io_manager_key=manager_key or ("" if is_awaited else manager),
        asset_key=source.asset_key,
        run_id=view.run_id if made is not None else _one_run(partitions),
        step_key=made.step_key if made is not None else (load.step_key if load else StepKey("")),
        output=made.output if made is not None else "",
        awaited=is_awaited,
        partitions=partitions,
        by_partition=source.by_partition,
        partitions_definition_id="" if definition is None else definition.definition_id,
    )


def _one_run(partitions: tuple[TaskPartition, ...]) -> RunId:
    """Return the run that made all of them; of several the last, "" of none."""
    return partitions[-1].run_id if partitions else RunId("")


def _loaded(load: Load | None) -> Iterator[TaskPartition]:
    for each in () if load is None else load.loaded_partitions:
        yield TaskPartition(
            partition_key=each.partition_key,
            value_ref=each.value_ref,
            run_id=each.run_id,
            step_key=each.step_key,
        )


def _awaited(
    view: RunView, source: PlannedSource, made: PlannedStepOutput
) -> Iterator[TaskPartition]:
    for key in _keys(view, _made_partitions(view, source, made)):
        yield TaskPartition(
            partition_key=key, run_id=view.run_id, step_key=made.step_key, awaited=True
        )


def _made_partitions(
    view: RunView, source: PlannedSource, made: PlannedStepOutput
) -> PlannedPartitions | None:
    """Return the partitions of the asset that the step it is read from makes."""
    for output in view.index.step(made.step_key).outputs:
        if output.name == made.output:
            assets = (each for each in output.assets if each.asset_key == source.asset_key)
            return next((each.partitions for each in assets), None)
    return None


def _stored(
    view: RunView, source: PlannedSource, made: PlannedStepOutput
) -> tuple[OutputStored, ...]:
    stored = view.steps[made.step_key].outputs.get(made.output, ())
    return tuple(each for each in stored if each.asset_key == source.asset_key)


def _place(view: RunView, made: PlannedStepOutput, stored: OutputStored) -> TaskPartition:
    return TaskPartition(
        partition_key=stored.partition_key,
        value_ref=stored.value_ref,
        run_id=view.steps[made.step_key].reused_from_run_id or view.run_id,
        step_key=made.step_key,
    )


def _keys(view: RunView, partitions: PlannedPartitions | None) -> tuple[str, ...]:
    return planned_keys(partitions, view.plan.header.partitions_definitions)
