"""Works backwards from selected assets: which outputs are selected and which steps are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from treadle.locations.snapshot import StepOutput
from treadle.locations.wiring import OutputRef
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.plan import Siblings, UnselectedOutputs
from treadle_planner._index import SnapshotIndex
from treadle_planner._request import Asked
from treadle_planner._selected import Selected
from treadle_planner._wired import OutputNames, Read, WiredStep, add_name, is_needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The steps that run, each with its selected outputs: an effect may have none.

    `keys` are the selected assets, also sorted, `blocks` theirs. `rerun` are unselected assets that
    readers in their own block take from the step that runs, as intermediates; `missing` those
    of them that do so because no run has stored them. `checks` are the selected checks, `observed` the
    external assets that are looked at.
    """

    keys: frozenset[KeyText]
    in_order: tuple[KeyText, ...]
    blocks: frozenset[str]
    selected: Mapping[StepKey, AbstractSet[str]]
    rerun: frozenset[KeyText]
    missing: frozenset[KeyText]
    checks: frozenset[str] = frozenset()
    observed: frozenset[KeyText] = frozenset()

    def is_selected(self, ref: OutputRef) -> bool:
        """Tell whether an output is selected."""
        return ref.output in self.selected.get(ref.step_key, ())


def keep(index: SnapshotIndex, asked: Asked, chosen: Selected) -> Kept:
    """Return what must run so that the selected assets are made, checks evaluated and jobs of ops run."""
    assets, keys, checks = index.wiring.assets, chosen.keys, chosen.checks
    in_order = index.in_order(keys)
    blocks = frozenset([name for key in in_order if (name := assets[key].block) is not None])
    walk = _Walk(index, asked, keys)
    for ref in map(index.wiring.producers.get, in_order):
        if ref is not None:
            walk.select(ref)
    for check in sorted(checks):
        evaluated = index.checks[check]
        walk.select(OutputRef(evaluated.step_key, evaluated.output))
        blocks |= {evaluated.block}
    observers = frozenset([assets[key].observed_by for key in chosen.observed])
    for step in (step for name in sorted(observers) for step in index.block_steps[name]):
        for output in step.outputs:
            if output.observes in chosen.observed:
                walk.select(OutputRef(step.key, output.name))
    for name in chosen.op_jobs:
        for step in index.block_steps[name]:
            walk.keep(step.key)
            for output in step.outputs:
                walk.select(OutputRef(step.key, output.name))
    blocks |= chosen.op_jobs | observers
    effects = [
        wired for wired in index.ordered(index.effect_blocks & blocks).steps if wired.is_effect
    ]
    walk.follow(effects)
    while walk.make_missing():
        walk.follow(effects)
    return Kept(
        keys=keys,
        in_order=in_order,
        blocks=blocks,
        selected=walk.selected,
        rerun=frozenset(walk.rerun),
        missing=frozenset(walk.missing),
        checks=checks,
        observed=chosen.observed,
    )


class _Walk:
    """What was found so far, and the steps whose inputs are still to be followed."""

    def __init__(self, index: SnapshotIndex, asked: Asked, keys: frozenset[KeyText]) -> None:
        self._index = index
        self._asked = asked
        self._keys = keys
        self._waiting: dict[StepKey, None] = {}
        self._lacking: dict[OutputRef, set[KeyText]] = {}
        self.selected: OutputNames = {}
        self.rerun: set[KeyText] = set()
        self.missing: set[KeyText] = set()

    def keep(self, key: StepKey) -> None:
        self.selected.setdefault(key, frozenset())
        self._follow_later(key)

    def select(self, ref: OutputRef) -> None:
        names = self.selected.get(ref.step_key)
        if names is None or ref.output not in names:
            add_name(self.selected, ref)
            self._follow_later(ref.step_key)

    def _follow_later(self, key: StepKey) -> None:
        if not self._index.wired[key].is_simple:
            self._waiting[key] = None

    def follow(self, effects: Iterable[WiredStep]) -> None:
        """Follow what was kept or got another selected output, then what that lets run beside it."""
        self._follow_inputs()
        for wired in effects:
            if wired.step.key not in self.selected and self._fires(wired):
                self.keep(wired.step.key)
                self._follow_inputs()

    def make_missing(self) -> bool:
        """Select what is read and stored nowhere; tell whether there was any.

        Not what a step that runs by now makes unasked: that is read from it. So what is made unasked
        does not depend on what else was never made.
        """
        lacking, self._lacking = self._lacking, {}
        made = [(ref, keys) for ref, keys in lacking.items() if not self._made_unasked(ref)]
        for ref, keys in made:
            self.missing.update(keys)
            self._rerun(ref, keys)
        return bool(made)

    def _made_unasked(self, ref: OutputRef) -> bool:
        names = self.selected.get(ref.step_key)
        if names is None or ref.output in names or not self._index.wiring.outputs[ref].is_required:
            return False
        block = self._index.wired[ref.step_key].block
        return self._asked.unselected_outputs(block) is UnselectedOutputs.MATERIALIZE

    def _follow_inputs(self) -> None:
        while self._waiting:
            wired = self._index.wired[self._waiting.popitem()[0]]
            for read in self._needed(wired):
                if read.is_own:
                    self._follow_read(wired, read)
            if not wired.block.is_graph and self._runs_siblings(wired):
                self._follow_lineage(wired)

    def _fires(self, wired: WiredStep) -> bool:
        """Tell whether an effect runs, given that everything above it was decided."""
        above = self._index.own_needs(wired.step)
        if above:
            return all(key in self.selected for key in above)
        return self._keys.issuperset(wired.block.asset_keys)

    def _outputs(self, wired: WiredStep) -> list[StepOutput]:
        names = self.selected[wired.step.key]
        return [output for output in wired.step.outputs if output.name in names]

    def _needed(self, wired: WiredStep) -> Iterable[Read]:
        """Return what the selected outputs of a step need of its inputs."""
        if not wired.is_split:
            return wired.reads
        outputs = self._outputs(wired)
        return [read for read in wired.reads if is_needed(self._index.wiring, read, outputs)]

    def _follow_read(self, wired: WiredStep, read: Read) -> None:
        """Follow a read of an output of the step's own block."""
        assert read.ref is not None, "it is an output of its block"
        if read.is_told:
            return
        if not read.keys:
            self.select(read.ref)
        elif self._keys.isdisjoint(read.keys):
            if self._runs_siblings(wired):
                self._rerun(read.ref, read.keys)
            elif not read.definition.nothing and self._asked.missing.issuperset(read.keys):
                self._lacking.setdefault(read.ref, set()).update(read.keys)

    def _follow_lineage(self, wired: WiredStep) -> None:
        """Let an op make the siblings that it says another of its outputs needs."""
        wiring = self._index.wiring
        for output in self._outputs(wired):
            for key in wiring.own_lineage(wired.step, output):
                ref = wiring.producer(key)
                if ref is not None and key not in self._keys:
                    self._rerun(ref, (key,))

    def _rerun(self, ref: OutputRef, keys: Iterable[KeyText]) -> None:
        self.rerun.update(keys)
        self.select(ref)

    def _runs_siblings(self, wired: WiredStep) -> bool:
        return (self._asked.options.siblings or wired.block.siblings) is Siblings.RUN
