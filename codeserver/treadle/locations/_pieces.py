"""Finds the fewest pieces in which the outputs of some steps can be made, one after another."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from treadle.locations._order import dependents
from treadle.locations.wiring import OutputRef
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass

# The fewest is as hard to find as the fewest nodes that break all cycles of a graph, so there
# is an end to searching; it lies far beyond any module that a person writes.
_SEARCH_LIMIT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Outputs of one step that are made together."""

    step_key: StepKey
    outputs: frozenset[str]


_Needs: TypeAlias = Mapping[OutputRef, frozenset[OutputRef]]
_Done: TypeAlias = frozenset[OutputRef]


def fewest_pieces(needs: _Needs, siblings: _Needs) -> list[Piece] | None:
    """Return the fewest pieces, in an order in which each finds what it needs; ties by step.

    A step that may not be cut is there once, with the output "". Each stands after its `needs`,
    and not before its `siblings`, which are outputs of the same step. None when there is no
    such order. (A* over the sets of what is made so far.)
    """
    search = _Search(needs, siblings)
    done = search.settled(frozenset(), needs)
    # A path, the step of each piece, is in the queue once: what stands after it is not compared.
    queue: list[tuple[int, tuple[StepKey, ...], _Done, tuple[Piece, ...]]]
    queue = [(search.unfinished(done), (), done, ())]
    seen: set[_Done] = set()
    while queue:
        _, path, done, pieces = heapq.heappop(queue)
        if len(done) == len(needs):
            return list(pieces)
        if done in seen:
            continue
        seen.add(done)
        choices = search.choices(done)
        if len(seen) > _SEARCH_LIMIT:
            choices, queue = choices[:1], []
        for step_key, batch in choices:
            after = search.settled(done | batch, batch)
            piece = Piece(step_key=step_key, outputs=frozenset(each.output for each in batch))
            estimate = len(path) + 1 + search.unfinished(after)
            heapq.heappush(queue, (estimate, (*path, step_key), after, (*pieces, piece)))
    return None


class _Search:
    """From what is made so far: what can be made next."""

    def __init__(self, needs: _Needs, siblings: _Needs) -> None:
        self._needs = {vertex: wanted & needs.keys() for vertex, wanted in needs.items()}
        self._siblings = siblings
        self._dependents = dependents(needs)
        self._outputs: dict[StepKey, frozenset[OutputRef]] = {}
        for vertex in sorted(needs):
            if vertex.output:
                mine = self._outputs.get(vertex.step_key, frozenset())
                self._outputs[vertex.step_key] = mine | {vertex}

    def settled(self, done: _Done, fresh: Iterable[OutputRef]) -> _Done:
        """Add every whole step that can be made now, looking at `fresh` and what needs it.

        A whole step costs no piece: waiting with it is never better.
        """
        made = set(done)
        stack = list(fresh)
        while stack:
            vertex = stack.pop()
            if vertex not in made and not vertex.output and self._needs[vertex] <= made:
                made.add(vertex)
            if vertex in made:
                stack.extend(each for each in self._dependents[vertex] if each not in made)
        return frozenset(made)

    def unfinished(self, done: _Done) -> int:
        """Count the steps with outputs left: at least so many pieces are to come."""
        return sum(not outputs <= done for outputs in self._outputs.values())

    def choices(self, done: _Done) -> list[tuple[StepKey, frozenset[OutputRef]]]:
        """Return the steps that may come next, each with the outputs that its piece makes.

        As many as can be made now: more never hurts what follows. For the same reason a step
        that can be finished now is the only choice.
        """
        found = []
        for step_key, outputs in self._outputs.items():
            batch = self._batch(outputs - done, done)
            if batch and batch | done >= outputs:
                return [(step_key, batch)]
            if batch:
                found.append((step_key, batch))
        return found

    def _batch(self, left: frozenset[OutputRef], done: _Done) -> frozenset[OutputRef]:
        batch = frozenset(vertex for vertex in left if self._needs[vertex] <= done)
        while True:
            kept = frozenset(each for each in batch if self._siblings[each] <= batch | done)
            if kept == batch:
                return batch
            batch = kept
