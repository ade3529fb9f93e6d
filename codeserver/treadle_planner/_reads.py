"""What each input of a step that runs reads: a step of this run, or a stored asset."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from treadle.locations.snapshot import Block, Job, StepInput
from treadle.locations.wiring import OutputRef
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.plan import (
    PlannedInput,
    PlannedSource,
    PlannedStepOutput,
    UnselectedOutputs,
)
from treadle_planner._index import SnapshotIndex
from treadle_planner._request import Asked
from treadle_planner._walk import Kept
from treadle_planner._wired import Read, WiredInput, WiredStep, read_of

Place: TypeAlias = tuple[OutputRef | None, KeyText]
"""Where a value comes from: the output of this run that makes it, None for what is stored; and as
which asset, "" for none."""

Found: TypeAlias = tuple[tuple[Place, ...] | None, tuple[str, ...]]
"""The places of an input, None for one that no selected output needs; and which of them need it,
none for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """Resolves sources, once it is known what runs."""

    index: SnapshotIndex
    asked: Asked
    kept: Kept

    @property
    def remade(self) -> frozenset[KeyText]:
        """The assets that are made because a reader would not find them stored, or is not to."""
        return self.kept.rerun | (self.asked.joining & self.kept.keys)

    @property
    def job(self) -> Job | None:
        """The job that is run, if one is."""
        if self.asked.selection.expressions:
            return None
        jobs = self.index.snapshot.jobs
        return next((job for job in jobs if job.name == self.asked.selection.job), None)

    def unselected_outputs(self, block: Block) -> UnselectedOutputs:
        """Return what happens to outputs of a block that no selected asset needs."""
        chosen = self.asked.options.unselected_outputs or block.unselected_outputs
        return chosen or UnselectedOutputs.MATERIALIZE

    def inputs(self, wired: WiredStep) -> tuple[Found, ...]:
        """Return what each input of a step reads in this run."""
        if wired.is_split:
            return self._needed_inputs(wired)
        return tuple([(self._sources(wired, each, each.reads), ()) for each in wired.inputs])

    def _needed_inputs(self, wired: WiredStep) -> tuple[Found, ...]:
        """Return it for a step of which some outputs need not all inputs."""
        wiring, step, names = self.index.wiring, wired.step, self.kept.selected[wired.step.key]
        outputs = [output for output in step.outputs if output.name in names]
        if all(output.input_names is None for output in outputs):
            return tuple([(self._sources(wired, each, each.reads), ()) for each in wired.inputs])
        found: list[Found] = []
        for each in wired.inputs:
            needed = wiring.needed_sources(each.definition, outputs)
            needing = wiring.needing(step, each.definition, outputs)
            by = () if len(needing) == len(outputs) else tuple(sorted(needing))
            reads = [read_of(wiring, step, source) for source in needed or ()]
            found.append((None if needed is None else self._sources(wired, each, reads), by))
        return tuple(found)

    def _sources(
        self, wired: WiredStep, each: WiredInput, reads: Iterable[Read]
    ) -> tuple[Place, ...]:
        selected = self.kept.keys
        found: list[Place] = []
        for read in reads:
            for key, place in read.made:
                if key in selected:
                    found.append(place)
                    break
            else:
                other = self._unselected(wired, each, read)
                if other is not None:
                    found.append(other)
        return tuple(found)

    def _unselected(self, wired: WiredStep, each: WiredInput, read: Read) -> Place | None:
        """Return where what is read comes from, of which no asset is selected."""
        ref = read.ref
        if ref is not None:
            if read.is_own and self.kept.is_selected(ref) and self.kept.rerun.issuperset(read.keys):
                return ref, KeyText("")
            maker = self.index.wiring.blocks[self.index.wiring.steps[ref.step_key].block]
            if self._is_hazard(ref) and (
                self.unselected_outputs(maker) is UnselectedOutputs.MATERIALIZE
            ):
                return ref, read.keys[0]
        if each.definition.nothing:
            return None
        return None, self._stored_key(read)

    def _is_hazard(self, ref: OutputRef) -> bool:
        """Tell whether an output will be yielded though only unselected assets come of it."""
        output = self.index.wiring.outputs[ref]
        return (
            ref.step_key in self.kept.selected
            and output.is_required
            and bool(output.asset_keys)
            and not self.kept.is_selected(ref)
        )

    def _stored_key(self, read: Read) -> KeyText:
        """Return the asset to load; any that is stored will do when the reader names none."""
        if read.stored is not None:
            return read.stored
        return next(key for key in read.keys if key not in self.asked.missing)


def planned_input(definition: StepInput, found: Found) -> PlannedInput:
    """Return an input with what was found."""
    places, needed_by = found
    return PlannedInput(
        name=definition.name,
        sources=tuple([_planned_source(ref, key) for ref, key in places or ()]),
        fan_in=definition.fan_in,
        nothing=definition.nothing,
        not_needed=places is None,
        input_manager_key=definition.manager_key or "",
        needed_by=needed_by,
    )


def _planned_source(ref: OutputRef | None, key: KeyText) -> PlannedSource:
    if ref is None:
        return PlannedSource(load_asset_key=key, asset_key=key)
    output = PlannedStepOutput(step_key=ref.step_key, output=ref.output)
    return PlannedSource(step_output=output, asset_key=key)
