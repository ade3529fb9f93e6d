"""Attempts that are told to end: the op is interrupted, its processes get TERM, then KILL."""

from __future__ import annotations

from collections.abc import Callable

from treadle._system import signal, time
from treadle.steps._interrupted import Interruption
from treadle_contract.worker import AttemptFailed, Cancel
from treadle_worker.attempts.running_attempt import RunningAttempt
from treadle_worker.host.loop import Loop
from treadle_worker.rules import Rules
from treadle_worker.step import interrupts
from treadle_worker.system import processes, stacks

_ABORT_GRACE_S = 2.0
# Stacks are written in a fraction of the first. A process that a busy machine, or the kernel,
# keeps from meeting the signal is looked at again, so often at most.
_STACKS_WAIT_S = 0.02
_STACKS_LOOKS = 10
# How long the main thread may take to hear that it is interrupted, within half the grace: one that
# waits in C code gets TERM then, one that computes, or has no CPU to do so, after that half.
_HEAR_S = 2.0
_KINDS = ("stacks", "hear", "kill")


class ForcedEnds:
    """Ends attempts. `sweep` is called when the grace of one is over whose process is gone."""

    def __init__(self, loop: Loop, rules: Rules, sweep: Callable[[], None]) -> None:
        self._loop = loop
        self._rules = rules
        self._sweep = sweep

    def cancel(self, running: RunningAttempt, cancel: Cancel) -> None:
        """Ask a task's processes to end, and kill them after the grace."""
        running.cancel_requested = True
        # Who cancels a run knows why; an end that nobody asked for must show where the op was.
        running.why = Interruption.TIMEOUT if cancel.show_stacks else Interruption.CANCELLED
        grace = cancel.grace_ms / 1000
        if cancel.show_stacks and not running.is_ending and self._asks_for_stacks(running):
            self._end_when_shown(running, grace, _STACKS_LOOKS)
        else:
            self._end_within(running, grace)

    def time_out(self, running: RunningAttempt, timeout_ms: int) -> None:
        """End an attempt whose time is over."""
        # What has failed already failed for that, however long its process takes to end.
        if not isinstance(running.outcome, AttemptFailed):
            running.timeout_ms = timeout_ms
        running.why = Interruption.TIMEOUT
        if self._asks_for_stacks(running):
            self._end_when_shown(running, self._rules.term_grace, _STACKS_LOOKS)
        else:
            self._end_within(running, self._rules.term_grace)

    def abort(self, running: RunningAttempt) -> None:
        """End a process that hangs before the op: faulthandler writes where."""
        running.hung = True
        processes.send_signal(running.pid, signal.SIGABRT)
        self._kill_in(running, _ABORT_GRACE_S)

    def forget(self, running: RunningAttempt) -> None:
        """Do nothing more about an attempt of which nothing is left."""
        for kind in _KINDS:
            self._loop.clear_deadline((running.task.task_id, kind))

    def _asks_for_stacks(self, running: RunningAttempt) -> bool:
        """Ask a process that is at work to show its stacks; tell whether it will."""
        is_at_work = running.outcome is None and running.exit is None
        if not (is_at_work and self._rules.shows_stacks and running.is_told_now()):
            return False
        return stacks.ask(running.pid)

    def _end_when_shown(self, running: RunningAttempt, grace: float, looks: int) -> None:
        """End it once it has shown its stacks: the signal to end would overtake the other."""

        def look() -> None:
            if looks > 1 and running.exit is None and stacks.is_awaited(running.pid):
                self._end_when_shown(running, grace, looks - 1)
            else:
                self._end_within(running, grace)

        self._loop.set_deadline((running.task.task_id, "stacks"), _STACKS_WAIT_S, look)

    def _end_within(self, running: RunningAttempt, grace: float) -> None:
        """Tell it to end, once, and kill it after the grace, or what is left of an earlier one."""
        kill_at = time.monotonic() + grace
        running.kill_at = min(kill_at, running.kill_at) if running.is_ending else kill_at
        if not running.is_ending:
            running.is_ending = True
            if running.is_told_now():
                self._tell(running, grace)
        self._kill_in(running, max(0.0, running.kill_at - time.monotonic()))

    def _tell(self, running: RunningAttempt, grace: float) -> None:
        """Interrupt the op if it hears that, and send TERM to all that it started; else to all."""
        below = processes.descendants(running.pid)
        running.tree = processes.instances(below)
        if self._rules.interrupts and interrupts.is_heard(running.pid):
            running.was_interrupted = True
            interrupts.interrupt(running.pid, running.why)
            half = grace / 2
            self._end_deaf_in(running, min(_HEAR_S, half), max(0.0, half - _HEAR_S))
        else:
            processes.send_signal(running.pid, signal.SIGTERM)
        for pid in below:
            processes.send_signal(pid, signal.SIGTERM)

    def _end_deaf_in(self, running: RunningAttempt, seconds: float, longer: float) -> None:
        """Send TERM to a process whose main thread has not heard by then that it is interrupted."""

        def look() -> None:
            if running.exit is not None or not interrupts.is_heard(running.pid):
                return
            if longer and processes.is_at_work(running.pid):
                self._end_deaf_in(running, longer, 0.0)
            else:
                processes.send_signal(running.pid, signal.SIGTERM)

        self._loop.set_deadline((running.task.task_id, "hear"), seconds, look)

    def _kill_in(self, running: RunningAttempt, seconds: float) -> None:
        if running.exit is not None:
            self._sweep()
            return
        self._loop.set_deadline(
            (running.task.task_id, "kill"), seconds, lambda: self._kill(running)
        )

    def _kill(self, running: RunningAttempt) -> None:
        if running.exit is None:
            running.was_killed = True
            processes.kill_tree(running.pid)
