"""The host: imports the user's code once, runs a process for each task, tells its launcher.

Single-threaded; it waits in one place, `Loop.turn`. It outlives a standing launcher, and ends
with an ephemeral one.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum, StrEnum, auto
from typing import NamedTuple

from treadle._system import faulthandler, os, signal
from treadle_contract import json_codec
from treadle_contract.event import StartMethod
from treadle_contract.ids import StepKey, TaskId
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
from treadle_worker.attempts.starters import HANDLED_SIGNALS, ForkStarter, SpawnStarter, Starter
from treadle_worker.host import host_output
from treadle_worker.host.dead_sockets import remove_dead_sockets
from treadle_worker.host.dialling import Launcher
from treadle_worker.host.guard import stand_guard
from treadle_worker.host.held_code import HeldCode, Imported, ImportFailed, import_code, with_state
from treadle_worker.host.held_tasks import HeldTasks, Success
from treadle_worker.host.host_output import keep_output, note
from treadle_worker.host.host_spec import HostSpec, read_spec
from treadle_worker.host.journal import Journal
from treadle_worker.host.loop import Loop
from treadle_worker.host.outbox import NO_TASK, Outbox
from treadle_worker.host.printing import Printing
from treadle_worker.loading.user_settings import process_settings
from treadle_worker.rules import rules_for
from treadle_worker.step import interrupts
from treadle_worker.step.capture import LogFolder, log_folder
from treadle_worker.step.failures import not_started
from treadle_worker.step.process_exit import end_import
from treadle_worker.system import processes, stacks
from treadle_worker.system.kept_descriptor import out_of_the_way

_PROTOCOL_VERSION = 2
_FAILED = 1
# How long a launcher that hung up may take to close its sockets as well.
_DYING_S = 1.0


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


class _Ended(NamedTuple):
    """How a task ended: the number of the record that says so, and what it reported of a success."""

    record: int
    step_key: StepKey
    success: Success | None


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
        self._held = HeldTasks()
        # Those that start once the journal has the end of the one whose place they take, and
        # whether they were cancelled since.
        self._next: dict[TaskId, bool] = {}
        # Known until the launcher has stored how they ended.
        self._ended: dict[TaskId, _Ended] = {}

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
            return self._running is None or not self._running.task_ids
        finally:
            if self._running is not None:
                self._running.kill_all()
            patience = 0.0 if self._launcher.is_connected else _DYING_S
            self._launcher.close()
            if self._spec.alive_fd is not None:
                # Of an ephemeral launcher that was killed nobody else would remove them.
                sockets = (self._spec.launcher_socket, self._spec.served_socket)
                remove_dead_sockets(sockets, patience=patience)
            self._journal.close()

    def fact(
        self,
        task: Task,
        fact: AttemptBegun | Undecoded,
        written: Callable[[], None] = lambda: None,
    ) -> None:
        """Take a fact of a running attempt; call `written` once it is in the journal."""
        self._outbox.record(task, fact, written)

    def ended(self, task: Task, fact: Undecoded | AttemptFailed | AttemptCancelled) -> None:
        """Take the end of an attempt, of which nothing is left: another may start in its place."""
        success = fact.body if isinstance(fact, Undecoded) else None
        heir, lost = self._held.ended(task, success)
        if heir is not None:
            self._next[heir.task_id] = False

        def written() -> None:
            self._give_back(lost)
            if heir is not None:
                self._start_next(heir)
            self._settle()

        record = self._outbox.record(task, fact, written, heir.task_id if heir else NO_TASK)
        self._ended[task.task_id] = _Ended(record, task.steps[0].step_key, success)

    def _start_next(self, task: Task) -> None:
        """Start a task in another's place, unless its launcher is gone: the next one asks for it.

        What the journal does not name when a launcher is gone is started by no host on its own.
        """
        was_cancelled = self._next.pop(task.task_id, None)
        if was_cancelled is None:
            # Its launcher is gone.
            return
        if not was_cancelled and self._launcher.is_there:
            self._run(task)
            return
        self._discard((task.task_id,))
        if was_cancelled:
            self.ended(task, AttemptCancelled(was_running=False))

    def _give_back(self, task_ids: Iterable[TaskId]) -> None:
        given = tuple(task_ids)
        self._discard(given)
        for task_id in given:
            self._ack(task_id, AckState.RETURNED)

    def _discard(self, task_ids: Iterable[TaskId]) -> None:
        if self._running is not None:
            self._running.discard(task_ids)

    def connected(self) -> None:
        """Say who this host is."""
        self._hello()
        self._settle()

    def disconnected(self) -> None:
        """Go on without a launcher: what runs goes on, nothing new is started."""
        self._outbox.disconnected()
        self._waiting.clear()
        # What the journal does not name by now it never does.
        self._discard((*self._held.drop_all(), *self._next))
        self._next.clear()
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
                self._ended = {
                    task_id: ended
                    for task_id, ended in self._ended.items()
                    if ended.record > record
                }
                self._settle()
            case Task() as task:
                self._take(task)
            case Prepare():
                self._prepare()
            case Cancel() as cancel:
                self._cancel(cancel)
            case Recall(run_id=run_id):
                self._give_back(self._held.drop_run(run_id))
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
            self._held.drop_one(task.task_id)
            self._start(task)
        else:
            self._waiting[task.task_id] = task
            self._prepare()

    def _hold(self, task: Task) -> None:
        """Hold a task until it can start in the place of another, or give it back."""
        can_serve = self._phase is _Phase.SERVING and isinstance(self._imported, HeldCode)
        if can_serve and self._holds(task) and self._held.add(task, self._runs, self._success):
            self._loop.before_waiting(self._prepare_held)
        else:
            self._give_back((task.task_id,))

    def _prepare_held(self) -> None:
        """Have processes ready for what starts next, beside the ones that run now."""
        if self._running is None:
            return
        for task in self._held.soon(self._running.task_ids):
            # That one cannot be made now, the start of the task finds out.
            with contextlib.suppress(Exception):
                self._running.prepare(task, self._logs(task))

    def _runs(self, task_id: TaskId) -> bool:
        return self._known(task_id) is AckState.RUNNING

    def _success(self, task_id: TaskId) -> tuple[StepKey, Success] | None:
        ended = self._ended.get(task_id)
        if ended is None or ended.success is None:
            return None
        return ended.step_key, ended.success

    def _known(self, task_id: TaskId) -> AckState | None:
        if self._running is not None and task_id in self._running.task_ids:
            return AckState.RUNNING
        if task_id in self._next:
            return AckState.RUNNING
        if task_id in self._ended:
            return AckState.ENDED
        return None

    def _holds(self, task: Task) -> bool:
        """Tell whether the task is of the code that this host has, and one step long."""
        return (
            task.digest == self._spec.digest
            and len(task.steps) == 1
            and (self._imported is None or isinstance(self._imported, HeldCode))
        )

    def _start(self, task: Task) -> None:
        self._ack(task.task_id, AckState.ACCEPTED)
        self._run(task)

    def _run(self, task: Task) -> None:
        assert self._running is not None, "tasks are started after the import"
        self._loop.clear_deadline(_Wait.LEAVE_IDLE)
        try:
            self._running.start(task, self._logs(task))
        except Exception as error:  # noqa: BLE001 - audit hooks of the user's may raise anything
            failure = not_started(task.steps[0].step_key, error)
            self.ended(task, AttemptFailed(failure=failure, pid=0))
        if self._held:
            self._loop.before_waiting(self._prepare_held)

    def _logs(self, task: Task) -> LogFolder:
        step = task.steps[0]
        return log_folder(self._spec.logs_root, task.run_id, step.step_key, step.attempt)

    def _cancel(self, cancel: Cancel) -> None:
        task = self._waiting.pop(cancel.task_id, None)
        if task is not None:
            self.ended(task, AttemptCancelled(was_running=False))
            self._ack(cancel.task_id, AckState.ENDED)
        elif cancel.task_id in self._held:
            self._give_back(self._held.drop((cancel.task_id,)))
            self._settle()
        elif cancel.task_id in self._next:
            self._next[cancel.task_id] = True
        elif self._running is not None:
            self._running.cancel(cancel)

    def _drain(self, drain: Drain) -> None:
        if drain.cancel_running:
            running = () if self._running is None else self._running.task_ids
            for task_id in (*self._waiting, *self._next, *running):
                self._cancel(Cancel(task_id=task_id, grace_ms=drain.grace_ms))
        self._refuse_waiting()
        self._give_back(self._held.drop_all())
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
        self._imported = import_code(self._spec, self._lifelines(), self._tell_hang)
        self._settings.take_back()
        processes.adopt_orphans()
        if not isinstance(self._imported, HeldCode):
            self._hello()
            self._refuse_waiting()
            self._begin_to_leave()
            return
        self._running = self._begin_running(self._imported)
        # After the import: the handlers that the user's modules set are the steps' to keep.
        self._loop.ignore_user_signals()
        self._loop.watch_signals(HANDLED_SIGNALS, self._leave)
        # From here on there is something to kill before this process ends.
        processes.die_with_parent(self._guard, signal.SIGTERM)
        self._hello()
        if self._spec.output:
            Printing(self._loop, self._spec.output, self._spec.log_limit_bytes).watch()
        # In the next turn: a cancel may have come meanwhile.
        self._loop.set_deadline(_Wait.START, 0, self._start_waiting)

    def _lifelines(self) -> tuple[int, ...]:
        """Return what an ephemeral launcher's end, or its starter's, is seen by."""
        if self._spec.alive_fd is None:
            return ()
        return (self._spec.alive_fd, *self._launcher.descriptors)

    def _begin_running(self, code: HeldCode) -> Running:
        starter: Starter = SpawnStarter(self._spec, self._environment)
        shows_stacks = not stacks.is_caught(os.getpid())
        are_free = interrupts.are_free(os.getpid())
        if code.start_method is StartMethod.FORK:
            starter = ForkStarter(self._spec, code, self._leave_to_parent, interrupts=are_free)
            if shows_stacks:
                # For the steps, which inherit it: each writes to an stderr of its own.
                stacks.show_on_signal(2)
        rules = rules_for(
            self._spec,
            code.start_method,
            shows_stacks=shows_stacks,
            interrupts=are_free,
        )
        return Running(self._loop, self, starter, rules)

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
            running_task_ids=self._running_ids,
            last_record=self._outbox.last_record,
        )
        self._send(with_state(hello, self._imported))

    @property
    def _running_ids(self) -> tuple[TaskId, ...]:
        return () if self._running is None else self._running.task_ids

    def _ack(self, task_id: TaskId, state: AckState) -> None:
        self._send(Ack(task_id=task_id, state=state))

    def _send(self, frame: Hello | Ack) -> None:
        self._launcher.send(json_codec.dumps(HostFrame(frame=frame)))

    def _settle(self) -> None:
        """Leave if there is no more reason to stay; else wait, if idle, no longer than told."""
        if (
            self._waiting
            or self._held
            or self._next
            or (self._running is not None and self._running.task_ids)
        ):
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
