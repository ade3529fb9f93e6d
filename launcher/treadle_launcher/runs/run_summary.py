"""A run in one row: the part of the fold that needs no plan, kept beside the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from treadle_contract.event import (
    AssetMaterialized,
    CancelRequested,
    HostReady,
    RunDequeued,
    RunFinished,
    RunStarted,
    RunSubmitted,
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
from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.plan import PlanOptions, Reexecution, Selection
from treadle_contract.run import Failure, RunState, StepState
from treadle_launcher.clock import TimeUs
from treadle_launcher.runs.events import Event, Payload
from treadle_launcher.runs.run_states import FINAL_RUN_STATES, RUN_MOVES
from treadle_launcher.runs.transitions import InvalidTransition


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run, as run.proto's Run.

    `step_counts` leaves out states without a step. In the stored row PENDING includes READY,
    which only the plan can tell apart; `RunView.summary` tells them apart. `failure` is the
    run's own, else that of the first step that failed.
    """

    run_id: RunId
    location: str
    state: RunState
    selection: Selection
    options: PlanOptions
    digest: str
    fingerprint: str
    submitted_at: TimeUs
    tags: Mapping[str, str] = field(default_factory=dict)
    step_counts: Mapping[StepState, int] = field(default_factory=dict)
    failure: Failure | None = None
    started_at: TimeUs | None = None
    finished_at: TimeUs | None = None
    materialization_count: int = 0
    unexpected_count: int = 0
    last_sequence: int = 0
    idempotency_key: str = ""
    timeout_ms: int = 0
    retry_lost: int = 0
    reexecution: Reexecution | None = None
    root_run_id: RunId = field(default=RunId(""))


class ChangingFacts(NamedTuple):
    """What of a run's row changes from its submission to its end, as RunSummary names it."""

    state: RunState
    digest: str
    fingerprint: str
    started_at: TimeUs | None
    finished_at: TimeUs | None
    materialization_count: int
    unexpected_count: int
    last_sequence: int
    step_counts: Mapping[StepState, int]
    failure: Failure | None


_TARGETS: Final[Mapping[type[Payload], RunState]] = {
    RunSubmitted: RunState.QUEUED,
    RunDequeued: RunState.STARTING,
    RunStarted: RunState.RUNNING,
    CancelRequested: RunState.CANCELLING,
}

_COUNT_MOVES: Final[Mapping[type[Payload], tuple[StepState, StepState]]] = {
    StepStarted: (StepState.PENDING, StepState.RUNNING),
    StepSucceeded: (StepState.RUNNING, StepState.SUCCEEDED),
    StepFailed: (StepState.RUNNING, StepState.FAILED),
    StepRetryScheduled: (StepState.RUNNING, StepState.PENDING),
    StepRecomputed: (StepState.SUCCEEDED, StepState.PENDING),
    StepReused: (StepState.PENDING, StepState.SUCCEEDED),
    StepSkipped: (StepState.PENDING, StepState.SKIPPED),
    StepNotRun: (StepState.PENDING, StepState.NOT_RUN),
}

_STEP_STATES: Final = tuple(StepState)
_WHILE_RUNNING: Final = frozenset({RunState.RUNNING, RunState.CANCELLING})
_BEFORE_START: Final = frozenset({RunState.QUEUED, RunState.STARTING})


class SummaryFold:
    """A run's row as it grows: applies events in sequence, and refuses what does not fit."""

    def __init__(self, summary: RunSummary) -> None:
        self._submitted: Final = summary
        """The row as it was when the fold began; of it, what never changes is read."""
        self.state = summary.state
        self.last_sequence = summary.last_sequence
        self.last_time = summary.submitted_at
        self.ending: Failure | None = None
        self._digest = summary.digest
        self._fingerprint = summary.fingerprint
        self._started_at = summary.started_at
        self._finished_at = summary.finished_at
        self._materialization_count = summary.materialization_count
        self._unexpected_count = summary.unexpected_count
        self._failure = summary.failure
        self._counts = dict(summary.step_counts)
        self._story = [f"{summary.last_sequence} {summary.state}"]

    @classmethod
    def begin(cls, event: Event, step_count: int) -> SummaryFold:
        """Start with a run_submitted event and the number of steps that run or are reused.

        Raises:
            InvalidTransition: the event is another, or not the first.
        """
        submitted = event.payload
        if not isinstance(submitted, RunSubmitted) or event.sequence != 1:
            raise InvalidTransition(f"run {event.run_id}", "not recorded", event.kind, ())
        return cls(
            RunSummary(
                run_id=event.run_id,
                location=submitted.location,
                state=RunState.QUEUED,
                selection=submitted.selection,
                options=submitted.options,
                digest=submitted.digest,
                fingerprint=submitted.fingerprint,
                submitted_at=event.time,
                tags=submitted.tags,
                step_counts={StepState.PENDING: step_count} if step_count else {},
                last_sequence=1,
                idempotency_key=submitted.idempotency_key,
                timeout_ms=submitted.timeout_ms,
                retry_lost=submitted.retry_lost,
                reexecution=submitted.reexecution,
                root_run_id=submitted.root_run_id,
            )
        )

    @property
    def deadline(self) -> TimeUs | None:
        """When the run's time is over; None before it starts, and without a limit."""
        started, timeout_ms = self._started_at, self._submitted.timeout_ms
        return TimeUs(started + timeout_ms * 1000) if started and timeout_ms else None

    @property
    def location(self) -> str:
        """The code location of the run."""
        return self._submitted.location

    @property
    def tags(self) -> Mapping[str, str]:
        """The run's tags."""
        return self._submitted.tags

    @property
    def retry_lost(self) -> int:
        """How often a step whose host was lost is tried again for the run's sake."""
        return self._submitted.retry_lost

    def summary(self) -> RunSummary:
        """Return the row as it is now."""
        return replace(self._submitted, **self.changing()._asdict())

    def changing(self) -> ChangingFacts:
        """Return what of the row changes, as it is now."""
        counts = self._counts
        return ChangingFacts(
            state=self.state,
            digest=self._digest,
            fingerprint=self._fingerprint,
            started_at=self._started_at,
            finished_at=self._finished_at,
            materialization_count=self._materialization_count,
            unexpected_count=self._unexpected_count,
            last_sequence=self.last_sequence,
            step_counts={state: counts[state] for state in _STEP_STATES if counts.get(state)},
            failure=self._failure,
        )

    def replan(self, digest: str, fingerprint: str, step_count: int) -> None:
        """Take note that another plan runs, of so many steps.

        Raises:
            InvalidTransition: the run has started.
        """
        if self.state not in _BEFORE_START:
            raise self._invalid("another plan")
        self._digest, self._fingerprint = digest, fingerprint
        self._counts = {StepState.PENDING: step_count} if step_count else {}

    def check(self, event: Event) -> None:
        """Check that an event is the next one and that the run's state allows it.

        Raises:
            InvalidTransition: it is not, or does not.
        """
        payload = event.payload
        target = _target(payload)
        is_listed = target is None or (self.state, target) in RUN_MOVES
        is_early = isinstance(payload, StepStarted) and self.state not in _WHILE_RUNNING
        is_next = event.sequence == self.last_sequence + 1
        if self.state in FINAL_RUN_STATES or not is_listed or is_early or not is_next:
            raise self._invalid(f"{event.sequence} {event.kind}")

    def apply(self, event: Event) -> None:
        """Apply the next event. One that is refused changes nothing.

        Raises:
            InvalidTransition: as `check`.
        """
        self.check(event)
        self.apply_checked(event)

    def apply_checked(self, event: Event) -> None:
        """Apply an event that `check` has just let pass."""
        self.last_sequence = event.sequence
        self.last_time = event.time
        target = _target(event.payload)
        if target is not None:
            self.state = target
            self._story.append(f"{event.sequence} {event.kind}")
        moves = _count_moves(event)
        if moves is not None:
            start, end = moves
            self._counts[start] = self._counts.get(start, 0) - 1
            self._counts[end] = self._counts.get(end, 0) + 1
        self._note(event)

    def _note(self, event: Event) -> None:
        match event.payload:
            case AssetMaterialized() as made:
                self._materialization_count += 1
                self._unexpected_count += made.unexpected
            case StepExpanded() as expanded:
                pending = self._counts.get(StepState.PENDING, 0)
                self._counts[StepState.PENDING] = pending + expanded.step_count_change
            case RunStarted():
                self._started_at = event.time
            case HostReady() as ready if self._started_at is None:
                self._digest, self._fingerprint = ready.digest, ready.fingerprint
            case StepFailed() as failed:
                self._failure = self._failure or failed.failure
            case CancelRequested() as cancel:
                self.ending = cancel.failure
            case RunFinished() as finished:
                self._finished_at = event.time
                failure = finished.failure or self._failure
                self._failure = failure if finished.state is RunState.FAILED else None

    def _invalid(self, event: str) -> InvalidTransition:
        subject = f"run {self._submitted.run_id}"
        return InvalidTransition(subject, self.state, event, self._story)


def _target(payload: Payload) -> RunState | None:
    if isinstance(payload, RunFinished):
        return payload.state
    return _TARGETS.get(type(payload))


def _count_moves(event: Event) -> tuple[StepState, StepState] | None:
    if isinstance(event.payload, StepCancelled):
        # An attempt has a number: what is cancelled without one had not been started.
        start = StepState.RUNNING if event.attempt else StepState.PENDING
        return start, StepState.CANCELLED
    return _COUNT_MOVES.get(type(event.payload))
