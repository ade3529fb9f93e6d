"""The stored assets that a plan reads, gathered from its steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from treadle.locations.snapshot import Asset, StepInput
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.plan import Load, PlannedInputRef, PlannedStep
from treadle_planner._index import SnapshotIndex
from treadle_planner._managers import loading_manager


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    ref: PlannedInputRef
    block: str
    definition: StepInput


def planned_loads(index: SnapshotIndex, steps: Iterable[PlannedStep]) -> tuple[Load, ...]:
    """Return the loads of the steps, sorted by key."""
    found: dict[KeyText, list[_Reader]] = {}
    for step in steps:
        for key, reader in _readers(index, step):
            found.setdefault(key, []).append(reader)
    return tuple(_load(index.wiring.assets, key, found[key]) for key in sorted(found))


def _readers(index: SnapshotIndex, step: PlannedStep) -> Iterator[tuple[KeyText, _Reader]]:
    """Yield each input that loads, with each asset that it loads once."""
    for planned in step.inputs:
        keys = [source.load_asset_key for source in planned.sources]
        loaded = dict.fromkeys(key for key in keys if key is not None)
        if not loaded:
            continue
        inputs = index.wiring.steps[step.key].inputs
        definition = next(each for each in inputs if each.name == planned.name)
        for key in loaded:
            ref = PlannedInputRef(step_key=step.key, input=planned.name)
            yield key, _Reader(ref=ref, block=step.block, definition=definition)


def _load(assets: Mapping[KeyText, Asset], key: KeyText, readers: list[_Reader]) -> Load:
    asset = assets[key]
    managers = [loading_manager(asset, each.definition) for each in readers]
    every_reader_names_one = all(each.definition.manager_key is not None for each in readers)
    refs = (each.ref for each in readers)
    return Load(
        asset_key=key,
        readers=tuple(sorted(refs, key=lambda ref: (ref.step_key, ref.input))),
        external=asset.is_external,
        io_manager_key=(
            min(manager.key for manager in managers)
            if every_reader_names_one
            else asset.manager_key
        ),
        builtin_manager=any(manager.is_builtin for manager in managers),
        sibling=any(each.block == asset.block for each in readers),
    )
