"""The host: imports the user's code once, runs a process for each task, tells its launcher.

Single-threaded; it waits in one place, `Loop.turn`. It outlives a standing launcher, and ends
with an ephemeral one.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from enum import Enum, StrEnum, auto

from treadle._system import faulthandler, os, signal
from treadle_contract import json_codec
from treadle_contract.ids import StepKey, TaskId
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import Failure
from treadle_contract.worker import (
    Ack,
    AckState,
    AttemptBegun,
    AttemptCancelled,
    AttemptFailed,
    Cancel,
    Commit,
    Drain,
    Hello,
    HostFrame,
    HostState,
    LauncherFrame,
    Prepare,
    Recall,
    Task,
)
from treadle_worker.attempts.attempt_end import Undecoded
from treadle_worker.attempts.running import Running
from treadle_worker.attempts.starters import HANDLED_SIGNALS
from treadle_worker.host import host_output
from treadle_worker.host.dialling import Launcher
from treadle_worker.host.ended_tasks import EndedTasks
from treadle_worker.host.guard import stand_guard
from treadle_worker.host.held_code import HeldCode, Imported, ImportFailed, import_code, with_state
from treadle_worker.host.host_output import keep_output, note
from treadle_worker.host.host_spec import HostSpec, read_spec
from treadle_worker.host.journal import Journal
from treadle_worker.host.loop import Loop
from treadle_worker.host.outbox import NO_TASK, Outbox
from treadle_worker.host.printing import Printing
from treadle_worker.host.starting import starter_of
from treadle_worker.host.steps_ahead import StepsAhead
from treadle_worker.loading.user_settings import process_settings
from treadle_worker.step.capture import logs_of
from treadle_worker.step.failures import not_started
from treadle_worker.step.process_exit import end_import
from treadle_worker.system import processes
from treadle_worker.system.kept_descriptor import out_of_the_way

_PROTOCOL_VERSION = 2
_FAILED = 1


class _Wait(Enum):
    """What this host does later."""

    IMPORT = auto()
    START = auto()
    LEAVE_IDLE = auto()


class _Phase(StrEnum):
    """What becomes of this host."""

    SERVING = "serving"
    """It takes tasks."""
    DRAINING = "draining"
    """It takes none, and leaves once nothing runs and everything is committed."""
    LEFT = "left"
    """It ends with this turn."""


class Host:
    """One host's state, and what follows from what its launcher and its children tell."""

    def __init__(self, spec: HostSpec, environment: dict[str, str], guard: int) -> None:
        self._spec = spec
        self._environment = environment
        self._guard = guard
        self._loop = Loop()
        self._launcher = Launcher(self._loop, spec, self)
        self._journal = Journal(spec.journal, spec.durability)
        self._outbox = Outbox(self._loop, self._journal, self._launcher)
        self._settings = process_settings()
        self._process = processes.process_id(os.getpid())
        self._phase = _Phase.SERVING
        self._imported: Imported | None = None
        self._running: Running | None = None
        self._waiting: dict[TaskId, Task] = {}
        self._ended = EndedTasks()
        self._ahead = StepsAhead(self._loop, self, self._launcher, self._ended)

    def run(self) -> bool:
        """Serve until there is no more reason to; nothing of this host is left then.

        Tell whether every task that was accepted had ended by itself.
        """
        if self._spec.alive_fd is not None:
            self._loop.watch(self._spec.alive_fd, self._leave)
        try:
            self._launcher.dial()
            while self._phase is not _Phase.LEFT:
                self._loop.turn()
            return not self.running_ids
        finally:
            if self._running is not None:
                self._running.kill_all()
            self._launcher.leave()
            self._journal.close()

    def fact(
        self,
        task: Task,
        fact: AttemptBegun | Undecoded,
        written: Callable[[], None] = lambda: None,
    ) -> None:
        """Take a fact of a running attempt; call `written` once it is in the journal."""
        self._outbox.record(task, fact, written)

    def moved_on(
        self, task: Task, fact: Undecoded | AttemptFailed, key: StepKey, written: Callable[[], None]
    ) -> None:
        """Take the end of an attempt that a step of its task follows, in the same process."""
        self._outbox.record(task, fact, written, next_step_key=key)

    def ended(self, task: Task, fact: Undecoded | AttemptFailed | AttemptCancelled) -> None:
        """Take the end of an attempt, of which nothing is left: another may start in its place."""
        success = fact.body if isinstance(fact, Undecoded) else None
        heir, lost = self._ahead.ended(task, success)

        def written() -> None:
            self._ahead.give_back(lost)
            if heir is not None:
                self._ahead.start(heir)
            self._settle()

        record = self._outbox.record(task, fact, written, heir.task_id if heir else NO_TASK)
        self._ended.add(task, record, success)

    @property
    def running_ids(self) -> tuple[TaskId, ...]:
        """The tasks that run."""
        return () if self._running is None else self._running.task_ids

    def runs(self, task_id: TaskId) -> bool:
        """Tell whether a task runs, or starts in another's place."""
        return task_id in self.running_ids or self._ahead.is_next(task_id)

    def prepare(self, task: Task) -> None:
        """Prepare a process for a task."""
        if self._running is not None:
            self._running.prepare(task, logs_of(self._spec.logs_root, task))

    def discard(self, task_ids: Iterable[TaskId]) -> None:
        """End the processes that were prepared for these."""
        if self._running is not None:
            self._running.discard(task_ids)

    def returned(self, task_id: TaskId) -> None:
        """Tell the launcher that a task is given back unstarted."""
        self._ack(task_id, AckState.RETURNED)

    def connected(self) -> None:
        """Say who this host is."""
        self._hello()
        self._settle()

    def disconnected(self) -> None:
        """Go on without a launcher: what runs goes on, nothing new is started."""
        self._outbox.disconnected()
        self._waiting.clear()
        self._ahead.disconnected()
        self._loop.clear_deadline(_Wait.LEAVE_IDLE)

    def abandoned(self) -> None:
        """Leave: at once if the launcher was ephemeral, else when nothing runs any more."""
        if self._spec.alive_fd is not None:
            self._leave()
        else:
            self._settle()

    def received(self, frame: LauncherFrame) -> None:
        """Act on what the launcher says."""
        match frame.frame:
            case Commit(record=record):
                self._outbox.commit(record)
                self._ended.commit(record)
                self._settle()
            case Task() as task:
                self._take(task)
            case Prepare():
                self._prepare()
            case Cancel() as cancel:
                self._cancel(cancel)
            case Recall(run_id=run_id):
                self._ahead.recall(run_id)
                self._settle()
            case Drain() as drain:
                self._drain(drain)

    def _take(self, task: Task) -> None:
        """Answer a task, or, before the code is here, once it is."""
        known = self._known(task.task_id)
        if known is not None:
            self._ack(task.task_id, known)
        elif task.ahead:
            self._hold(task)
        elif self._phase is not _Phase.SERVING or not self._holds(task):
            self._ack(task.task_id, AckState.REFUSED)
        elif isinstance(self._imported, HeldCode):
            self._ahead.release(task.task_id)
            self._start(task)
        else:
            self._waiting[task.task_id] = task
            self._prepare()

    def _hold(self, task: Task) -> None:
        """Hold a task until others have ended, unless this host is not there to start it."""
        can_serve = self._phase is _Phase.SERVING and isinstance(self._imported, HeldCode)
        if can_serve and self._holds(task):
            self._ahead.hold(task)
        else:
            self._ahead.give_back((task.task_id,))

    def _known(self, task_id: TaskId) -> AckState | None:
        if self.runs(task_id):
            return AckState.RUNNING
        if task_id in self._ended:
            return AckState.ENDED
        return None

    def _holds(self, task: Task) -> bool:
        """Tell whether the task is of the code that this host has."""
        return (
            task.digest == self._spec.digest
            and len(task.steps) > 0
            and (self._imported is None or isinstance(self._imported, HeldCode))
        )

    def _start(self, task: Task) -> None:
        self._ack(task.task_id, AckState.ACCEPTED)
        self.begin(task)

    def begin(self, task: Task) -> None:
        """Start a task."""
        assert self._running is not None, "tasks are started after the import"
        self._loop.clear_deadline(_Wait.LEAVE_IDLE)
        try:
            self._running.start(task, logs_of(self._spec.logs_root, task))
        except Exception as error:  # noqa: BLE001 - audit hooks of the user's may raise anything
            failure = not_started(task.steps[0].step_key, error)
            self.ended(task, AttemptFailed(failure=failure, pid=0))
        self._ahead.prepare_soon()

    def _cancel(self, cancel: Cancel) -> None:
        task = self._waiting.pop(cancel.task_id, None)
        if task is not None:
            self.ended(task, AttemptCancelled(was_running=False))
            self._ack(cancel.task_id, AckState.ENDED)
        elif self._ahead.cancel(cancel.task_id):
            self._settle()
        elif self._running is not None:
            self._running.cancel(cancel)

    def _drain(self, drain: Drain) -> None:
        if drain.cancel_running:
            for task_id in (*self._waiting, *self._ahead.next_ids, *self.running_ids):
                self._cancel(Cancel(task_id=task_id, grace_ms=drain.grace_ms))
        self._refuse_waiting()
        self._ahead.recall_all()
        self._begin_to_leave()

    def _begin_to_leave(self) -> None:
        if self._phase is _Phase.SERVING:
            self._phase = _Phase.DRAINING
        self._settle()

    def _refuse_waiting(self) -> None:
        for task_id in self._waiting:
            self._ack(task_id, AckState.REFUSED)
        self._waiting.clear()

    def _prepare(self) -> None:
        """Import in a turn of its own: what has arrived already is heard before."""
        if self._imported is None and self._phase is _Phase.SERVING:
            self._loop.set_deadline(_Wait.IMPORT, 0, self._import)

    def _import(self) -> None:
        self._imported = import_code(self._spec, self._launcher.lifelines, self._tell_hang)
        self._settings.take_back()
        processes.adopt_orphans()
        if not isinstance(self._imported, HeldCode):
            self._hello()
            self._refuse_waiting()
            self._begin_to_leave()
            return
        starter, rules = starter_of(
            self._spec, self._imported, self._environment, self._leave_to_parent
        )
        self._running = Running(self._loop, self, starter, rules)
        # After the import: the handlers that the user's modules set are the steps' to keep.
        self._loop.ignore_user_signals()
        self._loop.watch_signals(HANDLED_SIGNALS, self._leave)
        # From here on there is something to kill before this process ends.
        processes.die_with_parent(self._guard, signal.SIGTERM)
        self._hello()
        if self._spec.output:
            Printing(self._loop, self._spec.output, self._spec.log_limit_bytes).watch()
        # In the next turn: a cancel may have come by then.
        self._loop.set_deadline(_Wait.START, 0, self._start_waiting)

    def _start_waiting(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for task in waiting.values():
            self._start(task)
        self._settle()

    def _tell_hang(self, failure: Failure) -> None:
        """Say, in the process that watches the import, what this one cannot say any more."""
        self._imported = ImportFailed(failure=failure)
        self._hello()
        self._launcher.close()

    def _hello(self) -> None:
        hello = Hello(
            protocol_version=_PROTOCOL_VERSION,
            host_id=self._spec.host_id,
            process=self._process,
            location=self._spec.location,
            state=HostState.NEW,
            running_task_ids=self.running_ids,
            last_record=self._outbox.last_record,
        )
        self._send(with_state(hello, self._imported))

    def _ack(self, task_id: TaskId, state: AckState) -> None:
        self._send(Ack(task_id=task_id, state=state))

    def _send(self, frame: Hello | Ack) -> None:
        self._launcher.send(json_codec.dumps(HostFrame(frame=frame)))

    def _settle(self) -> None:
        """Leave if there is no more reason to stay; else wait, if idle, no longer than told."""
        if self._waiting or self._ahead or self.running_ids:
            self._loop.clear_deadline(_Wait.LEAVE_IDLE)
        elif not self._launcher.is_connected:
            if self._launcher.is_abandoned and self._outbox.is_written:
                self._leave()
        elif self._phase is _Phase.DRAINING:
            if self._outbox.is_committed:
                self._leave()
        elif not self._outbox.is_committed:
            # What follows from what it told is still to come: it is not idle.
            self._loop.clear_deadline(_Wait.LEAVE_IDLE)
        elif self._imported is not None:
            grace = self._spec.idle_grace_ms / 1000
            self._loop.set_deadline(_Wait.LEAVE_IDLE, grace, self._begin_to_leave)

    def _leave(self) -> None:
        self._phase = _Phase.LEFT

    def _leave_to_parent(self) -> None:
        """Close, in a forked child, all that is this host's alone."""
        self._launcher.leave_to_parent()
        if self._running is not None:
            self._running.leave_to_parent()
        self._journal.close()
        self._loop.leave_to_parent()
        host_output.leave_to_parent()
        self._settings.give()


def main(fd: int) -> int:
    """Serve as the spec on the descriptor says, and end the process whatever the user left."""
    environment = dict(os.environ)
    spec = read_spec(fd)
    faulthandler.enable(keep_output(), all_threads=True)
    guard = stand_guard(spec)
    if spec.alive_fd is not None:
        spec = replace(spec, alive_fd=out_of_the_way(spec.alive_fd))
    status = _FAILED
    try:
        if Host(spec, environment, guard).run():
            status = 0
    except BaseException:  # noqa: BLE001 - threads of the user's would keep a host that failed
        note(traceback.format_exc())
    end_import(status, writes=True)
