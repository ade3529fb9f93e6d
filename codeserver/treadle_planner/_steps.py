"""The steps of a plan: every op of the selected blocks, with what it reads and makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from treadle.locations.canonical import encode
from treadle.locations.snapshot import Step, StepOutput
from treadle.locations.wiring import OutputRef
from treadle_contract.ids import KeyText
from treadle_contract.plan import (
    Hazard,
    PlannedAsset,
    PlannedCheck,
    PlannedOutput,
    PlannedPartitions,
    PlannedStep,
    PlannedStepOutput,
    UnselectedOutputs,
    Verdict,
)
from treadle_contract.value import ResourceConfig
from treadle_planner._index import Order
from treadle_planner._managers import Manager, loading_manager
from treadle_planner._readers import Readers
from treadle_planner._reads import Found, Reads, planned_inputs
from treadle_planner._reasons import Reasons
from treadle_planner._wired import WiredStep
from treadle_planner.config.places import RunConfig


def planned_steps(readers: Readers, config: RunConfig) -> tuple[PlannedStep, ...]:
    """Return the steps of the selected blocks in topological order, ties by key.

    What is selected of a block of several steps, they do not say: see `planned_selections`. `config`
    is what those are told that take any, and resources.
    """
    order, reasons = readers.order, Reasons(readers)
    assembly = _Assembly(readers, reasons, config)
    steps = list(order.untouched)
    for place in readers.places:
        steps[place] = assembly.running(order.steps[place])
    for place in _touched(readers):
        if steps[place] is order.untouched[place]:
            wired = order.steps[place]
            steps[place] = _omitted(wired, reasons.omitted(wired))
    return tuple([each or _untouched(order, place) for place, each in enumerate(steps)])


def planned_selections(reads: Reads) -> dict[str, tuple[KeyText, ...]]:
    """Return what is selected of each block of several steps."""
    index, selected = reads.index, reads.kept.keys
    return {
        name: tuple(
            [key for key in sorted(index.wiring.blocks[name].asset_keys) if key in selected]
        )
        for name in index.shared & reads.kept.blocks
    }


def planned_hazards(reads: Reads, steps: Iterable[PlannedStep]) -> tuple[Hazard, ...]:
    """Return the hazards of the steps that run, sorted by step key and output."""
    found = [
        Hazard(
            step_key=step.key,
            output=output.name,
            asset_keys=tuple(asset.asset_key for asset in output.assets),
            unselected_outputs=reads.asked.unselected_outputs(
                reads.index.wiring.blocks[step.block]
            ),
        )
        for step in steps
        for output in step.outputs
        if not output.selected and output.is_required and output.assets
    ]
    return tuple(sorted(found, key=lambda hazard: (hazard.step_key, hazard.output)))


def _touched(readers: Readers) -> Iterator[int]:
    """Yield the places of steps that say what else runs if they do not."""
    yield from readers.order.effects
    for key in readers.loaded_by:
        ref = readers.reads.index.wiring.producer(key)
        if ref is not None and ref.step_key in readers.order.places:
            yield readers.order.places[ref.step_key]


def _untouched(order: Order, place: int) -> PlannedStep:
    """Return a step that does not run, and beside which nothing runs: always the same one."""
    found = order.untouched[place]
    if found is None:
        wired = order.steps[place]
        found = order.untouched[place] = _omitted(wired, Reasons.untouched(wired))
    return found


def _omitted(wired: WiredStep, reason: str) -> PlannedStep:
    step = wired.step
    return PlannedStep(
        key=step.key, block=step.block, op=step.op, verdict=Verdict.OMIT, reason=reason
    )


def _selected(keys: tuple[KeyText, ...], selected: frozenset[KeyText]) -> tuple[KeyText, ...]:
    return keys if selected.issuperset(keys) else tuple([key for key in keys if key in selected])


class _Assembly:
    """Puts steps that run together, each only if it is not as it was when it was planned last."""

    def __init__(self, readers: Readers, reasons: Reasons, config: RunConfig) -> None:
        self._readers = readers
        self._config = config
        self._resource_config = {job: encode(told) for job, told in config.resources.items()}
        self._reads = readers.reads
        self._reasons = reasons
        job = self._reads.job
        self._job_policy = job.retry_policy if job else None
        self._job_keys = job.resource_keys if job else ()
        # What is the same for all steps of a plan.
        self._common = (
            self._reads.asked.options.unselected_outputs,
            self._job_policy,
            self._job_keys,
        )
        self._has_remade = bool(self._reads.remade)
        self._has_managers = self._reads.index.has_managers

    def running(self, wired: WiredStep) -> PlannedStep:
        """Return a step; of equal parts the same one."""
        key, step = wired.step.key, wired.step
        inputs = self._readers.inputs[key]
        parts = (
            inputs,
            self._reads.kept.selected[key],
            _selected(wired.produced, self._reads.kept.keys)
            if not wired.block.observed_keys
            else _selected(wired.block.observed_keys, self._reads.kept.observed),
            self._readers.fed.get(key),
            self._readers.read.get(key),
            self._reasons.why_again(wired) if self._has_remade else "",
            self._resource_keys(wired, inputs) if self._has_managers else step.resource_keys,
            self._common,
            # By its text: 1, 1.0 and True are equal.
            encode(self._config.steps[key]) if key in self._config.steps else b"",
            encode(self._config.inputs[key]) if key in self._config.inputs else b"",
            self._resource_config.get(self._owner(wired), b""),
            self._selected_checks(wired) if wired.block.checks else (),
            self._partitions(wired),
        )
        planned = wired.planned
        if planned is None or planned[0] != parts:
            planned = wired.planned = parts, self._made(wired, parts)
        return planned[1]

    def _made(self, wired: WiredStep, parts: tuple[Any, ...]) -> PlannedStep:
        inputs, names, selected, _, _, _, resource_keys, _, _, _, _, checks, made = parts
        if self._job_keys:
            resource_keys = tuple(sorted({*resource_keys, *self._job_keys}))
        step = wired.step
        return PlannedStep(
            key=step.key,
            block=step.block,
            op=step.op,
            verdict=Verdict.RUN,
            reason=self._reasons.running(wired),
            selected_outputs=tuple(sorted(names)),
            selected_asset_keys=selected if wired.is_alone else (),
            inputs=planned_inputs(wired, inputs),
            outputs=tuple([self._output(step, output, made) for output in step.outputs]),
            resource_keys=resource_keys,
            unselected_outputs=self._reads.asked.unselected_outputs(wired.block),
            retry_policy=step.retry_policy or self._job_policy,
            timeout_ms=step.timeout_ms,
            limits=step.limits,
            config=self._config.steps.get(step.key),
            told_inputs=self._config.inputs.get(step.key),
            selected_checks=checks,
            mapped_over=tuple(
                [
                    PlannedStepOutput(step_key=each.step_key, output=each.output)
                    for each in step.mapped_over
                ]
            ),
            code_digest=self._reads.index.snapshot.reach.digest_of(step.key),
            partitions=made,
            resource_config=tuple(
                [
                    ResourceConfig(key=key, config=told)
                    for key, told in sorted(
                        self._config.resources.get(self._owner(wired), {}).items()
                    )
                    if key in resource_keys
                ]
            ),
        )

    def _owner(self, wired: WiredStep) -> str:
        return self._reads.index.resources.owner(wired.step.block)

    def _partitions(self, wired: WiredStep) -> PlannedPartitions | None:
        """Return the partitions that a step makes of its block."""
        run = self._reads.partitions
        return None if run is None else run.of_block(wired.block.name)

    def _output(
        self, step: Step, output: StepOutput, made: PlannedPartitions | None
    ) -> PlannedOutput:
        ref = OutputRef(step.key, output.name)
        return PlannedOutput(
            name=output.name,
            selected=self._reads.kept.is_selected(ref),
            is_required=output.is_required,
            nothing=output.nothing,
            assets=tuple([self._asset(key, made) for key in output.asset_keys]),
            is_read=self._readers.is_read(ref),
            io_manager_key=output.manager_key,
            builtin_manager=output.manager_builtin,
            checkpoint=output.checkpoint,
            check=self._check(output) if output.check else None,
            dynamic=output.dynamic,
        )

    def _check(self, output: StepOutput) -> PlannedCheck:
        check = self._reads.index.checks[output.check]
        return PlannedCheck(asset_key=check.asset_key, name=check.name, blocking=check.blocking)

    def _selected_checks(self, wired: WiredStep) -> tuple[str, ...]:
        return tuple([each for each in wired.block.checks if each in self._reads.kept.checks])

    def _asset(self, key: KeyText, made: PlannedPartitions | None) -> PlannedAsset:
        asset = self._reads.index.wiring.assets[key]
        return PlannedAsset(
            asset_key=key,
            selected=key in self._reads.kept.keys,
            io_manager_key=asset.manager_key,
            builtin_manager=asset.manager_builtin,
            keep_versions=asset.keep_versions,
            partitions=made if asset.partitions else None,
        )

    def _resource_keys(self, wired: WiredStep, inputs: Found) -> tuple[str, ...]:
        given = self._reads.index.resources[wired.step.block]
        refs = [OutputRef(wired.step.key, output.name) for output in wired.step.outputs]
        storing = (each for ref in refs for each in self._stored_by(ref))
        managers = {*self._loading(wired, inputs), *storing}
        needed = {each.key for each in managers if not each.is_builtin or each.key in given}
        return tuple(sorted(needed.union(wired.step.resource_keys)))

    def _stored_by(self, ref: OutputRef) -> Iterator[Manager]:
        """Yield the managers that store an output when it is yielded."""
        wiring = self._reads.index.wiring
        output = wiring.outputs[ref]
        if output.nothing:
            return
        keys: Iterable[KeyText] = output.asset_keys
        if self._reads.kept.is_selected(ref):
            keys = [key for key in keys if key in self._reads.kept.keys]
        else:
            block = wiring.blocks[wiring.steps[ref.step_key].block]
            makes = self._reads.asked.unselected_outputs(block)
            keys = keys if makes is UnselectedOutputs.MATERIALIZE else ()
        for asset in map(wiring.assets.__getitem__, keys):
            yield Manager(asset.manager_key, asset.manager_builtin)
        if not keys and self._readers.is_read(ref):
            yield Manager(output.manager_key, output.manager_builtin)

    def _loading(self, wired: WiredStep, inputs: Found) -> Iterator[Manager]:
        """Yield the managers that load what a step reads: what an input names, else whose it is."""
        for each in wired.step.inputs:
            if each.manager_key is not None and not each.sources:
                yield Manager(each.manager_key, each.manager_builtin)
        for read, place in zip(wired.reads, inputs[0], strict=True):
            each = read.definition
            if each.nothing or place is None:
                continue
            ref, key = place
            if each.manager_key is not None:
                yield Manager(each.manager_key, each.manager_builtin)
            elif ref is not None:
                yield from self._stored_by(ref)
            else:
                yield loading_manager(self._reads.index.wiring.assets[key], each)
