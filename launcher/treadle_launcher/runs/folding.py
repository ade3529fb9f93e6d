"""Runs as their logs tell, read from the store and folded."""

from __future__ import annotations

import asyncio

from treadle_contract.ids import RunId
from treadle_contract.run import RunState
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.store.store import Store

_SHORT = 50
"""So many events are folded in the time that it takes to cross to another thread and back."""

_BEFORE_START = frozenset({RunState.QUEUED, RunState.STARTING})


async def events_of(store: Store, run_id: RunId) -> list[Event]:
    """Return a run's whole log.

    Raises:
        UnknownRunError: there is no such run.
    """
    events: list[Event] = []
    while page := await store.events_after(run_id, events[-1].sequence if events else 0):
        events.extend(page)
    return events


async def folded(store: Store, run_id: RunId) -> RunView:
    """Return a run as its log tells.

    Raises:
        UnknownRunError: there is no such run.
    """
    plan = await store.get_run_plan(run_id)
    events = await events_of(store, run_id)
    if max(len(events), len(plan.steps)) <= _SHORT:
        return RunView.fold(plan, events)
    # Folding a long log takes a while: beside the loop.
    return await asyncio.to_thread(RunView.fold, plan, events)


class LastFolded:
    """Folds runs and keeps the last one: who asks for its steps, asks page after page.

    A view of a run that is not over grows when it is asked for again: read it before you wait
    for anything else.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: RunView | None = None
        self._one_at_a_time = asyncio.Lock()

    async def view(self, run_id: RunId) -> RunView:
        """Return a run as its log tells by now. Raises as `folded`."""
        async with self._one_at_a_time:
            view, self._last = self._last, None
            if view is None or view.run_id != run_id:
                view = await folded(self._store, run_id)
            else:
                await self._catch_up(view)
            # Until it starts, it may get another plan.
            self._last = None if view.state in _BEFORE_START else view
            return view

    async def _catch_up(self, view: RunView) -> None:
        while not view.state in FINAL_RUN_STATES:
            page = await self._store.events_after(view.run_id, view.last_sequence)
            if not page:
                return
            for event in page:
                view.apply(event)
