"""The fold: a run's state and that of its steps, as its events tell. Decides and does nothing."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from treadle_contract.checks import check_text, is_blocking
from treadle_contract.event import (
    AssetMaterialized,
    AssetObserved,
    CheckEvaluated,
    ExpectationEvaluated,
    HookCompleted,
    HookErrored,
    InputLoaded,
    LogRecord,
    OutputDiscarded,
    OutputStored,
    RunStarted,
    StepCancelled,
    StepExpanded,
    StepFailed,
    StepNotRun,
    StepRecomputed,
    StepRetryScheduled,
    StepReused,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from treadle_contract.ids import RunId, StepKey, TaskId
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import Reuse
from treadle_contract.run import Failure, RunState, StepState
from treadle_launcher.clock import TimeUs, as_time
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.expanding import FanOut, put_in_place
from treadle_launcher.runs.lacking import unyielded_input
from treadle_launcher.runs.plan_index import PlanIndex, Position, places
from treadle_launcher.runs.run_summary import RunSummary, SummaryFold
from treadle_launcher.runs.step_states import FINAL_STEP_STATES
from treadle_launcher.runs.step_view import StepView
from treadle_launcher.runs.transitions import InvalidTransition


class RunView:
    """A run, folded from its events. `apply` is the one way in; all else is for reading.

    What an event costs grows with the steps that it touches, never with the steps there are:
    each step counts the upstreams it still waits on, and what follows from the last events
    lies in `ready`, `doomed` and `unfed` (see `decide`).
    """

    def __init__(self, plan: Plan, submitted: Event) -> None:
        """Begin with a run's plan, its loads resolved, and its run_submitted event.

        Raises:
            InvalidTransition: the event is another.
        """
        self.plan: Final = plan
        self.index: Final = PlanIndex(plan)
        self.run_id: Final[RunId] = submitted.run_id
        self.reuses: Final[Mapping[StepKey, Reuse]] = {
            reuse.step_key: reuse for reuse in plan.reuses
        }
        """What is reused, by step."""
        self._summary = SummaryFold.begin(submitted, len(self.index.steps))
        self._steps = {
            step.key: StepView(key=step.key, waiting_on=len(tuple(self.index.upstreams(step.key))))
            for step in self.index.steps
        }
        self._counts = dict.fromkeys(StepState, 0)
        self._counts[StepState.PENDING] = len(self._steps)
        self._ready: list[tuple[Position, StepKey]] = []
        self.doomed: dict[StepKey, StepKey] = {}
        """Steps that cannot run, each with the failed step that is why."""
        self.unfed: dict[StepKey, None] = {}
        """Steps whose upstreams are all over well, but did not yield what they need."""
        self.waiting: dict[StepKey, TimeUs] = {}
        """Steps that were tried already, and the earliest start of their next attempt."""
        self.tasks: dict[TaskId, Mapping[StepKey, int]] = {}
        """The steps of the tasks that were started with several, in order, each with its place."""
        self.live: dict[StepKey, StepKey] = {}
        """By the first step of those that share a process: the one of them that is RUNNING."""
        self.ended: dict[StepKey, None] = {}
        """The first of steps that share a process, none of which runs, and not all are over."""
        self._open = {keys[0]: len(keys) for keys in self.index.together.values()}
        self.failed: list[StepKey] = []
        """Steps that failed for good, in the order they did."""
        self.materialized: list[tuple[StepKey, AssetMaterialized]] = []
        """What was made, in the order it was."""

    @classmethod
    def fold(cls, plan: Plan, events: Iterable[Event]) -> RunView:
        """Fold a whole log, the run_submitted event first.

        Raises:
            InvalidTransition: the events do not fit each other.
        """
        rest = iter(events)
        view = cls(plan, next(rest))
        for event in rest:
            view.apply(event)
        return view

    @property
    def state(self) -> RunState:
        """The state of the run."""
        return self._summary.state

    @property
    def tags(self) -> Mapping[str, str]:
        """The run's tags."""
        return self._summary.tags

    @property
    def retry_lost(self) -> int:
        """How often a step whose host was lost is tried again for the run's sake."""
        return self._summary.retry_lost

    @property
    def deadline(self) -> TimeUs | None:
        """When the run's time is over; None before it starts, and without a limit."""
        return self._summary.deadline

    @property
    def ending(self) -> Failure | None:
        """Why the run fails once what runs has ended. None: nothing but its steps can fail it."""
        return self._summary.ending

    @property
    def last_sequence(self) -> int:
        """The sequence of the last event applied."""
        return self._summary.last_sequence

    @property
    def last_time(self) -> TimeUs:
        """The time of the last event applied."""
        return self._summary.last_time

    @property
    def steps(self) -> Mapping[StepKey, StepView]:
        """The steps that the plan runs or reuses; those of expanded fan-outs after all others."""
        return self._steps

    def in_order(self) -> Mapping[StepKey, StepView]:
        """Return the steps in plan order, those of a fan-out in yield order."""
        if not self.index.mapping_keys:
            return self._steps
        position = self.index.position.__getitem__
        return {key: self._steps[key] for key in sorted(self._steps, key=position)}

    def ready(self) -> Iterator[StepKey]:
        """Yield the READY steps, in plan order. Apply no event while it is iterated."""
        return (key for _, key in self._ready)

    def shares_live_process(self, key: StepKey) -> bool:
        """Tell whether a step is one of those that share a process in which one of them runs."""
        together = self.index.together.get(key)
        return together is not None and together[0] in self.live

    def summary(self) -> RunSummary:
        """Return the run as its row, with PENDING and READY told apart."""
        counts = {state: count for state, count in self._counts.items() if count}
        return replace(self._summary.summary(), step_counts=counts)

    def unfinished_count(self) -> int:
        """Return how many steps are not over."""
        return len(self._steps) - self.count(*FINAL_STEP_STATES)

    def count(self, *states: StepState) -> int:
        """Return how many steps are in one of these states."""
        return sum(map(self._counts.__getitem__, states))

    def apply(self, event: Event) -> None:
        """Apply the next event. One that is refused changes nothing.

        Raises:
            InvalidTransition: it does not fit what was applied before.
        """
        self._summary.check(event)
        if event.step_key is not None:
            self._apply_to_step(self._known_step(event, event.step_key), event)
        self._summary.apply_checked(event)
        if isinstance(event.payload, RunStarted):
            for step in self._steps.values():
                is_free = step.waiting_on == 0 and step.key not in self.reuses
                if is_free and step.state is StepState.PENDING:
                    self._enter(step, StepState.READY, event)

    def _known_step(self, event: Event, key: StepKey) -> StepView:
        step = self._steps.get(key)
        if step is None:
            raise InvalidTransition(
                f"step {key} of run {self.run_id}", "not in its plan", event.kind, ()
            )
        return step

    def _apply_to_step(self, step: StepView, event: Event) -> None:  # noqa: PLR0912 - a case a kind
        match event.payload:
            case InputLoaded() | OutputDiscarded() | LogRecord() | HookCompleted() | HookErrored():
                step.check_running(event)
            case AssetObserved() | ExpectationEvaluated():
                step.check_running(event)
            case CheckEvaluated() as evaluated:
                step.check_running(event)
                if is_blocking(evaluated) and not step.failed_check:
                    step.failed_check = check_text(evaluated)
            case OutputStored() as stored:
                step.check_running(event)
                step.add_output(stored)
            case StepExpanded() as expanded:
                if step.reused_from_run_id is None:
                    step.check_running(event)
                self._expand(step, expanded, event)
            case AssetMaterialized() as made:
                step.check_running(event)
                self.materialized.append((step.key, made))
            case StepStarted() as started:
                self._start(step, event, started)
            case StepReused() as reused:
                self._reuse(step, reused, event)
            case StepSucceeded() | StepFailed() as ended:
                self._end(step, event, ended)
            case StepRetryScheduled() as retry:
                step.check_running(event)
                step.forget_outputs()
                self._enter(step, StepState.READY, event)
                step.failure = retry.failure
                step.not_before = as_time(retry.not_before)
                if retry.ground is not None:
                    step.retries[retry.ground] = step.retries.get(retry.ground, 0) + 1
                self.waiting[step.key] = step.not_before
                step.usage = retry.usage
            case StepRecomputed():
                self._recompute(step, event)
            case StepSkipped(upstream_step_key=upstream):
                self._give_up(step, StepState.SKIPPED, upstream, event)
            case StepNotRun(upstream_step_key=upstream):
                self._give_up(step, StepState.NOT_RUN, upstream, event)
            case StepCancelled() as cancelled:
                self._give_up(step, StepState.CANCELLED, None, event)
                step.usage = cancelled.usage
            case _:
                raise step.invalid(event)

    def _reuse(self, step: StepView, reused: StepReused, event: Event) -> None:
        reuse = self.reuses.get(step.key)
        if reuse is None or reuse.skipped:
            raise step.invalid(event)
        self._enter(step, StepState.SUCCEEDED, event)
        step.reused_from_run_id = reused.from_run_id
        for output in reuse.outputs:
            stored = OutputStored(
                output=output.output,
                asset_key=output.asset_key,
                value_ref=output.value_ref,
                io_manager_key=output.io_manager_key,
                mapping_key=output.mapping_key,
                partition_key=output.partition_key,
            )
            step.add_output(stored)
        for planned in self.index.step(step.key).outputs:
            made, keys = (step.key, planned.name), step.mapping_keys(planned.name)
            # Where the plan has what is mapped over it, an event expands that.
            if planned.dynamic and keys is not None and not self.fan_out(*made):
                self.index.mapping_keys[made] = keys
        self._settle_readers(step, event)

    def _recompute(self, step: StepView, event: Event) -> None:
        """Make a step whose values are gone pending again: what reads them waits for it."""
        if not step.in_memory or self.shares_live_process(step.key):
            raise step.invalid(event)
        self._enter(step, StepState.PENDING if step.waiting_on else StepState.READY, event)
        step.forget_outputs()
        step.finished_at = None
        for key in self.index.readers[step.key]:
            reader = self._steps[key]
            reader.waiting_on += 1
            self.unfed.pop(key, None)
            if reader.state is StepState.READY:
                self._enter(reader, StepState.PENDING, event)

    def _start(self, step: StepView, event: Event, started: StepStarted) -> None:
        if event.attempt != step.attempts + 1:
            raise step.invalid(event)
        self._enter(step, StepState.RUNNING, event)
        step.attempts, step.task_id = event.attempt, started.task_id
        if started.task_step_keys:
            self.tasks[started.task_id] = places(started.task_step_keys)
        step.not_before = None
        if step.started_at is None:
            step.started_at = event.time

    def _end(self, step: StepView, event: Event, ended: StepSucceeded | StepFailed) -> None:
        step.check_running(event)
        if isinstance(ended, StepSucceeded):
            self._enter(step, StepState.SUCCEEDED, event)
            step.failure = None
        else:
            self._enter(step, StepState.FAILED, event)
            step.failure = ended.failure
            step.forget_outputs()
            self.failed.append(step.key)
        step.duration_us = ended.duration_us
        step.usage = ended.usage
        self._settle_readers(step, event)

    def _give_up(
        self, step: StepView, state: StepState, because_of: StepKey | None, event: Event
    ) -> None:
        if step.state is StepState.RUNNING:
            step.check_running(event)
        elif event.attempt:
            # No attempt runs: what is given up now is the step, and the row counts it so.
            raise step.invalid(event)
        self._enter(step, state, event)
        step.because_of = because_of
        step.forget_outputs()
        self.doomed.pop(step.key, None)
        self.unfed.pop(step.key, None)
        self._settle_readers(step, event)

    def _settle_readers(self, step: StepView, event: Event) -> None:
        for key in self.index.readers[step.key]:
            reader = self._steps[key]
            reader.waiting_on -= 1
            if reader.state is not StepState.PENDING or key in self.doomed:
                continue
            if step.state is StepState.FAILED:
                self.doomed[key] = step.key
            elif step.state is StepState.NOT_RUN and step.because_of is not None:
                self.doomed[key] = step.because_of
            else:
                self._consider(reader, event)

    def _consider(self, step: StepView, event: Event) -> None:
        """Look whether a PENDING step can start now, or cannot for what was not yielded to it."""
        if step.waiting_on == 0 and not self._ended_early(step.key):
            if unyielded_input(self, step.key, {}) is None:
                self._enter(step, StepState.READY, event)
            else:
                self.unfed[step.key] = None

    def fan_out(self, key: StepKey, output: str) -> tuple[StepKey, ...]:
        """Return the unexpanded steps that are replaced when an output is expanded: those not over."""
        mapped = self.index.mapped_over((key, output))
        return tuple(each for each in mapped if self._steps[each].state is StepState.PENDING)

    def _expand(self, step: StepView, expanded: StepExpanded, event: Event) -> None:
        made = step.key, expanded.output
        fan_out = FanOut(made, expanded, self.fan_out(*made))
        if not fan_out.fits(self.index):
            raise step.invalid(event)
        for key in fan_out.removed:
            self.unfed.pop(key, None)
        self._counts[StepState.PENDING] += expanded.step_count_change
        for each in tuple(put_in_place(self._steps, self.doomed, self.index, fan_out)):
            if each.state is StepState.PENDING and each.key not in self.doomed:
                self._consider(each, event)

    def _ended_early(self, key: StepKey) -> bool:
        # Below a step that was cancelled, or given up with its run, nothing follows by itself.
        return any(
            self._steps[upstream].state in (StepState.CANCELLED, StepState.NOT_RUN)
            for upstream in self.index.upstreams(key)
        )

    def _enter(self, step: StepView, state: StepState, event: Event) -> None:
        before = step.state
        step.enter(state, event)
        self._counts[before] -= 1
        self._counts[state] += 1
        place = self.index.position[step.key], step.key
        self._follow_task(step.key, before, state)
        if state is StepState.READY:
            insort(self._ready, place)
        elif before is StepState.READY:
            del self._ready[bisect_left(self._ready, place)]
            if state is not StepState.PENDING:
                self.waiting.pop(step.key, None)

    def _follow_task(self, key: StepKey, before: StepState, state: StepState) -> None:
        """Note whether steps that share a process have one yet."""
        together = self.index.together.get(key)
        if together is None:
            return
        first = together[0]
        if state is StepState.RUNNING:
            self.live[first] = key
            self.ended.pop(first, None)
        elif before is StepState.RUNNING:
            del self.live[first]
            self.ended[first] = None
        self._open[first] += (before in FINAL_STEP_STATES) - (state in FINAL_STEP_STATES)
        if not self._open[first]:
            self.ended.pop(first, None)
