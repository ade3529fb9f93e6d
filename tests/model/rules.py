"""What runs for a selection, said again and naively: facts are added until nothing follows.

A second implementation of "From a selection to a plan" that shares no code with the planner and
minds no cost. Where the planner works backwards once, this asks every question again after
every answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from treadle.locations.snapshot import AssetSource, Snapshot, Source, Step, StepInput, StepOutput
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import Siblings, UnselectedOutputs

Ref = tuple[StepKey, str]
"""An output: its step and its name."""
Read = tuple[str, ...]
"""What one source gives a step: ("step", step, output, asset or "") or ("load", asset)."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A selection as its keys, what joins it for want of a stored value, and the options."""

    keys: frozenset[KeyText]
    siblings: Siblings | None = None
    unselected_outputs: UnselectedOutputs | None = None
    missing: frozenset[KeyText] = frozenset()
    joining: frozenset[KeyText] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is to happen. `reads` are those of every input, by step and position.

    `needed_by` has the inputs that some of the step's selected outputs need and some do not.
    """

    runs: frozenset[StepKey]
    selected: frozenset[Ref]
    reads: Mapping[tuple[StepKey, int], tuple[Read, ...]]
    not_needed: frozenset[tuple[StepKey, int]]
    needed_by: Mapping[tuple[StepKey, int], frozenset[str]]
    loads: Mapping[KeyText, frozenset[StepKey]]
    hazards: frozenset[Ref]
    missing: frozenset[KeyText]
    written: frozenset[KeyText]
    unexpected: frozenset[KeyText]


def partial_blocks(snapshot: Snapshot, keys: frozenset[KeyText]) -> frozenset[str]:
    """Rule 1: the blocks that are asked for in part and may not be."""
    return frozenset(
        block.name
        for block in snapshot.blocks
        if not block.can_subset and set(block.asset_keys) & keys and set(block.asset_keys) - keys
    )


def outcome(snapshot: Snapshot, asked: Asked) -> Outcome:
    """Say what happens, if every op yields its required and its selected outputs."""
    keys = set(asked.keys)
    for key in asked.joining:
        keys.add(key)
        for block in snapshot.blocks:
            if key in block.asset_keys and not block.can_subset:
                keys.update(block.asset_keys)
    return _Facts(snapshot, replace(asked, keys=frozenset(keys))).outcome()


class _Facts:
    def __init__(self, snapshot: Snapshot, asked: Asked) -> None:
        self.snapshot = snapshot
        self.asked = asked
        self.steps = {step.key: step for step in snapshot.steps}
        self.blocks = {block.name: block for block in snapshot.blocks}
        self.outputs: dict[Ref, StepOutput] = {
            (step.key, output.name): output for step in snapshot.steps for output in step.outputs
        }
        self.maker: dict[KeyText, Ref] = {
            key: ref for ref, output in self.outputs.items() for key in output.asset_keys
        }
        self.selected: set[Ref] = {self.maker[key] for key in asked.keys}
        self.effects: set[StepKey] = set()
        self.siblings_that_run: set[KeyText] = set()
        self.never_stored: set[KeyText] = set()
        self.lacking: set[tuple[Ref, KeyText]] = set()
        while self._something_follows() or self._something_is_lacking():
            pass

    def outcome(self) -> Outcome:
        reads, not_needed, needed_by = {}, set(), {}
        for step in self.kept():
            for position, each in enumerate(step.inputs):
                needed = self.needed(step, each)
                if needed is None:
                    not_needed.add((step.key, position))
                needing = self.needing(step, each)
                if needing and needing != self.selected_of(step):
                    needed_by[step.key, position] = frozenset(needing)
                found = [self.read(step, each, source) for source in needed or ()]
                reads[step.key, position] = tuple(read for read in found if read is not None)
        loads: dict[KeyText, set[StepKey]] = {}
        for (step_key, _), every in reads.items():
            for read in every:
                if read[0] == "load":
                    loads.setdefault(KeyText(read[1]), set()).add(step_key)
        made = {ref for ref in self.hazards() if self.materializes(ref)}
        return Outcome(
            runs=frozenset(step.key for step in self.kept()),
            selected=frozenset(self.selected),
            reads=reads,
            not_needed=frozenset(not_needed),
            needed_by=needed_by,
            loads={key: frozenset(readers) for key, readers in loads.items()},
            hazards=frozenset(self.hazards()),
            missing=frozenset(self.never_stored),
            written=self.asked.keys,
            unexpected=frozenset(key for ref in made for key in self.outputs[ref].asset_keys),
        )

    def kept(self) -> list[Step]:
        with_selected = {step_key for step_key, _ in self.selected}
        return [self.steps[key] for key in sorted(with_selected | self.effects)]

    def _something_follows(self) -> bool:
        before = len(self.selected), len(self.effects), len(self.siblings_that_run)
        for step in self.kept():
            for each in step.inputs:
                for source in self.needed(step, each) or ():
                    self._follow(step, each, source)
            self._follow_own_siblings(step)
        for step in self.snapshot.steps:
            if self.is_effect(step) and self.fires(step):
                self.effects.add(step.key)
        return before != (len(self.selected), len(self.effects), len(self.siblings_that_run))

    def _follow(self, step: Step, each: StepInput, source: Source) -> None:
        """Rules 2 and 3: intermediates are made; unselected siblings are, if it is said so."""
        ref = self.target(source)
        if ref is None or self.steps[ref[0]].block != step.block:
            return
        if not self.outputs[ref].asset_keys:
            self.selected.add(ref)
            return
        keys = self.candidates(source)
        if keys & self.asked.keys:
            return
        nothing_is_stored = not each.nothing and all(key in self.asked.missing for key in keys)
        if self.reruns_siblings(step):
            self.siblings_that_run |= keys
            self.selected.add(ref)
        elif nothing_is_stored:
            self.lacking |= {(ref, key) for key in keys}

    def _something_is_lacking(self) -> bool:
        """Rule 3: what is stored nowhere is made, but what a hazard makes by now is read from it."""
        hazards = {ref for ref in self.hazards() if self.materializes(ref)}
        more = {
            (ref, key)
            for ref, key in self.lacking
            if ref not in hazards and key not in self.never_stored
        }
        self.never_stored |= {key for _, key in more}
        self.siblings_that_run |= {key for _, key in more}
        self.selected |= {ref for ref, _ in more}
        return bool(more)

    def _follow_own_siblings(self, step: Step) -> None:
        """An op-backed block says with internal_asset_deps that one output needs another."""
        if self.blocks[step.block].is_graph or not self.reruns_siblings(step):
            return
        for output in step.outputs:
            if (step.key, output.name) in self.selected:
                for key in self.said_to_need(output):
                    is_own = key in self.blocks[step.block].asset_keys
                    if is_own and key not in output.asset_keys and key not in self.asked.keys:
                        self.siblings_that_run.add(key)
                        self.selected.add(self.maker[key])

    def reruns_siblings(self, step: Step) -> bool:
        mode = self.asked.siblings or self.blocks[step.block].siblings or Siblings.LOAD
        return mode == Siblings.RUN

    def target(self, source: Source) -> Ref | None:
        if isinstance(source, AssetSource):
            return self.maker.get(source.asset_key)
        return source.step_key, source.output

    def candidates(self, source: Source) -> set[KeyText]:
        if isinstance(source, AssetSource):
            return {source.asset_key}
        return set(self.outputs[source.step_key, source.output].asset_keys)

    def said_to_need(self, output: StepOutput) -> set[KeyText]:
        return {
            up
            for asset in self.snapshot.assets
            if asset.key in output.asset_keys
            for up in asset.upstream_keys
        }

    def selected_of(self, step: Step) -> set[str]:
        return {name for key, name in self.selected if key == step.key}

    def needing(self, step: Step, each: StepInput) -> set[str]:
        """The selected outputs that an input leads to, within the op through siblings too."""
        names: set[str] = set()
        for _ in step.outputs:
            for output in step.outputs:
                if output.name not in self.selected_of(step):
                    continue
                said = self.said_to_need(output) - set(output.asset_keys)
                siblings = {other.name for other in step.outputs if said & set(other.asset_keys)}
                if self.needs(output, each) or siblings & names:
                    names.add(output.name)
        return names

    def needs(self, output: StepOutput, each: StepInput) -> bool:
        if output.input_names is None or each.name in output.input_names:
            return bool(each.sources)
        if each.name:
            return False
        keys = {source.asset_key for source in each.sources if isinstance(source, AssetSource)}
        return bool(keys & self.said_to_need(output))

    def needed(self, step: Step, each: StepInput) -> tuple[Source, ...] | None:
        outputs = [out for out in step.outputs if (step.key, out.name) in self.selected]
        if not outputs:
            return each.sources
        for output in outputs:
            if output.input_names is None or each.name in output.input_names:
                return each.sources
        if each.name != "":
            return None
        wanted = set().union(*(self.said_to_need(output) for output in outputs))
        return tuple(
            source
            for source in each.sources
            if isinstance(source, AssetSource) and source.asset_key in wanted
        )

    def own_reads(self, step: Step) -> set[StepKey]:
        targets = [self.target(source) for each in step.inputs for source in each.sources]
        return {ref[0] for ref in targets if ref and self.steps[ref[0]].block == step.block}

    def is_effect(self, step: Step) -> bool:
        """Rule 2: an effect, or what feeds nothing but effects and dead ends."""
        return self.leads_to_effect(step) and not self.leads_to_asset(step)

    def leads_to_asset(self, step: Step) -> bool:
        if any(output.asset_keys for output in step.outputs):
            return True
        return any(self.leads_to_asset(other) for other in self.own_readers(step))

    def leads_to_effect(self, step: Step) -> bool:
        readers = self.own_readers(step)
        if not readers:
            return all(output.nothing for output in step.outputs)
        return any(self.leads_to_effect(other) for other in readers)

    def own_readers(self, step: Step) -> list[Step]:
        return [other for other in self.snapshot.steps if step.key in self.own_reads(other)]

    def fires(self, step: Step) -> bool:
        above = self.own_reads(step)
        if above:
            return above <= {kept.key for kept in self.kept()}
        return set(self.blocks[step.block].asset_keys) <= self.asked.keys

    def hazards(self) -> Iterator[Ref]:
        for step in self.kept():
            for output in step.outputs:
                ref = (step.key, output.name)
                if output.is_required and output.asset_keys and ref not in self.selected:
                    yield ref

    def materializes(self, ref: Ref) -> bool:
        mode = (
            self.asked.unselected_outputs
            or self.blocks[self.steps[ref[0]].block].unselected_outputs
            or UnselectedOutputs.MATERIALIZE
        )
        return mode == UnselectedOutputs.MATERIALIZE

    def read(self, step: Step, each: StepInput, source: Source) -> Read | None:
        ref = self.target(source)
        keys = sorted(self.candidates(source))
        made = None if ref is None else self.made(step, ref, keys)
        if made is not None:
            return made
        if each.nothing:
            return None
        if isinstance(source, AssetSource):
            return ("load", source.asset_key)
        return ("load", next(key for key in keys if key not in self.asked.missing))

    def made(self, step: Step, ref: Ref, keys: list[KeyText]) -> Read | None:
        """What a step of this run gives the reader, if it does."""
        if not keys:
            return ("step", *ref, "")
        selected = [key for key in keys if key in self.asked.keys]
        if selected:
            return ("step", *ref, selected[0])
        is_own = self.steps[ref[0]].block == step.block
        if is_own and ref in self.selected and set(keys) <= self.siblings_that_run:
            return ("step", *ref, "")
        if ref in set(self.hazards()) and self.materializes(ref):
            return ("step", *ref, keys[0])
        return None
