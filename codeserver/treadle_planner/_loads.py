"""The stored assets that a plan reads, gathered from its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from treadle.locations.snapshot import Asset, StepInput
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import Load, PlannedInputRef
from treadle_planner._managers import loading_manager
from treadle_planner._readers import Readers
from treadle_planner._wired import WiredStep
from treadle_planner.partitions._reading import Reading
from treadle_planner.partitions._run import RunPartitions


def planned_loads(
    readers: Readers, running: Mapping[StepKey, Sequence[StepKey]]
) -> tuple[Load, ...]:
    """Return the loads of the steps that run, sorted by key: `running` by what they are unexpanded."""
    assets, run = readers.reads.index.wiring.assets, readers.reads.partitions
    found: list[Load] = []
    for key in sorted(readers.loaded_by):
        loading = readers.loaded_by[key].items()
        by = {where: reader for where, reader in loading if where[0] in running}
        if by:
            load = _load(assets[key], by, running)
            of = [reading for step, reading in readers.readings.get(key, ()) if step in running]
            found.append(load if run is None or not of else _of_partitions(load, run, of))
    return tuple(found)


def _of_partitions(load: Load, run: RunPartitions, readings: Sequence[Reading]) -> Load:
    """Return a load of what any of its readers needs of the partitions."""
    needed = [each.loaded for each in readings if each.loaded is not None]
    partitions = None
    if needed:
        keys = run.now.set_of(needed[0])
        for each in needed[1:]:
            keys |= run.now.set_of(each)
        partitions = run.now.planned(needed[0].definition_id, keys)
    return replace(
        load, partitions=partitions, every_partition=any(each.every for each in readings)
    )


def _load(
    asset: Asset,
    by: Mapping[tuple[StepKey, str], tuple[WiredStep, StepInput]],
    running: Mapping[StepKey, Sequence[StepKey]],
) -> Load:
    reading = sorted((each, name) for step, name in by for each in running[step])
    managers = [loading_manager(asset, definition) for _, definition in by.values()]
    every_reader_names_one = all(each.manager_key is not None for _, each in by.values())
    return Load(
        asset_key=asset.key,
        readers=tuple([PlannedInputRef(step_key=step, input=name) for step, name in reading]),
        external=asset.is_external,
        io_manager_key=(
            min(manager.key for manager in managers)
            if every_reader_names_one
            else asset.manager_key
        ),
        builtin_manager=any(manager.is_builtin for manager in managers),
        sibling=any(wired.step.block == asset.block for wired, _ in by.values()),
    )
