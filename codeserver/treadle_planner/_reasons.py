"""Why each step runs or does not, in one sentence for a person."""

from __future__ import annotations

from treadle_planner._readers import Readers
from treadle_planner._wired import WiredStep
from treadle_planner._words import capital, named


class Reasons:
    """Says why, knowing who reads what."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._reads = readers.reads
        self._remade = readers.reads.remade

    def why_again(self, wired: WiredStep) -> str:
        """Say why a step makes what is not selected: "" if it does not."""
        again = [key for key in wired.produced if key in self._remade] if self._remade else []
        if not again:
            return ""
        lacking = (self._reads.kept.missing | self._reads.asked.joining).intersection(again)
        if not lacking:
            return f': siblings="run" makes {named(again)} again'
        gone = self._reads.asked.gone
        parts = [
            gone[key] if len(again) == 1 else f"of {key}, {gone[key]}"
            for key in again
            if key in gone
        ]
        never = [key for key in again if key not in gone]
        if never:
            parts.insert(0, f"no run has stored {named(never)}")
        return f": {'; '.join(parts)}"

    def running(self, wired: WiredStep) -> str:
        """Say why a step runs."""
        if wired.is_effect:
            return self._running_effect(wired)
        selected = self._reads.kept.keys
        makes = [key for key in wired.produced if key in selected]
        parts = [f"makes {named(makes)}"] if makes else []
        if wired.block.is_op_job:
            parts = [f"is of the job {wired.block.name}"]
        observed = [key for key in wired.block.observed_keys if key in self._reads.kept.observed]
        if observed:
            parts = [f"observes {named(observed)}"]
        if wired.checks:
            checks = [each for each in wired.checks if each in self._reads.kept.checks]
            parts += [f"checks {named(checks)}"] if checks else []
        readers = self._readers.fed.get(wired.step.key)
        if readers:
            parts.append(f"feeds {named(readers)}")
        told = " and ".join([", ".join(parts[:-1]), *parts[-1:]] if parts[1:] else parts)
        return f"{capital(told)}{self.why_again(wired)}."

    @staticmethod
    def untouched(wired: WiredStep) -> str:
        """Say why a step does not run that nothing of the plan has to do with."""
        if wired.checks and not wired.produced:
            verb = "is" if len(wired.checks) == 1 else "are"
            return f"Not needed: {named(wired.checks)} {verb} not selected."
        if wired.produced:
            verb = "is" if len(wired.produced) == 1 else "are"
            return f"Not needed: {named(wired.produced)} {verb} not selected."
        if wired.block.observed_keys:
            return f"Not needed: {named(wired.block.observed_keys)} is not named in the selection."
        return "Not needed: no selected asset is made from it."

    def omitted(self, wired: WiredStep) -> str:
        """Say why a step does not run."""
        if wired.is_effect:
            return self._omitted_effect(wired)
        loaded_by = self._readers.loaded_by
        loaded = [key for key in wired.produced if key in loaded_by]
        if not loaded:
            return self.untouched(wired)
        readers = dict.fromkeys(reader for key in loaded for reader, _ in loaded_by[key])
        return f"Not needed: what is stored of {named(loaded)} feeds {named(readers)}."

    def _running_effect(self, wired: WiredStep) -> str:
        above = self._reads.index.own_needs(wired.step)
        if above:
            return f"An effect: it follows {named(above)}."
        return "An effect: its block is selected whole."

    def _omitted_effect(self, wired: WiredStep) -> str:
        above = self._reads.index.own_needs(wired.step)
        idle = [key for key in above if key not in self._reads.kept.selected]
        if idle:
            return f"An effect of {named(idle)}, not run here."
        return "An effect of its whole block, which is selected in part."
