"""Events: past facts about a run, one frozen dataclass a kind, with event.proto's fields.

Where the contract says that an empty text means "none", the field here is None. Every state
is the fold of events (`run_view`, `run_summary`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from treadle_contract.event import RetryGround
from treadle_contract.ids import HostId, KeyText, RunId, StepKey, TaskId
from treadle_contract.plan import Reexecution
from treadle_contract.run import AttemptUsage, Failure
from treadle_contract.value import MetadataEntry, Text, ValueRef
from treadle_launcher.clock import TimeUs
from treadle_launcher.plan import PlanOptions, Selection
from treadle_launcher.run_states import RunState

SCHEMA_VERSION: Final = 1
"""The version of the payloads' schema."""

FAILED_STEPS_LISTED: Final = 500
"""How many failed steps a run_finished names at most."""


class StartMethod(StrEnum):
    """How a host starts step processes."""

    FORK = "fork"
    """Forked from the host, which has imported the user's modules."""
    SPAWN = "spawn"
    """A new interpreter for each task, which imports them itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSubmitted:
    """The run was recorded."""

    location: str
    selection: Selection
    options: PlanOptions
    digest: str
    fingerprint: str
    tags: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = ""
    timeout_ms: int = 0
    retry_lost: int = 0
    reexecution: Reexecution | None = None
    root_run_id: RunId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDequeued:
    """The run got a place among the runs at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReady:
    """A host that holds the run's code is ready. `fingerprint`: of the plan that runs.

    `notes` are what a person should know of the host's import, a sentence each.
    """

    host_id: HostId
    digest: str
    fingerprint: str
    start_method: StartMethod
    start_method_reason: str = ""
    warm: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """Steps may start; the plan is fixed."""

    step_count: int
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepExpanded:
    """A fan-out committed: its mapped steps exist."""

    output: str
    mapping_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """An attempt was handed to a host."""

    host_id: HostId
    task_id: TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLoaded:
    """An input was loaded, or passed over because no selected output needs it.

    `position` counts from 0 in a fan-in; `asset_key` is None for an intermediate,
    `from_output` for a stored asset, the other two when the value has no record.
    """

    input: str
    position: int = 0
    asset_key: KeyText | None = None
    from_run_id: RunId | None = None
    from_step_key: StepKey | None = None
    from_output: str | None = None
    value_ref: ValueRef | None = None
    not_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputStored:
    """An output was yielded and committed.

    `asset_key` is None for an intermediate. `value_ref` is None when an IO manager that is
    not Treadle's own stored it; beside an empty `io_manager_key` there is no value: Nothing,
    or an output that only orderings read.
    """

    output: str
    asset_key: KeyText | None = None
    value_ref: ValueRef | None = None
    io_manager_key: str = ""
    metadata: tuple[MetadataEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDiscarded:
    """A yielded output was dropped; `asset_keys` are those that it would have made, sorted."""

    output: str
    asset_keys: tuple[KeyText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetMaterialized:
    """An asset was made. `unexpected`: it was not selected, the op yielded it all the same."""

    asset_key: KeyText
    output: str
    value_ref: ValueRef | None = None
    metadata: tuple[MetadataEntry, ...] = ()
    unexpected: bool = False
    digest: str = ""
    io_manager_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEvaluated:
    """An asset check was evaluated."""

    asset_key: KeyText
    check_name: str
    passed: bool
    metadata: tuple[MetadataEntry, ...] = ()
    blocking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """The op logged at WARNING or above."""

    level: str
    message: Text
    logger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSucceeded:
    """An attempt succeeded; everything it made is committed."""

    duration_us: int
    pid: int
    usage: AttemptUsage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed:
    """An attempt failed and there is no further one. Zeros: it never started."""

    failure: Failure
    duration_us: int = 0
    pid: int = 0
    usage: AttemptUsage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRetryScheduled:
    """An attempt failed and a further one is due, not before a time."""

    failure: Failure
    not_before: TimeUs
    next_attempt: int
    ground: RetryGround = RetryGround.NOT_TAKEN
    usage: AttemptUsage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecomputed:
    """A step goes back to PENDING: its value was in memory only."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSkipped:
    """An input was not yielded. `upstream_output` is None: that step was skipped itself."""

    upstream_step_key: StepKey
    upstream_output: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNotRun:
    """A step that it reads from failed, the nearest one. None: the run itself failed."""

    upstream_step_key: StepKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReused:
    """A re-execution takes the step's outputs from an earlier run."""

    from_run_id: RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequested:
    """Somebody asked for the run's end, in their words.

    `failure` is why the run fails instead of being cancelled: its time is over.
    """

    reason: str = ""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCancelled:
    """A step was cancelled. `was_running`: a process was ended for it.

    `exit_code` or `signal` says how that ended, if its host lived to tell.
    """

    was_running: bool = False
    usage: AttemptUsage | None = None
    exit_code: int | None = None
    signal: str = ""
    stderr_tail: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """The run's state is final.

    `failure` is set when FAILED for a cause before or beside the steps; `failed_step_keys`
    are the first 500 that failed, in the order they did.
    """

    state: RunState
    failure: Failure | None = None
    failed_step_keys: tuple[StepKey, ...] = ()
    materialization_count: int = 0
    unexpected_count: int = 0


Payload: TypeAlias = (
    RunSubmitted
    | RunDequeued
    | HostReady
    | RunStarted
    | StepExpanded
    | StepStarted
    | InputLoaded
    | OutputStored
    | OutputDiscarded
    | AssetMaterialized
    | CheckEvaluated
    | LogRecord
    | StepSucceeded
    | StepFailed
    | StepRetryScheduled
    | StepRecomputed
    | StepSkipped
    | StepNotRun
    | StepReused
    | CancelRequested
    | StepCancelled
    | RunFinished
)

EVENT_KINDS: Final[Mapping[str, type[Payload]]] = {
    "run_submitted": RunSubmitted,
    "run_dequeued": RunDequeued,
    "host_ready": HostReady,
    "run_started": RunStarted,
    "step_expanded": StepExpanded,
    "step_started": StepStarted,
    "input_loaded": InputLoaded,
    "output_stored": OutputStored,
    "output_discarded": OutputDiscarded,
    "asset_materialized": AssetMaterialized,
    "check_evaluated": CheckEvaluated,
    "log_record": LogRecord,
    "step_succeeded": StepSucceeded,
    "step_failed": StepFailed,
    "step_retry_scheduled": StepRetryScheduled,
    "step_recomputed": StepRecomputed,
    "step_skipped": StepSkipped,
    "step_not_run": StepNotRun,
    "step_reused": StepReused,
    "cancel_requested": CancelRequested,
    "step_cancelled": StepCancelled,
    "run_finished": RunFinished,
}
"""Every kind by its name in the contract."""

KIND_NAMES: Final[Mapping[type[Payload], str]] = {cls: name for name, cls in EVENT_KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """A fact that is to be appended. `time` None: the time of the append."""

    payload: Payload
    step_key: StepKey | None = None
    attempt: int = 0
    time: TimeUs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact that the store holds.

    `store_sequence` is one order for the whole home, `sequence` is 1, 2, 3… in the run.
    `attempt` is 0 when the fact is not about one attempt.
    """

    store_sequence: int
    run_id: RunId
    sequence: int
    time: TimeUs
    payload: Payload
    step_key: StepKey | None = None
    attempt: int = 0
    schema_version: int = SCHEMA_VERSION

    @property
    def kind(self) -> str:
        """The kind's name in the contract, for example "step_started"."""
        return KIND_NAMES[type(self.payload)]
