"""The steps of a plan: every op of the selected blocks, with what it reads and makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from treadle.locations.snapshot import Step, StepOutput
from treadle.locations.wiring import OutputRef
from treadle_contract.ids import KeyText
from treadle_contract.plan import (
    Hazard,
    PlannedAsset,
    PlannedInput,
    PlannedOutput,
    PlannedStep,
    UnselectedOutputs,
    Verdict,
)
from treadle_planner._managers import Manager, loading_manager
from treadle_planner._reads import Reads
from treadle_planner._reasons import Reasons


def planned_steps(reads: Reads) -> tuple[PlannedStep, ...]:
    """Return the steps of the selected blocks in topological order, ties by key."""
    steps = reads.index.ordered(reads.kept.blocks)
    inputs = {
        step.key: tuple(reads.planned_input(step, each) for each in step.inputs)
        for step in steps
        if step.key in reads.kept.selected
    }
    reasons = Reasons.of(reads, inputs)
    assembly = _Assembly(reads, frozenset(_read_values(inputs.values())))
    return tuple(
        assembly.running(step, inputs[step.key], reasons.running(step))
        if step.key in inputs
        else _omitted(reads, reasons, step)
        for step in steps
    )


def _omitted(reads: Reads, reasons: Reasons, step: Step) -> PlannedStep:
    """Return a step that does not run: always the same one where nothing that runs is beside it."""
    untouched = reads.index.untouched
    is_untouched = reasons.is_untouched(step)
    if is_untouched and step.key in untouched:
        return untouched[step.key]
    found = PlannedStep(
        key=step.key,
        block=step.block,
        op=step.op,
        verdict=Verdict.OMIT,
        reason=reasons.omitted(step),
    )
    if is_untouched:
        untouched[step.key] = found
    return found


def planned_hazards(reads: Reads, steps: Iterable[PlannedStep]) -> tuple[Hazard, ...]:
    """Return the hazards of the steps that run, sorted by step key and output."""
    found = [
        Hazard(
            step_key=step.key,
            output=output.name,
            asset_keys=tuple(asset.asset_key for asset in output.assets),
            unselected_outputs=reads.unselected_outputs(step.block),
        )
        for step in steps
        for output in step.outputs
        if reads.is_hazard(OutputRef(step.key, output.name))
    ]
    return tuple(sorted(found, key=lambda hazard: (hazard.step_key, hazard.output)))


def _read_values(inputs: Iterable[tuple[PlannedInput, ...]]) -> Iterator[OutputRef]:
    for planned in (each for step in inputs for each in step if not each.nothing):
        for source in planned.sources:
            if source.step_output is not None:
                yield OutputRef(source.step_output.step_key, source.step_output.output)


class _Assembly:
    """Puts steps that run together, knowing which outputs are read."""

    def __init__(self, reads: Reads, read_values: frozenset[OutputRef]) -> None:
        self._reads = reads
        self._read_values = read_values
        self._selected_keys: Mapping[str, tuple[KeyText, ...]] = {
            name: tuple(
                key
                for key in sorted(reads.index.wiring.blocks[name].asset_keys)
                if key in reads.kept.keys
            )
            for name in reads.kept.blocks
        }

        self._job_policy = reads.job.retry_policy if reads.job else None

    def running(self, step: Step, inputs: tuple[PlannedInput, ...], reason: str) -> PlannedStep:
        return PlannedStep(
            key=step.key,
            block=step.block,
            op=step.op,
            verdict=Verdict.RUN,
            reason=reason,
            selected_outputs=tuple(sorted(self._reads.kept.selected[step.key])),
            selected_asset_keys=self._selected_keys[step.block],
            inputs=inputs,
            outputs=tuple(self._output(step, output) for output in step.outputs),
            resource_keys=self._resource_keys(step, inputs),
            unselected_outputs=self._reads.unselected_outputs(step.block),
            retry_policy=step.retry_policy or self._job_policy,
            timeout_ms=step.timeout_ms,
            limits=step.limits,
        )

    def _output(self, step: Step, output: StepOutput) -> PlannedOutput:
        ref = OutputRef(step.key, output.name)
        return PlannedOutput(
            name=output.name,
            selected=self._reads.kept.is_selected(ref),
            is_required=output.is_required,
            nothing=output.nothing,
            assets=tuple(self._asset(key) for key in output.asset_keys),
            is_read=ref in self._read_values,
            io_manager_key=output.manager_key,
            builtin_manager=output.manager_builtin,
            checkpoint=output.checkpoint,
        )

    def _asset(self, key: KeyText) -> PlannedAsset:
        asset = self._reads.index.wiring.assets[key]
        return PlannedAsset(
            asset_key=key,
            selected=key in self._reads.kept.keys,
            io_manager_key=asset.manager_key,
            builtin_manager=asset.manager_builtin,
        )

    def _resource_keys(self, step: Step, inputs: tuple[PlannedInput, ...]) -> tuple[str, ...]:
        if not self._reads.index.has_managers:
            return step.resource_keys
        given = self._reads.index.resource_keys
        managers = {*self._loading(step, inputs), *self._storing(step)}
        needed = {each.key for each in managers if not each.is_builtin or each.key in given}
        return tuple(sorted(needed.union(step.resource_keys)))

    def _storing(self, step: Step) -> Iterator[Manager]:
        for output in step.outputs:
            yield from self._stored_by(OutputRef(step.key, output.name))

    def _stored_by(self, ref: OutputRef) -> Iterator[Manager]:
        """Yield the managers that store an output when it is yielded."""
        output = self._reads.index.wiring.outputs[ref]
        if output.nothing:
            return
        assets = [self._asset(key) for key in output.asset_keys]
        if self._reads.kept.is_selected(ref):
            assets = [asset for asset in assets if asset.selected]
        else:
            block = self._reads.index.wiring.steps[ref.step_key].block
            makes = self._reads.unselected_outputs(block)
            assets = assets if makes is UnselectedOutputs.MATERIALIZE else []
        for asset in assets:
            yield Manager(asset.io_manager_key, asset.builtin_manager)
        if not assets and ref in self._read_values:
            yield Manager(output.manager_key, output.manager_builtin)

    def _loading(self, step: Step, inputs: tuple[PlannedInput, ...]) -> Iterator[Manager]:
        """Yield the managers that load what a step reads: what an input names, else whose it is."""
        for each, planned in zip(step.inputs, inputs, strict=True):
            for source in () if planned.nothing else planned.sources:
                if each.manager_key is not None:
                    yield Manager(each.manager_key, each.manager_builtin)
                elif source.step_output is not None:
                    made = source.step_output
                    yield from self._stored_by(OutputRef(made.step_key, made.output))
                elif source.load_asset_key is not None:
                    asset = self._reads.index.wiring.assets[source.load_asset_key]
                    yield loading_manager(asset, each)
