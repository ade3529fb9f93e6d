"""What each input of a step that runs reads: a step of this run, or a stored asset."""

from __future__ import annotations

from collections.abc import Collection

from treadle.locations.snapshot import AssetSource, Job, Source, Step, StepInput
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
from treadle_planner._walk import Kept, read_keys


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

    def unselected_outputs(self, block: str) -> UnselectedOutputs:
        """Return what happens to outputs of a block that no selected asset needs."""
        chosen = self.asked.options.unselected_outputs
        chosen = chosen or self.index.wiring.blocks[block].unselected_outputs
        return chosen or UnselectedOutputs.MATERIALIZE

    def is_hazard(self, ref: OutputRef) -> bool:
        """Tell whether an output will be yielded though only unselected assets come of it."""
        output = self.index.wiring.outputs[ref]
        return (
            ref.step_key in self.kept.selected
            and output.is_required
            and bool(output.asset_keys)
            and not self.kept.is_selected(ref)
        )

    def planned_input(self, step: Step, each: StepInput) -> PlannedInput:
        """Return an input with what it reads in this run."""
        names = self.kept.selected[step.key]
        outputs = [output for output in step.outputs if output.name in names]
        needed: tuple[Source, ...] | None = each.sources
        needing: Collection[str] = names
        if any(output.input_names is not None for output in outputs):
            needed = self.index.wiring.needed_sources(each, outputs)
            needing = self.index.wiring.needing(step, each, outputs)
        found = (self._source(step, each, source) for source in needed or ())
        return PlannedInput(
            name=each.name,
            sources=tuple(source for source in found if source is not None),
            fan_in=each.fan_in,
            nothing=each.nothing,
            not_needed=needed is None,
            input_manager_key=each.manager_key or "",
            needed_by=() if len(needing) == len(outputs) else tuple(sorted(needing)),
        )

    def _source(self, step: Step, each: StepInput, source: Source) -> PlannedSource | None:
        ref = self.index.wiring.read(source)
        if ref is not None:
            made = self._made_here(step, source, ref)
            if made is not None:
                return made
        if each.nothing:
            return None
        key = self._stored_key(source, ref)
        return PlannedSource(load_asset_key=key, asset_key=key)

    def _made_here(self, step: Step, source: Source, ref: OutputRef) -> PlannedSource | None:
        """Return the output of this run that a source reads, None for what is not made for it."""
        keys = read_keys(source, self.index.wiring.outputs[ref])
        selected = next((key for key in keys if key in self.kept.keys), None)
        output = PlannedStepOutput(step_key=ref.step_key, output=ref.output)
        if selected is not None:
            return PlannedSource(step_output=output, asset_key=selected)
        block = self.index.wiring.steps[ref.step_key].block
        if block == step.block and self.kept.is_selected(ref) and self.kept.rerun.issuperset(keys):
            return PlannedSource(step_output=output)
        makes = self.unselected_outputs(block)
        if self.is_hazard(ref) and makes is UnselectedOutputs.MATERIALIZE:
            return PlannedSource(step_output=output, asset_key=keys[0])
        return None

    def _stored_key(self, source: Source, ref: OutputRef | None) -> KeyText:
        """Return the asset to load; any that is stored will do when the reader names none."""
        if isinstance(source, AssetSource):
            return source.asset_key
        assert ref is not None, "an output of a step is always found"
        keys = self.index.wiring.outputs[ref].asset_keys
        return next(key for key in keys if key not in self.asked.missing)
