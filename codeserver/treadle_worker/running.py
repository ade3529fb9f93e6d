"""What runs: a host's step processes, from their start to the proof that nothing of them is left.

A step process adopts what its descendants leave behind; when it ends, all of that becomes the
host's, whatever session it went into. So every child of the host that is none of the step
processes was left by one that ended, and no attempt's end is told before there is none.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass, field, replace
from typing import Protocol

from treadle_worker import processes
from treadle_worker.capture import LogFolder
from treadle_worker.exits import AttemptEnd, Exit, Outcome, conclude, read_exit
from treadle_worker.frames import FrameError, FrameReader
from treadle_worker.loop import Loop
from treadle_worker.messages import (
    AttemptBegun,
    AttemptFailed,
    AttemptSucceeded,
    Fact,
    Failure,
    FailureReason,
    Task,
    TaskId,
)
from treadle_worker.starters import Starter
from treadle_worker.wire.facts import decode_fact
from treadle_worker.wire.fields import WireError

_READ_BYTES = 256 * 1024
_ABORT_GRACE_S = 2.0
_STRAYS = "strays"


class Observer(Protocol):
    """Whoever is told of attempts."""

    def fact(self, task: Task, fact: Fact) -> None:
        """Take a fact that is not the end."""
        ...

    def ended(self, task: Task, fact: Fact) -> None:
        """Take the last fact; all processes of the attempt are gone."""
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class _Running:
    """One attempt. `pidfd` is closed once `exit` is known, the reports with their end."""

    task: Task
    logs: LogFolder
    pid: int
    pidfd: int
    reports: int
    began: float = field(default_factory=time.monotonic)
    frames: FrameReader = field(default_factory=FrameReader)
    outcome: Outcome | None = None
    exit: Exit | None = None
    cancel_requested: bool = False
    kill_at: float = 0.0
    hung: bool = False
    is_reporting: bool = True


class Running:
    """The step processes of one host."""

    def __init__(
        self, loop: Loop, observer: Observer, starter: Starter, begin_timeout: float | None
    ) -> None:
        """Take over the children of this process from here on.

        `begin_timeout` is how long a process may take to begin with the op, in seconds.
        """
        self._loop = loop
        self._observer = observer
        self._starter = starter
        self._begin_timeout = begin_timeout
        self._running: dict[TaskId, _Running] = {}
        self._spared = frozenset(processes.children(os.getpid()))
        self._strays: dict[int, int] = {}

    @property
    def task_ids(self) -> tuple[TaskId, ...]:
        """The tasks whose end was not told yet."""
        return tuple(self._running)

    def start(self, task: Task, logs: LogFolder) -> None:
        """Start the process of a task.

        Raises:
            OSError: the operating system refuses.
        """
        logs.create()
        started = self._starter.start(task, logs)
        running = _Running(
            task=task,
            logs=logs,
            pid=started.pid,
            pidfd=os.pidfd_open(started.pid),
            reports=started.reports,
        )
        self._running[task.task_id] = running
        self._loop.watch(running.reports, lambda: self._heard(running))
        self._loop.watch(running.pidfd, lambda: self._exited(running))
        if self._begin_timeout is not None:
            self._loop.set_deadline(
                (task.task_id, "begin"), self._begin_timeout, lambda: self._abort(running)
            )

    def cancel(self, task_id: TaskId, grace: float) -> None:
        """Ask a task's processes to end, and kill them after so many seconds."""
        running = self._running.get(task_id)
        if running is None:
            return
        kill_at = time.monotonic() + grace
        if running.cancel_requested:
            kill_at = min(kill_at, running.kill_at)
        running.kill_at = kill_at
        if not running.cancel_requested:
            running.cancel_requested = True
            self._signal(running, signal.SIGTERM)
        self._kill_in(running, max(0.0, kill_at - time.monotonic()))

    def kill_all(self) -> None:
        """Kill every process below this one, and return when none is left."""
        for running in self._running.values():
            if running.exit is None:
                processes.signal_tree(running.pid, signal.SIGKILL)
        processes.kill_children()

    def _heard(self, running: _Running) -> None:
        self._read(running)

    def _read(self, running: _Running) -> bool:
        """Take a piece of the reports; tell whether there may be more."""
        try:
            data = os.read(running.reports, _READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self._stop_reading(running)
            return False
        try:
            for message in running.frames.feed(data):
                fact = decode_fact(message)
                if fact is not None:
                    self._take(running, fact)
        except (FrameError, WireError) as error:
            # Only the user's code can have done that, by writing to a descriptor that is not its.
            os.write(
                2, f"treadle host: {running.task.task_id} reported garbage: {error}\n".encode()
            )
            self._stop_reading(running)
            return False
        return True

    def _take(self, running: _Running, fact: Fact) -> None:
        if isinstance(fact, AttemptSucceeded | AttemptFailed):
            running.outcome = fact
            return
        if isinstance(fact, AttemptBegun):
            self._loop.clear_deadline((running.task.task_id, "begin"))
        self._observer.fact(running.task, fact)

    def _stop_reading(self, running: _Running) -> None:
        if running.is_reporting:
            running.is_reporting = False
            self._loop.unwatch(running.reports)
            os.close(running.reports)

    def _exited(self, running: _Running) -> None:
        result = os.waitid(os.P_PIDFD, running.pidfd, os.WEXITED)
        assert result is not None, "a pidfd is readable once its process has ended"
        self._loop.unwatch(running.pidfd)
        os.close(running.pidfd)
        running.exit = read_exit(result)
        # What it left behind may hold the pipe open: read what there is, and no more.
        while running.is_reporting and self._read(running):
            pass
        self._stop_reading(running)
        self._sweep()

    def _sweep(self) -> None:
        """Tell the ends of attempts if nothing of any is left; else see to it that it ends."""
        ended = [running for running in self._running.values() if running.exit is not None]
        if not ended:
            return
        ours = {running.pid for running in self._running.values() if running.exit is None}
        found = set(processes.children(os.getpid())) - ours - self._spared
        for pid in found - self._strays.keys():
            self._watch_stray(pid)
        if self._strays:
            # Those of a cancelled attempt have their grace as well.
            wait = max(running.kill_at for running in ended) - time.monotonic()
            self._loop.set_deadline(_STRAYS, max(0.0, wait), self._kill_strays)
            return
        self._loop.clear_deadline(_STRAYS)
        for running in ended:
            self._end(running, running.exit or Exit())

    def _watch_stray(self, pid: int) -> None:
        pidfd = os.pidfd_open(pid)
        self._strays[pid] = pidfd

        def gone() -> None:
            os.waitid(os.P_PIDFD, pidfd, os.WEXITED)
            self._loop.unwatch(pidfd)
            os.close(pidfd)
            del self._strays[pid]
            self._sweep()

        self._loop.watch(pidfd, gone)

    def _kill_strays(self) -> None:
        for pid in self._strays:
            processes.signal_tree(pid, signal.SIGKILL)

    def _end(self, running: _Running, exit_: Exit) -> None:
        task_id = running.task.task_id
        del self._running[task_id]
        for kind in ("begin", "kill"):
            self._loop.clear_deadline((task_id, kind))
        end = AttemptEnd(
            step_key=running.task.steps[0].step_key,
            outcome=running.outcome,
            exit=exit_,
            cancel_requested=running.cancel_requested,
            duration_us=int((time.monotonic() - running.began) * 1_000_000),
            pid=running.pid,
        )
        fact = conclude(end, running.logs.stderr_tail)
        if running.hung and running.outcome is None and isinstance(fact, AttemptFailed):
            fact = replace(fact, failure=self._too_late(running))
        # Logs that are gone, or cannot be cut, are no reason to lose the attempt.
        with contextlib.suppress(OSError):
            running.logs.trim()
        self._observer.ended(running.task, fact)

    def _too_late(self, running: _Running) -> Failure:
        return Failure(
            reason=FailureReason.START_FAILED,
            message=f"The process of {running.task.steps[0].step_key} was still importing the "
            f"code after {self._begin_timeout:g} s; its stderr shows where.",
            stderr_tail=running.logs.stderr_tail(),
        )

    def _abort(self, running: _Running) -> None:
        """End a process that hangs before the op: faulthandler writes where."""
        running.hung = True
        processes.send_signal(running.pid, signal.SIGABRT)
        self._kill_in(running, _ABORT_GRACE_S)

    def _kill_in(self, running: _Running, seconds: float) -> None:
        if running.exit is not None:
            self._sweep()
            return
        self._loop.set_deadline(
            (running.task.task_id, "kill"), seconds, lambda: self._signal(running, signal.SIGKILL)
        )

    def _signal(self, running: _Running, number: signal.Signals) -> None:
        if running.exit is None:
            processes.signal_tree(running.pid, number)
