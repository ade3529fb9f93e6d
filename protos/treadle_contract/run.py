"""Runs and the steps in them: the fold of the event log.

Generated from run.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from typing import TYPE_CHECKING

from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.message import ContractEnum, ENUMS, EnumSchema, MESSAGES, Message, NO_ENTRIES
from treadle_contract.plan import PlanOptions, Reexecution, Selection
from treadle_contract.value import MetadataEntry, SourceLocation, Text, ValueRef

if TYPE_CHECKING:
    from datetime import datetime


class RunState(ContractEnum):
    """The state of a run."""

    QUEUED = "queued"
    """Recorded, waiting for a place among the runs at once."""
    STARTING = "starting"
    """Waiting for a host that holds its code."""
    RUNNING = "running"
    """Steps run."""
    CANCELLING = "cancelling"
    """A cancel was asked for; steps are being ended."""
    SUCCEEDED = "succeeded"
    """Every step succeeded or was skipped. Final."""
    FAILED = "failed"
    """A step failed for good, or the run could not start. Final."""
    CANCELLED = "cancelled"
    """Cancelled before every step had succeeded. Final."""


class StepState(ContractEnum):
    """The state of a step in a run."""

    PENDING = "pending"
    """It waits for steps that it reads from."""
    READY = "ready"
    """It may start, at not_before if that is set."""
    RUNNING = "running"
    """A process runs it."""
    SUCCEEDED = "succeeded"
    """It ended well. Final."""
    FAILED = "failed"
    """It failed for good. Final."""
    SKIPPED = "skipped"
    """An optional input was not yielded. Final."""
    NOT_RUN = "not_run"
    """A step that it reads from failed. Final."""
    CANCELLED = "cancelled"
    """It was cancelled, before or while it ran. Final."""


class FailureReason(ContractEnum):
    """Why an attempt, or a run, failed."""

    USER_ERROR = "user_error"
    """The user's code or a rule about what it returned: see where."""
    TIMEOUT = "timeout"
    """A deadline passed."""
    OOM = "oom"
    """The memory limit was met."""
    SIGNAL = "signal"
    """A signal that Treadle did not send ended the process."""
    EXIT = "exit"
    """The process ended by itself before it reported."""
    LOST = "lost"
    """The host that ran it is gone."""
    START_FAILED = "start_failed"
    """The host could not be started or could not import the code."""
    STALE = "stale"
    """What was planned is not there any more: the code is another, or a stored value that was to
    be read is gone or damaged. What makes it again is a new run, or a re-execution of this one."""
    INTERNAL = "internal"
    """A fault of Treadle's own."""
    UNSTABLE = "unstable"
    """The code defines something else each time that it is imported, so that no plan of it can
    run. The code has to be mended and loaded anew: the next run would fail likewise."""


class FailureWhere(ContractEnum):
    """In which part of a step a user_error arose."""

    COMPUTE = "compute"
    """In the op's body."""
    LOAD = "load"
    """While an input was loaded."""
    STORE = "store"
    """While an output was stored."""
    TYPE_CHECK = "type_check"
    """A value was not of its declared type."""
    RESOURCE = "resource"
    """While a resource was set up or torn down."""
    CONFIG = "config"
    """Configuration was refused."""
    OUTPUT = "output"
    """The op yielded what it must not, or left out what it must yield."""
    CHECK = "check"
    """A blocking check did not hold. What the step made is kept; what reads it does not run."""
    HOOK = "hook"
    """In a hook: only HookErrored has it."""


class MemoryScope(ContractEnum):
    """What a peak of memory was measured over."""

    LARGEST_PROCESS = "largest_process"
    """The largest single process of the attempt."""
    ALL_PROCESSES = "all_processes"
    """All its processes together, as their cgroup counted them."""


class Failure(Message):
    """Why something failed."""

    __slots__ = __match_args__ = ('reason', 'where', 'message', 'error_class', 'traceback', 'source', 'exit_code', 'signal', 'stderr_tail', 'likely', 'evidence', 'metadata')
    reason: FailureReason | None
    """The machine-readable reason."""
    where: FailureWhere | None
    """Which part of the step. Set for USER_ERROR."""
    message: str
    """One sentence: what happened, to what, what to do."""
    error_class: str
    """The class of the user's exception, for example "builtins.ValueError". Set when one was
    raised."""
    traceback: Text | None
    """The whole chained traceback. Set when an exception was raised."""
    source: SourceLocation | None
    """The user's line nearest to the cause. Set when a traceback names one."""
    exit_code: int
    """The exit status of the process. Set for EXIT."""
    signal: str
    """The signal's name, for example "SIGSEGV". Set for SIGNAL, OOM and TIMEOUT when one ended the
    process."""
    stderr_tail: Text | None
    """The last lines of the attempt's stderr. Set when there are any."""
    likely: bool
    """The reason is inferred, not proven: see evidence."""
    evidence: tuple[str, ...]
    """The facts that the reason rests on, a sentence each. Set for OOM, SIGNAL, EXIT, TIMEOUT and
    LOST."""
    metadata: tuple[MetadataEntry, ...]
    """What the user's treadle.Failure says of itself."""

    def __init__(
        self,
        *,
        reason: FailureReason | None = None,
        where: FailureWhere | None = None,
        message: str = "",
        error_class: str = "",
        traceback: Text | None = None,
        source: SourceLocation | None = None,
        exit_code: int = 0,
        signal: str = "",
        stderr_tail: Text | None = None,
        likely: bool = False,
        evidence: tuple[str, ...] = (),
        metadata: tuple[MetadataEntry, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'reason', reason)
        put(self, 'where', where)
        put(self, 'message', message)
        put(self, 'error_class', error_class)
        put(self, 'traceback', traceback)
        put(self, 'source', source)
        put(self, 'exit_code', exit_code)
        put(self, 'signal', signal)
        put(self, 'stderr_tail', stderr_tail)
        put(self, 'likely', likely)
        put(self, 'evidence', evidence)
        put(self, 'metadata', metadata)

    FIELDS = (
        ('reason', 1, 'reason', 'enum', 'maybe', 'FailureReason', 'reason', False, 0),
        ('where', 2, 'where', 'enum', 'maybe', 'FailureWhere', 'where', False, 0),
        ('message', 3, 'message', 'text', 'one', '', 'message', False, 7),
        ('error_class', 4, 'errorClass', 'text', 'one', '', 'error_class', False, 5),
        ('traceback', 5, 'traceback', 'message', 'maybe', 'Text', 'traceback', False, 0),
        ('source', 6, 'source', 'message', 'maybe', 'SourceLocation', 'source', False, 0),
        ('exit_code', 7, 'exitCode', 'whole', 'one', '', 'exit_code', False, 0),
        ('signal', 8, 'signal', 'text', 'one', '', 'signal', False, 1),
        ('stderr_tail', 9, 'stderrTail', 'message', 'maybe', 'Text', 'stderr_tail', False, 0),
        ('likely', 10, 'likely', 'flag', 'one', '', 'likely', False, 0),
        ('evidence', 11, 'evidence', 'text', 'many', '', 'evidence', False, 6),
        ('metadata', 12, 'metadata', 'message', 'many', 'MetadataEntry', 'metadata', False, 14),
    )


class AttemptUsage(Message):
    """What one attempt used, measured when all its processes were gone."""

    __slots__ = __match_args__ = ('wall_us', 'cpu_us', 'peak_memory_bytes', 'memory_scope')
    wall_us: int
    """Wall time, in microseconds."""
    cpu_us: int
    """CPU time of all its processes that were reaped, user and system, in microseconds."""
    peak_memory_bytes: int
    """The most memory that was resident, in bytes."""
    memory_scope: MemoryScope | None
    """What peak_memory_bytes was measured over."""

    def __init__(
        self,
        *,
        wall_us: int = 0,
        cpu_us: int = 0,
        peak_memory_bytes: int = 0,
        memory_scope: MemoryScope | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'wall_us', wall_us)
        put(self, 'cpu_us', cpu_us)
        put(self, 'peak_memory_bytes', peak_memory_bytes)
        put(self, 'memory_scope', memory_scope)

    FIELDS = (
        ('wall_us', 1, 'wallUs', 'wide', 'one', '', 'wall_us', False, 20),
        ('cpu_us', 2, 'cpuUs', 'wide', 'one', '', 'cpu_us', False, 20),
        ('peak_memory_bytes', 3, 'peakMemoryBytes', 'wide', 'one', '', 'peak_memory_bytes', False, 23),
        ('memory_scope', 4, 'memoryScope', 'enum', 'maybe', 'MemoryScope', 'memory_scope', False, 0),
    )


class StepRun(Message):
    """One step of one run."""

    __slots__ = __match_args__ = ('key', 'state', 'attempts', 'failure', 'started_at', 'finished_at', 'not_before', 'because_of', 'duration_us', 'usage', 'reused_from_run_id')
    key: StepKey
    """The step key."""
    state: StepState | None
    """The state."""
    attempts: int
    """How many attempts were started."""
    failure: Failure | None
    """Why the last attempt failed. Set when FAILED, and while a retry waits."""
    started_at: datetime | None
    """When the first attempt started. Unset before."""
    finished_at: datetime | None
    """When the state became final. Unset before."""
    not_before: datetime | None
    """The earliest start of the next attempt. Set while a retry waits."""
    because_of: str
    """The step whose end decided SKIPPED or NOT_RUN."""
    duration_us: int
    """Wall time of the last attempt, in microseconds. 0 before it ended."""
    usage: AttemptUsage | None
    """What the last attempt used. Unset before it ended."""
    reused_from_run_id: RunId
    """The run whose values it stands for. Set when it was reused."""

    def __init__(
        self,
        *,
        key: StepKey = StepKey(""),
        state: StepState | None = None,
        attempts: int = 0,
        failure: Failure | None = None,
        started_at: datetime | None = None,
        finished_at: datetime | None = None,
        not_before: datetime | None = None,
        because_of: str = "",
        duration_us: int = 0,
        usage: AttemptUsage | None = None,
        reused_from_run_id: RunId = RunId(""),
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'state', state)
        put(self, 'attempts', attempts)
        put(self, 'failure', failure)
        put(self, 'started_at', started_at)
        put(self, 'finished_at', finished_at)
        put(self, 'not_before', not_before)
        put(self, 'because_of', because_of)
        put(self, 'duration_us', duration_us)
        put(self, 'usage', usage)
        put(self, 'reused_from_run_id', reused_from_run_id)

    FIELDS = (
        ('key', 1, 'key', 'text', 'one', '', 'key', False, 0),
        ('state', 2, 'state', 'enum', 'maybe', 'StepState', 'state', False, 0),
        ('attempts', 3, 'attempts', 'whole', 'one', '', 'attempts', False, 0),
        ('failure', 4, 'failure', 'message', 'maybe', 'Failure', 'failure', False, 0),
        ('started_at', 5, 'startedAt', 'time', 'maybe', '', 'started_at', False, 0),
        ('finished_at', 6, 'finishedAt', 'time', 'maybe', '', 'finished_at', False, 0),
        ('not_before', 7, 'notBefore', 'time', 'maybe', '', 'not_before', False, 0),
        ('because_of', 8, 'becauseOf', 'text', 'one', '', 'because_of', False, 0),
        ('duration_us', 9, 'durationUs', 'wide', 'one', '', 'duration_us', False, 0),
        ('usage', 10, 'usage', 'message', 'maybe', 'AttemptUsage', 'usage', False, 0),
        ('reused_from_run_id', 11, 'reusedFromRunId', 'text', 'one', '', 'reused_from_run_id', False, 0),
    )


class StepCount(Message):
    """How many steps of a run are in each state."""

    __slots__ = __match_args__ = ('state', 'count')
    state: StepState | None
    """The state."""
    count: int
    """How many."""

    def __init__(
        self,
        *,
        state: StepState | None = None,
        count: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'state', state)
        put(self, 'count', count)

    FIELDS = (
        ('state', 1, 'state', 'enum', 'maybe', 'StepState', 'state', False, 0),
        ('count', 2, 'count', 'whole', 'one', '', 'count', False, 0),
    )


class Run(Message):
    """One run."""

    __slots__ = __match_args__ = ('id', 'location', 'state', 'selection', 'options', 'digest', 'fingerprint', 'tags', 'step_counts', 'failure', 'submitted_at', 'started_at', 'finished_at', 'materialization_count', 'unexpected_count', 'last_sequence', 'idempotency_key', 'reexecution', 'root_run_id', 'timeout_ms', 'retry_lost')
    id: str
    """The id: 26 characters, sortable by the time of submission."""
    location: str
    """The location."""
    state: RunState | None
    """The state."""
    selection: Selection | None
    """What was asked for."""
    options: PlanOptions | None
    """The options that were asked for."""
    digest: str
    """The digest of the code that was planned."""
    fingerprint: str
    """The fingerprint of the plan that runs."""
    tags: Mapping[str, str]
    """Tags, the job's included."""
    step_counts: tuple[StepCount, ...]
    """Steps by state; states without a step are left out."""
    failure: Failure | None
    """Why the run failed. Set when FAILED."""
    submitted_at: datetime | None
    """When it was submitted."""
    started_at: datetime | None
    """When its first step could start. Unset before."""
    finished_at: datetime | None
    """When its state became final. Unset before."""
    materialization_count: int
    """How many assets it has materialized."""
    unexpected_count: int
    """How many of them were unexpected."""
    last_sequence: int
    """The run sequence of its last event."""
    idempotency_key: str
    """The caller's idempotency key, "" if none."""
    reexecution: Reexecution | None
    """The earlier run that it goes on from. Unset: none."""
    root_run_id: RunId
    """The first run of the line of re-executions. Empty: it goes on from none."""
    timeout_ms: int
    """How long the run may take once it has started, in milliseconds. 0: no limit."""
    retry_lost: int
    """How often a step whose host was lost after its code began is tried again."""

    def __init__(
        self,
        *,
        id: str = "",
        location: str = "",
        state: RunState | None = None,
        selection: Selection | None = None,
        options: PlanOptions | None = None,
        digest: str = "",
        fingerprint: str = "",
        tags: Mapping[str, str] = NO_ENTRIES,
        step_counts: tuple[StepCount, ...] = (),
        failure: Failure | None = None,
        submitted_at: datetime | None = None,
        started_at: datetime | None = None,
        finished_at: datetime | None = None,
        materialization_count: int = 0,
        unexpected_count: int = 0,
        last_sequence: int = 0,
        idempotency_key: str = "",
        reexecution: Reexecution | None = None,
        root_run_id: RunId = RunId(""),
        timeout_ms: int = 0,
        retry_lost: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'id', id)
        put(self, 'location', location)
        put(self, 'state', state)
        put(self, 'selection', selection)
        put(self, 'options', options)
        put(self, 'digest', digest)
        put(self, 'fingerprint', fingerprint)
        put(self, 'tags', tags)
        put(self, 'step_counts', step_counts)
        put(self, 'failure', failure)
        put(self, 'submitted_at', submitted_at)
        put(self, 'started_at', started_at)
        put(self, 'finished_at', finished_at)
        put(self, 'materialization_count', materialization_count)
        put(self, 'unexpected_count', unexpected_count)
        put(self, 'last_sequence', last_sequence)
        put(self, 'idempotency_key', idempotency_key)
        put(self, 'reexecution', reexecution)
        put(self, 'root_run_id', root_run_id)
        put(self, 'timeout_ms', timeout_ms)
        put(self, 'retry_lost', retry_lost)

    FIELDS = (
        ('id', 1, 'id', 'text', 'one', '', 'id', False, 0),
        ('location', 2, 'location', 'text', 'one', '', 'location', False, 0),
        ('state', 3, 'state', 'enum', 'maybe', 'RunState', 'state', False, 0),
        ('selection', 4, 'selection', 'message', 'maybe', 'Selection', 'selection', False, 0),
        ('options', 5, 'options', 'message', 'maybe', 'PlanOptions', 'options', False, 0),
        ('digest', 6, 'digest', 'text', 'one', '', 'digest', False, 0),
        ('fingerprint', 7, 'fingerprint', 'text', 'one', '', 'fingerprint', False, 0),
        ('tags', 8, 'tags', 'text', 'map', '', 'tags', False, 0),
        ('step_counts', 9, 'stepCounts', 'message', 'many', 'StepCount', 'step_counts', False, 0),
        ('failure', 10, 'failure', 'message', 'maybe', 'Failure', 'failure', False, 0),
        ('submitted_at', 11, 'submittedAt', 'time', 'maybe', '', 'submitted_at', False, 0),
        ('started_at', 12, 'startedAt', 'time', 'maybe', '', 'started_at', False, 0),
        ('finished_at', 13, 'finishedAt', 'time', 'maybe', '', 'finished_at', False, 0),
        ('materialization_count', 14, 'materializationCount', 'whole', 'one', '', 'materialization_count', False, 0),
        ('unexpected_count', 15, 'unexpectedCount', 'whole', 'one', '', 'unexpected_count', False, 0),
        ('last_sequence', 16, 'lastSequence', 'wide', 'one', '', 'last_sequence', False, 0),
        ('idempotency_key', 17, 'idempotencyKey', 'text', 'one', '', 'idempotency_key', False, 0),
        ('reexecution', 18, 'reexecution', 'message', 'maybe', 'Reexecution', 'reexecution', False, 0),
        ('root_run_id', 19, 'rootRunId', 'text', 'one', '', 'root_run_id', False, 0),
        ('timeout_ms', 20, 'timeoutMs', 'wide', 'one', '', 'timeout_ms', False, 0),
        ('retry_lost', 21, 'retryLost', 'whole', 'one', '', 'retry_lost', False, 0),
    )


class Materialization(Message):
    """One materialization of one asset."""

    __slots__ = __match_args__ = ('asset_key', 'run_id', 'step_key', 'attempt', 'store_sequence', 'time', 'digest', 'metadata', 'unexpected', 'value_ref', 'location', 'removed', 'gone', 'partition_key')
    asset_key: KeyText
    """The asset."""
    run_id: RunId
    """The run that made it."""
    step_key: StepKey
    """The step that made it."""
    attempt: int
    """The attempt that made it, from 1."""
    store_sequence: int
    """One order for the whole home: the largest is the asset's value."""
    time: datetime | None
    """When."""
    digest: str
    """The digest of the code that made it."""
    metadata: tuple[MetadataEntry, ...]
    """Metadata of the materialization: the op's and the IO manager's."""
    unexpected: bool
    """It was not selected; the op yielded it all the same."""
    value_ref: ValueRef | None
    """The value. Unset when the IO manager is not Treadle's own or stores nothing."""
    location: str
    """The location."""
    removed: bool
    """The value was removed since, to make room: nobody can read it any more."""
    gone: str
    """Why the value cannot be read, a clause: "its value is gone from the disk (/home/values/a)".
    Empty: its file is there and as long as it was, or it is none of Treadle's own."""
    partition_key: str
    """The partition that was made. Empty: the asset has none."""

    def __init__(
        self,
        *,
        asset_key: KeyText = KeyText(""),
        run_id: RunId = RunId(""),
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        store_sequence: int = 0,
        time: datetime | None = None,
        digest: str = "",
        metadata: tuple[MetadataEntry, ...] = (),
        unexpected: bool = False,
        value_ref: ValueRef | None = None,
        location: str = "",
        removed: bool = False,
        gone: str = "",
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'run_id', run_id)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'store_sequence', store_sequence)
        put(self, 'time', time)
        put(self, 'digest', digest)
        put(self, 'metadata', metadata)
        put(self, 'unexpected', unexpected)
        put(self, 'value_ref', value_ref)
        put(self, 'location', location)
        put(self, 'removed', removed)
        put(self, 'gone', gone)
        put(self, 'partition_key', partition_key)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', False, 0),
        ('run_id', 2, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('step_key', 3, 'stepKey', 'text', 'one', '', 'step_key', False, 0),
        ('attempt', 4, 'attempt', 'whole', 'one', '', 'attempt', False, 0),
        ('store_sequence', 5, 'storeSequence', 'wide', 'one', '', 'store_sequence', False, 0),
        ('time', 6, 'time', 'time', 'maybe', '', 'time', False, 0),
        ('digest', 7, 'digest', 'text', 'one', '', 'digest', False, 0),
        ('metadata', 8, 'metadata', 'message', 'many', 'MetadataEntry', 'metadata', False, 0),
        ('unexpected', 9, 'unexpected', 'flag', 'one', '', 'unexpected', False, 0),
        ('value_ref', 10, 'valueRef', 'message', 'maybe', 'ValueRef', 'value_ref', False, 0),
        ('location', 11, 'location', 'text', 'one', '', 'location', False, 0),
        ('removed', 12, 'removed', 'flag', 'one', '', 'removed', False, 0),
        ('gone', 13, 'gone', 'text', 'one', '', 'gone', False, 0),
        ('partition_key', 16, 'partitionKey', 'text', 'one', '', 'partition_key', False, 0),
    )


ENUMS['RunState'] = EnumSchema(RunState, 'RUN_STATE_', {0: 'unspecified', 1: 'queued', 2: 'starting', 3: 'running', 4: 'cancelling', 5: 'succeeded', 6: 'failed', 7: 'cancelled'})
ENUMS['StepState'] = EnumSchema(StepState, 'STEP_STATE_', {0: 'unspecified', 1: 'pending', 2: 'ready', 3: 'running', 4: 'succeeded', 5: 'failed', 6: 'skipped', 7: 'not_run', 8: 'cancelled'})
ENUMS['FailureReason'] = EnumSchema(FailureReason, 'FAILURE_REASON_', {0: 'unspecified', 1: 'user_error', 2: 'timeout', 3: 'oom', 4: 'signal', 5: 'exit', 6: 'lost', 7: 'start_failed', 8: 'stale', 9: 'internal', 10: 'unstable'})
ENUMS['FailureWhere'] = EnumSchema(FailureWhere, 'FAILURE_WHERE_', {0: 'unspecified', 1: 'compute', 2: 'load', 3: 'store', 4: 'type_check', 5: 'resource', 6: 'config', 7: 'output', 8: 'check', 9: 'hook'})
ENUMS['MemoryScope'] = EnumSchema(MemoryScope, 'MEMORY_SCOPE_', {0: 'unspecified', 1: 'largest_process', 2: 'all_processes'})
MESSAGES['Failure'] = Failure
MESSAGES['AttemptUsage'] = AttemptUsage
MESSAGES['StepRun'] = StepRun
MESSAGES['StepCount'] = StepCount
MESSAGES['Run'] = Run
MESSAGES['Materialization'] = Materialization
