"""Works backwards from selected assets: which outputs are selected and which steps are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from treadle.locations.snapshot import AssetSource, Source, Step, StepInput, StepOutput
from treadle.locations.wiring import OutputRef
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.plan import Siblings
from treadle_planner._index import SnapshotIndex
from treadle_planner._request import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The steps that run, each with its selected outputs: an effect may have none.

    `keys` are the selected assets, `blocks` theirs, sorted. `rerun` are unselected assets that
    readers in their own block take from the step that runs, as intermediates; `missing` those
    of them that do so because no run has stored them.
    """

    keys: frozenset[KeyText]
    blocks: tuple[str, ...]
    selected: Mapping[StepKey, frozenset[str]]
    rerun: frozenset[KeyText]
    missing: frozenset[KeyText]

    def is_selected(self, ref: OutputRef) -> bool:
        """Tell whether an output is selected."""
        return ref.output in self.selected.get(ref.step_key, ())


def read_keys(source: Source, output: StepOutput) -> tuple[KeyText, ...]:
    """Return the assets of an output that a reader may be given: all, unless it names one."""
    return (source.asset_key,) if isinstance(source, AssetSource) else output.asset_keys


def keep(index: SnapshotIndex, asked: Asked, keys: frozenset[KeyText]) -> Kept:
    """Return what must run so that the selected assets are made."""
    blocks = {name for key in keys if (name := index.wiring.assets[key].block) is not None}
    walk = _Walk(index, asked, keys)
    for ref in map(index.wiring.producer, sorted(keys)):
        if ref is not None:
            walk.select(ref)
    walk.follow()
    effects = {name for name in blocks if _has_effects(index, name)}
    for step in index.ordered(effects):
        if step.key in index.effect_steps and walk.fires(step):
            walk.keep(step.key)
            walk.follow()
    return Kept(
        keys=keys,
        blocks=tuple(sorted(blocks)),
        selected={key: frozenset(names) for key, names in walk.selected.items()},
        rerun=frozenset(walk.rerun),
        missing=frozenset(walk.missing),
    )


def _has_effects(index: SnapshotIndex, block: str) -> bool:
    return any(step.key in index.effect_steps for step in index.block_steps[block])


class _Walk:
    """What was found so far, and the steps whose inputs are still to be followed."""

    def __init__(self, index: SnapshotIndex, asked: Asked, keys: frozenset[KeyText]) -> None:
        self._index = index
        self._asked = asked
        self._keys = keys
        self._waiting: dict[StepKey, None] = {}
        self.selected: dict[StepKey, set[str]] = {}
        self.rerun: set[KeyText] = set()
        self.missing: set[KeyText] = set()

    def keep(self, key: StepKey) -> None:
        self.selected.setdefault(key, set())
        self._waiting[key] = None

    def select(self, ref: OutputRef) -> None:
        if ref.output not in self.selected.get(ref.step_key, ()):
            self.keep(ref.step_key)
            self.selected[ref.step_key].add(ref.output)

    def follow(self) -> None:
        """Follow the inputs of every step that was kept or got another selected output."""
        while self._waiting:
            step = self._index.wiring.steps[self._waiting.popitem()[0]]
            outputs = [out for out in step.outputs if out.name in self.selected[step.key]]
            for each in step.inputs:
                for source in self._index.wiring.needed_sources(each, outputs) or ():
                    self._follow_source(step, each, source)
            self._follow_lineage(step, outputs)

    def fires(self, step: Step) -> bool:
        """Tell whether an effect runs, given that everything above it was decided."""
        above = self._index.own_needs(step)
        if above:
            return all(key in self.selected for key in above)
        return self._keys.issuperset(self._index.wiring.blocks[step.block].asset_keys)

    def _follow_source(self, step: Step, each: StepInput, source: Source) -> None:
        ref = self._index.own(step, source)
        if ref is None:
            return
        output = self._index.wiring.outputs[ref]
        keys = frozenset(read_keys(source, output))
        if not output.asset_keys:
            self.select(ref)
        elif keys.isdisjoint(self._keys):
            if self._runs_siblings(step):
                self._rerun(ref, keys)
            elif not each.nothing and keys <= self._asked.missing:
                self.missing |= keys
                self._rerun(ref, keys)

    def _follow_lineage(self, step: Step, outputs: Iterable[StepOutput]) -> None:
        """Let an op make the siblings that it says another of its outputs needs."""
        wiring = self._index.wiring
        if wiring.blocks[step.block].is_graph or not self._runs_siblings(step):
            return
        for output in outputs:
            for key in wiring.own_lineage(step, output):
                ref = wiring.producer(key)
                if ref is not None and key not in self._keys:
                    self._rerun(ref, {key})

    def _rerun(self, ref: OutputRef, keys: AbstractSet[KeyText]) -> None:
        self.rerun |= keys
        self.select(ref)

    def _runs_siblings(self, step: Step) -> bool:
        chosen = self._asked.options.siblings or self._index.wiring.blocks[step.block].siblings
        return chosen is Siblings.RUN
