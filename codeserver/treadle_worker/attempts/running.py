"""What runs: a host's step processes, from their start to the proof that nothing of them is left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Protocol

from treadle._system import os, time
from treadle_contract import json_codec
from treadle_contract.ids import StepKey, TaskId
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import Failure, FailureReason
from treadle_contract.worker import (
    AttemptBegun,
    AttemptCancelled,
    AttemptFailed,
    Cancel,
    Task,
    TaskStep,
)
from treadle_worker.attempts import oom_counters
from treadle_worker.attempts.attempt_end import Exit, Undecoded, read_exit
from treadle_worker.attempts.children_left import ChildrenLeft
from treadle_worker.attempts.exits import conclude
from treadle_worker.attempts.log_cap import LogCap
from treadle_worker.attempts.output_pipe import OutputEnd
from treadle_worker.attempts.report_socket import ReportEnd
from treadle_worker.attempts.running_attempt import RunningAttempt
from treadle_worker.attempts.started import follow
from treadle_worker.attempts.starters import Starter
from treadle_worker.attempts.termination import ForcedEnds
from treadle_worker.attempts.usage import Usage
from treadle_worker.host.loop import Loop
from treadle_worker.host.strays import Strays
from treadle_worker.rules import Rules
from treadle_worker.step.capture import LogFolder, log_folder_beside, open_at_end
from treadle_worker.step.failures import whole
from treadle_worker.step.next_attempt import is_tried_at_once
from treadle_worker.step.reports import MOST_TOLD_BYTES
from treadle_worker.system import processes
from treadle_worker.system.processes import Instance

# Between two looks at what the attempts have written; the second while one of them floods.
_LOG_LOOK_S = 1.0
_FLOOD_LOOK_S = 0.1
_LOGS = "logs"


class Observer(Protocol):
    """What is told of attempts."""

    def fact(
        self, task: Task, fact: AttemptBegun | Undecoded, written: Callable[[], None] = ...
    ) -> None:
        """Take a fact that is not the end; call `written` once it is in the journal."""
        ...

    def moved_on(
        self, task: Task, fact: Undecoded | AttemptFailed, key: StepKey, written: Callable[[], None]
    ) -> None:
        """Take the end of an attempt after which step `key` begins there; call `written` as above."""
        ...

    def ended(self, task: Task, fact: Undecoded | AttemptFailed | AttemptCancelled) -> None:
        """Take the last fact; all processes of the attempt are gone."""
        ...


class Running:
    """The step processes of one host."""

    def __init__(self, loop: Loop, observer: Observer, starter: Starter, rules: Rules) -> None:
        """Take over the children of this process from here on."""
        self._loop = loop
        self._observer = observer
        self._starter = starter
        self._rules = rules
        self._running: dict[TaskId, RunningAttempt] = {}
        # Those whose processes wait to be started, and, until it has ended, one that was killed
        # because it is not wanted any more.
        self._prepared: set[RunningAttempt] = set()
        self._strays = Strays(loop, self._sweep)
        self._ends = ForcedEnds(loop, rules, self._sweep)
        self._children_left = ChildrenLeft(loop)

    @property
    def task_ids(self) -> tuple[TaskId, ...]:
        """The tasks whose end was not told yet."""
        return tuple(self._running)

    def start(self, task: Task, logs: LogFolder) -> None:
        """Start a task, in the process that was prepared for it if there is one.

        Raises:
            OSError: the operating system refuses.
        """
        oom_before = oom_counters.read_counts()
        running, told = self._take_prepared(task)
        if running is None:
            running, told = self._new_process(task, logs), b""
        running.task, running.began, running.oom_before = task, time.monotonic(), oom_before
        running.note_children()
        self._running[task.task_id] = running
        self._set_deadlines(running)
        if self._starter.prepares:
            self._begun(running, AttemptBegun(process=processes.process_id(running.pid)), told)

    def prepare(self, task: Task, logs: LogFolder) -> None:
        """Start a process for a task that is held: it does nothing of the op before `start`.

        Raises:
            OSError: the operating system refuses.
        """
        if self._starter.prepares and self._prepared_for(task.task_id) is None:
            # The rest of it is told when it starts: the places of values are known only then.
            self._prepared.add(self._new_process(_outline(task), logs))

    def discard(self, task_ids: Iterable[TaskId]) -> None:
        """End the processes that were prepared for these."""
        for task_id in task_ids:
            running = self._prepared_for(task_id)
            if running is not None:
                running.was_killed = True
                processes.kill_tree(running.pid)

    def _prepared_for(self, task_id: TaskId) -> RunningAttempt | None:
        found = (each for each in self._prepared if each.task.task_id == task_id)
        return next((each for each in found if not each.was_killed), None)

    def _take_prepared(self, task: Task) -> tuple[RunningAttempt | None, bytes]:
        running = self._prepared_for(task.task_id)
        told = b"" if running is None else json_codec.dumps(task)
        if running is None or len(told) > MOST_TOLD_BYTES or processes.has_ended(running.pid):
            self.discard((task.task_id,))
            return None, b""
        self._prepared.discard(running)
        return running, told

    def _new_process(self, task: Task, logs: LogFolder) -> RunningAttempt:
        started = self._starter.start(task, logs)
        pidfd = follow(started)

        def take(fact: Undecoded) -> None:
            self._take(running, fact)

        running = RunningAttempt(
            task=task,
            logs=logs,
            cap=LogCap(logs, self._rules.log_limit),
            pid=started.pid,
            pidfd=pidfd,
            reports=ReportEnd(self._loop, started.ours.reports, take),
            outputs=(
                OutputEnd(
                    self._loop, started.ours.stdout, lambda: open_at_end(running.logs.stdout)
                ),
                OutputEnd(
                    self._loop, started.ours.stderr, lambda: open_at_end(running.logs.stderr)
                ),
            ),
        )
        self._loop.watch(running.pidfd, lambda: self._exited(running))
        return running

    def _set_deadlines(self, running: RunningAttempt) -> None:
        task_id = running.task.task_id
        if self._rules.begin_timeout is not None:
            self._loop.set_deadline(
                (task_id, "begin"), self._rules.begin_timeout, lambda: self._ends.abort(running)
            )
        self._set_timeout(running)
        if not self._loop.has_deadline(_LOGS):
            self._loop.set_deadline(_LOGS, _LOG_LOOK_S, self._look_at_logs)

    def _set_timeout(self, running: RunningAttempt) -> None:
        timeout_ms = running.task.steps[0].timeout_ms
        if timeout_ms:
            self._loop.set_deadline(
                (running.task.task_id, "timeout"),
                timeout_ms / 1000,
                lambda: self._ends.time_out(running, timeout_ms),
            )

    def cancel(self, cancel: Cancel) -> None:
        """Terminate a task's processes within the grace."""
        running = self._running.get(cancel.task_id)
        if running is not None:
            self._ends.cancel(running, cancel)

    def _look_at_logs(self) -> None:
        if self._running:
            floods = max([running.cap.look() for running in self._running.values()])
            next_look = _FLOOD_LOOK_S if floods else _LOG_LOOK_S
            self._loop.set_deadline(_LOGS, next_look, self._look_at_logs)

    def kill_all(self) -> None:
        """Kill every process below this one, and return when none is left."""
        for running in (*self._running.values(), *self._prepared):
            if running.exit is None:
                processes.kill_tree(running.pid)
        processes.kill_children()
        for running in self._running.values():
            running.finish_outputs()
            running.cap.end()

    def leave_to_parent(self) -> None:
        """Close, in a forked child, what the loop does not: the files of other attempts."""
        for running in (*self._running.values(), *self._prepared):
            for output in running.outputs:
                output.leave_to_parent()

    def _take(self, running: RunningAttempt, fact: Undecoded) -> None:
        match fact.name:
            case "failed":
                running.outcome = json_codec.decode(AttemptFailed, fact.body)
                if fact.next_step_key and not running.was_told:
                    self._try_again(running, running.outcome)
            case "succeeded":
                # What an op makes of being told to end is no success.
                if running.was_told:
                    return
                if fact.next_step_key:
                    self._move_on(running, fact)
                else:
                    running.outcome = fact
            case "begun":
                self._begun(running, fact)
            case _:
                self._observer.fact(running.task, fact)

    def _begun(
        self, running: RunningAttempt, fact: AttemptBegun | Undecoded, told: bytes = b""
    ) -> None:
        running.has_begun = True
        self._loop.clear_deadline((running.task.task_id, "begin"))
        # The word is given only then: whatever becomes of this host, the journal says that the
        # op may have run.
        self._observer.fact(running.task, fact, partial(running.reports.give_word, told))

    def _move_on(self, running: RunningAttempt, fact: Undecoded) -> None:
        """Let a process go on with the next step of its task, once the journal has this one's end."""
        rest = running.task_after(fact.next_step_key)
        if rest is None:
            running.reports.refuse(f"{fact.next_step_key!r} as next, which is no step of the task")
            return
        self._empty_outputs(running)
        self._begin_next(running, running.measured(fact), rest)

    def _try_again(self, running: RunningAttempt, failed: AttemptFailed) -> None:
        """Let a process try a step again, once nothing is left of what the attempt started."""
        again = running.next_attempt()
        if again is None or not is_tried_at_once(failed):
            running.reports.refuse("an attempt as next that the task has not")
            return

        def gone() -> None:
            self._empty_outputs(running)
            self._begin_next(running, running.failed(failed), again)

        self._children_left.end(running.pid, running.children, running.is_over, gone)

    @staticmethod
    def _empty_outputs(running: RunningAttempt) -> None:
        for output in running.outputs:
            # What it printed lies in the pipe by now, all of it.
            output.empty()
        running.cap.end()

    def _begin_next(
        self, running: RunningAttempt, fact: Undecoded | AttemptFailed, rest: Task
    ) -> None:
        done = running.task
        self._loop.clear_deadline((done.task_id, "timeout"))
        running.begin_step(rest, log_folder_beside(running.logs, *_named(rest)))
        running.cap = LogCap(running.logs, self._rules.log_limit)
        self._set_timeout(running)
        next_step_key = rest.steps[0].step_key
        self._observer.moved_on(done, fact, next_step_key, partial(running.reports.give_word, b""))

    def _exited(self, running: RunningAttempt) -> None:
        # Before it is reaped: what a limit of CPU time counts is told apart only here.
        running.own_cpu_us = processes.own_cpu_us(running.pid)
        _, status, used = os.wait4(running.pid, 0)
        self._loop.unwatch(running.pidfd)
        os.close(running.pidfd)
        running.exit, running.used = read_exit(status), Usage.read(used)
        running.reports.finish()
        if running in self._prepared:
            # It ended before it was started: its task, if that starts, gets another.
            self._prepared.discard(running)
            running.finish_outputs()
        self._sweep()

    def _sweep(self) -> None:
        """Tell the ends of attempts if nothing of any is left; else see to it that it ends."""
        ended = [running for running in self._running.values() if running.exit is not None]
        if not ended:
            return
        left = self._strays.find(self._alive())
        for running in ended:
            others = [other.tree for other in ended if other is not running]
            if self._strays.is_settled and not left.difference(*others):
                running.used = running.used.plus(self._strays.take_usage())
                self._end(running, running.exit or Exit())
        if left:
            self._kill_strays(left)

    def _kill_strays(self, strays: Collection[Instance]) -> None:
        """Kill what attempts left behind, but for what was asked to end and has its grace yet.

        Whose a stray is that nobody knows, is not known: it has the longest grace there is.
        """
        now = time.monotonic()
        ended = [running for running in self._running.values() if running.exit is not None]
        longest = max((running.kill_at for running in ended), default=now)
        graces = {each: running.kill_at for running in ended for each in running.tree}
        later = []
        for stray in strays:
            kill_at = graces.get(stray, longest)
            if kill_at > now:
                later.append(kill_at)
            else:
                processes.kill_tree(stray[0])
        if later:
            self._strays.kill_later(min(later), self._sweep)

    def _alive(self) -> frozenset[int]:
        started = (running.pid for running in self._running.values() if running.exit is None)
        return frozenset((*started, *(running.pid for running in self._prepared)))

    def _end(self, running: RunningAttempt, exit_: Exit) -> None:
        task_id = running.task.task_id
        del self._running[task_id]
        for kind in ("begin", "timeout"):
            self._loop.clear_deadline((task_id, kind))
        self._ends.forget(running)
        if not self._running:
            self._loop.clear_deadline(_LOGS)
        # Before its stderr is quoted, and before anybody hears that there is no more to read.
        running.finish_outputs()
        fact = conclude(running.how(exit_), running.logs.stderr_tail)
        if running.hung and running.outcome is None and isinstance(fact, AttemptFailed):
            fact = replace(fact, failure=self._too_late(running))
        running.cap.end()
        self._observer.ended(running.task, fact)

    def _too_late(self, running: RunningAttempt) -> Failure:
        return Failure(
            reason=FailureReason.START_FAILED,
            message=f"The process of {running.task.steps[0].step_key} was still importing the "
            f"code after {self._rules.begin_timeout:g} s; its stderr shows where.",
            stderr_tail=whole(running.logs.stderr_tail()),
        )


def _named(task: Task) -> tuple[StepKey, int]:
    """Return the attempt that a task begins with."""
    return task.steps[0].step_key, task.steps[0].attempt


def _outline(task: Task) -> Task:
    """Return what a process has to know of a task before it starts."""
    first = task.steps[0]
    step = TaskStep(step_key=first.step_key, attempt=first.attempt, limits=first.limits)
    return Task(task_id=task.task_id, run_id=task.run_id, steps=(step,))
