"""One attempt that runs, as its host knows it."""

from __future__ import annotations

import contextlib

from treadle._system import signal, time
from treadle.steps._interrupted import Interruption
from treadle_contract import json_codec
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.message import ContractError
from treadle_contract.policy import Limits
from treadle_contract.worker import AttemptFailed, AttemptSucceeded, Task
from treadle_worker.attempts import oom_counters
from treadle_worker.attempts.attempt_end import AttemptEnd, Exit, OomKills, Outcome, Undecoded
from treadle_worker.attempts.children_left import children_of
from treadle_worker.attempts.log_cap import LogCap
from treadle_worker.attempts.oom_counters import OomCounts
from treadle_worker.attempts.output_pipe import OutputEnd
from treadle_worker.attempts.report_socket import ReportEnd
from treadle_worker.attempts.usage import Usage
from treadle_worker.step.capture import LogFolder
from treadle_worker.step.failures import whole
from treadle_worker.step.next_attempt import next_attempt
from treadle_worker.step.reports import CANNOT_REPORT
from treadle_worker.system import processes
from treadle_worker.system.processes import Instance


@dataclass(slots=True, kw_only=True, eq=False)
class RunningAttempt:
    """One attempt; in a task of several steps, that of the first in `task`, which are those left.

    `spent` is what the steps before it used in its process. `pidfd` is closed once `exit` is known.

    `is_ending`: it is to end, as all of `tree` below it is, and KILL follows at `kill_at`; `why`
    is what its op hears. `was_told`: its process lived when it was sent the first signal of that,
    `was_interrupted`: its op was. `timeout_ms` is set when it is ended because its time was over.
    `hung`: it did not begin with the op in time. `children` are those that its process had
    before it, where it may be tried again there.
    """

    task: Task
    logs: LogFolder
    cap: LogCap
    pid: int
    pidfd: int
    reports: ReportEnd
    outputs: tuple[OutputEnd, OutputEnd]
    oom_before: OomCounts = oom_counters.NOTHING_READ
    began: float = field(default_factory=time.monotonic)
    outcome: Outcome | None = None
    exit: Exit | None = None
    has_begun: bool = False
    used: Usage = field(default_factory=Usage)
    spent: Usage = field(default_factory=Usage)
    own_cpu_us: int = 0
    cancel_requested: bool = False
    is_ending: bool = False
    why: Interruption = Interruption.CANCELLED
    timeout_ms: int = 0
    was_told: bool = False
    was_interrupted: bool = False
    was_killed: bool = False
    kill_at: float = 0.0
    tree: frozenset[Instance] = frozenset()
    hung: bool = False
    children: frozenset[Instance] = frozenset()

    def next_attempt(self) -> Task | None:
        """Return what is left of the task once its first step is tried again, None if it is not."""
        again = next_attempt(self.task, self.task.steps[0])
        return None if again is None else replace(self.task, steps=(again, *self.task.steps[1:]))

    def task_after(self, step_key: StepKey) -> Task | None:
        """Return what is left of the task from a later step on, None if there is no such step."""
        for number, step in enumerate(self.task.steps[1:], 1):
            if step.step_key == step_key:
                return replace(self.task, steps=self.task.steps[number:])
        return None

    def begin_step(self, task: Task, logs: LogFolder) -> None:
        """Go on with the first step of what is left of the task."""
        self.task, self.logs, self.began, self.outcome = task, logs, time.monotonic(), None
        self.note_children()

    def is_over(self) -> bool:
        """Tell whether its process has ended, or is to end."""
        return self.exit is not None or self.is_ending

    def note_children(self) -> None:
        """Take note of the children that the process has before an attempt that may be followed."""
        if self.next_attempt() is not None:
            self.children = children_of(self.pid)

    def failed(self, failed: AttemptFailed) -> AttemptFailed:
        """Return the failure of a step that is tried again with what its host knows of it."""
        if failed.usage is not None:
            self.spent = self.spent.plus(Usage(cpu_us=failed.usage.cpu_us))
        duration_us = int((time.monotonic() - self.began) * 1_000_000)
        told = replace(failed.failure, stderr_tail=whole(self.logs.stderr_tail()))
        return replace(failed, failure=told, duration_us=duration_us, pid=self.pid)

    def measured(self, fact: Undecoded) -> Undecoded:
        """Return the success of a step of several with what its host knows of it."""
        used = AttemptSucceeded(usage=None)
        with contextlib.suppress(ContractError):
            used = json_codec.decode(AttemptSucceeded, {"usage": fact.body.get("usage", {})})
        if used.usage is not None:
            self.spent = self.spent.plus(Usage(cpu_us=used.usage.cpu_us))
        known = AttemptSucceeded(
            duration_us=int((time.monotonic() - self.began) * 1_000_000), pid=self.pid
        )
        return replace(fact, body={**fact.body, **json_codec.encode(known)})

    def is_told_now(self) -> bool:
        """Hear its process out before it is told to end; tell whether there is one to be told.

        What it had reported by then is its own doing, as its end is if that has come.
        """
        if self.exit is not None or processes.has_ended(self.pid):
            return False
        self.reports.hear()
        self.was_told = True
        return True

    def finish_outputs(self) -> None:
        """Take what is left of its output."""
        for output in self.outputs:
            output.finish()

    def how(self, exit_: Exit) -> AttemptEnd:
        """Return all that is known of its end; nothing of it is left."""
        step = self.task.steps[0]
        duration_us = int((time.monotonic() - self.began) * 1_000_000)
        garbage = self.reports.garbage
        if not garbage and self.reports.is_cut and exit_ in (Exit(), Exit(status=CANNOT_REPORT)):
            # A process that was not ended from outside writes its reports whole.
            garbage = "bytes that are no whole report"
        is_killed = exit_.signal == signal.SIGKILL.name and not self.was_killed
        return AttemptEnd(
            step_key=step.step_key,
            outcome=self.outcome,
            exit=exit_,
            cancel_requested=self.cancel_requested,
            duration_us=duration_us,
            pid=self.pid,
            has_begun=self.has_begun,
            usage=self.used.without(self.spent).of_attempt(duration_us),
            own_cpu_us=self.own_cpu_us,
            limits=step.limits or Limits(),
            timeout_ms=self.timeout_ms,
            was_told=self.was_told,
            was_killed=self.was_killed,
            was_interrupted=self.was_interrupted,
            garbage=garbage,
            oom=oom_counters.kills_since(self.oom_before) if is_killed else OomKills(),
        )
