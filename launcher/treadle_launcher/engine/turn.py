"""A turn: facts that one occurrence brought about, applied at once and appended together."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import replace
from treadle_launcher.clock import TimeUs
from treadle_launcher.engine.active_run import ActiveRun
from treadle_launcher.planning.doubts import doubted_after
from treadle_launcher.runs.events import Event, NewEvent
from treadle_launcher.store.records import HostMark, RunEvents


class Turn:
    """What one occurrence (a call, a host's report, a host's end) leads to.

    Facts are applied to the runs when they are added, so that what follows from them can be
    decided and added to the same turn; the engine alone appends to runs, so the numbers that
    the store will give are known. Effects wait until the facts are committed.
    """

    def __init__(self, now: TimeUs) -> None:
        self.now = now
        self.mark: HostMark | None = None
        self._events: dict[RunId, list[NewEvent]] = {}
        self._before: dict[RunId, int] = {}
        self._doubted: dict[RunId, set[str]] = {}
        self._touched: dict[RunId, ActiveRun] = {}
        self._effects: list[Callable[[], None]] = []
        self._has_dropped = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to append."""
        return not self._events and self.mark is None

    @property
    def is_idle(self) -> bool:
        """Whether nothing came of it: there is nothing to append, to decide, or to do."""
        return self.is_empty and not (self._touched or self._effects or self._has_dropped)

    def add(self, run: ActiveRun, events: Iterable[NewEvent]) -> None:
        """Apply facts to a run, and keep them for the append.

        Raises:
            InvalidTransition: one does not fit; those before it are applied.
        """
        for event in events:
            timed = event if event.time is not None else replace(event, time=self.now)
            before = run.view.last_sequence
            run.apply(self._numbered(run, timed))
            self._before.setdefault(run.run_id, before)
            self._events.setdefault(run.run_id, []).append(timed)
            self._doubted.setdefault(run.run_id, set()).update(doubted_after(run.view, timed))
            self._touched[run.run_id] = run

    def touch(self, run: ActiveRun) -> None:
        """Decide what follows from a run's state, though no fact was added."""
        self._touched[run.run_id] = run

    def drop(self, run: ActiveRun) -> None:
        """Append nothing about a run: what was applied to it is void."""
        self._has_dropped = True
        self._events.pop(run.run_id, None)
        self._before.pop(run.run_id, None)
        self._doubted.pop(run.run_id, None)
        self._touched.pop(run.run_id, None)

    def afterwards(self, effect: Callable[[], None]) -> None:
        """Do this when the facts are committed, after the effects that were named before."""
        self._effects.append(effect)

    def take_touched(self) -> tuple[ActiveRun, ...]:
        """Return the runs that were touched since the last call."""
        touched = tuple(self._touched.values())
        self._touched.clear()
        return touched

    def batch(self) -> tuple[RunEvents, ...]:
        """Return what is to be appended."""
        return tuple(
            RunEvents(
                run_id=run_id,
                events=tuple(events),
                after=self._before[run_id],
                doubted=tuple(sorted(self._doubted[run_id])),
            )
            for run_id, events in self._events.items()
        )

    def take_effect(self) -> None:
        """Do what waited for the commit."""
        for effect in self._effects:
            effect()

    def _numbered(self, run: ActiveRun, event: NewEvent) -> Event:
        return Event(
            store_sequence=0,  # Known to the store alone; no state depends on it.
            run_id=run.run_id,
            sequence=run.view.last_sequence + 1,
            time=self.now if event.time is None else event.time,
            payload=event.payload,
            step_key=event.step_key,
            attempt=event.attempt,
        )
