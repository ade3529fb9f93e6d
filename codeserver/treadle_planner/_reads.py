"""What each input of a step that runs reads: a step of this run, or a stored asset."""

from __future__ import annotations

from typing import TypeAlias

from treadle.locations.snapshot import Job, OutputSource, Source, StepOutput
from treadle.locations.wiring import OutputRef
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.plan import (
    PlannedInput,
    PlannedSource,
    PlannedStepOutput,
    UnselectedOutputs,
)
from treadle_planner._index import SnapshotIndex
from treadle_planner._request import Asked
from treadle_planner._walk import Kept
from treadle_planner._wired import Place, Read, WiredStep, is_needed
from treadle_planner.partitions._reading import Reading, reading
from treadle_planner.partitions._run import RunPartitions

Need: TypeAlias = tuple[bool, tuple[str, ...]]
"""Whether a selected output needs an input, and which of them do, none for all."""

Found: TypeAlias = tuple[tuple[Place | None, ...], tuple[Need, ...], tuple[Reading | None, ...]]
"""The places of all that a step reads, None for what is not read in this run; of each input who
needs it, if not all of them are needed by all; and of each place what partitions are read, if any are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """Resolves sources, once it is known what runs."""

    index: SnapshotIndex
    asked: Asked
    kept: Kept
    partitions: RunPartitions | None = None

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

    def inputs(self, wired: WiredStep) -> Found:
        """Return what a step reads in this run.

        Raises:
            PlanRefused: it needs a partition that does not exist.
        """
        found = self._inputs(wired)
        return (
            found if self.partitions is None else self._of_partitions(self.partitions, wired, found)
        )

    def _of_partitions(self, run: RunPartitions, wired: WiredStep, found: Found) -> Found:
        places = list(found[0])
        readings: list[Reading | None] = [None] * len(places)
        assets = self.index.wiring.assets
        for number, place in enumerate(places):
            if place is not None and place[1]:
                maker = assets[place[1]].block or ""
                read = wired.reads[number]
                places[number], readings[number] = reading(run, wired, read, place, maker)
        return tuple(places), found[1], tuple(readings) if any(readings) else ()

    def _inputs(self, wired: WiredStep) -> Found:
        selected = self.kept.keys
        if wired.usual is not None and selected.issuperset(wired.usual_keys):
            return wired.usual
        needs = self._needs(wired) if wired.is_split else ()
        places: list[Place | None] = []
        for read in wired.reads:
            for key, place in read.made:
                if key in selected:
                    places.append(place)
                    break
            else:
                places.append(self._unselected(read))
        if needs:
            outputs = self._outputs(wired)
            needed = (is_needed(self.index.wiring, read, outputs) for read in wired.reads)
            places = [place if each else None for place, each in zip(places, needed, strict=True)]
        return tuple(places), needs, ()

    def _outputs(self, wired: WiredStep) -> list[StepOutput]:
        names = self.kept.selected[wired.step.key]
        return [output for output in wired.step.outputs if output.name in names]

    def _needs(self, wired: WiredStep) -> tuple[Need, ...]:
        """Return it of the inputs of a step of which some outputs need not all."""
        wiring, outputs = self.index.wiring, self._outputs(wired)
        if all(output.input_names is None for output in outputs):
            return ()
        found: list[Need] = []
        for each in wired.step.inputs:
            needing = wiring.needing(wired.step, each, outputs)
            by = () if len(needing) == len(outputs) else tuple(sorted(needing))
            found.append((wiring.needed_sources(each, outputs) is not None, by))
        return tuple(found)

    def _unselected(self, read: Read) -> Place | None:
        """Return where what is read comes from, of which no asset is selected."""
        ref = read.ref
        if read.is_told and ref is not None:
            return (ref, KeyText("")) if self.kept.is_selected(ref) else None
        if ref is not None:
            if read.is_own and self.kept.is_selected(ref) and self.kept.rerun.issuperset(read.keys):
                return ref, KeyText("")
            maker = self.index.wiring.blocks[self.index.wiring.steps[ref.step_key].block]
            if self._is_hazard(ref) and (
                self.asked.unselected_outputs(maker) is UnselectedOutputs.MATERIALIZE
            ):
                return ref, read.keys[0]
        if read.definition.nothing:
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


def planned_inputs(wired: WiredStep, found: Found) -> tuple[PlannedInput, ...]:
    """Return the inputs of a step with what was found."""
    places, needs, readings = found
    planned: list[PlannedInput] = []
    end = 0
    for number, each in enumerate(wired.step.inputs):
        begin, end = end, end + len(each.sources)
        is_needed, needed_by = needs[number] if needs else (True, ())
        sources = [
            _planned_source(place, source, readings[begin + at] if readings else None)
            for at, (place, source) in enumerate(zip(places[begin:end], each.sources, strict=True))
            if place is not None
        ]
        planned.append(
            PlannedInput(
                name=each.name,
                sources=tuple(sources),
                fan_in=each.fan_in,
                nothing=each.nothing,
                not_needed=not is_needed,
                input_manager_key=each.manager_key or "",
                needed_by=needed_by,
            )
        )
    return tuple(planned)


def _planned_source(place: Place, source: Source, of: Reading | None) -> PlannedSource:
    ref, key = place
    if ref is None:
        found = PlannedSource(load_asset_key=key, asset_key=key)
    else:
        output = PlannedStepOutput(step_key=ref.step_key, output=ref.output)
        if isinstance(source, OutputSource) and (source.mapping_key or source.collected):
            output = replace(output, mapping_key=source.mapping_key, collected=source.collected)
        found = PlannedSource(step_output=output, asset_key=key)
    if of is None:
        return found
    return replace(
        found,
        partitions=of.partitions,
        by_partition=of.by_partition,
        every_partition=of.every,
        loaded_partitions=None if ref is None else of.loaded,
    )
