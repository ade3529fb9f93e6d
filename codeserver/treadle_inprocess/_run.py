"""One run in this process: the launcher's decisions on its state, the step process's code for each step."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterable, Mapping
from functools import partial
from threading import RLock
from typing import Any, Final

from treadle._output import Output
from treadle.locations.location import LoadedLocation
from treadle.ops._fan_out import DynamicOutput
from treadle.steps._memory import TaskMemory
from treadle.steps.execution import StepFailedError, run_step
from treadle_contract.event import (
    AssetMaterialized,
    AssetObserved,
    ExpectationEvaluated,
    HookCompleted,
    HookErrored,
    InputLoaded,
    LogRecord,
    RunDequeued,
    RunSubmitted,
    StepStarted,
    StepSucceeded,
)
from treadle_contract.ids import HostId, StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import StepState
from treadle_contract.value import Text
from treadle_contract.worker import (
    AttemptFailed,
    AttemptSucceeded,
    JournalRecord,
    Task,
    TaskStep,
    WorkerLogRecord,
)
from treadle_inprocess._home import Home
from treadle_inprocess._logs import heard
from treadle_launcher.clock import SystemClock, TimeUs, as_moment
from treadle_launcher.ids import new_run_id
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.decide import follow_ups, ready_steps, started
from treadle_launcher.runs.events import Event, NewEvent
from treadle_launcher.runs.journal import record_events
from treadle_launcher.runs.retrying import Retries
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.tasks import handed, new_task
from treadle_worker.step.next_attempt import is_tried_at_once, next_attempt

_HOST: Final = HostId("in-process")


class Run:
    """A run and what became of it: its state, its facts in order, the values that its ops gave.

    `raised` has what made each step fail that failed for good.
    """

    def __init__(
        self, location: LoadedLocation, plan: Plan, home: Home, tags: Mapping[str, str]
    ) -> None:
        self.events: list[Event] = []
        self.values: dict[StepKey, dict[str, Any]] = {}
        self.raised: dict[StepKey, StepFailedError] = {}
        self._location = location
        self._home = home
        self._clock = SystemClock()
        self._retries = Retries(random.random)
        self._running: TaskStep | None = None
        # Threads of an op's may log.
        self._one_at_a_time = RLock()
        submitted = RunSubmitted(
            location=plan.header.location,
            selection=plan.selection,
            options=plan.options,
            digest=plan.header.digest,
            fingerprint=plan.header.fingerprint,
            tags=tags,
        )
        self.run_id = new_run_id()
        first = self._event(NewEvent(payload=submitted))
        self.view = RunView(plan, first)
        self.events.append(first)

    def sequences(self) -> dict[StepKey, tuple[int, int]]:
        """Return by step the sequences of the start and the end of the attempt that succeeded."""
        began: dict[StepKey, int] = {}
        found: dict[StepKey, tuple[int, int]] = {}
        for event in self.events:
            if event.step_key is not None and isinstance(event.payload, StepStarted):
                began[event.step_key] = event.store_sequence
            if event.step_key is not None and isinstance(event.payload, StepSucceeded):
                found[event.step_key] = began[event.step_key], event.store_sequence
        return found

    def reused(self, key: StepKey) -> dict[str, Any]:
        """Return what a step that was reused gave, by output: what Treadle's own manager stored of it.

        Of a dynamic output, the elements by their mapping keys.
        """
        outputs = self.view.reuses[key].outputs if key in self.view.reuses else ()
        given = {each.output for each in outputs}
        dynamic = [each.name for each in self.view.index.step(key).outputs if each.dynamic]
        values: dict[str, Any] = {name: {} for name in dynamic if name in given}
        for each in outputs:
            if each.value_ref is None:
                continue
            value = self._home.store.read_value(each.value_ref)
            if each.mapping_key:
                values[each.output][each.mapping_key] = value
            else:
                values[each.output] = value
        return values

    def drive(self) -> None:
        """Run it to its end, one step after the other.

        Whatever can be seen of a failure is in it; this raises KeyboardInterrupt, and faults of ours.
        """
        with heard(self._hear):
            self._drive()

    def _drive(self) -> None:
        self._append([NewEvent(payload=RunDequeued()), *started(self.view)])
        while True:
            self._append(follow_ups(self.view, self._clock.now()))
            if self.view.state in FINAL_RUN_STATES:
                return
            ready = ready_steps(self.view, self._is_due, limit=1)
            if ready:
                self._run_task(new_task(self.view, ready[0]))
            else:
                self._wait()

    def _hear(self, record: WorkerLogRecord) -> None:
        with self._one_at_a_time:
            step = self._running
            # A thread may go on after its step.
            if step is not None:
                told = LogRecord(
                    level=record.level, message=Text(head=record.message), logger=record.logger
                )
                self._append([NewEvent(payload=told, step_key=step.step_key, attempt=step.attempt)])

    def _is_due(self, time_us: TimeUs) -> bool:
        return time_us <= self._clock.now()

    def _wait(self) -> None:
        """Wait until a step may be tried again: that is all that can be waited for here."""
        due = min(self.view.waiting.values())
        time.sleep(max(0, due - self._clock.now()) / 1_000_000)

    def _run_task(self, task: Task) -> None:
        """Run the steps of a task as a step process does, up to one that cannot go on."""
        memory, rest = TaskMemory(task.steps), list(task.steps)
        step, begun = rest.pop(0), handed(task, _HOST)
        while True:
            self._append([NewEvent(payload=begun, step_key=step.step_key, attempt=step.attempt)])
            self._running = step
            outcome = self._attempt(task, step, memory)
            self._running = None
            following = self._following(task, step, outcome, rest)
            self._take(task, step, outcome)
            if following is None or not self._may_go_on(following):
                return
            step, begun = following, StepStarted(host_id=_HOST, task_id=task.task_id)

    @staticmethod
    def _following(
        task: Task, step: TaskStep, outcome: AttemptSucceeded | AttemptFailed, rest: list[TaskStep]
    ) -> TaskStep | None:
        if isinstance(outcome, AttemptSucceeded):
            return rest.pop(0) if rest else None
        return next_attempt(task, step) if is_tried_at_once(outcome) else None

    def _may_go_on(self, following: TaskStep) -> bool:
        step = self.view.steps[following.step_key]
        is_due = step.not_before is None or self._is_due(step.not_before)
        return step.state is StepState.READY and is_due

    def _attempt(
        self, task: Task, step: TaskStep, memory: TaskMemory
    ) -> AttemptSucceeded | AttemptFailed:
        values: dict[str, Any] = {}

        def take(output: Output[Any]) -> None:
            if isinstance(output, DynamicOutput):
                values.setdefault(output.output_name, {})[output.mapping_key] = output.value
            else:
                values[output.output_name] = output.value

        def tell(told: InputLoaded | AssetObserved | ExpectationEvaluated) -> None:
            fact = NewEvent(payload=told, step_key=step.step_key, attempt=step.attempt)
            self._append([fact])

        def hooked(hook: str, error: StepFailedError | None) -> None:
            fact = HookCompleted(hook=hook) if error is None else _errored(hook, error)
            self._append([NewEvent(payload=fact, step_key=step.step_key, attempt=step.attempt)])

        begun = time.monotonic_ns()
        try:
            made = run_step(
                self._location,
                step,
                task,
                store=self._home.store,
                loaded=tell,
                memory=memory,
                taken=take,
                hooked=hooked,
                told=tell,
            )
        except StepFailedError as error:
            self.raised[step.step_key] = error
            if isinstance(error.__cause__, KeyboardInterrupt):
                raise error.__cause__ from None
            if error.made is not None:
                self.values[step.step_key] = values
            return self._failed(step, error, begun)
        self.raised.pop(step.step_key, None)
        for each in made.fanned_out:
            values.setdefault(each.output, {})
        self.values[step.step_key] = values
        return replace(made, duration_us=_since(begun), pid=os.getpid())

    def _failed(self, step: TaskStep, error: StepFailedError, begun: int) -> AttemptFailed:
        from treadle_worker.step.failures import step_failure  # noqa: PLC0415 -- what succeeds needs nothing of it

        return AttemptFailed(
            failure=step_failure(error, op=self._location.step(step.step_key).op.source),
            duration_us=_since(begun),
            pid=os.getpid(),
            retry=error.retry,
            no_retry=not error.allow_retries,
            made=error.made,
        )

    def _take(self, task: Task, step: TaskStep, outcome: AttemptSucceeded | AttemptFailed) -> None:
        now = self._clock.now()
        record = JournalRecord(
            number=1,
            task_id=task.task_id,
            step_key=step.step_key,
            attempt=step.attempt,
            time=as_moment(now),
            fact=outcome,
        )
        after = partial(self._retries.after_failure, self.view, step.step_key, now=now)
        self._append(record_events(self.view, record, after))

    def _append(self, facts: Iterable[NewEvent]) -> None:
        with self._one_at_a_time:
            for fact in facts:
                event = self._event(fact)
                self.view.apply(event)
                self.events.append(event)
                if isinstance(fact.payload, AssetMaterialized):
                    self._home.add(event, fact.payload)

    def _event(self, fact: NewEvent) -> Event:
        return Event(
            store_sequence=self._home.next_sequence(),
            run_id=self.run_id,
            sequence=len(self.events) + 1,
            time=self._clock.now() if fact.time is None else fact.time,
            payload=fact.payload,
            step_key=fact.step_key,
            attempt=fact.attempt,
        )


def _errored(hook: str, error: StepFailedError) -> HookErrored:
    from treadle_worker.step.failures import step_failure  # noqa: PLC0415 -- what succeeds needs nothing of it

    return HookErrored(hook=hook, failure=step_failure(error))


def _since(begun: int) -> int:
    return (time.monotonic_ns() - begun) // 1000
