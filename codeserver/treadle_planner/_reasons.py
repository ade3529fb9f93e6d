"""Why each step runs or does not, in one sentence for a person."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from itertools import islice

from treadle.locations.wiring import OutputRef
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_planner._reads import Found, Reads
from treadle_planner._wired import WiredStep
from treadle_planner._words import SHOWN, capital, named


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What the reasons are taken from.

    `fed` are the steps of this run that read from a step, `loaded_by` those that load an
    asset, both in plan order; `read_values` the outputs whose value one of them reads.
    """

    reads: Reads
    fed: Mapping[StepKey, Mapping[StepKey, None]]
    loaded_by: Mapping[KeyText, Mapping[StepKey, None]]
    read_values: AbstractSet[OutputRef]

    @classmethod
    def of(cls, reads: Reads, inputs: Mapping[StepKey, tuple[Found, ...]]) -> Reasons:
        """Gather who reads what, from the inputs of the steps that run, in plan order."""
        fed: dict[StepKey, dict[StepKey, None]] = {}
        loaded_by: dict[KeyText, dict[StepKey, None]] = {}
        read_values: set[OutputRef] = set()
        for key, every in inputs.items():
            for wired, (places, _) in zip(reads.index.wired[key].inputs, every, strict=True):
                for ref, asset_key in places or ():
                    if ref is None:
                        loaded_by.setdefault(asset_key, {})[key] = None
                        continue
                    fed.setdefault(ref.step_key, {})[key] = None
                    if not wired.definition.nothing:
                        read_values.add(ref)
        return cls(reads=reads, fed=fed, loaded_by=loaded_by, read_values=read_values)

    def parts(self, wired: WiredStep) -> tuple[object, ...]:
        """Return what of this plan the reason is made from for which a step runs."""
        readers = self.fed.get(wired.step.key, ())
        first = tuple(islice(readers, SHOWN + 1)) if readers else ()
        return first, len(readers), self._why_again(wired) if self.reads.remade else ""

    def running(self, wired: WiredStep) -> str:
        """Say why a step runs."""
        if wired.is_effect:
            return self._running_effect(wired)
        selected = self.reads.kept.keys
        makes = [key for key in wired.produced if key in selected]
        parts = [f"makes {named(makes)}"] if makes else []
        if wired.step.key in self.fed:
            parts.append(f"feeds {named(self.fed[wired.step.key])}")
        return f"{capital(' and '.join(parts))}{self._why_again(wired)}."

    @staticmethod
    def untouched(wired: WiredStep) -> str:
        """Say why a step does not run that nothing of the plan has to do with."""
        if wired.produced:
            verb = "is" if len(wired.produced) == 1 else "are"
            return f"Not needed: {named(wired.produced)} {verb} not selected."
        return "Not needed: no selected asset is made from it."

    def omitted(self, wired: WiredStep) -> str:
        """Say why a step does not run."""
        if wired.is_effect:
            return self._omitted_effect(wired)
        loaded = [key for key in wired.produced if key in self.loaded_by]
        if not loaded:
            return self.untouched(wired)
        readers = dict.fromkeys(reader for key in loaded for reader in self.loaded_by[key])
        return f"Not needed: what is stored of {named(loaded)} feeds {named(readers)}."

    def _why_again(self, wired: WiredStep) -> str:
        remade = self.reads.remade
        again = [key for key in wired.produced if key in remade]
        if not again:
            return ""
        lacking = (self.reads.kept.missing | self.reads.asked.joining).intersection(again)
        if not lacking:
            return f': siblings="run" makes {named(again)} again'
        gone = self.reads.asked.gone
        parts = [
            gone[key] if len(again) == 1 else f"of {key}, {gone[key]}"
            for key in again
            if key in gone
        ]
        never = [key for key in again if key not in gone]
        if never:
            parts.insert(0, f"no run has stored {named(never)}")
        return f": {'; '.join(parts)}"

    def _running_effect(self, wired: WiredStep) -> str:
        above = self.reads.index.own_needs(wired.step)
        if above:
            return f"An effect: it follows {named(above)}."
        return "An effect: its block is selected whole."

    def _omitted_effect(self, wired: WiredStep) -> str:
        above = self.reads.index.own_needs(wired.step)
        idle = [key for key in above if key not in self.reads.kept.selected]
        if idle:
            return f"An effect of {named(idle)}, not run here."
        return "An effect of its whole block, which is selected in part."
