"""Events: the numbered past facts about a run, one class a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from treadle_client._failure import Failure
from treadle_client._ids import AssetKey, RunId, StepKey
from treadle_client._metadata import Metadata
from treadle_client._plan import PlanOptions, Selection
from treadle_client._policy import RetryGround
from treadle_client._reexecution import Reexecution
from treadle_client._run import RunState
from treadle_client._text import Text
from treadle_client._usage import AttemptUsage
from treadle_client._value_ref import ValueRef


class EventKind(StrEnum):
    """What happened; each kind has a class that says more."""

    RUN_SUBMITTED = "run_submitted"
    RUN_DEQUEUED = "run_dequeued"
    HOST_READY = "host_ready"
    RUN_STARTED = "run_started"
    STEP_EXPANDED = "step_expanded"
    STEP_STARTED = "step_started"
    INPUT_LOADED = "input_loaded"
    OUTPUT_STORED = "output_stored"
    OUTPUT_DISCARDED = "output_discarded"
    ASSET_MATERIALIZED = "asset_materialized"
    CHECK_EVALUATED = "check_evaluated"
    LOG_RECORD = "log_record"
    STEP_SUCCEEDED = "step_succeeded"
    STEP_FAILED = "step_failed"
    STEP_RETRY_SCHEDULED = "step_retry_scheduled"
    STEP_RECOMPUTED = "step_recomputed"
    STEP_SKIPPED = "step_skipped"
    STEP_NOT_RUN = "step_not_run"
    STEP_REUSED = "step_reused"
    CANCEL_REQUESTED = "cancel_requested"
    STEP_CANCELLED = "step_cancelled"
    RUN_FINISHED = "run_finished"


class StartMethod(StrEnum):
    """How step processes are started."""

    #: Forked from the host, which has imported the user's modules.
    FORK = "fork"
    #: A new interpreter for each task, which imports them itself.
    SPAWN = "spawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A past fact about one run.

    `sequence` counts 1, 2, 3, … in the run, without a gap; `store_sequence` is one growing order
    for the whole home; `time` is for people. `step_key` is "" for a fact about the run, and
    `attempt` 0 for a fact that is not about one attempt.
    """

    kind: ClassVar[EventKind]

    sequence: int
    store_sequence: int
    run_id: RunId
    time: datetime
    step_key: StepKey
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSubmitted(Event):
    """The run was recorded."""

    kind = EventKind.RUN_SUBMITTED

    location: str
    selection: Selection
    options: PlanOptions
    digest: str
    fingerprint: str
    tags: Mapping[str, str]
    idempotency_key: str
    timeout: timedelta | None
    retry_lost: int
    reexecution: Reexecution | None
    root_run_id: RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDequeued(Event):
    """The run got a place among the runs at once."""

    kind = EventKind.RUN_DEQUEUED


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReady(Event):
    """A host that holds the run's code is ready. `warm`: it was already running.

    `notes` are what a person should know of its import, a sentence each.
    """

    kind = EventKind.HOST_READY

    host_id: str
    digest: str
    fingerprint: str
    start_method: StartMethod
    start_method_reason: str
    warm: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """Steps may start; the plan is fixed."""

    kind = EventKind.RUN_STARTED

    step_count: int
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepExpanded(Event):
    """A fan-out committed: its mapped steps exist, in this order."""

    kind = EventKind.STEP_EXPANDED

    output: str
    mapping_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(Event):
    """An attempt was handed to a host."""

    kind = EventKind.STEP_STARTED

    host_id: str
    task_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLoaded(Event):
    """An input was loaded: an asset, or, when `asset_key` is "", an intermediate.

    `position` counts a fan-in's elements from 0. `from_run_id` and `from_step_key` are "" when
    the load is unrecorded. `not_needed`: it was not loaded, the op got its default, else what fails
    when it is used.
    """

    kind = EventKind.INPUT_LOADED

    input: str
    position: int
    asset_key: AssetKey
    from_run_id: RunId
    from_step_key: StepKey
    from_output: str
    value_ref: ValueRef | None
    not_needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputStored(Event):
    """An output was stored and committed, for an asset or, when `asset_key` is "", for readers."""

    kind = EventKind.OUTPUT_STORED

    output: str
    asset_key: AssetKey
    value_ref: ValueRef | None
    io_manager_key: str
    metadata: Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDiscarded(Event):
    """A yielded output was dropped; `asset_keys` are the assets that it would have made."""

    kind = EventKind.OUTPUT_DISCARDED

    output: str
    asset_keys: tuple[AssetKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetMaterialized(Event):
    """An asset was made. `unexpected`: not selected, the op yielded it all the same."""

    kind = EventKind.ASSET_MATERIALIZED

    asset_key: AssetKey
    output: str
    value_ref: ValueRef | None
    metadata: Metadata
    unexpected: bool
    digest: str
    io_manager_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEvaluated(Event):
    """An asset check was evaluated. `blocking`: its failure fails the step."""

    kind = EventKind.CHECK_EVALUATED

    asset_key: AssetKey
    check_name: str
    passed: bool
    metadata: Metadata
    blocking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord(Event):
    """The op logged at WARNING or above."""

    kind = EventKind.LOG_RECORD

    level: str
    message: Text
    logger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSucceeded(Event):
    """An attempt succeeded; everything it made is committed. `duration` is its wall time."""

    kind = EventKind.STEP_SUCCEEDED

    duration: timedelta
    pid: int
    usage: AttemptUsage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed(Event):
    """An attempt failed and there is no further one. `pid` 0: it never started."""

    kind = EventKind.STEP_FAILED

    failure: Failure
    duration: timedelta
    pid: int
    usage: AttemptUsage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRetryScheduled(Event):
    """An attempt failed and a further one is due at `not_before`."""

    kind = EventKind.STEP_RETRY_SCHEDULED

    failure: Failure
    not_before: datetime
    next_attempt: int
    usage: AttemptUsage | None = None
    ground: RetryGround


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecomputed(Event):
    """A step goes back to PENDING: its value was in memory only."""

    kind = EventKind.STEP_RECOMPUTED

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSkipped(Event):
    """An optional input was not yielded. `upstream_output` "": that step was skipped itself."""

    kind = EventKind.STEP_SKIPPED

    upstream_step_key: StepKey
    upstream_output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNotRun(Event):
    """A step that it reads from, `upstream_step_key`, failed; "": the run ended, and says why."""

    kind = EventKind.STEP_NOT_RUN

    upstream_step_key: StepKey


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReused(Event):
    """A re-execution takes the step's outputs from an earlier run."""

    kind = EventKind.STEP_REUSED

    from_run_id: RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequested(Event):
    """Somebody asked for the run's end. `failure`: it fails, because its time is over."""

    kind = EventKind.CANCEL_REQUESTED

    reason: str
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCancelled(Event):
    """A step was cancelled. `was_running`: a process was ended for it.

    `exit_code` or `signal` says how that ended, unless its host was lost; `stderr_tail` are its
    last lines.
    """

    kind = EventKind.STEP_CANCELLED

    was_running: bool
    usage: AttemptUsage | None = None
    exit_code: int | None = None
    signal: str = ""
    stderr_tail: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(Event):
    """The run's state is final. `failure` is a cause before or beside its steps, if any."""

    kind = EventKind.RUN_FINISHED

    state: RunState
    failure: Failure | None
    failed_step_keys: tuple[StepKey, ...]
    materialization_count: int
    unexpected_count: int
