"""What becomes of attempts: by what their hosts report, and when those are gone or do not take them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from treadle_contract.event import StepCancelled, StepStarted
from treadle_contract.ids import TaskId
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import Failure, RunState, StepState
from treadle_contract.value import ValueRef
from treadle_contract.worker import (
    AttemptBegun,
    AttemptFailed,
    AttemptSucceeded,
    Commit,
    JournalRecord,
)
from treadle_launcher.clock import as_time
from treadle_launcher.engine import failures
from treadle_launcher.engine.active_run import ActiveRun
from treadle_launcher.engine.board import Board
from treadle_launcher.engine.host import HeldTask, Host, RunningTask
from treadle_launcher.engine.host_pool import HostPool
from treadle_launcher.engine.turn import Turn
from treadle_launcher.runs.events import NewEvent, Payload
from treadle_launcher.runs.journal import (
    ATTEMPT_ENDS,
    Implausible,
    Record,
    implausible,
    record_events,
)
from treadle_launcher.runs.report_check import believed
from treadle_launcher.runs.retrying import NOT_TAKEN_RETRIES, Retries, failed_for_good
from treadle_launcher.runs.step_states import FINAL_STEP_STATES
from treadle_launcher.runs.step_view import StepView
from treadle_launcher.runs.tasks import next_attempt
from treadle_launcher.store.records import HostMark

_LOG = logging.getLogger(__name__)

ValueProblem: TypeAlias = Callable[[ValueRef], str]
"""Says in a clause why a value cannot be read, "" when it can."""


class Attempts:
    """Adds to a turn what is a fact of attempts now."""

    def __init__(
        self, board: Board, pool: HostPool, retries: Retries, problem: ValueProblem
    ) -> None:
        self._board = board
        self._pool = pool
        self._retries = retries
        self._problem = problem

    def take_records(self, turn: Turn, host: Host, records: Sequence[Record]) -> None:
        """Add what a host reported, and have it acknowledged."""
        for record in records:
            host.received = record.number
            task = host.tasks.get(record.task_id)
            run = None if task is None else self._board.get(task.run_id)
            if run is not None and task is not None:
                with self._board.serving(turn, run):
                    self._take_record(turn, run, host, record, task)
            elif isinstance(record.fact, ATTEMPT_ENDS) and not record.next_step_key:
                host.tasks.pop(record.task_id, None)
                self.take_back(turn, host, record.task_id, was_asked=False)
            if _is_end(record) and not record.next_step_key:
                self._take_end(turn, host, record, run)
        self.compare(turn, host)
        # Nothing is made of a begun attempt: its record is acknowledged with the next one.
        if any(not isinstance(record.fact, AttemptBegun) for record in records):
            turn.mark = HostMark(host_id=host.host_id, last_record=host.received, after=host.marked)
            host.marked = host.received
            turn.afterwards(partial(_acknowledge, host, host.received))

    def _take_record(
        self, turn: Turn, run: ActiveRun, host: Host, record: Record, task: RunningTask
    ) -> None:
        step = run.view.steps[task.step_key]
        task.begun |= isinstance(record.fact, AttemptBegun)
        if step.state is StepState.RUNNING and step.attempts == task.attempt:
            record = self._kept(believed(run.view, _of_task(task, record), task.step))
            after = partial(self._retries.after_failure, run.view, task.step_key, now=turn.now)
            if not isinstance(record, Implausible) and record.next_step_key:
                after = partial(after, now=as_time(record.time), has_begun=True)
            turn.add(run, record_events(run.view, record, after))
            if isinstance(record, Implausible):
                _LOG.error("report_refused host=%s detail=%s", host.host_id, record.problem)
                cancel = partial(self._pool.cancel, host, record.task_id, show_stacks=False)
                turn.afterwards(cancel)
            if record.next_step_key:
                self._go_on(turn, run, host, record, task)
                return
        if step.state is not StepState.RUNNING or step.attempts != task.attempt:
            host.tasks.pop(record.task_id, None)

    def _go_on(
        self, turn: Turn, run: ActiveRun, host: Host, record: Record, task: RunningTask
    ) -> None:
        """Add that the next step of a task began, or have the task end where it could not."""
        key = record.next_step_key
        step = run.view.steps.get(key)
        if isinstance(record, Implausible) or step is None or not _may_go_on(step, record):
            del host.tasks[record.task_id]
            is_of_task = key in run.view.tasks.get(record.task_id, ())
            if is_of_task and step is not None and step.state not in FINAL_STEP_STATES:
                # It runs until it is ended, whatever the log says.
                run.held[key], host.held[record.task_id] = (
                    host,
                    HeldTask(run_id=run.run_id, step_key=key),
                )
            self._end_next(turn, host, record.task_id)
            return
        attempt = step.attempts + 1
        started = StepStarted(host_id=host.host_id, task_id=record.task_id)
        time = as_time(record.time)
        turn.add(run, [NewEvent(payload=started, step_key=key, attempt=attempt, time=time)])
        task.step_key, task.attempt, task.begun, task.step = key, attempt, True, None
        if not task.cancelled:
            task.end_due = None
        self._pool.watchdog.begun(host, task, run.view)

    def _take_end(self, turn: Turn, host: Host, record: Record, run: ActiveRun | None) -> None:
        """Add what follows from the end of an attempt: what began in its place."""
        if host.dialled_with is not None:
            host.dialled_with.discard(record.task_id)
        task_id = record.next_task_id
        if not task_id or task_id in host.tasks:
            # It was handed over already.
            return
        if task_id in host.held:
            # What it takes the place of may be over, for what it is known here.
            run = self._board.get(host.held[task_id].run_id)
        if run is None:
            self._end_next(turn, host, task_id)
            return
        with self._board.serving(turn, run):
            self._take_next(turn, run, host, record, task_id)

    def _take_next(
        self, turn: Turn, run: ActiveRun, host: Host, record: Record, task_id: TaskId
    ) -> None:
        """Add that a step began in the place of another, or have it end that could not.

        That is so where what its host took for a success is none.
        """
        found = next_attempt(run.view, task_id)
        key, attempt = found or (None, 0)
        is_free = key is not None and run.view.steps[key].state is StepState.READY
        if key is None or not is_free or run.held.get(key, run.host) is not host:
            self._end_next(turn, host, task_id)
            return
        started = StepStarted(host_id=host.host_id, task_id=task_id)
        time = turn.now if isinstance(record, Implausible) else as_time(record.time)
        turn.add(run, [NewEvent(payload=started, step_key=key, attempt=attempt, time=time)])
        held = host.held.pop(task_id, None)
        run.held.pop(key, None)
        task = RunningTask(
            run_id=run.run_id,
            step_key=key,
            attempt=attempt,
            sent=True,
            answered=True,
            step=None if held is None else held.step,
        )
        host.tasks[task_id] = task
        self._pool.watchdog.begun(host, task, run.view)
        turn.afterwards(partial(self._recorded, run, host, task_id, task))
        if record.number <= host.dialled_at:
            # It found its launcher gone, and may have left this to the next one to start.
            turn.afterwards(partial(self._pool.watchdog.ask, host, task_id))

    def _recorded(self, run: ActiveRun, host: Host, task_id: TaskId, task: RunningTask) -> None:
        task.recorded = True
        if run.is_ending and task_id in host.tasks:
            self._pool.cancel(host, task_id, show_stacks=run.view.ending is not None)

    def _end_next(self, turn: Turn, host: Host, task_id: TaskId) -> None:
        """Cancel a task that its host should not run; its step is decided when it has ended."""
        _LOG.warning("task_not_wanted host=%s task=%s", host.host_id, task_id)
        held = host.held.get(task_id)
        run = None if held is None else self._board.get(held.run_id)
        if run is not None and held is not None:
            run.unwanted.add(held.step_key)
        turn.afterwards(partial(self._pool.cancel, host, task_id, show_stacks=False))

    def compare(self, turn: Turn, host: Host) -> None:
        """Once a host has told all that it had written when it dialled: have what it runs be known.

        What it named then and does not run, it did not start, and does not.
        """
        if host.dialled_with is None or host.received < host.dialled_at:
            return
        runs, host.dialled_with = host.dialled_with, None
        for task_id in tuple(host.held):
            if task_id not in runs:
                self.take_back(turn, host, task_id, was_asked=True)
        for task_id in sorted(runs - host.tasks.keys()):
            self._hold_unknown(host, task_id)
            self._end_next(turn, host, task_id)

    def _hold_unknown(self, host: Host, task_id: TaskId) -> None:
        """Take note that a host runs the next attempt of a step, of which the log does not say so."""
        for run in self._board.all():
            found = next_attempt(run.view, task_id)
            if found is not None and found[0] not in run.held:
                key = found[0]
                run.held[key] = host
                host.held[task_id] = HeldTask(run_id=run.run_id, step_key=key)

    def take_back(self, turn: Turn, host: Host, task_id: TaskId, *, was_asked: bool) -> None:
        """Take note that a host does not hold a task that it was sent ahead, which never began."""
        task = host.held.pop(task_id, None)
        run = None if task is None else self._board.get(task.run_id)
        if run is not None and task is not None:
            was_asked = was_asked or host.host_id in run.recalled
            run.take_back(task.step_key, was_asked=was_asked)
            turn.touch(run)

    def take_back_unstarted(self, turn: Turn, host: Host) -> None:
        """Take back what a host held whose connection ended, but for what it has started by itself.

        From then on it starts nothing, and what it had started its journal names.
        """
        named = host.folder.next_tasks(host.received)
        for task_id in tuple(host.held):
            if task_id not in named:
                self.take_back(turn, host, task_id, was_asked=True)

    def _kept(self, record: Record) -> Record:
        """Return a record of success as one of a loss, where what was stored is not there."""
        fact = None if isinstance(record, Implausible) else record.fact
        made = fact.made if isinstance(fact, AttemptFailed) else fact
        if isinstance(record, Implausible) or not isinstance(made, AttemptSucceeded):
            return record
        assert isinstance(fact, AttemptSucceeded | AttemptFailed), "it made something"
        for stored in made.stored:
            problem = self._problem(stored.value_ref) if stored.value_ref is not None else ""
            if problem:
                lost = AttemptFailed(
                    failure=failures.not_kept(stored.output, problem),
                    duration_us=fact.duration_us,
                    pid=fact.pid,
                    usage=fact.usage,
                )
                return replace(record, fact=lost)
        return record

    def lose_all(self, turn: Turn, host: Host, damage: str) -> None:
        """Lose what a host ran that is gone; `damage`: what cannot be read of what it told."""
        failure = None
        if host.tasks:
            failure = failures.unreadable(host, damage) if damage else failures.lost(host)
        is_told_whole = not (damage or host.fault)
        for task_id, task in tuple(host.tasks.items()):
            run = self._board.get(task.run_id)
            if run is None or failure is None:
                continue
            with self._board.serving(turn, run):
                if not task.answered and host.left_by_itself and is_told_whole:
                    # It never read the task: nothing of it can have begun.
                    self.give_back(turn, host, task_id)
                else:
                    # Of what is not told it has to be taken for true.
                    task.begun |= not is_told_whole
                    self._lose(turn, run, host, task, failure)
        host.tasks.clear()
        for task_id in tuple(host.held):
            self.take_back(turn, host, task_id, was_asked=True)

    def _lose(
        self, turn: Turn, run: ActiveRun, host: Host, task: RunningTask, failure: Failure
    ) -> None:
        fact: Payload = StepCancelled(was_running=True)
        if run.state is not RunState.CANCELLING:
            lost = AttemptFailed(failure=failure)
            after: Callable[..., Payload] = self._retries.after_failure
            if host.why_killed and self._pool.watchdog.is_end_due(task):
                timeout_ms = run.view.index.step(task.step_key).timeout_ms
                lost = AttemptFailed(failure=failures.timed_out(host, timeout_ms))
            elif not task.begun:
                after = self._retries.before_code_began
            fact = after(run.view, task.step_key, lost, turn.now)
        turn.add(run, [NewEvent(payload=fact, step_key=task.step_key, attempt=task.attempt)])

    def give_back(self, turn: Turn, host: Host, task_id: TaskId) -> None:
        """Retry a task that a host did not take, unless that was done too often."""
        task = host.tasks.pop(task_id)
        run = self._board.get(task.run_id)
        if run is None:
            return
        with self._board.serving(turn, run):
            refused = AttemptFailed(failure=failures.refused(host))
            fact: Payload | None = self._retries.not_taken(
                run.view, task.step_key, refused, turn.now
            )
            if fact is None:
                never = failures.never_taken(host, NOT_TAKEN_RETRIES + 1)
                fact = failed_for_good(AttemptFailed(failure=never))
            turn.add(run, [NewEvent(payload=fact, step_key=task.step_key, attempt=task.attempt)])


def _may_go_on(step: StepView, record: JournalRecord) -> bool:
    """Tell whether a step may begin in the process of the one before it, or once more in its own."""
    is_due = step.not_before is None or step.not_before <= as_time(record.time)
    return step.state is StepState.READY and is_due


def _is_end(record: Record) -> bool:
    return isinstance(record, Implausible) or isinstance(record.fact, ATTEMPT_ENDS)


def _of_task(task: RunningTask, record: Record) -> Record:
    """Return a record of a task, as Implausible where it names another attempt than the task is."""
    if (record.step_key, record.attempt) == (task.step_key, task.attempt):
        return record
    told = f"{record.step_key!r}, attempt {record.attempt}"
    problem = f"JournalRecord.step_key is {told}; the task is {task.step_key!r}, {task.attempt}"
    return implausible(record, problem, step_key=task.step_key, attempt=task.attempt)


def _acknowledge(host: Host, record: int) -> None:
    host.committed = max(host.committed, record)
    host.send(Commit(record=record))
