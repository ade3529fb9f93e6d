"""The host watchdog: hosts owe answers to tasks, and the end of those that are over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

from treadle_contract.ids import TaskId
from treadle_launcher import defaults
from treadle_launcher.engine.answer_timer import AnswerTimer
from treadle_launcher.engine.host import HeldTask, Host, HostStage, RunningTask
from treadle_launcher.runs.run_view import RunView


class HostWatchdog:
    """Waits for what hosts owe, and tells of those that say nothing.

    A host is asked by the task itself, which it answers whatever it knows of it. One that
    answers does what can be done, and has a while for it; one that does not is held, or stopped.
    One whose connection ended owes another: it lives and dials within seconds, or is gone.
    """

    def __init__(self, term_grace: float, host_answer: float) -> None:
        self._term_grace = term_grace
        self._host_answer = host_answer
        self._ask: Callable[[Host, TaskId], None] = lambda host, task_id: None
        self._tell: Callable[[Host, float], None] = lambda host, seconds: None
        self._give_up: Callable[[Host], None] = lambda host: None

    def on_question(self, ask: Callable[[Host, TaskId], None]) -> None:
        """Call this to send a task to a host that has it, or should."""
        self._ask = ask

    def on_silence(self, tell: Callable[[Host, float], None]) -> None:
        """Call this, again and again, with the seconds for which a host said nothing."""
        self._tell = tell

    def on_failure(self, give_up: Callable[[Host], None]) -> None:
        """Call this with a host that answers, and does not end what it has to."""
        self._give_up = give_up

    def ask(self, host: Host, task_id: TaskId) -> None:
        """Ask a host what it knows of a task."""
        self._ask(host, task_id)
        self.asked(host)

    def asked(self, host: Host) -> None:
        """Take note that a host was sent a task, or is to get it when it dials."""
        if host.silent_since is None:
            host.silent_since = _now()
        self._wait(host)

    def cancelled(self, host: Host, task: RunningTask) -> None:
        """Take note that a host was told to end an attempt."""
        end = _now() + self._term_grace
        task.end_due = end if task.end_due is None else min(end, task.end_due)
        task.cancelled = True
        self._wait(host)

    def owed_back(self, host: Host, held: HeldTask) -> None:
        """Take note that a host has to give a task back, or to end it if it has started it."""
        if held.end_due is None:
            held.end_due = _now() + self._term_grace
            self._wait(host)

    def begun(self, host: Host, task: RunningTask, view: RunView) -> None:
        """Take note that an attempt runs: its host ends it when its time is over."""
        timeout_ms = view.index.step(task.step_key).timeout_ms
        if timeout_ms and task.end_due is None:
            task.end_due = _now() + timeout_ms / 1000 + self._term_grace
            self._wait(host)

    def hung_up(self, host: Host) -> None:
        """Take note that a host's connection ended: it owes another, whatever it runs.

        One that starts has a time for that already.
        """
        if host.stage is not HostStage.STARTING:
            host.has_hung_up = True
            host.silent_since = _now()
            self._wait(host)

    @staticmethod
    def heard(host: Host) -> None:
        """Take note that a host said something."""
        host.silent_since = None
        host.has_hung_up = False

    @staticmethod
    def is_end_due(task: RunningTask) -> bool:
        """Whether the attempt should be over by now."""
        return task.end_due is not None and task.end_due <= _now()

    def _wait(self, host: Host) -> None:
        at = self._next_look(host)
        if at is None or host.stage in (HostStage.FOREIGN, HostStage.ENDED):
            host.hold_look(None)
        elif host.look is None or host.look.ends_at > at:
            host.hold_look(AnswerTimer(max(0.0, at - _now()), partial(self._look, host)))

    def _look(self, host: Host) -> None:
        host.hold_look(None)
        host.looked_at = now = _now()
        if host.silent_since is not None and now - host.silent_since >= self._host_answer:
            self._tell(host, now - host.silent_since)
        elif any(map(_is_given_up, _due(host))):
            self._give_up(host)
        else:
            for task_id in tuple(_owed(host)):
                host.silent_since = now
                self._ask(host, task_id)
        self._wait(host)

    def _next_look(self, host: Host) -> float | None:
        """Return when the host is looked at next, by the loop's clock."""
        if not (host.tasks or host.held or host.has_hung_up):
            return None
        if host.silent_since is not None:
            return max(host.silent_since, host.looked_at) + self._host_answer
        if not all(task.answered for task in host.tasks.values() if task.recorded):
            return _now() + self._host_answer
        ends = [task.end_due for task in _due(host) if task.end_due is not None]
        return max(min(ends), host.looked_at + self._host_answer) if ends else None


def _now() -> float:
    return asyncio.get_running_loop().time()


def _due(host: Host) -> Iterator[RunningTask | HeldTask]:
    yield from host.tasks.values()
    yield from host.held.values()


def _is_given_up(task: RunningTask | HeldTask) -> bool:
    """Tell whether an attempt goes on, or a task is held, for long after its end was due.

    What ended by itself and cannot be told of, because the host's journal cannot be written, is
    waited for, unless its run is to end.
    """
    if task.end_due is None:
        return False
    if isinstance(task, RunningTask) and task.untold and not task.cancelled:
        return False
    return task.end_due + defaults.HOST_END <= _now()


def _owed(host: Host) -> Iterator[TaskId]:
    for task_id, task in host.tasks.items():
        if task.recorded and (not task.answered or HostWatchdog.is_end_due(task)):
            yield task_id
