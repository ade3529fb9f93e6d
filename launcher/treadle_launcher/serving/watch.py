"""Watching runs: what was recorded is replayed, what is recorded from then on follows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager

from treadle_contract.event import RunFinished
from treadle_contract.ids import RunId
from treadle_launcher import defaults
from treadle_launcher.errors import ReadsOnlyError, ShuttingDownError, WatcherBehindError
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.store.store import Store

_PAGE = 500


class _Inbox:
    """What was recorded since a watcher looked. Holds so many events, then only that it is full.

    Events up to the one `after` which the watcher reads wake nobody, unless the run ends with them.
    """

    def __init__(self, after: int) -> None:
        self._after = after
        self._events: deque[Event] = deque()
        self._news = asyncio.Event()
        self.is_full = False
        self.is_closed = False

    def put(self, events: tuple[Event, ...]) -> None:
        if events[-1].sequence <= self._after and not _is_last(events):
            return
        if len(self._events) + len(events) > defaults.WATCHER_BEHIND_EVENTS:
            self.is_full = True
            self._events.clear()
        if not self.is_full:
            self._events.extend(events)
        self._news.set()

    def close(self) -> None:
        self.is_closed = True
        self._news.set()

    def take(self) -> tuple[Event, ...]:
        taken = tuple(self._events)
        self._events.clear()
        self._news.clear()
        return taken

    async def news(self) -> None:
        await self._news.wait()


class Watchers:
    """Everybody who watches a run. The engine publishes; nobody is waited for."""

    def __init__(self, store: Store, *, only_reads: bool = False) -> None:
        """With `only_reads`, nobody publishes here: no watch waits for what is recorded next."""
        self._store = store
        self._only_reads = only_reads
        self._inboxes: dict[RunId, set[_Inbox]] = {}
        self._listeners: list[Callable[[tuple[Event, ...]], None]] = []
        self._is_closed = False
        self._why_closed = ""

    def also_tell(self, listener: Callable[[tuple[Event, ...]], None]) -> None:
        """Call this, too, with what is committed of any run. It must not wait."""
        self._listeners.append(listener)

    def publish(self, run_id: RunId, events: tuple[Event, ...]) -> None:
        """Tell the watchers of a run what was committed, in order."""
        for inbox in self._inboxes.get(run_id, ()):
            inbox.put(events)
        for listener in self._listeners:
            listener(events)

    @property
    def is_closed(self) -> bool:
        """Whether every watch was ended: the launcher is going."""
        return self._is_closed

    def close(self, why: str = "") -> None:
        """End every watch; `why`, if it is not that the launcher is told to leave."""
        self._is_closed = True
        self._why_closed = self._why_closed or why
        for inboxes in self._inboxes.values():
            for inbox in inboxes:
                inbox.close()

    async def watch(
        self, run_id: RunId, after: int, *, follow: bool
    ) -> AsyncGenerator[tuple[Event, ...], None]:
        """Yield the events after a sequence, in order, without gap or duplicate.

        Ends after run_finished, or at the last event recorded when it does not follow.

        Raises:
            UnknownRunError: there is no such run.
            WatcherBehindError: it is read too slowly.
            ReadsOnlyError: the run is not over, and nobody here goes on with it.
            ShuttingDownError: the launcher is going.
        """
        with self._inbox(run_id, after) as inbox:
            # The inbox is there first: between replay and inbox no event is missed.
            while True:
                inbox.is_full = False
                inbox.take()
                async for events in self._recorded(run_id, after):
                    after = events[-1].sequence
                    yield events
                    if _is_last(events):
                        return
                if not inbox.is_full:
                    break
            if follow and await self._is_over(run_id, after):
                return
            if follow and self._only_reads:
                raise ReadsOnlyError(
                    message=f"Run {run_id} is not over, and no launcher runs on its home that would"
                    " go on with it: start `treadle launcher`."
                )
            while follow:
                if inbox.is_full:
                    raise WatcherBehindError([str(after)])
                taken = inbox.take()
                events = tuple(event for event in taken if event.sequence > after)
                if events:
                    after = events[-1].sequence
                    yield events
                # Also for who asked for what comes after an event that never came.
                if taken and _is_last(taken):
                    return
                if not taken:
                    # Only now: the last of what was recorded may tell how the run ended.
                    if self._is_closed:
                        raise ShuttingDownError(message=self._why_closed or None)
                    await inbox.news()

    async def _is_over(self, run_id: RunId, after: int) -> bool:
        run = await self._store.get_run(run_id)
        return run.state in FINAL_RUN_STATES and after >= run.last_sequence

    async def _recorded(self, run_id: RunId, after: int) -> AsyncGenerator[tuple[Event, ...], None]:
        while events := await self._store.events_after(run_id, after, _PAGE):
            after = events[-1].sequence
            yield events
            if len(events) < _PAGE:
                return

    @contextmanager
    def _inbox(self, run_id: RunId, after: int) -> Iterator[_Inbox]:
        inbox = _Inbox(after)
        self._inboxes.setdefault(run_id, set()).add(inbox)
        try:
            yield inbox
        finally:
            inboxes = self._inboxes[run_id]
            inboxes.discard(inbox)
            if not inboxes:
                del self._inboxes[run_id]


def _is_last(events: tuple[Event, ...]) -> bool:
    return isinstance(events[-1].payload, RunFinished)
