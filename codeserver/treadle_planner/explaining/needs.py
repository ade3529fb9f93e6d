"""What each op that runs is needed for, by way of which others; what one that does not run leads to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import OpNeed
from treadle_planner._index import SnapshotIndex
from treadle_planner._readers import Readers
from treadle_planner._wired import WiredStep

_MOST_NEEDS = 20
_MOST_STEPS = 50


class _Made(NamedTuple):
    """What is made: a selected asset, else a check, the effect of a step, or a job of ops."""

    asset_key: KeyText = KeyText("")
    check: str = ""
    effect_step_key: StepKey = StepKey("")
    job: str = ""


class _Way(NamedTuple):
    """How many steps it is to what makes something, and the next of them; None: this one makes it."""

    length: int
    further: StepKey | None


class Needs:
    """What the steps that run are needed for."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._below = _below(readers)
        self._found: dict[StepKey, Mapping[_Made, _Way]] = {}
        for place in reversed(readers.places):
            wired = readers.order.steps[place]
            self._found[wired.step.key] = self._needs(wired)

    def of(self, key: StepKey) -> tuple[OpNeed, ...]:
        """Return what a step is needed for, nearest first."""
        return tuple(
            OpNeed(
                asset_key=made.asset_key,
                check=made.check,
                effect_step_key=made.effect_step_key,
                job=made.job,
                step_keys=tuple(self._way(key, made)),
                step_count=way.length,
            )
            for made, way in self._found.get(key, {}).items()
        )

    def _needs(self, wired: WiredStep) -> Mapping[_Made, _Way]:
        key = wired.step.key
        found = {made: _Way(1, None) for made in self._own(wired)}
        below = self._below.get(key, {})
        if wired.block.is_op_job:
            if not below:
                found[_Made(job=wired.block.name)] = _Way(1, None)
        elif wired.is_effect and not below:
            found[_Made(effect_step_key=key)] = _Way(1, None)
        for reader in below:
            for made, way in self._found.get(reader, {}).items():
                known = found.get(made)
                if known is None or known.length > way.length + 1:
                    found[made] = _Way(way.length + 1, reader)
        nearest = sorted(found.items(), key=lambda each: (each[1].length, each[0]))
        return dict(nearest[:_MOST_NEEDS])

    def _own(self, wired: WiredStep) -> Iterator[_Made]:
        kept = self._readers.reads.kept
        for key in wired.produced:
            if key in kept.keys:
                yield _Made(asset_key=key)
        for key in wired.block.observed_keys:
            if key in kept.observed:
                yield _Made(asset_key=key)
        for check in wired.checks:
            if check in kept.checks:
                yield _Made(check=check)

    def _way(self, key: StepKey, made: _Made) -> Iterator[StepKey]:
        at: StepKey | None = key
        for _ in range(_MOST_STEPS):
            if at is None:
                return
            yield at
            way = self._found[at].get(made)
            # What a step further on had too much of, is not told from there on.
            at = None if way is None else way.further


def _below(readers: Readers) -> dict[StepKey, dict[StepKey, None]]:
    """Return who reads of each step what is made for them: no selected asset, and nothing unasked."""
    kept = readers.reads.kept
    below: dict[StepKey, dict[StepKey, None]] = {}
    for place in readers.places:
        reader = readers.order.steps[place].step.key
        for at in readers.inputs[reader][0]:
            if at is not None and at[0] is not None and at[1] not in kept.keys:
                ref = at[0]
                # An effect has no selected output, and is waited for.
                if kept.is_selected(ref) or not kept.selected[ref.step_key]:
                    below.setdefault(ref.step_key, {})[reader] = None
    return below


class Leads:
    """The assets of its block that each step leads to by intermediates alone, whatever is selected."""

    def __init__(self, index: SnapshotIndex) -> None:
        self._found: dict[StepKey, tuple[KeyText, ...]] = {}
        waiting: dict[StepKey, set[KeyText]] = {}
        for step in reversed(index.snapshot.steps):
            wired = index.wired[step.key]
            led = {*wired.produced, *waiting.pop(step.key, ())}
            self._found[step.key] = tuple(sorted(led)[:_MOST_NEEDS])
            for read in wired.reads:
                if read.is_own and read.ref is not None and not read.keys and not read.is_told:
                    waiting.setdefault(read.ref.step_key, set()).update(self._found[step.key])

    def of(self, key: StepKey) -> tuple[KeyText, ...]:
        """Return the assets, sorted, of many the first."""
        return self._found[key]
