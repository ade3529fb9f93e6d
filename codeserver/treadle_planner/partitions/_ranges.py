"""Which definitions who reads a plan needs, to take its ranges of partitions apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from treadle_contract.partition import PartitionsDefinition
from treadle_contract.plan import Load, PlannedPartitions, PlannedStep
from treadle_planner.partitions._run import RunPartitions


def definitions_of_ranges(
    run: RunPartitions | None, steps: Iterable[PlannedStep], loads: Iterable[Load]
) -> tuple[PartitionsDefinition, ...]:
    """Return the definitions of the ranges of several keys, sorted by id. A range of one key says it."""
    if run is None:
        return ()
    named = [*(load.partitions for load in loads)]
    for step in steps:
        named += _of_step(step)
    ids = {
        each.definition_id
        for each in named
        if each is not None and any(one.first != one.last for one in each.ranges)
    }
    by_id = run.now.definitions.by_id
    return tuple([by_id[each] for each in sorted(ids)])


def _of_step(step: PlannedStep) -> Iterator[PlannedPartitions | None]:
    yield step.partitions
    for output in step.outputs:
        for asset in output.assets:
            yield asset.partitions
    for given in step.inputs:
        for source in given.sources:
            yield source.partitions
            yield source.loaded_partitions
