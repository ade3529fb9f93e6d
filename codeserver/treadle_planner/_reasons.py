"""Why each step runs or does not, in one sentence for a person."""

from __future__ import annotations

from collections.abc import Mapping

from treadle.locations.snapshot import Step
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.plan import PlannedInput
from treadle_planner._reads import Reads
from treadle_planner._words import named


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What the reasons are taken from.

    `fed` are the steps of this run that read from a step, `loaded_by` those that load an
    asset, both in plan order.
    """

    reads: Reads
    fed: Mapping[StepKey, tuple[StepKey, ...]]
    loaded_by: Mapping[KeyText, tuple[StepKey, ...]]

    @classmethod
    def of(cls, reads: Reads, inputs: Mapping[StepKey, tuple[PlannedInput, ...]]) -> Reasons:
        """Gather who reads what, from the inputs of the steps that run."""
        fed: dict[StepKey, dict[StepKey, None]] = {}
        loaded_by: dict[KeyText, dict[StepKey, None]] = {}
        for key, every in inputs.items():
            for source in (source for planned in every for source in planned.sources):
                if source.step_output is not None:
                    fed.setdefault(source.step_output.step_key, {})[key] = None
                elif source.load_asset_key is not None:
                    loaded_by.setdefault(source.load_asset_key, {})[key] = None
        return cls(
            reads=reads,
            fed={key: tuple(readers) for key, readers in fed.items()},
            loaded_by={key: tuple(readers) for key, readers in loaded_by.items()},
        )

    def running(self, step: Step) -> str:
        """Say why a step runs."""
        if step.key in self.reads.index.effect_steps:
            return self._running_effect(step)
        produced = self.reads.index.produced(step)
        makes = [key for key in produced if key in self.reads.kept.keys]
        parts = [f"makes {named(makes)}"] if makes else []
        if step.key in self.fed:
            parts.append(f"feeds {named(self.fed[step.key])}")
        text = " and ".join(parts)
        again = [key for key in produced if key in self.reads.remade]
        return f"{text[:1].upper()}{text[1:]}{self._why_again(again)}."

    def is_untouched(self, step: Step) -> bool:
        """Tell whether why a step does not run depends on itself alone."""
        return step.key not in self.reads.index.effect_steps and self.loaded_by.keys().isdisjoint(
            self.reads.index.produced(step)
        )

    def omitted(self, step: Step) -> str:
        """Say why a step does not run."""
        if step.key in self.reads.index.effect_steps:
            return self._omitted_effect(step)
        produced = self.reads.index.produced(step)
        loaded = [key for key in produced if key in self.loaded_by]
        if loaded:
            readers = dict.fromkeys(reader for key in loaded for reader in self.loaded_by[key])
            return f"Not needed: what is stored of {named(loaded)} feeds {named(readers)}."
        if produced:
            return f"Not needed: {named(produced)} {'is' if len(produced) == 1 else 'are'} not selected."
        return "Not needed: no selected asset is made from it."

    def _why_again(self, again: list[KeyText]) -> str:
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

    def _running_effect(self, step: Step) -> str:
        above = self.reads.index.own_needs(step)
        if above:
            return f"An effect: it follows {named(above)}."
        return "An effect: its block is selected whole."

    def _omitted_effect(self, step: Step) -> str:
        above = self.reads.index.own_needs(step)
        idle = [key for key in above if key not in self.reads.kept.selected]
        if idle:
            return f"An effect of {named(idle)}, not run here."
        return "An effect of its whole block, which is selected in part."
