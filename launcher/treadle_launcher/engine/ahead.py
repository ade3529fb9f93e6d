"""Which steps of a run its host may have before they can start. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from treadle_contract.fan_outs import UNKNOWN
from treadle_contract.ids import StepKey
from treadle_contract.run import StepState
from treadle_launcher.runs.lacking import lacking_inputs
from treadle_launcher.runs.plan_index import Position
from treadle_launcher.runs.run_view import RunView


class Ahead:
    """Steps of one run that wait for nothing but steps that its host has, running or held.

    What it costs grows with the readers of the steps that it is told of. Where a step was run
    that is over, and fed those that read from it, the fold has counted it off them by then: for
    each, `_fed` counts the upstreams that the host has among those it still waits on. Steps that
    share a process, and what reads from them, are not sent ahead. Nor is what waits for a fan-out's
    mapping keys.
    """

    def __init__(self, view: RunView) -> None:
        self._view = view
        self._has: set[StepKey] = set()
        self._fed: dict[StepKey, int] = {}
        self._open: list[tuple[Position, StepKey]] = []
        self._refused: set[StepKey] = set()

    def has(self, key: StepKey) -> None:
        """Take note that the host has a step, running or held."""
        if key in self._has or key in self._view.index.together:
            return
        self._has.add(key)
        for reader in self._view.index.readers[key]:
            self._fed[reader] = self._fed.get(reader, 0) + 1
            self._offer(reader)

    def has_not(self, key: StepKey) -> None:
        """Take note that the host has a step no more: it is over, or was given back."""
        if key not in self._has:
            return
        self._has.discard(key)
        for reader in self._view.index.readers[key]:
            if reader in self._fed:
                self._fed[reader] -= 1
        self._offer(key)

    def expanded(self, keys: Iterable[StepKey]) -> None:
        """Take note that these steps came in the place of an unexpanded one."""
        for key in keys:
            upstreams = self._view.index.upstreams(key)
            self._fed[key] = sum(upstream in self._has for upstream in upstreams)
            self._offer(key)

    def refused(self, key: StepKey) -> None:
        """Take note that the host gave a step back unasked: it is not sent ahead again."""
        self._refused.add(key)

    def next_steps(self, limit: int) -> tuple[StepKey, ...]:
        """Return the steps to send ahead, at most so many, in plan order; `has` is called for each.

        READY ones, which wait for a place alone, come first.
        """
        found: list[StepKey] = []
        for key in self._view.ready():
            if len(found) >= limit:
                break
            is_held = key in self._has or key in self._refused
            is_alone = key not in self._view.index.together
            if is_alone and not is_held and key not in self._view.waiting:
                found.append(key)
                self.has(key)
        while self._open and len(found) < limit:
            _, key = heappop(self._open)
            if self._is_fed(key) and not lacking_inputs(self._view, key, {}, self._has):
                found.append(key)
                self.has(key)
        return tuple(found)

    def _offer(self, key: StepKey) -> None:
        if self._is_fed(key):
            heappush(self._open, (self._view.index.position[key], key))

    def _is_fed(self, key: StepKey) -> bool:
        step = self._view.steps.get(key)
        if step is None:
            return False
        is_open = step.state is StepState.PENDING and key not in self._has
        is_open = is_open and key not in self._refused
        is_open = is_open and key not in self._view.index.together
        is_fed = is_open and 0 < step.waiting_on == self._fed.get(key, 0)
        return is_fed and not self._waits_for_keys(key)

    def _waits_for_keys(self, key: StepKey) -> bool:
        """Tell whether it is not known yet which elements of a fan-out a step reads."""
        step, index = self._view.index.step(key), self._view.index
        return bool(step.mapped_over) or any(
            source.step_output is not None and source.step_output.mapping_key == UNKNOWN
            for planned in step.inputs
            for source in index.sources(planned)
        )
