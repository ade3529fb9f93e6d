"""A snapshot indexed once for planning: what reads what, block by block, and the effects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from treadle.locations._order import topological
from treadle.locations.snapshot import Snapshot, Source, Step
from treadle.locations.wiring import OutputRef, Wiring
from treadle.selection import AssetGraph
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.plan import PlannedStep


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotIndex:
    """A snapshot and what can be asked of it for any selection.

    `needs` are the steps that a step reads from. `effect_steps` are effects, whose outputs are
    all Nothing and read by nobody, and the steps that feed effects and lead to no asset.
    `has_managers`: some value is stored or loaded by a resource. What was found is kept: in
    `orders` the steps of one block and of all, in `untouched` those that run nothing for, each omitted.
    """

    snapshot: Snapshot
    wiring: Wiring
    assets: AssetGraph
    block_steps: Mapping[str, tuple[Step, ...]]
    needs: Mapping[StepKey, frozenset[StepKey]]
    effect_steps: frozenset[StepKey]
    resource_keys: frozenset[str]
    has_managers: bool
    orders: dict[frozenset[str], tuple[Step, ...]] = field(default_factory=dict)
    untouched: dict[StepKey, PlannedStep] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot) -> SnapshotIndex:
        """Index the snapshot."""
        wiring = Wiring.of(snapshot)
        block_steps: dict[str, list[Step]] = {}
        for step in snapshot.steps:
            block_steps.setdefault(step.block, []).append(step)
        resource_keys = frozenset(resource.key for resource in snapshot.resources)
        needs = {step.key: wiring.step_needs(step) for step in snapshot.steps}
        return cls(
            snapshot=snapshot,
            wiring=wiring,
            assets=AssetGraph.of(snapshot.assets),
            block_steps={name: tuple(steps) for name, steps in block_steps.items()},
            needs=needs,
            effect_steps=_effect_steps(wiring, needs),
            resource_keys=resource_keys,
            has_managers=_has_managers(snapshot, resource_keys),
        )

    def own(self, step: Step, source: Source) -> OutputRef | None:
        """Return the output of the step's own block that a source reads, None for others'."""
        ref = self.wiring.read(source)
        if ref is None or self.wiring.steps[ref.step_key].block != step.block:
            return None
        return ref

    def own_needs(self, step: Step) -> tuple[StepKey, ...]:
        """Return, sorted, the steps of its own block that a step reads from."""
        return tuple(sorted(_own_needs(self.wiring, step, self.needs[step.key])))

    def ordered(self, blocks: Iterable[str]) -> tuple[Step, ...]:
        """Return the steps of some blocks in topological order, ties by key.

        Only they count, so that other blocks change nothing.
        """
        chosen = frozenset(blocks)
        if chosen in self.orders:
            return self.orders[chosen]
        steps = (step for block in chosen for step in self.block_steps[block])
        order = topological({step.key: self.needs[step.key] for step in steps})
        found = tuple(self.wiring.steps[key] for key in order)
        if len(chosen) in (1, len(self.block_steps)):
            self.orders[chosen] = found
        return found

    def produced(self, step: Step) -> tuple[KeyText, ...]:
        """Return, sorted, the assets that a step can make."""
        return tuple(sorted(key for output in step.outputs for key in output.asset_keys))


def _has_managers(snapshot: Snapshot, resource_keys: frozenset[str]) -> bool:
    """Tell whether any manager is a resource: an input names one, or an output or asset has one."""
    inputs = (each for step in snapshot.steps for each in step.inputs)
    outputs = (each for step in snapshot.steps for each in step.outputs)
    return (
        any(each.manager_key is not None or not each.manager_builtin for each in inputs)
        or any(not each.manager_builtin or each.manager_key in resource_keys for each in outputs)
        or any(
            not each.manager_builtin or each.manager_key in resource_keys
            for each in snapshot.assets
        )
    )


def _own_needs(wiring: Wiring, step: Step, needs: Iterable[StepKey]) -> Iterable[StepKey]:
    return (key for key in needs if wiring.steps[key].block == step.block)


def _effect_steps(
    wiring: Wiring, needs: Mapping[StepKey, frozenset[StepKey]]
) -> frozenset[StepKey]:
    own = {key: frozenset(_own_needs(wiring, wiring.steps[key], needs[key])) for key in needs}
    read = frozenset[StepKey]().union(*own.values())
    makers = {
        key
        for key, step in wiring.steps.items()
        if any(output.asset_keys for output in step.outputs)
    }
    effects = {
        key
        for key, step in wiring.steps.items()
        if key not in read and all(output.nothing for output in step.outputs)
    }
    return frozenset(_with_feeders(effects, own) - _with_feeders(makers, own))


def _with_feeders(
    steps: Iterable[StepKey], own: Mapping[StepKey, frozenset[StepKey]]
) -> set[StepKey]:
    """Return the steps and all that they read from in their blocks."""
    found = set(steps)
    waiting = list(found)
    while waiting:
        above = own[waiting.pop()] - found
        found |= above
        waiting.extend(above)
    return found
