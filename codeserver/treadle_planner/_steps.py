"""The steps of a plan: every op of the selected blocks, with what it reads and makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from treadle.locations.snapshot import StepOutput
from treadle.locations.wiring import OutputRef
from treadle_contract.ids import KeyText
from treadle_contract.plan import (
    Hazard,
    PlannedAsset,
    PlannedOutput,
    PlannedStep,
    UnselectedOutputs,
    Verdict,
)
from treadle_planner._index import Order
from treadle_planner._managers import Manager, loading_manager
from treadle_planner._reads import Found, Reads, planned_input
from treadle_planner._reasons import Reasons
from treadle_planner._wired import WiredStep


def planned_steps(reads: Reads) -> tuple[PlannedStep, ...]:
    """Return the steps of the selected blocks in topological order, ties by key.

    What is selected of a block of several steps, they do not say: see `planned_selections`.
    """
    order, kept = reads.index.ordered(reads.kept.blocks), reads.kept.selected
    places: Sequence[int] = range(len(order.steps))
    if len(kept) < len(order.steps):
        places = sorted([order.places[key] for key in kept])
    inputs = {wired.step.key: reads.inputs(wired) for wired in map(order.steps.__getitem__, places)}
    reasons = Reasons.of(reads, inputs)
    assembly = _Assembly(reads, reasons)
    steps = list(order.untouched)
    for place in places:
        wired = order.steps[place]
        steps[place] = assembly.running(wired, inputs[wired.step.key])
    for place in _touched(order, reasons):
        if steps[place] is order.untouched[place]:
            wired = order.steps[place]
            steps[place] = _omitted(wired, reasons.omitted(wired))
    return tuple([each or _untouched(order, place) for place, each in enumerate(steps)])


def planned_selections(reads: Reads) -> dict[str, tuple[KeyText, ...]]:
    """Return what is selected of each block of several steps."""
    found: dict[str, tuple[KeyText, ...]] = {}
    for name in reads.kept.blocks:
        first, *others = reads.index.block_steps[name]
        if others:
            found[name] = _selected_siblings(reads, reads.index.wired[first.key])
    return found


def planned_hazards(reads: Reads, steps: Iterable[PlannedStep]) -> tuple[Hazard, ...]:
    """Return the hazards of the steps that run, sorted by step key and output."""
    found = [
        Hazard(
            step_key=step.key,
            output=output.name,
            asset_keys=tuple(asset.asset_key for asset in output.assets),
            unselected_outputs=reads.unselected_outputs(reads.index.wiring.blocks[step.block]),
        )
        for step in steps
        for output in step.outputs
        if not output.selected and output.is_required and output.assets
    ]
    return tuple(sorted(found, key=lambda hazard: (hazard.step_key, hazard.output)))


def _touched(order: Order, reasons: Reasons) -> Iterator[int]:
    """Yield the places of steps that say what else runs if they do not."""
    yield from order.effects
    for key in reasons.loaded_by:
        ref = reasons.reads.index.wiring.producer(key)
        if ref is not None and ref.step_key in order.places:
            yield order.places[ref.step_key]


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


def _selected_siblings(reads: Reads, wired: WiredStep) -> tuple[KeyText, ...]:
    selected = reads.kept.keys
    if selected.issuperset(wired.siblings):
        return wired.siblings
    return tuple([key for key in wired.siblings if key in selected])


class _Assembly:
    """Puts steps that run together, each only if it is not as it was when it was planned last."""

    def __init__(self, reads: Reads, reasons: Reasons) -> None:
        self._reads = reads
        self._reasons = reasons
        self._job_policy = reads.job.retry_policy if reads.job else None

    def running(self, wired: WiredStep, inputs: tuple[Found, ...]) -> PlannedStep:
        """Return a step; of equal parts the same one."""
        parts = (
            inputs,
            self._outputs(wired),
            self._reasons.parts(wired),
            _selected_siblings(self._reads, wired) if wired.is_alone else (),
            self._resource_keys(wired, inputs),
            self._reads.unselected_outputs(wired.block),
            wired.step.retry_policy or self._job_policy,
        )
        planned = wired.planned
        if planned is None or planned[0] != parts:
            planned = wired.planned = parts, self._made(wired, parts)
        return planned[1]

    def _made(self, wired: WiredStep, parts: tuple[Any, ...]) -> PlannedStep:
        inputs, outputs, _, selected_keys, resource_keys, unselected, retry_policy = parts
        step = wired.step
        return PlannedStep(
            key=step.key,
            block=step.block,
            op=step.op,
            verdict=Verdict.RUN,
            reason=self._reasons.running(wired),
            selected_outputs=tuple(sorted(self._reads.kept.selected[step.key])),
            selected_asset_keys=selected_keys,
            inputs=tuple(map(planned_input, step.inputs, inputs)),
            outputs=tuple(
                [
                    self._output(output, *found)
                    for (_, output), found in zip(wired.outputs, outputs, strict=True)
                ]
            ),
            resource_keys=resource_keys,
            unselected_outputs=unselected,
            retry_policy=retry_policy,
            timeout_ms=step.timeout_ms,
            limits=step.limits,
        )

    def _outputs(self, wired: WiredStep) -> tuple[tuple[bool, bool, tuple[bool, ...]], ...]:
        """Return of each output whether it is selected, whether it is read, which assets are selected."""
        names, keys = self._reads.kept.selected[wired.step.key], self._reads.kept.keys
        read = self._reasons.read_values
        return tuple(
            [
                (
                    output.name in names,
                    ref in read,
                    tuple([key in keys for key in output.asset_keys]),
                )
                for ref, output in wired.outputs
            ]
        )

    def _output(
        self, output: StepOutput, selected: bool, is_read: bool, assets: tuple[bool, ...]
    ) -> PlannedOutput:
        return PlannedOutput(
            name=output.name,
            selected=selected,
            is_required=output.is_required,
            nothing=output.nothing,
            assets=tuple(map(self._asset, output.asset_keys, assets)),
            is_read=is_read,
            io_manager_key=output.manager_key,
            builtin_manager=output.manager_builtin,
            checkpoint=output.checkpoint,
        )

    def _asset(self, key: KeyText, selected: bool) -> PlannedAsset:
        asset = self._reads.index.wiring.assets[key]
        return PlannedAsset(
            asset_key=key,
            selected=selected,
            io_manager_key=asset.manager_key,
            builtin_manager=asset.manager_builtin,
        )

    def _resource_keys(self, wired: WiredStep, inputs: tuple[Found, ...]) -> tuple[str, ...]:
        if not self._reads.index.has_managers:
            return wired.step.resource_keys
        given = self._reads.index.resource_keys
        storing = (each for ref, _ in wired.outputs for each in self._stored_by(ref))
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
            makes = self._reads.unselected_outputs(block)
            keys = keys if makes is UnselectedOutputs.MATERIALIZE else ()
        for asset in map(wiring.assets.__getitem__, keys):
            yield Manager(asset.manager_key, asset.manager_builtin)
        if not keys and ref in self._reasons.read_values:
            yield Manager(output.manager_key, output.manager_builtin)

    def _loading(self, wired: WiredStep, inputs: tuple[Found, ...]) -> Iterator[Manager]:
        """Yield the managers that load what a step reads: what an input names, else whose it is."""
        for each, (places, _) in zip(wired.step.inputs, inputs, strict=True):
            for ref, key in () if each.nothing else places or ():
                if each.manager_key is not None:
                    yield Manager(each.manager_key, each.manager_builtin)
                elif ref is not None:
                    yield from self._stored_by(ref)
                else:
                    yield loading_manager(self._reads.index.wiring.assets[key], each)
