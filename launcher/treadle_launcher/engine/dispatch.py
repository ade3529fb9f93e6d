"""Which steps start now: the free places shared out among the runs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from heapq import heapify, heappop, heapreplace

from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.run import StepState
from treadle_launcher.clock import TimeUs
from treadle_launcher.runs.decide import ready_steps
from treadle_launcher.runs.run_view import RunView


@dataclass(frozen=True, slots=True)
class Shares:
    """Who gets a place.

    `chosen` are the steps that start, each with the position of its run, `waiting` the positions
    of the runs that have a step which could start and gets no place.
    """

    chosen: tuple[tuple[int, StepKey], ...]
    waiting: frozenset[int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run that wants places; of what is `elsewhere`, no step is started here."""

    view: RunView
    elsewhere: Collection[StepKey] = ()


def choose(runs: Sequence[Candidate], free: int, is_due: Callable[[TimeUs], bool]) -> Shares:
    """Share out the free places.

    Each place goes to the run with the fewest running steps, the earlier run at a tie, and in
    a run to the first ready step in plan order: a wide run does not starve the others.
    """
    # One more than can start: who has that many waits for a place.
    limit = max(0, free) + 1
    ready = [ready_steps(run.view, is_due, run.elsewhere, limit=limit) for run in runs]
    heap = [
        (run.view.count(StepState.RUNNING), position, 0)
        for position, run in enumerate(runs)
        if ready[position]
    ]
    heapify(heap)
    chosen: list[tuple[int, StepKey]] = []
    while heap and len(chosen) < free:
        running, position, taken = heap[0]
        chosen.append((position, ready[position][taken]))
        if taken + 1 < len(ready[position]):
            heapreplace(heap, (running + 1, position, taken + 1))
        else:
            heappop(heap)
    return Shares(tuple(chosen), frozenset(position for _, position, _ in heap))
