"""The engine: takes launches, cancels and what hosts say, and turns each into facts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from functools import partial

from treadle_contract.event import CancelRequested
from treadle_contract.ids import RunId, TaskId
from treadle_contract.run import Failure, FailureReason, RunState
from treadle_contract.worker import Ack, AckState, Hello, HostState
from treadle_launcher import defaults
from treadle_launcher.engine import failures
from treadle_launcher.engine.active_run import ActiveRun, Replan
from treadle_launcher.engine.attempts import Attempts, ValueProblem
from treadle_launcher.engine.awaited import awaited
from treadle_launcher.engine.board import Board
from treadle_launcher.engine.host import Host
from treadle_launcher.engine.host_pool import HostPool
from treadle_launcher.engine.mode import EngineMode
from treadle_launcher.engine.replanning import Replanning
from treadle_launcher.engine.turn import Turn
from treadle_launcher.ids import step_of
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.runs.journal import Record
from treadle_launcher.runs.retrying import Retries
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.runs.tasks import running_task
from treadle_launcher.store.errors import StoreUnavailableError
from treadle_launcher.store.records import HostMark

_LOG = logging.getLogger(__name__)

ENDING = "the launcher ends with its starter"
"""Why an ephemeral launcher cancels runs."""

_MOST_HOSTS_IN_VAIN = 5
"""How many hosts in a row a run may lose before one of them takes a task of it."""

OVERDUE = "its time is over"
"""Why a run with a timeout is ended."""


class Engine:
    """Drives every run that is not over. The only one that appends facts about runs."""

    def __init__(
        self,
        board: Board,
        pool: HostPool,
        replanning: Replanning,
        retries: Retries,
        problem: ValueProblem,
    ) -> None:
        self._board = board
        self._pool = pool
        self._replanning = replanning
        self._attempts = Attempts(board, pool, retries, problem)

    # What callers ask for.

    def admit(self, run: ActiveRun) -> None:
        """Take a run that was just recorded."""
        if self._board.get(run.run_id) is not None:
            # It was read from the store already, with everything else.
            return
        self._board.put(run)
        if self._board.mode is EngineMode.RESUMING:
            return
        turn = self._board.turn()
        if self._board.mode is EngineMode.ENDING:
            self.request_cancel(turn, run, ENDING)
        self._board.settle(turn)

    def give_up(self, run_id: RunId, error: Exception) -> None:
        """End a run that was just recorded and cannot be taken."""
        self._board.end_unsound(run_id, error)

    def has(self, run_id: RunId) -> bool:
        """Tell whether a run is this launcher's to drive, as far as it knows its runs now."""
        return self._board.mode is EngineMode.RESUMING or self._board.get(run_id) is not None

    async def cancel(self, run_id: RunId, reason: str) -> bool:
        """Ask for a run's end; return when that is recorded. False: the run is over.

        Raises:
            StoreError: it could not be recorded, or is not yet.
        """
        if self._board.is_stale:
            raise StoreUnavailableError("what is recorded is being read again: try once more")
        run = self._board.get(run_id)
        if run is not None and not run.state in FINAL_RUN_STATES:
            if run.state is not RunState.CANCELLING:
                turn = self._board.turn()
                self.request_cancel(turn, run, reason)
                run.cancelling = self._board.settle(turn)
            if run.cancelling is not None:
                await self._recorded(asyncio.shield(run.cancelling), "The cancel")
            return True
        # Its end is told of when the log tells it.
        if run is not None:
            await self._recorded(self._board.committed(), "The run is over, and its end")
        elif run_id in self._board.unsound:
            await self._recorded(self._board.unsound.ended(run_id), "The run failed, and its end")
        return False

    async def _recorded(self, waiting: Awaitable[object], what: str) -> None:
        try:
            async with asyncio.timeout(defaults.STORE_TIMEOUT):
                await waiting
        except TimeoutError:
            why = self._board.trouble or "the home's database is slow"
            raise StoreUnavailableError(
                f"{what} is not recorded yet: {why}. It will be as soon as the database takes it,"
                " if this launcher lives that long"
            ) from None

    def request_cancel(
        self, turn: Turn, run: ActiveRun, reason: str, failure: Failure | None = None
    ) -> None:
        """End a run, as FAILED if there is a failure: its hosts are told to end what runs."""
        if run.state is not RunState.CANCELLING and not run.state in FINAL_RUN_STATES:
            with self._board.serving(turn, run):
                turn.add(run, [NewEvent(payload=CancelRequested(reason=reason, failure=failure))])
        turn.afterwards(partial(self._cancel_tasks, run))

    def end_overdue(self, turn: Turn, run: ActiveRun) -> None:
        """End a run whose time is over."""
        self.request_cancel(
            turn, run, OVERDUE, failures.overdue(run.view, awaited(run, self._pool.all()))
        )

    def _cancel_tasks(self, run: ActiveRun) -> None:
        run.is_ending = True
        for host in self._pool.all():
            for task_id in host.tasks_of(run.run_id):
                self._cancel_task(run, host, task_id)

    def _cancel_task(self, run: ActiveRun, host: Host, task_id: TaskId) -> None:
        # Who cancels a run knows why; a timeout must show where the op was.
        self._pool.cancel(host, task_id, show_stacks=run.view.ending is not None)

    # What hosts say: see HostNews and HostEnds.

    def host_ready(self, host: Host) -> None:
        """Start the runs that wait for the host."""
        turn = self._board.turn()
        for run in self._board.runs_on(host):
            with self._board.serving(turn, run):
                self._board.greet(turn, run, warm=False)
        turn.afterwards(partial(self._board.rest, host))
        self._board.settle(turn)

    def host_unfit(self, host: Host, hello: Hello) -> None:
        """Plan anew what may be, and fail the other runs that wait for the host.

        Where no file is another, the location is loaded anew first: that tells what differs.
        """
        turn = self._board.turn()
        failure = failures.unfit(host, hello)
        for run in self._board.runs_on(host):
            may_change = run.state is RunState.STARTING and run.replan is Replan.POSSIBLE
            if hello.state is HostState.STALE and may_change:
                self._replanning.begin(run)
            elif failure.reason is FailureReason.UNSTABLE and run.state is RunState.STARTING:
                self._replanning.explain(run, failure)
            else:
                self._board.fail_runs(turn, [run], failure)
        self._board.settle(turn)

    def host_outdated(self, host: Host) -> None:
        """Move its runs elsewhere; the host reports what it runs of theirs when that ends."""
        turn = self._board.turn()
        self._leave(turn, host)
        self._board.settle(turn)

    def host_returned(self, host: Host, running: Sequence[TaskId]) -> None:
        """Send again what the host may not know of, and end what nobody waits for."""
        host.dialled_with = set(running)
        runs = [run.run_id for run in self._board.all()]
        for task_id in running:
            if not any(step_of(task_id, run_id) for run_id in runs):
                self._pool.cancel(host, task_id, show_stacks=False)
        for task_id, task in tuple(host.tasks.items()):
            run = self._board.get(task.run_id)
            if run is None or not task.recorded:
                continue
            if task_id not in running:
                self.ask(host, task_id)
                self._pool.watchdog.asked(host)
            self._pool.watchdog.begun(host, task, run.view)
            if run.is_ending:
                self._cancel_task(run, host, task_id)
        turn = self._board.turn()
        self._attempts.compare(turn, host)
        self._board.settle(turn)

    def host_hung_up(self, host: Host) -> None:
        """Start what the host held where it can."""
        host.dialled_with = None
        if host.held:
            turn = self._board.turn()
            self._attempts.take_back_unstarted(turn, host)
            self._board.settle(turn)

    def ask(self, host: Host, task_id: TaskId) -> None:
        """Send a host a task that it has, or should: it says what it knows of it."""
        task = host.tasks.get(task_id)
        run = None if task is None else self._board.get(task.run_id)
        if task and run is not None and host.connection is not None and task.recorded:
            task.sent = True
            host.send(running_task(run.view, task_id, task.step_key, task.attempt))

    def host_silent(self, host: Host, seconds: float) -> None:
        """Kill a host that is gone, or that has to end what it runs, or that runs nothing yet.

        Any other may be held for a while, or stopped by somebody: what it runs goes on. It gets
        nothing more, and what it cannot have heard of runs elsewhere.
        """
        if self._board.mode is EngineMode.RESUMING:
            return
        _LOG.warning("host_silent host=%s seconds=%.0f", host.host_id, seconds)
        tasks = host.tasks.values()
        is_due = any(self._pool.watchdog.is_end_due(task) for task in tasks)
        is_asked = any(task.sent for task in tasks) or bool(host.held)
        is_idle = is_asked and not any(task.answered for task in tasks)
        if host.has_hung_up:
            why = f"its connection ended, it did not dial again for {seconds:.0f} s"
            self._pool.kill_for(host, f"{why}, and it was killed", "HostFrame.hello")
        elif is_due or is_idle or seconds >= defaults.HOST_SILENCE:
            why = f"it did not answer for {seconds:.0f} s, stopped or held by the code in it"
            self._pool.kill_for(host, f"{why}, and was killed", "Ack.state")
        if not host.is_usable:
            return
        self._pool.set_aside(host)
        turn = self._board.turn()
        self._leave(turn, host)
        for task_id, task in tuple(host.tasks.items()):
            if not task.sent:
                self._attempts.give_back(turn, host, task_id)
        self._board.settle(turn)

    def host_stuck(self, host: Host) -> None:
        """Kill a host that answers, and has not ended in time what it was told to."""
        if self._board.mode is not EngineMode.RESUMING:
            _LOG.warning("host_stuck host=%s", host.host_id)
            seconds = defaults.HOST_END
            why = f"it had not ended an attempt {seconds:g} s after it had to"
            owed: tuple[str, ...] = ("JournalRecord.cancelled", "JournalRecord.failed")
            if not host.tasks:
                why = f"it had not given back a task {seconds:g} s after it had to"
                owed = ("Ack.state",)
            self._pool.kill_for(host, f"{why}, and was killed", *owed)

    def host_reported(self, host: Host, records: Sequence[Record]) -> None:
        """Append what the records tell and what follows, then acknowledge them."""
        turn = self._board.turn()
        self._attempts.take_records(turn, host, records)
        if turn.is_idle:
            # Attempts that began, and nothing else: of that nothing follows.
            return
        turn.afterwards(partial(self._board.rest, host))
        self._board.settle(turn)

    def host_answered(self, host: Host, ack: Ack) -> None:
        """Take note that the host has the task; one that it refused is tried elsewhere."""
        task = host.tasks.get(ack.task_id)
        if task is None:
            if ack.state is AckState.RETURNED:
                turn = self._board.turn()
                self._attempts.take_back(turn, host, ack.task_id, was_asked=False)
                self._board.settle(turn)
            return
        if ack.state is AckState.RETURNED:
            # It was handed over since, and starts.
            return
        if ack.state is not AckState.REFUSED:
            task.answered = True
            task.untold = ack.state is AckState.ENDED
            run = self._board.get(task.run_id)
            if run is not None:
                run.hosts_in_vain = 0
                self._pool.watchdog.begun(host, task, run.view)
            return
        _LOG.info("task_refused host=%s task=%s", host.host_id, ack.task_id)
        if host.is_usable:
            self._pool.drain(host)
        turn = self._board.turn()
        self._leave(turn, host)
        self._attempts.give_back(turn, host, ack.task_id)
        self._board.settle(turn)

    def host_ended(self, host: Host) -> None:
        """Read what the host had not sent; what it ran still is lost."""
        _LOG.info("host_ended host=%s", host.host_id)
        if self._board.is_stale:
            # Its folder is there still: it is taken up with everything else.
            return
        turn = self._board.turn()
        last = host.folder.read_journal(host.received)
        self._attempts.take_records(turn, host, last.records)
        was_idle = host.left_by_itself and not host.tasks
        self._attempts.lose_all(turn, host, last.damage)
        self._leave(turn, host, was_idle=was_idle)
        if turn.mark is None and host.committed < host.marked:
            # What it reported is not committed yet: until then its journal alone has it for sure.
            # Appends are committed in order, and this one stands behind that.
            turn.mark = HostMark(host_id=host.host_id, last_record=host.marked, after=host.marked)
        turn.afterwards(host.folder.remove)
        self._board.settle(turn)

    def _leave(self, turn: Turn, host: Host, *, was_idle: bool = False) -> None:
        """Move the host's runs elsewhere, or fail them if that is of no use.

        It is no use if one host after the other is lost; one that `was_idle`, while its runs waited
        for a place, left as it should.
        """
        for run in tuple(self._board.runs_on(host)):
            is_adopted = host.process is None
            run.hosts_in_vain += not (is_adopted or was_idle)
            if is_adopted or run.state is RunState.CANCELLING:
                self._seek_another(turn, run)
            elif not (run.greeted or host.was_killed):
                self._board.fail_runs(turn, [run], failures.ended_early(host))
            elif run.hosts_in_vain > _MOST_HOSTS_IN_VAIN:
                # As a step whose host is lost before its code began: tried again, not for ever.
                failure = failures.in_vain(host, run.hosts_in_vain)
                self._board.fail_runs(turn, [run], failure)
            else:
                self._seek_another(turn, run)

    @staticmethod
    def _seek_another(turn: Turn, run: ActiveRun) -> None:
        run.take(None)
        turn.touch(run)
