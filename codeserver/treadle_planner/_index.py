"""A snapshot indexed once for planning: what reads what, block by block, and the effects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from treadle.locations._order import topological
from treadle.locations.snapshot import AssetCheck, Block, Job, ResourcesByBlock, Snapshot, Step
from treadle.locations.wiring import Wiring
from treadle.selection import AssetGraph
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.message import UserValue
from treadle_contract.plan import PlannedStep
from treadle_planner._wired import WiredStep, wired
from treadle_planner.config.places import ConfigPlaces, RunConfig
from treadle_planner.partitions._definitions import Definitions

_ALL: Final = ""
"""The name by which the order of all blocks is kept; the others have a block's."""

_FEW: Final = 8
"""Fewer than one of so many assets are sorted; to look up all in order is faster for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The steps of some blocks in topological order, ties by key, and where each stands.

    `effects` are the places of effects; `untouched` has for each step, once that was said, how it is
    when it does not run and nothing else of the plan has to do with it.
    """

    steps: tuple[WiredStep, ...]
    places: Mapping[StepKey, int]
    effects: tuple[int, ...]
    untouched: list[PlannedStep | None]


class _WiredSteps(dict[StepKey, WiredStep]):
    """The steps that some plan had, each looked up when it was first in one."""

    def __init__(self, wiring: Wiring, alone: frozenset[str], effects: frozenset[StepKey]) -> None:
        super().__init__()
        self._wiring = wiring
        self._alone = alone
        self._effects = effects

    def __missing__(self, key: StepKey) -> WiredStep:
        step = self._wiring.steps[key]
        is_alone, is_effect = step.block in self._alone, key in self._effects
        found = self[key] = wired(self._wiring, step, is_alone=is_alone, is_effect=is_effect)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotIndex:
    """A snapshot and what can be asked of it for any selection.

    `needs` are the steps that a step reads from. `effect_steps` are effects, whose outputs are
    all Nothing and read by nobody, and the steps that feed effects and lead to no asset.
    `shared` are the blocks that are more than one step, `whole` what selects the whole of a block
    that cannot be subset, each with the block: its assets, if there are several, and the checks that
    their op evaluates. `has_managers`: some value is stored or loaded by a
    resource; `has_isolation`: a block says which steps share a process; `has_reuse`: whether its steps are reused. What was found is kept: in
    `orders` the steps of one block and of all. `takes_config`: some step does; in `config_places` is
    where, once it was asked for. `partitions` says which assets have some.
    """

    snapshot: Snapshot
    wiring: Wiring
    assets: AssetGraph
    sorted_keys: tuple[KeyText, ...]
    block_steps: Mapping[str, tuple[Step, ...]]
    needs: Mapping[StepKey, frozenset[StepKey]]
    effect_steps: frozenset[StepKey]
    effect_blocks: frozenset[str]
    shared: frozenset[str]
    whole: Mapping[str, Block]
    resources: ResourcesByBlock
    has_managers: bool
    has_isolation: bool
    has_reuse: bool
    wired: Mapping[StepKey, WiredStep]
    orders: dict[str | None, Order] = field(default_factory=dict)
    takes_config: bool = False
    checks: Mapping[str, AssetCheck] = field(default_factory=dict)
    config_places: list[ConfigPlaces] = field(default_factory=list)
    partitions: Definitions

    @classmethod
    def of(cls, snapshot: Snapshot) -> SnapshotIndex:
        """Index the snapshot."""
        wiring = Wiring.of(snapshot)
        # A job of ops may have none.
        block_steps: dict[str, list[Step]] = {
            block.name: [] for block in snapshot.blocks if block.is_op_job
        }
        for step in snapshot.steps:
            block_steps.setdefault(step.block, []).append(step)
        resources = ResourcesByBlock.of(snapshot.resources)
        needs = {step.key: wiring.step_needs(step) for step in snapshot.steps}
        # Of a job of ops every step runs, whatever comes of it.
        effects = frozenset(
            [
                key
                for key in _effect_steps(wiring, needs)
                if not wiring.blocks[wiring.steps[key].block].is_op_job
            ]
        )
        alone = frozenset(
            name for name, steps in block_steps.items() if _is_alone(wiring.blocks[name], steps)
        )
        return cls(
            snapshot=snapshot,
            wiring=wiring,
            assets=AssetGraph.of(snapshot.assets, snapshot.checks, snapshot.blocks),
            checks={check.text: check for check in snapshot.checks},
            sorted_keys=tuple(sorted(wiring.assets)),
            block_steps={name: tuple(steps) for name, steps in block_steps.items()},
            needs=needs,
            effect_steps=effects,
            effect_blocks=frozenset(wiring.steps[key].block for key in effects),
            shared=frozenset(block_steps.keys() - alone),
            whole={key: block for block in snapshot.blocks for key in _whole(block)},
            resources=resources,
            partitions=Definitions.of(snapshot),
            has_managers=_has_managers(snapshot),
            has_isolation=any(block.isolation for block in snapshot.blocks),
            has_reuse=any(block.reuse for block in snapshot.blocks),
            wired=_WiredSteps(wiring, alone, effects),
            takes_config=any(step.config or step.told_inputs for step in snapshot.steps)
            or any(resource.config is not None for resource in snapshot.resources),
        )

    def run_config(
        self, running: Iterable[StepKey], given: UserValue, job: Job | None
    ) -> RunConfig:
        """Return what the steps that run are told.

        Raises:
            PlanRefused: something is wrong with what the run or its job says.
        """
        said = given is not None or (job is not None and job.config is not None)
        if not said and not self.takes_config:
            return RunConfig()
        if not self.config_places:
            self.config_places.append(ConfigPlaces(self.snapshot, self.resources))
        steps = (self.wiring.steps[key] for key in running)
        return self.config_places[0].run_config(steps, given, job)

    def own_needs(self, step: Step) -> tuple[StepKey, ...]:
        """Return, sorted, the steps of its own block that a step reads from."""
        needs = self.needs[step.key]
        if self.checks and self.wiring.blocks[step.block].checks:
            # What it waits for alone, it does not read from.
            needs = self.wiring.step_needs(step, with_told=False)
        return tuple(sorted(_own_needs(self.wiring, step, needs)))

    def ordered(self, blocks: AbstractSet[str]) -> Order:
        """Return the steps of some blocks in topological order, ties by key.

        Only they count, so that other blocks change nothing.
        """
        name = next(iter(blocks)) if len(blocks) == 1 else None
        if len(blocks) == len(self.block_steps):
            name = _ALL
        if name in self.orders:
            return self.orders[name]
        steps = (step for block in blocks for step in self.block_steps[block])
        keys = topological({step.key: self.needs[step.key] for step in steps})
        ordered = tuple([self.wired[key] for key in keys])
        found = Order(
            steps=ordered,
            places={key: place for place, key in enumerate(keys)},
            effects=tuple([place for place, each in enumerate(ordered) if each.is_effect]),
            untouched=[None] * len(keys),
        )
        if name is not None:
            self.orders[name] = found
        return found

    def in_order(self, keys: AbstractSet[KeyText]) -> tuple[KeyText, ...]:
        """Return some assets, sorted."""
        if len(keys) * _FEW < len(self.sorted_keys):
            return tuple(sorted(keys))
        return tuple([key for key in self.sorted_keys if key in keys])


def _whole(block: Block) -> Iterator[str]:
    """Yield what cannot be selected of a block without its assets, or without its other assets.

    A graph's checks are ops of their own, and so are checks of assets that others make.
    """
    if block.can_subset:
        return
    if len(block.own_keys) > 1:
        yield from block.own_keys
    if block.asset_keys and not block.is_graph:
        yield from block.checks


def _is_alone(block: Block, steps: Sequence[Step]) -> bool:
    """Tell whether one step is all of a block."""
    if len(steps) != 1:
        return False
    return {key for each in steps[0].outputs for key in each.asset_keys} == set(block.asset_keys)


def _has_managers(snapshot: Snapshot) -> bool:
    """Tell whether any manager may be a resource: an input names one, or an output or asset has one."""
    resource_keys = {each.key for each in snapshot.resources}
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
    effects = {
        key for key, step in wiring.steps.items() if all(output.nothing for output in step.outputs)
    }
    if not effects:
        return frozenset()
    own = {key: frozenset(_own_needs(wiring, wiring.steps[key], needs[key])) for key in needs}
    read = frozenset[StepKey]().union(*own.values())
    makers = {
        key
        for key, step in wiring.steps.items()
        if any(output.asset_keys or output.is_told for output in step.outputs)
    }
    return frozenset(_with_feeders(effects - read, own) - _with_feeders(makers, own))


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
