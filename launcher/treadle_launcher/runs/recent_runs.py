"""What is recorded of the runs that were launched lately: most that is asked is of these."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, TypeVar

from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.run_summary import RunSummary, SummaryFold
from treadle_launcher.store.records import CreatedRun, NewRun

T = TypeVar("T")

_ITEMS: Final = 2000
"""Of how many events, and of how many steps, a run is kept at most."""


@dataclass(slots=True, eq=False)
class _Recent:
    plan: Plan
    fold: SummaryFold
    events: list[Event] = field(default_factory=list)
    folded: int = 1

    def summary(self) -> RunSummary:
        for event in self.events[self.folded :]:
            self.fold.apply(event)
        self.folded = len(self.events)
        return self.fold.summary()


class RecentRuns:
    """Told of what is committed, and of nothing else; what it does not know, it says None of."""

    def __init__(self, most: int) -> None:
        """Keep at most so many runs."""
        self._most = most
        self._runs: OrderedDict[RunId, _Recent] = OrderedDict()

    def noted(self, write: asyncio.Future[T], note: Callable[[T], None]) -> asyncio.Future[T]:
        """Have what a write led to be noted, before anybody else hears of it."""
        write.add_done_callback(partial(self._note, note))
        return write

    def _note(self, note: Callable[[T], None], write: asyncio.Future[T]) -> None:
        if write.cancelled() or write.exception() is not None:
            # It may have been recorded all the same.
            self._runs.clear()
        else:
            note(write.result())

    def created(self, new: NewRun, created: CreatedRun) -> None:
        """Keep a run that was just recorded, and the oldest no more if there are too many."""
        if created.existed or len(new.plan.steps) > _ITEMS:
            return
        [submitted] = created.events
        fold = SummaryFold.begin(submitted, new.step_count)
        self._runs[new.run_id] = _Recent(new.plan, fold, [submitted])
        if len(self._runs) > self._most:
            self._runs.popitem(last=False)

    def appended(self, events: Sequence[Event]) -> None:
        """Keep what was appended to the log of one run."""
        run = self._runs.get(events[0].run_id) if events else None
        if run is None:
            return
        run.events += events
        if run.events[-1].sequence != len(run.events) or len(run.events) > _ITEMS:
            # Another plan, say, was recorded with what came before.
            self.drop(events[0].run_id)

    def appended_all(self, appended: Iterable[Sequence[Event]]) -> None:
        """Keep what was appended to several."""
        for events in appended:
            self.appended(events)

    def drop(self, run_id: RunId) -> None:
        """Keep a run no more."""
        self._runs.pop(run_id, None)

    async def plan(self, run_id: RunId) -> Plan | None:
        """Return a run's plan, its loads as they were resolved."""
        run = await self._get(run_id)
        return None if run is None else run.plan

    async def summary(self, run_id: RunId) -> RunSummary | None:
        """Return a run as its row tells."""
        run = await self._get(run_id)
        return None if run is None else run.summary()

    async def events_after(
        self, run_id: RunId, sequence: int, limit: int
    ) -> tuple[Event, ...] | None:
        """Return a run's events with a larger sequence, in order, at most `limit`."""
        run = await self._get(run_id)
        return None if run is None else tuple(run.events[max(0, sequence) :][:limit])

    async def _get(self, run_id: RunId) -> _Recent | None:
        # As where it is read from the file: who asks in a circle lets others have their turn.
        await asyncio.sleep(0)
        return self._runs.get(run_id)
