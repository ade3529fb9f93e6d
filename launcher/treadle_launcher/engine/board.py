"""The board: every run that is not over, and what happens next with them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

from treadle_contract.event import RunDequeued
from treadle_contract.ids import RunId, StepKey
from treadle_contract.run import Failure, RunState, StepState
from treadle_contract.worker import Task
from treadle_launcher.clock import Clock, TimeUs
from treadle_launcher.engine import failures
from treadle_launcher.engine.active_run import ActiveRun
from treadle_launcher.engine.dispatch import Candidate, choose
from treadle_launcher.engine.held_steps import HeldSteps
from treadle_launcher.engine.host import Host, HostStage, RunningTask
from treadle_launcher.engine.host_pool import HostPool
from treadle_launcher.engine.mode import EngineMode
from treadle_launcher.engine.turn import Turn
from treadle_launcher.engine.unsound import Unsound
from treadle_launcher.engine.wall_clock_timer import WallClockTimer
from treadle_launcher.hosts.provider import HostStartError
from treadle_launcher.runs.decide import follow_ups, run_failed, started
from treadle_launcher.runs.events import Event, NewEvent
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.tasks import handed, new_task
from treadle_launcher.serving.watch import Watchers
from treadle_launcher.store.store import Store

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


class Board:
    """Runs, the queue of those that wait, and the way from a fact to all that follows.

    Every change is a turn: facts are added to it, `settle` adds what follows from them, steps
    that start now included, appends all of it in one transaction, and acts when that is
    committed. Nothing waits in between, so turns are appended in the order they were settled.
    What a run's own state makes raise ends that run alone (`serving`).
    """

    def __init__(  # noqa: PLR0913 - what it works with, and its two limits
        self,
        store: Store,
        pool: HostPool,
        watchers: Watchers,
        clock: Clock,
        *,
        max_runs: int,
        max_steps: int,
    ) -> None:
        self._store = store
        self._pool = pool
        self._held = HeldSteps(pool.watchdog)
        self._watchers = watchers
        self._clock = clock
        self._max_runs = max_runs
        self._max_steps = max_steps
        self._runs: dict[RunId, ActiveRun] = {}
        self._queue: deque[ActiveRun] = deque()
        self._active: dict[RunId, ActiveRun] = {}
        self._changes: asyncio.Event = asyncio.Event()
        self.timer = WallClockTimer(clock, lambda: self.settle(self.turn()))
        self._end_overdue: Callable[[Turn, ActiveRun], None] = lambda turn, run: None
        self._fault: Callable[[BaseException], None] = _log_fault
        self._in_flight: set[asyncio.Future[Any]] = set()
        self._reading = 0
        self.unsound = Unsound(store, watchers, clock)
        self.is_stale = False
        """Whether what is recorded is to be read before anything is decided."""
        self.mode = EngineMode.WORKING
        self.last_over: RunView | None = None

    def on_fault(self, act: Callable[[BaseException], None]) -> None:
        """Call this when the store could not take a turn."""
        self._fault = act

    def on_overdue(self, act: Callable[[Turn, ActiveRun], None]) -> None:
        """Call this for each run whose time is over, in the turn that finds it so."""
        self._end_overdue = act

    def turn(self) -> Turn:
        """Begin a turn; end it with `settle`."""
        return Turn(self._clock.now())

    def get(self, run_id: RunId) -> ActiveRun | None:
        """Return a run that is not over, or whose end is not committed yet."""
        return self._runs.get(run_id)

    def all(self) -> tuple[ActiveRun, ...]:
        """Return every run that is not over, oldest first."""
        return tuple(self._runs.values())

    def rest(self, host: Host) -> None:
        """Let a host that has nothing to do any more wait for other runs."""
        if not host.tasks and not any(self.runs_on(host)):
            self._pool.release(host)

    @property
    def trouble(self) -> str:
        """Why the store can record nothing now; "" while it can."""
        return self._store.trouble

    def track(self, write: asyncio.Future[T]) -> None:
        """Make readers of the record wait for a write, whatever becomes of it."""
        self._in_flight.add(write)
        write.add_done_callback(self._in_flight.discard)

    def check(self, append: asyncio.Future[T]) -> None:
        """Act on an append that the store could not take."""
        error = None if append.cancelled() else append.exception()
        if error is not None:
            self._fault(error)

    @contextmanager
    def serving(self, turn: Turn, run: ActiveRun) -> Iterator[None]:
        """End this run, and no other, on anything that the block raises."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, it is about this run
            self.spoil(turn, run, error)

    def spoil(self, turn: Turn, run: ActiveRun, error: Exception) -> None:
        """Serve a run no more, forget what the turn says of it, and have it end by itself."""
        turn.drop(run)
        self._runs.pop(run.run_id, None)
        self._active.pop(run.run_id, None)
        with suppress(ValueError):
            self._queue.remove(run)
        run.take(None)
        self._pool.forget_unrecorded(run.run_id)
        self.end_unsound(run.run_id, error)

    def end_unsound(self, run_id: RunId, error: Exception) -> None:
        """End a run that cannot be served, as FAILED."""
        self.unsound.end(run_id, error, self.committed, partial(self._ended_unsound, run_id))

    def _ended_unsound(self, run_id: RunId) -> None:
        self._changes.set()
        for host in self._pool.all():
            for task_id in host.tasks_of(run_id):
                self._pool.cancel(host, task_id, show_stacks=False)
            self.rest(host)

    def runs_on(self, host: Host) -> Iterator[ActiveRun]:
        """Yield the runs that have a place and run on this host."""
        return (run for run in tuple(self._active.values()) if run.host is host)

    def put(self, run: ActiveRun) -> None:
        """Take a run that the store holds: it waits for a place, or has one already."""
        self._runs[run.run_id] = run
        if run.state is RunState.QUEUED:
            self._queue.append(run)
        else:
            self._active[run.run_id] = run

    def wait_again(self, run: ActiveRun) -> None:
        """Wait for what a run that is read back waits for, no longer than it had yet to wait.

        Its last event is over; the clock may have been set back since.
        """
        for moment in run.moments():
            self.timer.is_due(moment, no_earlier=run.view.last_time)

    def clear(self) -> None:
        """Forget every run, and what was to be done when the turns of now are committed."""
        self._reading += 1
        self.is_stale = True
        self.forget_all()

    def forget_all(self) -> None:
        """Forget every run: others are put here at once."""
        self._runs.clear()
        self._queue.clear()
        self._active.clear()
        self.timer.wait_for(())

    async def empty(self) -> None:
        """Return when no run is left."""
        while self._runs or self.unsound.is_busy:
            self._changes.clear()
            await self._changes.wait()

    async def flushed(self) -> None:
        """Return when nothing is asked of the store any more."""
        while self._in_flight:
            await asyncio.wait(self._in_flight)

    async def committed(self) -> None:
        """Return when what was asked of the store by now is committed, or refused."""
        if self._in_flight:
            await asyncio.wait(tuple(self._in_flight))

    def settle(self, turn: Turn) -> asyncio.Future[tuple[tuple[Event, ...], ...]] | None:
        """Add what follows, append the turn, and act when it is committed.

        Returns the append; None when nothing was to be appended.
        """
        try:
            self._decide(turn)
        except Exception as error:  # noqa: BLE001 - it is about no run in particular
            self._fault(error)
            return None
        if turn.is_empty:
            self._take_effect(turn)
            return None
        future = self._store.append_all(turn.batch(), host_mark=turn.mark)
        self.track(future)
        future.add_done_callback(partial(self._appended, turn, self._reading))
        return future

    def _decide(self, turn: Turn) -> None:
        self.timer.look()
        self._touch_overdue(turn)
        self._follow(turn)
        while self.mode is EngineMode.WORKING and self._admit(turn):
            self._follow(turn)
        self._dispatch(turn)
        self.timer.wait_for(self._waited_for() if self.mode is EngineMode.WORKING else ())

    def fail_run(self, turn: Turn, run: ActiveRun, failure: Failure) -> None:
        """Fail a run that cannot go on; one with running steps seeks another host first."""
        if run.view.count(StepState.RUNNING) or run.held:
            run.take(None)
        elif not run.state in FINAL_RUN_STATES:
            turn.add(run, run_failed(run.view, failure, turn.now))

    def fail_runs(self, turn: Turn, runs: Iterable[ActiveRun], failure: Failure) -> None:
        """Do `fail_run` for each."""
        for run in runs:
            with self.serving(turn, run):
                self.fail_run(turn, run, failure)

    def _seek_host(self, turn: Turn, run: ActiveRun) -> None:
        """Give a run a host: a warm one now, else one that is started after the commit."""
        host, is_new = self._pool.acquire(run.location, run.launch_spec)
        run.take(host)
        if is_new:
            turn.afterwards(partial(self._start_host, host))
        elif host.stage is HostStage.READY:
            self.greet(turn, run, warm=True)

    def greet(self, turn: Turn, run: ActiveRun, *, warm: bool) -> None:
        """Record that the run's host is ready, and start the run if it has not started."""
        host = run.host
        if run.greeted or host is None or run.state not in (RunState.STARTING, RunState.RUNNING):
            return
        run.greeted = True
        ready = host.readiness(run.view.plan.header, warm=warm)
        turn.add(run, [NewEvent(payload=ready)])
        if run.state is RunState.STARTING:
            turn.add(run, started(run.view))

    def _follow(self, turn: Turn) -> None:
        while touched := turn.take_touched():
            for run in touched:
                with self.serving(turn, run):
                    self._follow_run(turn, run)

    def _follow_run(self, turn: Turn, run: ActiveRun) -> None:
        turn.add(run, follow_ups(run.view, turn.now, run.held))
        if run.state in FINAL_RUN_STATES:
            self._end(turn, run)
        elif self._is_overdue(run):
            self._end_overdue(turn, run)
        elif run.lacks_host and self.mode is EngineMode.WORKING:
            self._seek_host(turn, run)

    def _touch_overdue(self, turn: Turn) -> None:
        """Look at every run: nothing tells of a time that was over while nobody looked."""
        for run in self._active.values():
            if self._is_overdue(run):
                turn.touch(run)

    def _is_overdue(self, run: ActiveRun) -> bool:
        deadline = run.view.deadline
        if self.mode is not EngineMode.WORKING or run.state is not RunState.RUNNING:
            return False
        return deadline is not None and self.timer.is_due(deadline)

    def _end(self, turn: Turn, run: ActiveRun) -> None:
        self._active.pop(run.run_id, None)
        host = run.host
        run.take(None)
        if host is not None:
            turn.afterwards(partial(self.rest, host))
        turn.afterwards(partial(self._forget, run))

    def _forget(self, run: ActiveRun) -> None:
        self._runs.pop(run.run_id, None)
        self.last_over = run.view
        self._changes.set()

    def _admit(self, turn: Turn) -> bool:
        while self._queue and len(self._active) < self._max_runs:
            run = self._queue.popleft()
            if run.state is RunState.QUEUED:
                self._active[run.run_id] = run
                with self.serving(turn, run):
                    turn.add(run, [NewEvent(payload=RunDequeued())])
                return True
        return False

    def _waited_for(self) -> Iterator[TimeUs]:
        """Return every moment at which something happens by itself."""
        return (moment for run in self._active.values() for moment in run.moments())

    def _dispatch(self, turn: Turn) -> None:
        if self.mode is not EngineMode.WORKING:
            return
        active = tuple(self._active.values())
        running = sum(run.view.count(StepState.RUNNING) for run in active)
        runs = [(run, run.host) for run in active if run.greeted and run.host is not None]
        wanting = [(run, host) for run, host in runs if run.view.count(StepState.READY)]
        free = self._max_steps - running
        candidates = [Candidate(run.view, run.held_elsewhere()) for run, _ in wanting]
        shares = choose(candidates, free, self.timer.is_due)
        for position, key in shares.chosen:
            run, host = wanting[position]
            with self.serving(turn, run):
                self._hand_over(turn, run, host, key)
        waiting = {wanting[position][0].run_id for position in shares.waiting}
        for run, host in runs:
            with self.serving(turn, run):
                others_wait = free < 0 or bool(waiting - {run.run_id})
                self._held.share(turn, run, host, others_wait=others_wait)
        for run in active:
            self._held.await_back(run)

    def _hand_over(self, turn: Turn, run: ActiveRun, host: Host, key: StepKey) -> None:
        task = new_task(run.view, key)
        running, started = RunningTask.of(run.run_id, task), handed(task, host.host_id)
        turn.add(run, [NewEvent(payload=started, step_key=key, attempt=running.attempt)])
        host.held.pop(task.task_id, None)
        run.held.pop(key, None)
        host.tasks[task.task_id] = running
        turn.afterwards(partial(self._send, host, run, task))

    def _send(self, host: Host, run: ActiveRun, task: Task) -> None:
        handed = host.tasks.get(task.task_id)
        if handed is None:
            return
        # A host that is not connected gets it when it dials again.
        handed.recorded, handed.sent = True, host.connection is not None
        turn = self.turn()
        with self.serving(turn, run):
            host.send(task)
        self._pool.watchdog.asked(host)
        if run.run_id in self.unsound:
            self.settle(turn)

    def _start_host(self, host: Host) -> None:
        if self.mode is not EngineMode.WORKING:
            self._pool.discard(host)
            return
        try:
            self._pool.start(host)
        except HostStartError as error:
            turn = self.turn()
            failure = failures.not_started(host.location, str(error), error.remedy)
            self.fail_runs(turn, self.runs_on(host), failure)
            self.settle(turn)
        except Exception as error:  # noqa: BLE001 - how it is started is what these runs say
            turn = self.turn()
            for run in self.runs_on(host):
                self.spoil(turn, run, error)
            self.settle(turn)

    def _appended(
        self, turn: Turn, reading: int, future: asyncio.Future[tuple[tuple[Event, ...], ...]]
    ) -> None:
        if future.cancelled() or future.exception() is not None:
            self.check(future)
            return
        for events in future.result():
            if events:
                self._watchers.publish(events[0].run_id, events)
        # What was read since knows of the facts, and all that follows is done from there.
        if reading == self._reading:
            self._take_effect(turn)

    def _take_effect(self, turn: Turn) -> None:
        try:
            turn.take_effect()
        except Exception as error:  # noqa: BLE001 - what else was to follow must not be forgotten
            _LOG.exception("effect_failed")
            self._fault(error)


def _log_fault(error: BaseException) -> None:
    _LOG.error("turn_not_recorded", exc_info=error)
