"""Which steps start now: the free places shared out among the runs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heapreplace

from treadle_contract.ids import StepKey
from treadle_contract.run import StepState
from treadle_launcher.clock import TimeUs
from treadle_launcher.decide import ready_steps
from treadle_launcher.run_view import RunView


def choose(
    views: Sequence[RunView], free: int, is_due: Callable[[TimeUs], bool]
) -> tuple[tuple[int, StepKey], ...]:
    """Return the steps that start, each with the position of its run in `views`.

    Each place goes to the run with the fewest running steps, the earlier run at a tie, and in
    a run to the first ready step in plan order: a wide run does not starve the others.
    """
    if free <= 0:
        return ()
    ready = [ready_steps(view, is_due, limit=free) for view in views]
    heap = [
        (view.count(StepState.RUNNING), position, 0)
        for position, view in enumerate(views)
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
    return tuple(chosen)
