"""The messages of a launcher's answers, as people read them.

Generated from protos/treadle_api/v1 by scripts/gen_protos.py: change that file there, then `make protos`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from treadle_client._ids import AssetKey, RunId, StepKey
from treadle_client.text._metadata import NO_METADATA, Metadata, PlainValue
from treadle_client.text._text import NO_TEXT, Text
from treadle_client._view import NO_COUNTS, NO_TIME, Chunk, FinalState, Reloaded, Rows, Streamed, Stretches, View
from treadle_contract.message import NO_ENTRIES, ContractEnum

__all__ = ['Asset', 'AssetCheck', 'AssetCheckSeverity', 'AssetEntry', 'AssetExplanation', 'AssetMaterialized', 'AssetObserved', 'AssetPartitions', 'AttemptUsage', 'Backfill', 'BackfillPartition', 'BackfillPartitionState', 'BackfillPlan', 'BackfillPolicy', 'BackfillRun', 'BackfillState', 'Backoff', 'Block', 'CancelRequested', 'ChangeKind', 'CheckEvaluated', 'CheckExplanation', 'Collected', 'ConfigPlace', 'DimensionMapping', 'DiskUse', 'DynamicPartitions', 'Event', 'EventKind', 'ExpectationEvaluated', 'Explanation', 'Failure', 'FailureReason', 'FailureWhere', 'Garbage', 'GarbageReason', 'Graph', 'Hazard', 'HookCompleted', 'HookErrored', 'HostReady', 'InputLoaded', 'Isolation', 'Jitter', 'Job', 'LaunchedRun', 'Launcher', 'Limits', 'Load', 'LoadState', 'LoadedPartition', 'Location', 'LocationState', 'LogChunk', 'LogRecord', 'LogStream', 'MappingRule', 'Materialization', 'MemoryScope', 'ModuleReport', 'ModuleState', 'MultiMapping', 'MultiPartitions', 'MultiToSingleMapping', 'NotFollowed', 'OpExplanation', 'OpNeed', 'OutputDiscarded', 'OutputStored', 'PartitionDimension', 'PartitionKeyRange', 'PartitionMapping', 'PartitionState', 'PartitionStretch', 'PartitionsDefinition', 'PlainMapping', 'Plan', 'PlanOptions', 'PlannedAsset', 'PlannedCheck', 'PlannedInput', 'PlannedInputRef', 'PlannedOutput', 'PlannedPartitions', 'PlannedSource', 'PlannedStep', 'PlannedStepOutput', 'RecordedAssets', 'Reexecution', 'ReexecutionKind', 'Reload', 'Resource', 'ResourceConfig', 'RetryCause', 'RetryGround', 'RetryPolicy', 'Reuse', 'ReuseMode', 'ReusedOutput', 'Run', 'RunDequeued', 'RunFinished', 'RunStarted', 'RunState', 'RunSubmitted', 'Selection', 'Siblings', 'Source', 'SourceLocation', 'SpecificMapping', 'StartMethod', 'StaticMapping', 'StaticMappingEntry', 'StaticPartitions', 'Step', 'StepCancelled', 'StepChange', 'StepExpanded', 'StepFailed', 'StepInput', 'StepNotRun', 'StepOutput', 'StepRecomputed', 'StepResult', 'StepRetryScheduled', 'StepReused', 'StepSkipped', 'StepStarted', 'StepState', 'StepSucceeded', 'TimeWindowMapping', 'TimeWindowPartitions', 'UnrecordedLoads', 'UnselectedOutputs', 'UpstreamMapping', 'UserMapping', 'ValueRef', 'Verdict']


class AssetCheckSeverity(ContractEnum):
    """How bad it is that an asset check did not hold."""

    WARN = "warn"
    """Somebody should look."""
    ERROR = "error"
    """The asset is wrong. A blocking check fails its step."""


class BackfillPartitionState(ContractEnum):
    """The state of a partition in a backfill."""

    WAITING = "WAITING"
    """Its run is not launched yet."""
    RUNNING = "RUNNING"
    """Its run is not over."""
    SUCCEEDED = "SUCCEEDED"
    """Its run succeeded, or made all that was selected of it before it failed. Final."""
    FAILED = "FAILED"
    """Its run failed, or could not be launched. Final."""
    CANCELLED = "CANCELLED"
    """Its run was cancelled, or was never launched because the backfill was. Final."""


class BackfillState(FinalState):
    """The state of a backfill."""

    RUNNING = "RUNNING"
    """Its runs are launched, as many at once as it may have."""
    CANCELLING = "CANCELLING"
    """A cancel was asked for; its runs are being ended."""
    SUCCEEDED = "SUCCEEDED"
    """Every run succeeded. Final."""
    FAILED = "FAILED"
    """A run failed, could not be launched, or was cancelled by itself. Final."""
    CANCELLED = "CANCELLED"
    """Cancelled before every run had succeeded. Final."""


class Backoff(ContractEnum):
    """How the delay before a retry grows."""

    LINEAR = "linear"
    """The delay times the number of the retry."""
    EXPONENTIAL = "exponential"
    """The delay times two to the power of the retries before this one."""


class ChangeKind(ContractEnum):
    """What of a step differs from the last run that ran it."""

    NEW = "new"
    """No earlier run that is known ran it with success."""
    CODE = "code"
    """Code that it reaches, a resource or a declared version: `name` is the definition."""
    CONFIG = "config"
    """Its config: `name` is the key, with dots."""
    INPUT = "input"
    """What it reads: `name` is the input."""
    SELECTION = "selection"
    """What is selected of its outputs, of its block or of its checks."""
    VALUE = "value"
    """What it made is stored no more, or is not what is stored last: `name` is the output."""
    FAN_OUT = "fan_out"
    """It is mapped over a fan-out whose elements are not known yet: `name` is the fan-out's step."""
    PARTITION = "partition"
    """It makes or reads partitions: such a step is never taken from an earlier run."""
    VARIABLE = "variable"
    """It may read an environment variable by an EnvVar: such a step is never taken from an earlier
    run. `name` is the variable, or empty where only its code tells it."""


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


class GarbageReason(ContractEnum):
    """Why something may be removed."""

    UNCOMMITTED = "uncommitted"
    """No commit names it: its attempt failed, was cancelled or was lost."""
    SUPERSEDED = "superseded"
    """The asset has as many newer versions as are kept."""
    INTERMEDIATE = "intermediate"
    """An intermediate of a run that finished longer ago than intermediates are kept."""


class Isolation(ContractEnum):
    """Which steps share a process, a task."""

    OP = "op"
    """None: each attempt has a process of its own."""
    ASSET = "asset"
    """Those of one block."""
    RUN = "run"
    """All of the run."""


class Jitter(ContractEnum):
    """How chance changes a delay, so that steps that failed together are not tried together."""

    FULL = "full"
    """Between nothing and the whole delay."""
    PLUS_MINUS = "plus_minus"
    """Between half of the delay less and half of it more."""


class LoadState(ContractEnum):
    """How a load was resolved."""

    RECORDED = "RECORDED"
    """The launcher's record names the materialization that is read."""
    UNRECORDED = "UNRECORDED"
    """There is no record; the IO manager is tried."""


class LocationState(ContractEnum):
    """Whether a code location can be planned on."""

    LOADING = "LOADING"
    """The first load is under way; there is no snapshot yet."""
    SERVING = "SERVING"
    """A snapshot is served and the last load succeeded."""
    SERVING_LAST_GOOD = "SERVING_LAST_GOOD"
    """A snapshot is served, but the last reload failed: see Location.modules for why."""
    FAILED = "FAILED"
    """No load has succeeded, or no two imports define the same: there is nothing to plan on."""
    UNREACHABLE = "UNREACHABLE"
    """The launcher cannot reach the code server now. Sent by the launcher only."""


class LogStream(ContractEnum):
    """What an attempt writes to."""

    ALL = "all"
    """All three, one after the other: stdout, stderr, log."""
    STDOUT = "stdout"
    """File descriptor 1."""
    STDERR = "stderr"
    """File descriptor 2."""
    LOG = "log"
    """Records of context.log and of Python's logging, a line each."""


class MappingRule(ContractEnum):
    """A rule that takes nothing."""

    IDENTITY = "identity"
    """The same key."""
    ALL = "all"
    """All keys."""
    LAST = "last"
    """The last key."""


class MemoryScope(ContractEnum):
    """What a peak of memory was measured over."""

    LARGEST_PROCESS = "largest_process"
    """The largest single process of the attempt."""
    ALL_PROCESSES = "all_processes"
    """All its processes together, as their cgroup counted them."""


class ModuleState(ContractEnum):
    """How the load of one target ended."""

    LOADED = "LOADED"
    """Imported, and its definitions are valid."""
    RAISED = "RAISED"
    """The import raised, or a definition in it was refused."""
    EXITED = "EXITED"
    """The interpreter ended while importing it (os._exit, a crash, a signal)."""
    HUNG = "HUNG"
    """The import did not end within the import timeout; it was killed."""
    NOT_REACHED = "NOT_REACHED"
    """An earlier target ended the load before this one was reached."""


class PartitionState(ContractEnum):
    """What became of a partition of an asset."""

    MADE = "MADE"
    """A run made it, and none has failed to make it again since."""
    FAILED = "FAILED"
    """The last run that was to make it failed before it did."""
    MISSING = "MISSING"
    """No run made it, and none failed to."""


class ReexecutionKind(ContractEnum):
    """Which steps of an earlier run run again."""

    FROM_FAILURE = "from_failure"
    """What failed, what never finished, and everything below either."""
    STEPS = "steps"
    """The steps that are named."""
    ALL = "all"
    """Every step."""


class RetryCause(ContractEnum):
    """A way to fail that a policy may cover. Equal in name to the FailureReason."""

    USER_ERROR = "user_error"
    """The user's code, or a rule about what it returned."""
    TIMEOUT = "timeout"
    """A deadline of the step passed."""
    OOM = "oom"
    """The memory limit was met."""
    SIGNAL = "signal"
    """A signal that Treadle did not send ended the process."""
    EXIT = "exit"
    """The process ended by itself before it reported."""
    LOST = "lost"
    """The host that ran it is gone, after the user's code had begun."""


class RetryGround(ContractEnum):
    """What lets a step be tried again."""

    POLICY = "policy"
    """Its policy covers the failure."""
    REQUESTED = "requested"
    """The op asked for it."""
    RUN = "run"
    """The run's retry_lost."""
    NOT_BEGUN = "not_begun"
    """The host was lost before the user's code began."""
    NOT_TAKEN = "not_taken"
    """The host did not take the task."""


class ReuseMode(ContractEnum):
    """Which steps of a first run are not run, because an earlier run did the same work."""

    NEVER = "never"
    """None: each runs."""
    UNCHANGED = "unchanged"
    """Those that an earlier run ran with the same code, config, resources and values of inputs, as
    far as what they made is still stored."""


class RunState(FinalState):
    """The state of a run."""

    QUEUED = "QUEUED"
    """Recorded, waiting for a place among the runs at once."""
    STARTING = "STARTING"
    """Waiting for a host that holds its code."""
    RUNNING = "RUNNING"
    """Steps run."""
    CANCELLING = "CANCELLING"
    """A cancel was asked for; steps are being ended."""
    SUCCEEDED = "SUCCEEDED"
    """Every step succeeded or was skipped. Final."""
    FAILED = "FAILED"
    """A step failed for good, or the run could not start. Final."""
    CANCELLED = "CANCELLED"
    """Cancelled before every step had succeeded. Final."""


class Siblings(ContractEnum):
    """What a read of an unselected asset of the same block does."""

    LOAD = "load"
    """The stored value is loaded."""
    RUN = "run"
    """What makes it runs again, its value is an intermediate and is not recorded."""


class StartMethod(ContractEnum):
    """How step processes are started."""

    FORK = "fork"
    """Forked from the host, which has imported the user's modules."""
    SPAWN = "spawn"
    """A new interpreter for each task, which imports them itself."""


class StepState(ContractEnum):
    """The state of a step in a run."""

    PENDING = "PENDING"
    """It waits for steps that it reads from."""
    READY = "READY"
    """It may start, at not_before if that is set."""
    RUNNING = "RUNNING"
    """A process runs it."""
    SUCCEEDED = "SUCCEEDED"
    """It ended well. Final."""
    FAILED = "FAILED"
    """It failed for good. Final."""
    SKIPPED = "SKIPPED"
    """An optional input was not yielded. Final."""
    NOT_RUN = "NOT_RUN"
    """A step that it reads from failed. Final."""
    CANCELLED = "CANCELLED"
    """It was cancelled, before or while it ran. Final."""


class UnrecordedLoads(ContractEnum):
    """What happens to a load that the launcher has no record of."""

    REFUSE = "refuse"
    """The call is refused: NEVER_MATERIALIZED."""
    TRY = "try"
    """The run is launched; the reader fails, independent steps run."""


class UnselectedOutputs(ContractEnum):
    """What happens to an output that is yielded though no selected asset needs it and that
    produces an asset."""

    MATERIALIZE = "materialize"
    """The asset is made; its event says unexpected."""
    DISCARD = "discard"
    """The value is dropped, with an event."""
    FAIL = "fail"
    """The step fails, and nothing of the attempt is committed."""


class Verdict(ContractEnum):
    """What a plan says of a step."""

    RUN = "RUN"
    """It runs."""
    OMIT = "OMIT"
    """It is not needed."""
    REUSE = "REUSE"
    """Its outputs are taken from an earlier run."""


class EventKind(ContractEnum):
    """What an event tells: its class says more."""

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
    HOOK_COMPLETED = "hook_completed"
    HOOK_ERRORED = "hook_errored"
    ASSET_OBSERVED = "asset_observed"
    EXPECTATION_EVALUATED = "expectation_evaluated"


class AttemptUsage(View):
    """What one attempt used, measured when all its processes were gone.

    wall: Wall time.
    cpu: CPU time of all its processes that were reaped, user and system.
    peak_memory_bytes: The most memory that was resident, in bytes.
    memory_scope: What peak_memory_bytes was measured over.
    """

    __slots__ = __match_args__ = ('wall', 'cpu', 'peak_memory_bytes', 'memory_scope')
    wall: timedelta
    """Wall time."""
    cpu: timedelta
    """CPU time of all its processes that were reaped, user and system."""
    peak_memory_bytes: int
    """The most memory that was resident, in bytes."""
    memory_scope: MemoryScope | None
    """What peak_memory_bytes was measured over."""

    def __init__(
        self,
        *,
        wall: timedelta = NO_TIME,
        cpu: timedelta = NO_TIME,
        peak_memory_bytes: int = 0,
        memory_scope: MemoryScope | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'wall', wall)
        put(self, 'cpu', cpu)
        put(self, 'peak_memory_bytes', peak_memory_bytes)
        put(self, 'memory_scope', memory_scope)

    TABLE: ClassVar[Rows] = (
        (1, 'wall', 'us', 'one', ''),
        (2, 'cpu', 'us', 'one', ''),
        (3, 'peak_memory_bytes', 'wide', 'one', ''),
        (4, 'memory_scope', 'enum', 'maybe', 'MemoryScope'),
    )


class Event(View):
    """A past fact about one run.

    store_sequence: One order for the whole home, growing, with gaps between runs.
    run_id: The run.
    sequence: The order within the run: 1, 2, 3, … without a gap.
    time: When, for people; order never depends on it.
    step_key: The step. Empty: a fact about the run.
    attempt: The attempt, from 1. 0: not about one attempt.
    """

    __slots__ = __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt')
    kind: ClassVar[EventKind]
    store_sequence: int
    """One order for the whole home, growing, with gaps between runs."""
    run_id: RunId
    """The run."""
    sequence: int
    """The order within the run: 1, 2, 3, … without a gap."""
    time: datetime
    """When, for people; order never depends on it."""
    step_key: StepKey
    """The step. Empty: a fact about the run."""
    attempt: int
    """The attempt, from 1. 0: not about one attempt."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)

    TABLE: ClassVar[Rows] = (
        (1, 'store_sequence', 'wide', 'one', ''),
        (2, 'run_id', 'text', 'one', ''),
        (3, 'sequence', 'wide', 'one', ''),
        (4, 'time', 'time', 'one', 'Timestamp'),
        (5, 'step_key', 'text', 'one', ''),
        (6, 'attempt', 'whole', 'one', ''),
    )


class Selection(View):
    """What is to be made.

    expressions: Expressions of the selection language; their union is selected. Empty: see
        job.
    job: The name of a job whose selection is taken. Empty with no expressions: every asset.
    op_selection: Of a job of ops, the ops that run, each clause as "a", "*a", "a*", "+a",
        "a+" or "inner.a". What others would have given, inputs have by default or are told by
        config. Empty: all ops.
    allow_empty: A group, tag, kind, owner or wildcard that matches nothing selects nothing,
        and so may all of it: then no step runs. Keys have to be there all the same. False: that
        is refused.
    recorded: What missing() and failed() in the expressions stand for. Set by the launcher,
        from its record at the time; a re-execution means the same assets.
    """

    __slots__ = __match_args__ = ('expressions', 'job', 'op_selection', 'allow_empty', 'recorded')
    expressions: tuple[str, ...]
    """Expressions of the selection language; their union is selected. Empty: see job."""
    job: str
    """The name of a job whose selection is taken. Empty with no expressions: every asset."""
    op_selection: tuple[str, ...]
    """Of a job of ops, the ops that run, each clause as "a", "*a", "a*", "+a", "a+" or "inner.a".
    What others would have given, inputs have by default or are told by config. Empty: all ops."""
    allow_empty: bool
    """A group, tag, kind, owner or wildcard that matches nothing selects nothing, and so may all
    of it: then no step runs. Keys have to be there all the same. False: that is refused."""
    recorded: RecordedAssets | None
    """What missing() and failed() in the expressions stand for. Set by the launcher, from its
    record at the time; a re-execution means the same assets."""

    def __init__(
        self,
        *,
        expressions: tuple[str, ...] = (),
        job: str = "",
        op_selection: tuple[str, ...] = (),
        allow_empty: bool = False,
        recorded: RecordedAssets | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'expressions', expressions)
        put(self, 'job', job)
        put(self, 'op_selection', op_selection)
        put(self, 'allow_empty', allow_empty)
        put(self, 'recorded', recorded)

    TABLE: ClassVar[Rows] = (
        (1, 'expressions', 'text', 'many', ''),
        (2, 'job', 'text', 'one', ''),
        (3, 'op_selection', 'text', 'many', ''),
        (30, 'allow_empty', 'flag', 'one', ''),
        (31, 'recorded', 'message', 'maybe', 'RecordedAssets'),
    )


class RecordedAssets(View):
    """Assets by what is on record of them.

    missing_asset_keys: Those that no run made; of a partitioned asset, some partition.
        Sorted.
    failed_asset_keys: Those that the last run which was to make them failed to make; of a
        partitioned asset, some partition. Sorted.
    """

    __slots__ = __match_args__ = ('missing_asset_keys', 'failed_asset_keys')
    missing_asset_keys: tuple[AssetKey, ...]
    """Those that no run made; of a partitioned asset, some partition. Sorted."""
    failed_asset_keys: tuple[AssetKey, ...]
    """Those that the last run which was to make them failed to make; of a partitioned asset, some
    partition. Sorted."""

    def __init__(
        self,
        *,
        missing_asset_keys: tuple[AssetKey, ...] = (),
        failed_asset_keys: tuple[AssetKey, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'missing_asset_keys', missing_asset_keys)
        put(self, 'failed_asset_keys', failed_asset_keys)

    TABLE: ClassVar[Rows] = (
        (1, 'missing_asset_keys', 'text', 'many', ''),
        (2, 'failed_asset_keys', 'text', 'many', ''),
    )


class PlanOptions(View):
    """What a caller may choose about a plan.

    unselected_outputs: What happens to outputs that no selected asset needs.
    siblings: What reads of unselected siblings do.
    unrecorded_loads: What unrecorded loads do. Read by the launcher only.
    isolation: Which steps share a process.
    config: The config of the run, a map: what ConfigPlace says the paths of lead from here.
        It is laid over the job's, which is laid over what the definitions have. Null: none.
    reuse: Which steps are taken from earlier runs instead of being run. Of no effect on a
        re-execution.
    partitions: The partitions that are made, of the one definition among those of the
        selected assets that has them all: assets of others get theirs through the mappings.
        Empty: none, which a selection with a partitioned asset is refused for.
    """

    __slots__ = __match_args__ = ('unselected_outputs', 'siblings', 'unrecorded_loads', 'isolation', 'config', 'reuse', 'partitions')
    unselected_outputs: UnselectedOutputs | None
    """What happens to outputs that no selected asset needs."""
    siblings: Siblings | None
    """What reads of unselected siblings do."""
    unrecorded_loads: UnrecordedLoads | None
    """What unrecorded loads do. Read by the launcher only."""
    isolation: Isolation | None
    """Which steps share a process."""
    config: PlainValue
    """The config of the run, a map: what ConfigPlace says the paths of lead from here. It is laid
    over the job's, which is laid over what the definitions have. Null: none."""
    reuse: ReuseMode | None
    """Which steps are taken from earlier runs instead of being run. Of no effect on a
    re-execution."""
    partitions: tuple[PartitionKeyRange, ...]
    """The partitions that are made, of the one definition among those of the selected assets that
    has them all: assets of others get theirs through the mappings. Empty: none, which a
    selection with a partitioned asset is refused for."""

    def __init__(
        self,
        *,
        unselected_outputs: UnselectedOutputs | None = None,
        siblings: Siblings | None = None,
        unrecorded_loads: UnrecordedLoads | None = None,
        isolation: Isolation | None = None,
        config: PlainValue = None,
        reuse: ReuseMode | None = None,
        partitions: tuple[PartitionKeyRange, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'unselected_outputs', unselected_outputs)
        put(self, 'siblings', siblings)
        put(self, 'unrecorded_loads', unrecorded_loads)
        put(self, 'isolation', isolation)
        put(self, 'config', config)
        put(self, 'reuse', reuse)
        put(self, 'partitions', partitions)

    TABLE: ClassVar[Rows] = (
        (1, 'unselected_outputs', 'enum', 'maybe', 'UnselectedOutputs'),
        (2, 'siblings', 'enum', 'maybe', 'Siblings'),
        (3, 'unrecorded_loads', 'enum', 'maybe', 'UnrecordedLoads'),
        (4, 'isolation', 'enum', 'maybe', 'Isolation'),
        (5, 'config', 'value', 'one', 'Value'),
        (20, 'reuse', 'enum', 'maybe', 'ReuseMode'),
        (7, 'partitions', 'message', 'many', 'PartitionKeyRange'),
    )


class PartitionKeyRange(View):
    """Keys that follow each other in the order of their definition.

    first: The first.
    last: The last, which belongs to it.
    """

    __slots__ = __match_args__ = ('first', 'last')
    first: str
    """The first."""
    last: str
    """The last, which belongs to it."""

    def __init__(
        self,
        *,
        first: str = "",
        last: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'first', first)
        put(self, 'last', last)

    TABLE: ClassVar[Rows] = (
        (1, 'first', 'text', 'one', ''),
        (2, 'last', 'text', 'one', ''),
    )


class Reexecution(View):
    """A new run with an earlier one's selection and options, planned anew on the current snapshot.

    parent_run_id: The earlier run.
    kind: Which of its steps run again.
    step_expressions: Expressions over steps: a step key, a graph's dotted path, or an
        asset's key, each with "+" on either side; their union runs. Set for STEPS only.
    rerun_changed: A succeeded step whose code or inputs changed since runs again too.
    same_code: The digest must be the earlier run's.
    config: Config, a map, that is laid over the earlier run's. Null: none.
    """

    __slots__ = __match_args__ = ('parent_run_id', 'kind', 'step_expressions', 'rerun_changed', 'same_code', 'config')
    parent_run_id: RunId
    """The earlier run."""
    kind: ReexecutionKind
    """Which of its steps run again."""
    step_expressions: tuple[str, ...]
    """Expressions over steps: a step key, a graph's dotted path, or an asset's key, each with "+"
    on either side; their union runs. Set for STEPS only."""
    rerun_changed: bool
    """A succeeded step whose code or inputs changed since runs again too."""
    same_code: bool
    """The digest must be the earlier run's."""
    config: PlainValue
    """Config, a map, that is laid over the earlier run's. Null: none."""

    def __init__(
        self,
        *,
        parent_run_id: RunId = RunId(""),
        kind: ReexecutionKind,
        step_expressions: tuple[str, ...] = (),
        rerun_changed: bool = False,
        same_code: bool = False,
        config: PlainValue = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'parent_run_id', parent_run_id)
        put(self, 'kind', kind)
        put(self, 'step_expressions', step_expressions)
        put(self, 'rerun_changed', rerun_changed)
        put(self, 'same_code', same_code)
        put(self, 'config', config)

    TABLE: ClassVar[Rows] = (
        (1, 'parent_run_id', 'text', 'one', ''),
        (2, 'kind', 'enum', 'one', 'ReexecutionKind'),
        (3, 'step_expressions', 'text', 'many', ''),
        (4, 'rerun_changed', 'flag', 'one', ''),
        (5, 'same_code', 'flag', 'one', ''),
        (6, 'config', 'value', 'one', 'Value'),
    )


class ValueRef(View):
    """The name of one stored value. Any process that can reach the store can read the value with
    nothing else; the value it names never changes.

    store: Which store: "files" is the launcher home's own.
    key: The name inside the store: path components joined by "/", never absolute.
    codec: How the bytes are to be read. "pickle5" is pickle protocol 5 with its buffers
        beside it: 0 magic, 16 bytes: the byte 89, "treadle-value", the bytes 0d 0a 16 format
        and Python version as a line of JSON, padded with spaces to byte 64 64 the pickle stream
        … its out-of-band buffers, each at a multiple of 64 … the index as JSON: [offset, size,
        read-only as 0 or 1] of the stream, then of each buffer end 24 bytes, integers
        little-endian: offset and size of the index, 8 bytes each; then the 8 bytes of BLAKE2b
        over the CRC-32, in 4 bytes, of all bytes before
    size_bytes: The length of the stored bytes.
    checksum: The checksum of the stored bytes as "algorithm:hexadecimal", for example
        "crc32:89abcdef".
    untouched: What the file was when it was written, as "boot id:inode:time of its last
        change in nanoseconds since 1970": a reader that finds the same MAY leave out the
        checksum. Empty: read all.
    """

    __slots__ = __match_args__ = ('store', 'key', 'codec', 'size_bytes', 'checksum', 'untouched')
    store: str
    """Which store: "files" is the launcher home's own."""
    key: str
    """The name inside the store: path components joined by "/", never absolute."""
    codec: str
    """How the bytes are to be read. "pickle5" is pickle protocol 5 with its buffers beside it: 0
    magic, 16 bytes: the byte 89, "treadle-value", the bytes 0d 0a 16 format and Python version
    as a line of JSON, padded with spaces to byte 64 64 the pickle stream … its out-of-band
    buffers, each at a multiple of 64 … the index as JSON: [offset, size, read-only as 0 or 1]
    of the stream, then of each buffer end 24 bytes, integers little-endian: offset and size of
    the index, 8 bytes each; then the 8 bytes of BLAKE2b over the CRC-32, in 4 bytes, of all
    bytes before"""
    size_bytes: int
    """The length of the stored bytes."""
    checksum: str
    """The checksum of the stored bytes as "algorithm:hexadecimal", for example "crc32:89abcdef"."""
    untouched: str
    """What the file was when it was written, as "boot id:inode:time of its last change in
    nanoseconds since 1970": a reader that finds the same MAY leave out the checksum. Empty:
    read all."""

    def __init__(
        self,
        *,
        store: str = "",
        key: str = "",
        codec: str = "",
        size_bytes: int = 0,
        checksum: str = "",
        untouched: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store', store)
        put(self, 'key', key)
        put(self, 'codec', codec)
        put(self, 'size_bytes', size_bytes)
        put(self, 'checksum', checksum)
        put(self, 'untouched', untouched)

    TABLE: ClassVar[Rows] = (
        (1, 'store', 'text', 'one', ''),
        (2, 'key', 'text', 'one', ''),
        (3, 'codec', 'text', 'one', ''),
        (4, 'size_bytes', 'wide', 'one', ''),
        (5, 'checksum', 'text', 'one', ''),
        (6, 'untouched', 'text', 'one', ''),
    )


class Failure(View):
    """Why something failed.

    reason: The machine-readable reason.
    where: Which part of the step. Set for USER_ERROR.
    message: One sentence: what happened, to what, what to do.
    error_class: The class of the user's exception, for example "builtins.ValueError". Set
        when one was raised.
    traceback: The whole chained traceback. Set when an exception was raised.
    source: The user's line nearest to the cause. Set when a traceback names one.
    exit_code: The exit status of the process. Set for EXIT.
    signal: The signal's name, for example "SIGSEGV". Set for SIGNAL, OOM and TIMEOUT when
        one ended the process.
    stderr_tail: The last lines of the attempt's stderr. Set when there are any.
    likely: The reason is inferred, not proven: see evidence.
    evidence: The facts that the reason rests on, a sentence each. Set for OOM, SIGNAL,
        EXIT, TIMEOUT and LOST.
    metadata: What the user's treadle.Failure says of itself.
    """

    __slots__ = __match_args__ = ('reason', 'where', 'message', 'error_class', 'traceback', 'source', 'exit_code', 'signal', 'stderr_tail', 'likely', 'evidence', 'metadata')
    reason: FailureReason
    """The machine-readable reason."""
    where: FailureWhere | None
    """Which part of the step. Set for USER_ERROR."""
    message: str
    """One sentence: what happened, to what, what to do."""
    error_class: str
    """The class of the user's exception, for example "builtins.ValueError". Set when one was
    raised."""
    traceback: Text
    """The whole chained traceback. Set when an exception was raised."""
    source: SourceLocation | None
    """The user's line nearest to the cause. Set when a traceback names one."""
    exit_code: int | None
    """The exit status of the process. Set for EXIT."""
    signal: str
    """The signal's name, for example "SIGSEGV". Set for SIGNAL, OOM and TIMEOUT when one ended the
    process."""
    stderr_tail: Text
    """The last lines of the attempt's stderr. Set when there are any."""
    likely: bool
    """The reason is inferred, not proven: see evidence."""
    evidence: tuple[str, ...]
    """The facts that the reason rests on, a sentence each. Set for OOM, SIGNAL, EXIT, TIMEOUT and
    LOST."""
    metadata: Metadata
    """What the user's treadle.Failure says of itself."""

    def __init__(
        self,
        *,
        reason: FailureReason,
        where: FailureWhere | None = None,
        message: str = "",
        error_class: str = "",
        traceback: Text = NO_TEXT,
        source: SourceLocation | None = None,
        exit_code: int | None = None,
        signal: str = "",
        stderr_tail: Text = NO_TEXT,
        likely: bool = False,
        evidence: tuple[str, ...] = (),
        metadata: Metadata = NO_METADATA,
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

    TABLE: ClassVar[Rows] = (
        (1, 'reason', 'enum', 'one', 'FailureReason'),
        (2, 'where', 'enum', 'maybe', 'FailureWhere'),
        (3, 'message', 'text', 'one', ''),
        (4, 'error_class', 'text', 'one', ''),
        (5, 'traceback', 'long', 'one', 'Text'),
        (6, 'source', 'message', 'maybe', 'SourceLocation'),
        (7, 'exit_code', 'whole', 'maybe', ''),
        (8, 'signal', 'text', 'one', ''),
        (9, 'stderr_tail', 'long', 'one', 'Text'),
        (10, 'likely', 'flag', 'one', ''),
        (11, 'evidence', 'text', 'many', ''),
        (12, 'metadata', 'metadata', 'one', 'MetadataEntry'),
    )


class SourceLocation(View):
    """A place in the user's source code.

    file: The file, as an absolute path on the machine of the code server.
    line: The line, counted from 1. 0: unknown.
    """

    __slots__ = __match_args__ = ('file', 'line')
    file: str
    """The file, as an absolute path on the machine of the code server."""
    line: int
    """The line, counted from 1. 0: unknown."""

    def __init__(
        self,
        *,
        file: str = "",
        line: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'file', file)
        put(self, 'line', line)

    TABLE: ClassVar[Rows] = (
        (1, 'file', 'text', 'one', ''),
        (2, 'line', 'whole', 'one', ''),
    )


class Plan(Streamed):
    """One part of a plan. A plan is streamed in parts of at most 500 items or 1 MiB; the whole is
    the concatenation of the parts.

    location: The location's name.
    digest: The digest of the snapshot it was made on.
    fingerprint: SHA-256 in hexadecimal over the plan as the code server made it, before
        loads are resolved.
    selection: The selection as it was asked for.
    options: The options as they were asked for.
    selected_asset_keys: The assets selected, sorted. At most 500; see selected_asset_count.
    selected_asset_count: How many assets are selected.
    missing_asset_keys: Siblings that nothing is stored of and that run instead of being
        loaded, sorted. At most 500.
    notes: What a person should know, a sentence each.
    reexecution: The earlier run that is gone on from. None: none.
    above_asset_keys: Assets that a "+x" of the selection reaches and that nothing in the
        location makes, sorted; no part of the fingerprint, as what follows. At most 500.
    below_asset_keys: Selected assets whose readers an "x+" of the selection reaches too,
        sorted. At most 500.
    selected_checks: The checks selected, "asset:name", sorted. At most 500.
    observed_asset_keys: The external assets that are looked at, sorted. At most 500.
    partitions_definitions: The definitions that ranges of several partitions of the plan
        are of, sorted by id.
    steps: Steps of the selected blocks, in topological order, ties by key.
    loads: Loads, sorted by key.
    hazards: Hazards, sorted by step key and output.
    reuses: Steps that are reused, sorted by key.
    """

    __slots__ = __match_args__ = ('location', 'digest', 'fingerprint', 'selection', 'options', 'selected_asset_keys', 'selected_asset_count', 'missing_asset_keys', 'notes', 'reexecution', 'above_asset_keys', 'below_asset_keys', 'selected_checks', 'observed_asset_keys', 'partitions_definitions', 'steps', 'loads', 'hazards', 'reuses')
    location: str
    """The location's name."""
    digest: str
    """The digest of the snapshot it was made on."""
    fingerprint: str
    """SHA-256 in hexadecimal over the plan as the code server made it, before loads are resolved."""
    selection: Selection
    """The selection as it was asked for."""
    options: PlanOptions
    """The options as they were asked for."""
    selected_asset_keys: tuple[AssetKey, ...]
    """The assets selected, sorted. At most 500; see selected_asset_count."""
    selected_asset_count: int
    """How many assets are selected."""
    missing_asset_keys: tuple[AssetKey, ...]
    """Siblings that nothing is stored of and that run instead of being loaded, sorted. At most
    500."""
    notes: tuple[str, ...]
    """What a person should know, a sentence each."""
    reexecution: Reexecution | None
    """The earlier run that is gone on from. None: none."""
    above_asset_keys: tuple[AssetKey, ...]
    """Assets that a "+x" of the selection reaches and that nothing in the location makes, sorted;
    no part of the fingerprint, as what follows. At most 500."""
    below_asset_keys: tuple[AssetKey, ...]
    """Selected assets whose readers an "x+" of the selection reaches too, sorted. At most 500."""
    selected_checks: tuple[str, ...]
    """The checks selected, "asset:name", sorted. At most 500."""
    observed_asset_keys: tuple[AssetKey, ...]
    """The external assets that are looked at, sorted. At most 500."""
    partitions_definitions: tuple[PartitionsDefinition, ...]
    """The definitions that ranges of several partitions of the plan are of, sorted by id."""
    steps: tuple[PlannedStep, ...]
    """Steps of the selected blocks, in topological order, ties by key."""
    loads: tuple[Load, ...]
    """Loads, sorted by key."""
    hazards: tuple[Hazard, ...]
    """Hazards, sorted by step key and output."""
    reuses: tuple[Reuse, ...]
    """Steps that are reused, sorted by key."""

    def __init__(
        self,
        *,
        location: str = "",
        digest: str = "",
        fingerprint: str = "",
        selection: Selection,
        options: PlanOptions,
        selected_asset_keys: tuple[AssetKey, ...] = (),
        selected_asset_count: int = 0,
        missing_asset_keys: tuple[AssetKey, ...] = (),
        notes: tuple[str, ...] = (),
        reexecution: Reexecution | None = None,
        above_asset_keys: tuple[AssetKey, ...] = (),
        below_asset_keys: tuple[AssetKey, ...] = (),
        selected_checks: tuple[str, ...] = (),
        observed_asset_keys: tuple[AssetKey, ...] = (),
        partitions_definitions: tuple[PartitionsDefinition, ...] = (),
        steps: tuple[PlannedStep, ...] = (),
        loads: tuple[Load, ...] = (),
        hazards: tuple[Hazard, ...] = (),
        reuses: tuple[Reuse, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'digest', digest)
        put(self, 'fingerprint', fingerprint)
        put(self, 'selection', selection)
        put(self, 'options', options)
        put(self, 'selected_asset_keys', selected_asset_keys)
        put(self, 'selected_asset_count', selected_asset_count)
        put(self, 'missing_asset_keys', missing_asset_keys)
        put(self, 'notes', notes)
        put(self, 'reexecution', reexecution)
        put(self, 'above_asset_keys', above_asset_keys)
        put(self, 'below_asset_keys', below_asset_keys)
        put(self, 'selected_checks', selected_checks)
        put(self, 'observed_asset_keys', observed_asset_keys)
        put(self, 'partitions_definitions', partitions_definitions)
        put(self, 'steps', steps)
        put(self, 'loads', loads)
        put(self, 'hazards', hazards)
        put(self, 'reuses', reuses)

    TABLE: ClassVar[Rows] = (
        (1, '', 'inline', 'one', ((1, 'location', 'text', 'one', ''), (2, 'digest', 'text', 'one', ''), (3, 'fingerprint', 'text', 'one', ''), (4, 'selection', 'message', 'one', 'Selection'), (5, 'options', 'message', 'one', 'PlanOptions'), (6, 'selected_asset_keys', 'text', 'many', ''), (7, 'selected_asset_count', 'whole', 'one', ''), (8, 'missing_asset_keys', 'text', 'many', ''), (9, 'notes', 'text', 'many', ''), (10, 'reexecution', 'message', 'maybe', 'Reexecution'), (11, 'above_asset_keys', 'text', 'many', ''), (12, 'below_asset_keys', 'text', 'many', ''), (14, 'selected_checks', 'text', 'many', ''), (15, 'observed_asset_keys', 'text', 'many', ''), (20, 'partitions_definitions', 'message', 'many', 'PartitionsDefinition'))),
        (2, 'steps', 'message', 'many', 'PlannedStep'),
        (3, 'loads', 'message', 'many', 'Load'),
        (4, 'hazards', 'message', 'many', 'Hazard'),
        (5, 'reuses', 'message', 'many', 'Reuse'),
    )


class PartitionsDefinition(View):
    """The keys of assets that are made in parts. Equal definitions have equal ids.

    id: The first characters of the SHA-256 of the rest, in hexadecimal.
    static: Those that are listed.
    time_windows: One for each stretch of time.
    dynamic: Those that the launcher was told.
    multi: The combinations of those of several dimensions.
    """

    __slots__ = __match_args__ = ('id', 'static', 'time_windows', 'dynamic', 'multi')
    id: str
    """The first characters of the SHA-256 of the rest, in hexadecimal."""
    static: StaticPartitions | None
    """Those that are listed."""
    time_windows: TimeWindowPartitions | None
    """One for each stretch of time."""
    dynamic: DynamicPartitions | None
    """Those that the launcher was told."""
    multi: MultiPartitions | None
    """The combinations of those of several dimensions."""

    def __init__(
        self,
        *,
        id: str = "",
        static: StaticPartitions | None = None,
        time_windows: TimeWindowPartitions | None = None,
        dynamic: DynamicPartitions | None = None,
        multi: MultiPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'id', id)
        put(self, 'static', static)
        put(self, 'time_windows', time_windows)
        put(self, 'dynamic', dynamic)
        put(self, 'multi', multi)

    TABLE: ClassVar[Rows] = (
        (1, 'id', 'text', 'one', ''),
        (2, 'static', 'message', 'maybe', 'StaticPartitions'),
        (3, 'time_windows', 'message', 'maybe', 'TimeWindowPartitions'),
        (4, 'dynamic', 'message', 'maybe', 'DynamicPartitions'),
        (5, 'multi', 'message', 'maybe', 'MultiPartitions'),
    )


class StaticPartitions(View):
    """Keys that are listed.

    keys: The keys, in order, each once.
    """

    __slots__ = __match_args__ = ('keys',)
    keys: tuple[str, ...]
    """The keys, in order, each once."""

    def __init__(
        self,
        *,
        keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'keys', keys)

    TABLE: ClassVar[Rows] = (
        (1, 'keys', 'text', 'many', ''),
    )


class TimeWindowPartitions(View):
    """One key for each window from a tick of a schedule to the next. The windows that have ended
    by now are there.

    cron_schedule: Five fields of cron: minute, hour, day of the month, month, day of the
        week.
    timezone: The time zone of the schedule and of the keys, by its name in the IANA
        database.
    start: The first window begins at the first tick at or after this moment.
    end: No window ends after this moment. None: there is no such moment.
    key_format: A key is the begin of its window in this format of strftime. Where a local
        time comes twice, the second has its distance from UTC behind it, as %z.
    end_offset: How many windows are there beyond those that have ended; negative: fewer.
    excluded_schedules: A window that begins at a tick of one of these schedules is left
        out.
    excluded_moments: A window that begins at one of these moments is left out. Sorted.
    """

    __slots__ = __match_args__ = ('cron_schedule', 'timezone', 'start', 'end', 'key_format', 'end_offset', 'excluded_schedules', 'excluded_moments')
    cron_schedule: str
    """Five fields of cron: minute, hour, day of the month, month, day of the week."""
    timezone: str
    """The time zone of the schedule and of the keys, by its name in the IANA database."""
    start: int
    """The first window begins at the first tick at or after this moment."""
    end: int | None
    """No window ends after this moment. None: there is no such moment."""
    key_format: str
    """A key is the begin of its window in this format of strftime. Where a local time comes twice,
    the second has its distance from UTC behind it, as %z."""
    end_offset: int
    """How many windows are there beyond those that have ended; negative: fewer."""
    excluded_schedules: tuple[str, ...]
    """A window that begins at a tick of one of these schedules is left out."""
    excluded_moments: tuple[int, ...]
    """A window that begins at one of these moments is left out. Sorted."""

    def __init__(
        self,
        *,
        cron_schedule: str = "",
        timezone: str = "",
        start: int = 0,
        end: int | None = None,
        key_format: str = "",
        end_offset: int = 0,
        excluded_schedules: tuple[str, ...] = (),
        excluded_moments: tuple[int, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'cron_schedule', cron_schedule)
        put(self, 'timezone', timezone)
        put(self, 'start', start)
        put(self, 'end', end)
        put(self, 'key_format', key_format)
        put(self, 'end_offset', end_offset)
        put(self, 'excluded_schedules', excluded_schedules)
        put(self, 'excluded_moments', excluded_moments)

    TABLE: ClassVar[Rows] = (
        (1, 'cron_schedule', 'text', 'one', ''),
        (2, 'timezone', 'text', 'one', ''),
        (3, 'start', 'wide', 'one', ''),
        (4, 'end', 'wide', 'maybe', ''),
        (5, 'key_format', 'text', 'one', ''),
        (6, 'end_offset', 'whole', 'one', ''),
        (7, 'excluded_schedules', 'text', 'many', ''),
        (8, 'excluded_moments', 'wide', 'many', ''),
    )


class DynamicPartitions(View):
    """Keys that the launcher was told: AddPartitions, RemovePartitions.

    name: The name that they are added under.
    """

    __slots__ = __match_args__ = ('name',)
    name: str
    """The name that they are added under."""

    def __init__(
        self,
        *,
        name: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)

    TABLE: ClassVar[Rows] = (
        (1, 'name', 'text', 'one', ''),
    )


class MultiPartitions(View):
    """Keys of which each part is one of another definition's, joined by "|".

    dimensions: The parts, sorted by name: the order that they have in a key.
    """

    __slots__ = __match_args__ = ('dimensions',)
    dimensions: tuple[PartitionDimension, ...]
    """The parts, sorted by name: the order that they have in a key."""

    def __init__(
        self,
        *,
        dimensions: tuple[PartitionDimension, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'dimensions', dimensions)

    TABLE: ClassVar[Rows] = (
        (1, 'dimensions', 'message', 'many', 'PartitionDimension'),
    )


class PartitionDimension(View):
    """One part of the keys of MultiPartitions.

    name: The name, unique among the dimensions.
    static: Those that are listed.
    time_windows: One for each stretch of time.
    dynamic: Those that the launcher was told.
    """

    __slots__ = __match_args__ = ('name', 'static', 'time_windows', 'dynamic')
    name: str
    """The name, unique among the dimensions."""
    static: StaticPartitions | None
    """Those that are listed."""
    time_windows: TimeWindowPartitions | None
    """One for each stretch of time."""
    dynamic: DynamicPartitions | None
    """Those that the launcher was told."""

    def __init__(
        self,
        *,
        name: str = "",
        static: StaticPartitions | None = None,
        time_windows: TimeWindowPartitions | None = None,
        dynamic: DynamicPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'static', static)
        put(self, 'time_windows', time_windows)
        put(self, 'dynamic', dynamic)

    TABLE: ClassVar[Rows] = (
        (1, 'name', 'text', 'one', ''),
        (2, 'static', 'message', 'maybe', 'StaticPartitions'),
        (3, 'time_windows', 'message', 'maybe', 'TimeWindowPartitions'),
        (4, 'dynamic', 'message', 'maybe', 'DynamicPartitions'),
    )


class PlannedStep(View):
    """One op of a selected block, and what the plan does with it.

    key: The step key.
    block: The node name of its block.
    verdict: Whether it runs.
    reason: Why, in one sentence for a person.
    selected_outputs: context.selected_output_names, sorted. Empty when OMIT, as what
        follows.
    selected_asset_keys: context.selected_asset_keys: the selected keys of its block,
        sorted.
    inputs: The inputs. For REUSE: what it would read.
    outputs: The outputs.
    resource_keys: Resource keys it needs, IO managers' included, sorted.
    unselected_outputs: What happens to its unselected outputs: never UNSPECIFIED.
    op: The name of the op.
    retry_policy: When it is tried again. None: never by itself.
    timeout: How long one attempt may take. None: no limit.
    limits: What one attempt may use. None: no limit.
    task: The task that it is part of, by the key of its first step: steps with equal text
        share a process and run in it in the order of the plan. Empty: it has one of its own.
    config: The effective config: what is at StepDefinition.config.path, with all defaults.
        Secrets stand as the name of their variable. Null: it takes none.
    resource_config: What the run tells the resources that it needs, sorted by key: those
        alone that it tells something.
    selected_checks: context.selected_asset_check_keys: the selected checks of its block,
        "asset:name", sorted.
    told_inputs: The values of inputs that nothing is connected to, a map by their names.
        Null: none is told.
    mapped_over: The dynamic outputs that it is mapped over and whose mapping keys are not
        known yet, from the outermost: for each, its key has a "[?]". When the first of them is
        expanded, one step for each mapping key takes its place. Empty: it runs as it is.
    code_digest: SHA-256 in hexadecimal over what its outcome rests on beside inputs and
        config: of the user's code, of resources, of declared versions. Empty: the digest of its
        op in the manifest says all.
    changes: What is not as it was when it ran last, if it runs though what is unchanged is
        reused.
    partitions: context.partition_keys: the partitions of its block that the run makes.
        None: the block has none, or its assets have others of their own.
    """

    __slots__ = __match_args__ = ('key', 'block', 'verdict', 'reason', 'selected_outputs', 'selected_asset_keys', 'inputs', 'outputs', 'resource_keys', 'unselected_outputs', 'op', 'retry_policy', 'timeout', 'limits', 'task', 'config', 'resource_config', 'selected_checks', 'told_inputs', 'mapped_over', 'code_digest', 'changes', 'partitions')
    key: StepKey
    """The step key."""
    block: str
    """The node name of its block."""
    verdict: Verdict
    """Whether it runs."""
    reason: str
    """Why, in one sentence for a person."""
    selected_outputs: tuple[str, ...]
    """context.selected_output_names, sorted. Empty when OMIT, as what follows."""
    selected_asset_keys: tuple[AssetKey, ...]
    """context.selected_asset_keys: the selected keys of its block, sorted."""
    inputs: tuple[PlannedInput, ...]
    """The inputs. For REUSE: what it would read."""
    outputs: tuple[PlannedOutput, ...]
    """The outputs."""
    resource_keys: tuple[str, ...]
    """Resource keys it needs, IO managers' included, sorted."""
    unselected_outputs: UnselectedOutputs | None
    """What happens to its unselected outputs: never UNSPECIFIED."""
    op: str
    """The name of the op."""
    retry_policy: RetryPolicy | None
    """When it is tried again. None: never by itself."""
    timeout: timedelta | None
    """How long one attempt may take. None: no limit."""
    limits: Limits | None
    """What one attempt may use. None: no limit."""
    task: StepKey
    """The task that it is part of, by the key of its first step: steps with equal text share a
    process and run in it in the order of the plan. Empty: it has one of its own."""
    config: PlainValue
    """The effective config: what is at StepDefinition.config.path, with all defaults. Secrets
    stand as the name of their variable. Null: it takes none."""
    resource_config: tuple[ResourceConfig, ...]
    """What the run tells the resources that it needs, sorted by key: those alone that it tells
    something."""
    selected_checks: tuple[str, ...]
    """context.selected_asset_check_keys: the selected checks of its block, "asset:name", sorted."""
    told_inputs: PlainValue
    """The values of inputs that nothing is connected to, a map by their names. Null: none is told."""
    mapped_over: tuple[PlannedStepOutput, ...]
    """The dynamic outputs that it is mapped over and whose mapping keys are not known yet, from
    the outermost: for each, its key has a "[?]". When the first of them is expanded, one step
    for each mapping key takes its place. Empty: it runs as it is."""
    code_digest: str
    """SHA-256 in hexadecimal over what its outcome rests on beside inputs and config: of the
    user's code, of resources, of declared versions. Empty: the digest of its op in the manifest
    says all."""
    changes: tuple[StepChange, ...]
    """What is not as it was when it ran last, if it runs though what is unchanged is reused."""
    partitions: PlannedPartitions | None
    """context.partition_keys: the partitions of its block that the run makes. None: the block has
    none, or its assets have others of their own."""

    def __init__(
        self,
        *,
        key: StepKey = StepKey(""),
        block: str = "",
        verdict: Verdict,
        reason: str = "",
        selected_outputs: tuple[str, ...] = (),
        selected_asset_keys: tuple[AssetKey, ...] = (),
        inputs: tuple[PlannedInput, ...] = (),
        outputs: tuple[PlannedOutput, ...] = (),
        resource_keys: tuple[str, ...] = (),
        unselected_outputs: UnselectedOutputs | None = None,
        op: str = "",
        retry_policy: RetryPolicy | None = None,
        timeout: timedelta | None = None,
        limits: Limits | None = None,
        task: StepKey = StepKey(""),
        config: PlainValue = None,
        resource_config: tuple[ResourceConfig, ...] = (),
        selected_checks: tuple[str, ...] = (),
        told_inputs: PlainValue = None,
        mapped_over: tuple[PlannedStepOutput, ...] = (),
        code_digest: str = "",
        changes: tuple[StepChange, ...] = (),
        partitions: PlannedPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'block', block)
        put(self, 'verdict', verdict)
        put(self, 'reason', reason)
        put(self, 'selected_outputs', selected_outputs)
        put(self, 'selected_asset_keys', selected_asset_keys)
        put(self, 'inputs', inputs)
        put(self, 'outputs', outputs)
        put(self, 'resource_keys', resource_keys)
        put(self, 'unselected_outputs', unselected_outputs)
        put(self, 'op', op)
        put(self, 'retry_policy', retry_policy)
        put(self, 'timeout', timeout)
        put(self, 'limits', limits)
        put(self, 'task', task)
        put(self, 'config', config)
        put(self, 'resource_config', resource_config)
        put(self, 'selected_checks', selected_checks)
        put(self, 'told_inputs', told_inputs)
        put(self, 'mapped_over', mapped_over)
        put(self, 'code_digest', code_digest)
        put(self, 'changes', changes)
        put(self, 'partitions', partitions)

    TABLE: ClassVar[Rows] = (
        (1, 'key', 'text', 'one', ''),
        (2, 'block', 'text', 'one', ''),
        (3, 'verdict', 'enum', 'one', 'Verdict'),
        (4, 'reason', 'text', 'one', ''),
        (5, 'selected_outputs', 'text', 'many', ''),
        (6, 'selected_asset_keys', 'text', 'many', ''),
        (7, 'inputs', 'message', 'many', 'PlannedInput'),
        (8, 'outputs', 'message', 'many', 'PlannedOutput'),
        (9, 'resource_keys', 'text', 'many', ''),
        (10, 'unselected_outputs', 'enum', 'maybe', 'UnselectedOutputs'),
        (11, 'op', 'text', 'one', ''),
        (12, 'retry_policy', 'message', 'maybe', 'RetryPolicy'),
        (13, 'timeout', 'ms', 'maybe', ''),
        (14, 'limits', 'message', 'maybe', 'Limits'),
        (15, 'task', 'text', 'one', ''),
        (16, 'config', 'value', 'one', 'Value'),
        (17, 'resource_config', 'message', 'many', 'ResourceConfig'),
        (18, 'selected_checks', 'text', 'many', ''),
        (19, 'told_inputs', 'value', 'one', 'Value'),
        (20, 'mapped_over', 'message', 'many', 'PlannedStepOutput'),
        (25, 'code_digest', 'text', 'one', ''),
        (26, 'changes', 'message', 'many', 'StepChange'),
        (27, 'partitions', 'message', 'maybe', 'PlannedPartitions'),
    )


class PlannedInput(View):
    """One input of a planned step.

    name: The name of the op's argument. For an ordering that has no argument: "".
    sources: What it reads, in order. Boundaries that load nothing are left out.
    fan_in: The op gets a list, also when there is one source.
    nothing: It orders and carries no value.
    not_needed: No selected output needs it: it is not loaded, has no sources, and the op
        gets its default, else what fails when it is used.
    input_manager_key: The resource key of the manager that loads it instead of the
        producer's. Empty: the producer's.
    needed_by: The selected outputs that need it, sorted: when it is not yielded, the step
        runs for the others. Empty: all of them do.
    """

    __slots__ = __match_args__ = ('name', 'sources', 'fan_in', 'nothing', 'not_needed', 'input_manager_key', 'needed_by')
    name: str
    """The name of the op's argument. For an ordering that has no argument: ""."""
    sources: tuple[PlannedSource, ...]
    """What it reads, in order. Boundaries that load nothing are left out."""
    fan_in: bool
    """The op gets a list, also when there is one source."""
    nothing: bool
    """It orders and carries no value."""
    not_needed: bool
    """No selected output needs it: it is not loaded, has no sources, and the op gets its default,
    else what fails when it is used."""
    input_manager_key: str
    """The resource key of the manager that loads it instead of the producer's. Empty: the
    producer's."""
    needed_by: tuple[str, ...]
    """The selected outputs that need it, sorted: when it is not yielded, the step runs for the
    others. Empty: all of them do."""

    def __init__(
        self,
        *,
        name: str = "",
        sources: tuple[PlannedSource, ...] = (),
        fan_in: bool = False,
        nothing: bool = False,
        not_needed: bool = False,
        input_manager_key: str = "",
        needed_by: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'sources', sources)
        put(self, 'fan_in', fan_in)
        put(self, 'nothing', nothing)
        put(self, 'not_needed', not_needed)
        put(self, 'input_manager_key', input_manager_key)
        put(self, 'needed_by', needed_by)

    TABLE: ClassVar[Rows] = (
        (1, 'name', 'text', 'one', ''),
        (2, 'sources', 'message', 'many', 'PlannedSource'),
        (3, 'fan_in', 'flag', 'one', ''),
        (4, 'nothing', 'flag', 'one', ''),
        (5, 'not_needed', 'flag', 'one', ''),
        (6, 'input_manager_key', 'text', 'one', ''),
        (7, 'needed_by', 'text', 'many', ''),
    )


class PlannedSource(View):
    """Where one value that a planned input reads comes from.

    step_key: The step.
    output: The output's name.
    mapping_key: Of a dynamic output: the mapping key of the element. "?": not known yet,
        or, where it is collected, all of them. Empty: it is not dynamic.
    collected: How many levels of fan-outs are collected, from the innermost: the values of
        all elements in the order they were yielded, in a list. 0: it is one value.
    load: It is loaded: see the Load of this key. Of partitions, there is none where none is
        needed.
    asset_key: The asset this source reads, when the reader names an asset or a sibling's.
        Set also beside step_output when a step of this run makes the asset.
    partitions: The partitions of the asset that are read. None: it has none, or see
        every_partition.
    by_partition: The op gets a mapping of partition key to value.
    every_partition: All partitions that a run has made are read, those that this run makes
        included.
    loaded_partitions: Beside step_output: those of the partitions that this run does not
        make. They are loaded: see the Load of asset_key. None: none.
    """

    __slots__ = __match_args__ = ('step_key', 'output', 'mapping_key', 'collected', 'load', 'asset_key', 'partitions', 'by_partition', 'every_partition', 'loaded_partitions')
    step_key: StepKey
    """The step."""
    output: str
    """The output's name."""
    mapping_key: str
    """Of a dynamic output: the mapping key of the element. "?": not known yet, or, where it is
    collected, all of them. Empty: it is not dynamic."""
    collected: int
    """How many levels of fan-outs are collected, from the innermost: the values of all elements in
    the order they were yielded, in a list. 0: it is one value."""
    load: AssetKey
    """It is loaded: see the Load of this key. Of partitions, there is none where none is needed."""
    asset_key: AssetKey
    """The asset this source reads, when the reader names an asset or a sibling's. Set also beside
    step_output when a step of this run makes the asset."""
    partitions: PlannedPartitions | None
    """The partitions of the asset that are read. None: it has none, or see every_partition."""
    by_partition: bool
    """The op gets a mapping of partition key to value."""
    every_partition: bool
    """All partitions that a run has made are read, those that this run makes included."""
    loaded_partitions: PlannedPartitions | None
    """Beside step_output: those of the partitions that this run does not make. They are loaded:
    see the Load of asset_key. None: none."""

    def __init__(
        self,
        *,
        step_key: StepKey = StepKey(""),
        output: str = "",
        mapping_key: str = "",
        collected: int = 0,
        load: AssetKey = AssetKey(""),
        asset_key: AssetKey = AssetKey(""),
        partitions: PlannedPartitions | None = None,
        by_partition: bool = False,
        every_partition: bool = False,
        loaded_partitions: PlannedPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'mapping_key', mapping_key)
        put(self, 'collected', collected)
        put(self, 'load', load)
        put(self, 'asset_key', asset_key)
        put(self, 'partitions', partitions)
        put(self, 'by_partition', by_partition)
        put(self, 'every_partition', every_partition)
        put(self, 'loaded_partitions', loaded_partitions)

    TABLE: ClassVar[Rows] = (
        (1, '', 'inline', 'one', ((1, 'step_key', 'text', 'one', ''), (2, 'output', 'text', 'one', ''), (3, 'mapping_key', 'text', 'one', ''), (4, 'collected', 'whole', 'one', ''))),
        (2, 'load', 'text', 'one', ''),
        (3, 'asset_key', 'text', 'one', ''),
        (4, 'partitions', 'message', 'maybe', 'PlannedPartitions'),
        (5, 'by_partition', 'flag', 'one', ''),
        (6, 'every_partition', 'flag', 'one', ''),
        (7, 'loaded_partitions', 'message', 'maybe', 'PlannedPartitions'),
    )


class PlannedPartitions(View):
    """Some partitions of one definition.

    definition_id: The definition's id.
    ranges: Their keys, in the definition's order. Of dynamic partitions each range is of
        one key.
    count: How many they are.
    """

    __slots__ = __match_args__ = ('definition_id', 'ranges', 'count')
    definition_id: str
    """The definition's id."""
    ranges: tuple[PartitionKeyRange, ...]
    """Their keys, in the definition's order. Of dynamic partitions each range is of one key."""
    count: int
    """How many they are."""

    def __init__(
        self,
        *,
        definition_id: str = "",
        ranges: tuple[PartitionKeyRange, ...] = (),
        count: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'definition_id', definition_id)
        put(self, 'ranges', ranges)
        put(self, 'count', count)

    TABLE: ClassVar[Rows] = (
        (1, 'definition_id', 'text', 'one', ''),
        (2, 'ranges', 'message', 'many', 'PartitionKeyRange'),
        (3, 'count', 'wide', 'one', ''),
    )


class PlannedOutput(View):
    """One output of a planned step.

    name: The name.
    selected: It is in context.selected_output_names.
    is_required: The op must yield it, if it is selected or a step of this run reads it.
    nothing: It orders and carries no value.
    assets: The assets that it produces, sorted by key.
    is_read: A step of this run reads its value.
    io_manager_key: The resource key of the IO manager of the intermediate.
    builtin_manager: That manager is Treadle's own.
    checkpoint: Its value is stored also where it passes in memory.
    check: The check that it evaluates, if it is selected. None: none, as of what carries a
        value.
    dynamic: The op yields any number of elements for it, each with a mapping key of its
        own. Not to be yielded at all is well, if it is required: there are no elements.
    """

    __slots__ = __match_args__ = ('name', 'selected', 'is_required', 'nothing', 'assets', 'is_read', 'io_manager_key', 'builtin_manager', 'checkpoint', 'check', 'dynamic')
    name: str
    """The name."""
    selected: bool
    """It is in context.selected_output_names."""
    is_required: bool
    """The op must yield it, if it is selected or a step of this run reads it."""
    nothing: bool
    """It orders and carries no value."""
    assets: tuple[PlannedAsset, ...]
    """The assets that it produces, sorted by key."""
    is_read: bool
    """A step of this run reads its value."""
    io_manager_key: str
    """The resource key of the IO manager of the intermediate."""
    builtin_manager: bool
    """That manager is Treadle's own."""
    checkpoint: bool
    """Its value is stored also where it passes in memory."""
    check: PlannedCheck | None
    """The check that it evaluates, if it is selected. None: none, as of what carries a value."""
    dynamic: bool
    """The op yields any number of elements for it, each with a mapping key of its own. Not to be
    yielded at all is well, if it is required: there are no elements."""

    def __init__(
        self,
        *,
        name: str = "",
        selected: bool = False,
        is_required: bool = False,
        nothing: bool = False,
        assets: tuple[PlannedAsset, ...] = (),
        is_read: bool = False,
        io_manager_key: str = "",
        builtin_manager: bool = False,
        checkpoint: bool = False,
        check: PlannedCheck | None = None,
        dynamic: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'selected', selected)
        put(self, 'is_required', is_required)
        put(self, 'nothing', nothing)
        put(self, 'assets', assets)
        put(self, 'is_read', is_read)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'builtin_manager', builtin_manager)
        put(self, 'checkpoint', checkpoint)
        put(self, 'check', check)
        put(self, 'dynamic', dynamic)

    TABLE: ClassVar[Rows] = (
        (1, 'name', 'text', 'one', ''),
        (2, 'selected', 'flag', 'one', ''),
        (3, 'is_required', 'flag', 'one', ''),
        (4, 'nothing', 'flag', 'one', ''),
        (5, 'assets', 'message', 'many', 'PlannedAsset'),
        (6, 'is_read', 'flag', 'one', ''),
        (7, 'io_manager_key', 'text', 'one', ''),
        (8, 'builtin_manager', 'flag', 'one', ''),
        (9, 'checkpoint', 'flag', 'one', ''),
        (10, 'check', 'message', 'maybe', 'PlannedCheck'),
        (11, 'dynamic', 'flag', 'one', ''),
    )


class PlannedAsset(View):
    """One asset that an output of a planned step produces.

    asset_key: The key.
    selected: It is selected: yielding the output materializes it.
    io_manager_key: The resource key of the IO manager that stores it.
    builtin_manager: That manager is Treadle's own: its values are ValueRefs in the record.
    keep_versions: How many versions of it are kept. 0: as many as the launcher keeps of
        each.
    partitions: The partitions of it that the run makes. None: it has none.
    """

    __slots__ = __match_args__ = ('asset_key', 'selected', 'io_manager_key', 'builtin_manager', 'keep_versions', 'partitions')
    asset_key: AssetKey
    """The key."""
    selected: bool
    """It is selected: yielding the output materializes it."""
    io_manager_key: str
    """The resource key of the IO manager that stores it."""
    builtin_manager: bool
    """That manager is Treadle's own: its values are ValueRefs in the record."""
    keep_versions: int
    """How many versions of it are kept. 0: as many as the launcher keeps of each."""
    partitions: PlannedPartitions | None
    """The partitions of it that the run makes. None: it has none."""

    def __init__(
        self,
        *,
        asset_key: AssetKey = AssetKey(""),
        selected: bool = False,
        io_manager_key: str = "",
        builtin_manager: bool = False,
        keep_versions: int = 0,
        partitions: PlannedPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'selected', selected)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'builtin_manager', builtin_manager)
        put(self, 'keep_versions', keep_versions)
        put(self, 'partitions', partitions)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'selected', 'flag', 'one', ''),
        (3, 'io_manager_key', 'text', 'one', ''),
        (4, 'builtin_manager', 'flag', 'one', ''),
        (5, 'keep_versions', 'whole', 'one', ''),
        (6, 'partitions', 'message', 'maybe', 'PlannedPartitions'),
    )


class PlannedCheck(View):
    """The check of an asset that an output of a planned step evaluates.

    asset_key: The asset.
    name: The check's name.
    blocking: Where it does not hold, its step fails, and what reads the asset does not run.
    """

    __slots__ = __match_args__ = ('asset_key', 'name', 'blocking')
    asset_key: AssetKey
    """The asset."""
    name: str
    """The check's name."""
    blocking: bool
    """Where it does not hold, its step fails, and what reads the asset does not run."""

    def __init__(
        self,
        *,
        asset_key: AssetKey = AssetKey(""),
        name: str = "",
        blocking: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'name', name)
        put(self, 'blocking', blocking)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'name', 'text', 'one', ''),
        (3, 'blocking', 'flag', 'one', ''),
    )


class RetryPolicy(View):
    """When a step that failed is tried again.

    max_retries: How many further attempts there may be.
    delay: The delay before the first of them.
    backoff: How the delay grows.
    jitter: How chance changes it.
    on: What is covered, sorted by number; never empty.
    """

    __slots__ = __match_args__ = ('max_retries', 'delay', 'backoff', 'jitter', 'on')
    max_retries: int
    """How many further attempts there may be."""
    delay: timedelta
    """The delay before the first of them."""
    backoff: Backoff | None
    """How the delay grows."""
    jitter: Jitter | None
    """How chance changes it."""
    on: tuple[RetryCause, ...]
    """What is covered, sorted by number; never empty."""

    def __init__(
        self,
        *,
        max_retries: int = 0,
        delay: timedelta = NO_TIME,
        backoff: Backoff | None = None,
        jitter: Jitter | None = None,
        on: tuple[RetryCause, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'max_retries', max_retries)
        put(self, 'delay', delay)
        put(self, 'backoff', backoff)
        put(self, 'jitter', jitter)
        put(self, 'on', on)

    TABLE: ClassVar[Rows] = (
        (1, 'max_retries', 'whole', 'one', ''),
        (2, 'delay', 'ms', 'one', ''),
        (3, 'backoff', 'enum', 'maybe', 'Backoff'),
        (4, 'jitter', 'enum', 'maybe', 'Jitter'),
        (5, 'on', 'enum', 'many', 'RetryCause'),
    )


class Limits(View):
    """What each process of one attempt may use, its children counted by themselves. 0: no limit.

    memory_bytes: Private memory that can be written to, in bytes.
    cpu_seconds: CPU time, in seconds.
    open_files: Open files.
    niceness: What is added to the niceness of the host: 0 to 19.
    """

    __slots__ = __match_args__ = ('memory_bytes', 'cpu_seconds', 'open_files', 'niceness')
    memory_bytes: int
    """Private memory that can be written to, in bytes."""
    cpu_seconds: int
    """CPU time, in seconds."""
    open_files: int
    """Open files."""
    niceness: int
    """What is added to the niceness of the host: 0 to 19."""

    def __init__(
        self,
        *,
        memory_bytes: int = 0,
        cpu_seconds: int = 0,
        open_files: int = 0,
        niceness: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'memory_bytes', memory_bytes)
        put(self, 'cpu_seconds', cpu_seconds)
        put(self, 'open_files', open_files)
        put(self, 'niceness', niceness)

    TABLE: ClassVar[Rows] = (
        (1, 'memory_bytes', 'wide', 'one', ''),
        (2, 'cpu_seconds', 'wide', 'one', ''),
        (3, 'open_files', 'whole', 'one', ''),
        (4, 'niceness', 'whole', 'one', ''),
    )


class ResourceConfig(View):
    """What a run tells a resource.

    key: The resource's key.
    config: What is at Resource.config.path, with what its definition says and all defaults.
        Secrets stand as the name of their variable, or not at all.
    """

    __slots__ = __match_args__ = ('key', 'config')
    key: str
    """The resource's key."""
    config: PlainValue
    """What is at Resource.config.path, with what its definition says and all defaults. Secrets
    stand as the name of their variable, or not at all."""

    def __init__(
        self,
        *,
        key: str = "",
        config: PlainValue = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'config', config)

    TABLE: ClassVar[Rows] = (
        (1, 'key', 'text', 'one', ''),
        (2, 'config', 'value', 'one', 'Value'),
    )


class PlannedStepOutput(View):
    """One output of one planned step.

    step_key: The step.
    output: The output's name.
    mapping_key: Of a dynamic output: the mapping key of the element. "?": not known yet,
        or, where it is collected, all of them. Empty: it is not dynamic.
    collected: How many levels of fan-outs are collected, from the innermost: the values of
        all elements in the order they were yielded, in a list. 0: it is one value.
    """

    __slots__ = __match_args__ = ('step_key', 'output', 'mapping_key', 'collected')
    step_key: StepKey
    """The step."""
    output: str
    """The output's name."""
    mapping_key: str
    """Of a dynamic output: the mapping key of the element. "?": not known yet, or, where it is
    collected, all of them. Empty: it is not dynamic."""
    collected: int
    """How many levels of fan-outs are collected, from the innermost: the values of all elements in
    the order they were yielded, in a list. 0: it is one value."""

    def __init__(
        self,
        *,
        step_key: StepKey = StepKey(""),
        output: str = "",
        mapping_key: str = "",
        collected: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'mapping_key', mapping_key)
        put(self, 'collected', collected)

    TABLE: ClassVar[Rows] = (
        (1, 'step_key', 'text', 'one', ''),
        (2, 'output', 'text', 'one', ''),
        (3, 'mapping_key', 'text', 'one', ''),
        (4, 'collected', 'whole', 'one', ''),
    )


class StepChange(View):
    """One such difference.

    kind: Of what kind.
    name: Which definition, key, input or output. Empty: it cannot be told.
    """

    __slots__ = __match_args__ = ('kind', 'name')
    kind: ChangeKind
    """Of what kind."""
    name: str
    """Which definition, key, input or output. Empty: it cannot be told."""

    def __init__(
        self,
        *,
        kind: ChangeKind,
        name: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'kind', kind)
        put(self, 'name', name)

    TABLE: ClassVar[Rows] = (
        (1, 'kind', 'enum', 'one', 'ChangeKind'),
        (2, 'name', 'text', 'one', ''),
    )


class Load(View):
    """One stored asset that the plan reads.

    asset_key: The key.
    readers: Who reads it, sorted by step key and input.
    external: No block of this location makes it.
    io_manager_key: The resource key of the manager that loads it.
    builtin_manager: That manager is Treadle's own.
    sibling: It belongs to the block of one of its readers.
    state: Set by the launcher: how it was resolved.
    run_id: Set by the launcher when RECORDED: the run that made the value.
    step_key: Set by the launcher when RECORDED: the step that made the value.
    value_ref: Set by the launcher when RECORDED and the record has one: the value.
    store_sequence: Set by the launcher when RECORDED: the store sequence of the
        materialization.
    materialized_at: Set by the launcher when RECORDED: when it was materialized.
    gone: Set by the launcher when UNRECORDED though a run made the asset: why its value
        cannot be read, a clause: "its value is gone from the disk (/home/values/a)".
    version: Set by the launcher when RECORDED: AssetFact.version as the plan was made.
    partitions: The partitions of it that must be stored. None: it has none, or see
        every_partition.
    every_partition: All its partitions that a run has made are loaded, as many as they are.
    loaded_partitions: Set by the launcher: what is loaded of each partition that is
        recorded, in place of run_id, step_key, value_ref, store_sequence and materialized_at.
        At most 10,000.
    """

    __slots__ = __match_args__ = ('asset_key', 'readers', 'external', 'io_manager_key', 'builtin_manager', 'sibling', 'state', 'run_id', 'step_key', 'value_ref', 'store_sequence', 'materialized_at', 'gone', 'version', 'partitions', 'every_partition', 'loaded_partitions')
    asset_key: AssetKey
    """The key."""
    readers: tuple[PlannedInputRef, ...]
    """Who reads it, sorted by step key and input."""
    external: bool
    """No block of this location makes it."""
    io_manager_key: str
    """The resource key of the manager that loads it."""
    builtin_manager: bool
    """That manager is Treadle's own."""
    sibling: bool
    """It belongs to the block of one of its readers."""
    state: LoadState | None
    """Set by the launcher: how it was resolved."""
    run_id: RunId
    """Set by the launcher when RECORDED: the run that made the value."""
    step_key: StepKey
    """Set by the launcher when RECORDED: the step that made the value."""
    value_ref: ValueRef | None
    """Set by the launcher when RECORDED and the record has one: the value."""
    store_sequence: int
    """Set by the launcher when RECORDED: the store sequence of the materialization."""
    materialized_at: datetime | None
    """Set by the launcher when RECORDED: when it was materialized."""
    gone: str
    """Set by the launcher when UNRECORDED though a run made the asset: why its value cannot be
    read, a clause: "its value is gone from the disk (/home/values/a)"."""
    version: str
    """Set by the launcher when RECORDED: AssetFact.version as the plan was made."""
    partitions: PlannedPartitions | None
    """The partitions of it that must be stored. None: it has none, or see every_partition."""
    every_partition: bool
    """All its partitions that a run has made are loaded, as many as they are."""
    loaded_partitions: tuple[LoadedPartition, ...]
    """Set by the launcher: what is loaded of each partition that is recorded, in place of run_id,
    step_key, value_ref, store_sequence and materialized_at. At most 10,000."""

    def __init__(
        self,
        *,
        asset_key: AssetKey = AssetKey(""),
        readers: tuple[PlannedInputRef, ...] = (),
        external: bool = False,
        io_manager_key: str = "",
        builtin_manager: bool = False,
        sibling: bool = False,
        state: LoadState | None = None,
        run_id: RunId = RunId(""),
        step_key: StepKey = StepKey(""),
        value_ref: ValueRef | None = None,
        store_sequence: int = 0,
        materialized_at: datetime | None = None,
        gone: str = "",
        version: str = "",
        partitions: PlannedPartitions | None = None,
        every_partition: bool = False,
        loaded_partitions: tuple[LoadedPartition, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'readers', readers)
        put(self, 'external', external)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'builtin_manager', builtin_manager)
        put(self, 'sibling', sibling)
        put(self, 'state', state)
        put(self, 'run_id', run_id)
        put(self, 'step_key', step_key)
        put(self, 'value_ref', value_ref)
        put(self, 'store_sequence', store_sequence)
        put(self, 'materialized_at', materialized_at)
        put(self, 'gone', gone)
        put(self, 'version', version)
        put(self, 'partitions', partitions)
        put(self, 'every_partition', every_partition)
        put(self, 'loaded_partitions', loaded_partitions)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'readers', 'message', 'many', 'PlannedInputRef'),
        (3, 'external', 'flag', 'one', ''),
        (4, 'io_manager_key', 'text', 'one', ''),
        (5, 'builtin_manager', 'flag', 'one', ''),
        (6, 'sibling', 'flag', 'one', ''),
        (7, 'state', 'enum', 'maybe', 'LoadState'),
        (8, 'run_id', 'text', 'one', ''),
        (9, 'step_key', 'text', 'one', ''),
        (10, 'value_ref', 'message', 'maybe', 'ValueRef'),
        (11, 'store_sequence', 'wide', 'one', ''),
        (12, 'materialized_at', 'time', 'maybe', 'Timestamp'),
        (13, 'gone', 'text', 'one', ''),
        (20, 'version', 'text', 'one', ''),
        (14, 'partitions', 'message', 'maybe', 'PlannedPartitions'),
        (15, 'every_partition', 'flag', 'one', ''),
        (16, 'loaded_partitions', 'message', 'many', 'LoadedPartition'),
    )


class PlannedInputRef(View):
    """One input of one planned step.

    step_key: The step.
    input: The input's name.
    """

    __slots__ = __match_args__ = ('step_key', 'input')
    step_key: StepKey
    """The step."""
    input: str
    """The input's name."""

    def __init__(
        self,
        *,
        step_key: StepKey = StepKey(""),
        input: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'input', input)

    TABLE: ClassVar[Rows] = (
        (1, 'step_key', 'text', 'one', ''),
        (2, 'input', 'text', 'one', ''),
    )


class LoadedPartition(View):
    """What is on record of one partition that is loaded.

    partition_key: The partition's key.
    run_id: The run that made the value.
    step_key: The step that made the value.
    value_ref: The value. None: the record has none.
    store_sequence: The store sequence of the materialization.
    materialized_at: When it was materialized. Set by the launcher.
    version: AssetFact.version of it as the plan was made.
    """

    __slots__ = __match_args__ = ('partition_key', 'run_id', 'step_key', 'value_ref', 'store_sequence', 'materialized_at', 'version')
    partition_key: str
    """The partition's key."""
    run_id: RunId
    """The run that made the value."""
    step_key: StepKey
    """The step that made the value."""
    value_ref: ValueRef | None
    """The value. None: the record has none."""
    store_sequence: int
    """The store sequence of the materialization."""
    materialized_at: datetime | None
    """When it was materialized. Set by the launcher."""
    version: str
    """AssetFact.version of it as the plan was made."""

    def __init__(
        self,
        *,
        partition_key: str = "",
        run_id: RunId = RunId(""),
        step_key: StepKey = StepKey(""),
        value_ref: ValueRef | None = None,
        store_sequence: int = 0,
        materialized_at: datetime | None = None,
        version: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'partition_key', partition_key)
        put(self, 'run_id', run_id)
        put(self, 'step_key', step_key)
        put(self, 'value_ref', value_ref)
        put(self, 'store_sequence', store_sequence)
        put(self, 'materialized_at', materialized_at)
        put(self, 'version', version)

    TABLE: ClassVar[Rows] = (
        (1, 'partition_key', 'text', 'one', ''),
        (2, 'run_id', 'text', 'one', ''),
        (3, 'step_key', 'text', 'one', ''),
        (4, 'value_ref', 'message', 'maybe', 'ValueRef'),
        (5, 'store_sequence', 'wide', 'one', ''),
        (6, 'materialized_at', 'time', 'maybe', 'Timestamp'),
        (7, 'version', 'text', 'one', ''),
    )


class Hazard(View):
    """A required output that is not selected and produces only unselected assets: the op will
    yield it all the same.

    step_key: The step.
    output: The output's name.
    asset_keys: The unselected assets that it produces, sorted.
    unselected_outputs: What will happen to it: never UNSPECIFIED.
    """

    __slots__ = __match_args__ = ('step_key', 'output', 'asset_keys', 'unselected_outputs')
    step_key: StepKey
    """The step."""
    output: str
    """The output's name."""
    asset_keys: tuple[AssetKey, ...]
    """The unselected assets that it produces, sorted."""
    unselected_outputs: UnselectedOutputs
    """What will happen to it: never UNSPECIFIED."""

    def __init__(
        self,
        *,
        step_key: StepKey = StepKey(""),
        output: str = "",
        asset_keys: tuple[AssetKey, ...] = (),
        unselected_outputs: UnselectedOutputs,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'asset_keys', asset_keys)
        put(self, 'unselected_outputs', unselected_outputs)

    TABLE: ClassVar[Rows] = (
        (1, 'step_key', 'text', 'one', ''),
        (2, 'output', 'text', 'one', ''),
        (3, 'asset_keys', 'text', 'many', ''),
        (4, 'unselected_outputs', 'enum', 'one', 'UnselectedOutputs'),
    )


class Reuse(View):
    """A step that does not run again, and what an earlier run stored of it.

    step_key: The step.
    from_run_id: The run that made the values: the parent, or a run that the parent reused
        them from.
    outputs: What it yielded: an output whose value is gone, and that nothing here reads,
        stands here as Nothing does. Set by the launcher.
    changed: Its code, or what it read, is not what it was; the verdict's reason says which.
    skipped: It was skipped there: it has no outputs, and is skipped again.
    """

    __slots__ = __match_args__ = ('step_key', 'from_run_id', 'outputs', 'changed', 'skipped')
    step_key: StepKey
    """The step."""
    from_run_id: RunId
    """The run that made the values: the parent, or a run that the parent reused them from."""
    outputs: tuple[ReusedOutput, ...]
    """What it yielded: an output whose value is gone, and that nothing here reads, stands here as
    Nothing does. Set by the launcher."""
    changed: bool
    """Its code, or what it read, is not what it was; the verdict's reason says which."""
    skipped: bool
    """It was skipped there: it has no outputs, and is skipped again."""

    def __init__(
        self,
        *,
        step_key: StepKey = StepKey(""),
        from_run_id: RunId = RunId(""),
        outputs: tuple[ReusedOutput, ...] = (),
        changed: bool = False,
        skipped: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'from_run_id', from_run_id)
        put(self, 'outputs', outputs)
        put(self, 'changed', changed)
        put(self, 'skipped', skipped)

    TABLE: ClassVar[Rows] = (
        (1, 'step_key', 'text', 'one', ''),
        (2, 'from_run_id', 'text', 'one', ''),
        (3, 'outputs', 'message', 'many', 'ReusedOutput'),
        (4, 'changed', 'flag', 'one', ''),
        (5, 'skipped', 'flag', 'one', ''),
    )


class ReusedOutput(View):
    """One stored value of a reused step.

    output: The output's name.
    asset_key: The asset it was stored for. Empty: an intermediate.
    value_ref: The value. Unset when an IO manager that is not Treadle's own stored it, or
        for Nothing.
    io_manager_key: The resource key of the IO manager. Empty for Nothing.
    mapping_key: The mapping key, of an element of a dynamic output. Empty: it is none.
    partition_key: The partition of the asset. Empty: it has none.
    """

    __slots__ = __match_args__ = ('output', 'asset_key', 'value_ref', 'io_manager_key', 'mapping_key', 'partition_key')
    output: str
    """The output's name."""
    asset_key: AssetKey
    """The asset it was stored for. Empty: an intermediate."""
    value_ref: ValueRef | None
    """The value. Unset when an IO manager that is not Treadle's own stored it, or for Nothing."""
    io_manager_key: str
    """The resource key of the IO manager. Empty for Nothing."""
    mapping_key: str
    """The mapping key, of an element of a dynamic output. Empty: it is none."""
    partition_key: str
    """The partition of the asset. Empty: it has none."""

    def __init__(
        self,
        *,
        output: str = "",
        asset_key: AssetKey = AssetKey(""),
        value_ref: ValueRef | None = None,
        io_manager_key: str = "",
        mapping_key: str = "",
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'output', output)
        put(self, 'asset_key', asset_key)
        put(self, 'value_ref', value_ref)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'mapping_key', mapping_key)
        put(self, 'partition_key', partition_key)

    TABLE: ClassVar[Rows] = (
        (1, 'output', 'text', 'one', ''),
        (2, 'asset_key', 'text', 'one', ''),
        (3, 'value_ref', 'message', 'maybe', 'ValueRef'),
        (4, 'io_manager_key', 'text', 'one', ''),
        (5, 'mapping_key', 'text', 'one', ''),
        (6, 'partition_key', 'text', 'one', ''),
    )


class Explanation(View):
    """One part of an explanation: at most 500 items or 1 MiB; the whole is the concatenation of
    the parts.

    location: The location's name.
    digest: The digest of the snapshot.
    fingerprint: The fingerprint of the plan that is explained.
    selection: The selection as it was asked for.
    expression: What that is as one expression: a job's, or the union of several.
    missing_asset_keys: Siblings that run because nothing is stored of them, sorted. At most
        500.
    notes: What a person should know, a sentence each.
    assets: Assets that are selected, or that a part of the expression names; sorted.
    checks: Checks that are selected, sorted.
    ops: Every op of the location, in topological order, ties by key.
    hazards: The plan's hazards.
    loads: The plan's loads. Resolved by a launcher, as far as they are recorded.
    """

    __slots__ = __match_args__ = ('location', 'digest', 'fingerprint', 'selection', 'expression', 'missing_asset_keys', 'notes', 'assets', 'checks', 'ops', 'hazards', 'loads')
    location: str
    """The location's name."""
    digest: str
    """The digest of the snapshot."""
    fingerprint: str
    """The fingerprint of the plan that is explained."""
    selection: Selection
    """The selection as it was asked for."""
    expression: str
    """What that is as one expression: a job's, or the union of several."""
    missing_asset_keys: tuple[AssetKey, ...]
    """Siblings that run because nothing is stored of them, sorted. At most 500."""
    notes: tuple[str, ...]
    """What a person should know, a sentence each."""
    assets: tuple[AssetExplanation, ...]
    """Assets that are selected, or that a part of the expression names; sorted."""
    checks: tuple[CheckExplanation, ...]
    """Checks that are selected, sorted."""
    ops: tuple[OpExplanation, ...]
    """Every op of the location, in topological order, ties by key."""
    hazards: tuple[Hazard, ...]
    """The plan's hazards."""
    loads: tuple[Load, ...]
    """The plan's loads. Resolved by a launcher, as far as they are recorded."""

    def __init__(
        self,
        *,
        location: str = "",
        digest: str = "",
        fingerprint: str = "",
        selection: Selection,
        expression: str = "",
        missing_asset_keys: tuple[AssetKey, ...] = (),
        notes: tuple[str, ...] = (),
        assets: tuple[AssetExplanation, ...] = (),
        checks: tuple[CheckExplanation, ...] = (),
        ops: tuple[OpExplanation, ...] = (),
        hazards: tuple[Hazard, ...] = (),
        loads: tuple[Load, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'digest', digest)
        put(self, 'fingerprint', fingerprint)
        put(self, 'selection', selection)
        put(self, 'expression', expression)
        put(self, 'missing_asset_keys', missing_asset_keys)
        put(self, 'notes', notes)
        put(self, 'assets', assets)
        put(self, 'checks', checks)
        put(self, 'ops', ops)
        put(self, 'hazards', hazards)
        put(self, 'loads', loads)

    TABLE: ClassVar[Rows] = (
        (1, '', 'inline', 'one', ((1, 'location', 'text', 'one', ''), (2, 'digest', 'text', 'one', ''), (3, 'fingerprint', 'text', 'one', ''), (4, 'selection', 'message', 'one', 'Selection'), (5, 'expression', 'text', 'one', ''), (6, 'missing_asset_keys', 'text', 'many', ''), (7, 'notes', 'text', 'many', ''))),
        (2, 'assets', 'message', 'many', 'AssetExplanation'),
        (3, 'checks', 'message', 'many', 'CheckExplanation'),
        (4, 'ops', 'message', 'many', 'OpExplanation'),
        (5, 'hazards', 'message', 'many', 'Hazard'),
        (6, 'loads', 'message', 'many', 'Load'),
    )


class AssetExplanation(View):
    """Why an asset is selected, or why it is not though a part of the expression names it.

    asset_key: The asset.
    selected: It is selected.
    taken_in_by: The parts of the expression that take it in, as text of the language;
        behind one that reaches it along the graph, how: "+report: orders → revenue → report".
    left_out_by: If it is not selected: what leaves it out of what takes it in.
    """

    __slots__ = __match_args__ = ('asset_key', 'selected', 'taken_in_by', 'left_out_by')
    asset_key: AssetKey
    """The asset."""
    selected: bool
    """It is selected."""
    taken_in_by: tuple[str, ...]
    """The parts of the expression that take it in, as text of the language; behind one that
    reaches it along the graph, how: "+report: orders → revenue → report"."""
    left_out_by: tuple[str, ...]
    """If it is not selected: what leaves it out of what takes it in."""

    def __init__(
        self,
        *,
        asset_key: AssetKey = AssetKey(""),
        selected: bool = False,
        taken_in_by: tuple[str, ...] = (),
        left_out_by: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'selected', selected)
        put(self, 'taken_in_by', taken_in_by)
        put(self, 'left_out_by', left_out_by)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'selected', 'flag', 'one', ''),
        (3, 'taken_in_by', 'text', 'many', ''),
        (4, 'left_out_by', 'text', 'many', ''),
    )


class CheckExplanation(View):
    """Why a check is selected.

    check: The check, "asset:name".
    taken_in_by: The parts of the expression that take it in, as text of the language.
    """

    __slots__ = __match_args__ = ('check', 'taken_in_by')
    check: str
    """The check, "asset:name"."""
    taken_in_by: tuple[str, ...]
    """The parts of the expression that take it in, as text of the language."""

    def __init__(
        self,
        *,
        check: str = "",
        taken_in_by: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'check', check)
        put(self, 'taken_in_by', taken_in_by)

    TABLE: ClassVar[Rows] = (
        (1, 'check', 'text', 'one', ''),
        (2, 'taken_in_by', 'text', 'many', ''),
    )


class OpExplanation(View):
    """Why an op is in a plan, or not.

    step_key: The step key.
    block: The node name of its block.
    op: The name of the op.
    verdict: RUN or OMIT.
    reason: Why, in one sentence for a person.
    needed_for: What it is needed for, nearest first: at most 20.
    not_followed: What it reads and is not followed.
    leads_to_asset_keys: Of an op that does not run: the assets of its block that it leads
        to, sorted, none of which is made by it in this plan. At most 20.
    """

    __slots__ = __match_args__ = ('step_key', 'block', 'op', 'verdict', 'reason', 'needed_for', 'not_followed', 'leads_to_asset_keys')
    step_key: StepKey
    """The step key."""
    block: str
    """The node name of its block."""
    op: str
    """The name of the op."""
    verdict: Verdict
    """RUN or OMIT."""
    reason: str
    """Why, in one sentence for a person."""
    needed_for: tuple[OpNeed, ...]
    """What it is needed for, nearest first: at most 20."""
    not_followed: tuple[NotFollowed, ...]
    """What it reads and is not followed."""
    leads_to_asset_keys: tuple[AssetKey, ...]
    """Of an op that does not run: the assets of its block that it leads to, sorted, none of which
    is made by it in this plan. At most 20."""

    def __init__(
        self,
        *,
        step_key: StepKey = StepKey(""),
        block: str = "",
        op: str = "",
        verdict: Verdict,
        reason: str = "",
        needed_for: tuple[OpNeed, ...] = (),
        not_followed: tuple[NotFollowed, ...] = (),
        leads_to_asset_keys: tuple[AssetKey, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'block', block)
        put(self, 'op', op)
        put(self, 'verdict', verdict)
        put(self, 'reason', reason)
        put(self, 'needed_for', needed_for)
        put(self, 'not_followed', not_followed)
        put(self, 'leads_to_asset_keys', leads_to_asset_keys)

    TABLE: ClassVar[Rows] = (
        (1, 'step_key', 'text', 'one', ''),
        (2, 'block', 'text', 'one', ''),
        (3, 'op', 'text', 'one', ''),
        (4, 'verdict', 'enum', 'one', 'Verdict'),
        (5, 'reason', 'text', 'one', ''),
        (6, 'needed_for', 'message', 'many', 'OpNeed'),
        (7, 'not_followed', 'message', 'many', 'NotFollowed'),
        (8, 'leads_to_asset_keys', 'text', 'many', ''),
    )


class OpNeed(View):
    """What an op that runs is needed for. Exactly one of the first three, or job, is set.

    asset_key: A selected asset. Empty: see what follows.
    check: A selected check, "asset:name".
    effect_step_key: An effect that runs along.
    step_keys: The steps from this one to the one that makes it, both included. Of a long
        way the first 50.
    step_count: How many steps that way has.
    job: A job of ops, all of which run: its name.
    """

    __slots__ = __match_args__ = ('asset_key', 'check', 'effect_step_key', 'step_keys', 'step_count', 'job')
    asset_key: AssetKey
    """A selected asset. Empty: see what follows."""
    check: str
    """A selected check, "asset:name"."""
    effect_step_key: StepKey
    """An effect that runs along."""
    step_keys: tuple[StepKey, ...]
    """The steps from this one to the one that makes it, both included. Of a long way the first 50."""
    step_count: int
    """How many steps that way has."""
    job: str
    """A job of ops, all of which run: its name."""

    def __init__(
        self,
        *,
        asset_key: AssetKey = AssetKey(""),
        check: str = "",
        effect_step_key: StepKey = StepKey(""),
        step_keys: tuple[StepKey, ...] = (),
        step_count: int = 0,
        job: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'check', check)
        put(self, 'effect_step_key', effect_step_key)
        put(self, 'step_keys', step_keys)
        put(self, 'step_count', step_count)
        put(self, 'job', job)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'check', 'text', 'one', ''),
        (3, 'effect_step_key', 'text', 'one', ''),
        (4, 'step_keys', 'text', 'many', ''),
        (5, 'step_count', 'whole', 'one', ''),
        (6, 'job', 'text', 'one', ''),
    )


class NotFollowed(View):
    """What an op that runs reads and the plan does not follow to what makes it.

    input: The input. Empty: an ordering that has no argument.
    source: What it reads: an asset's key, a check, or a step's output, "step.output".
        Empty: all that it reads.
    reason: Why, in one sentence for a person.
    """

    __slots__ = __match_args__ = ('input', 'source', 'reason')
    input: str
    """The input. Empty: an ordering that has no argument."""
    source: str
    """What it reads: an asset's key, a check, or a step's output, "step.output". Empty: all that
    it reads."""
    reason: str
    """Why, in one sentence for a person."""

    def __init__(
        self,
        *,
        input: str = "",
        source: str = "",
        reason: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'input', input)
        put(self, 'source', source)
        put(self, 'reason', reason)

    TABLE: ClassVar[Rows] = (
        (1, 'input', 'text', 'one', ''),
        (2, 'source', 'text', 'one', ''),
        (3, 'reason', 'text', 'one', ''),
    )


class Graph(View):
    """One part of a graph. A graph is streamed in parts of at most 500 items or 1 MiB; the whole
    is the concatenation of the parts, each list in its own sort order.

    location: The location. Set in the first part only.
    blocks: Blocks, sorted by name.
    assets: Assets, sorted by key.
    steps: Steps, in topological order, ties by key.
    jobs: Jobs, sorted by name.
    resources: Resources, sorted by key; of one key, what all have before what jobs bring.
    checks: Checks, sorted by asset and name.
    partitions: What the partitions of assets and jobs are, sorted by id.
    """

    __slots__ = __match_args__ = ('location', 'blocks', 'assets', 'steps', 'jobs', 'resources', 'checks', 'partitions')
    location: Location
    """The location. Set in the first part only."""
    blocks: tuple[Block, ...]
    """Blocks, sorted by name."""
    assets: tuple[Asset, ...]
    """Assets, sorted by key."""
    steps: tuple[Step, ...]
    """Steps, in topological order, ties by key."""
    jobs: tuple[Job, ...]
    """Jobs, sorted by name."""
    resources: tuple[Resource, ...]
    """Resources, sorted by key; of one key, what all have before what jobs bring."""
    checks: tuple[AssetCheck, ...]
    """Checks, sorted by asset and name."""
    partitions: tuple[PartitionsDefinition, ...]
    """What the partitions of assets and jobs are, sorted by id."""

    def __init__(
        self,
        *,
        location: Location,
        blocks: tuple[Block, ...] = (),
        assets: tuple[Asset, ...] = (),
        steps: tuple[Step, ...] = (),
        jobs: tuple[Job, ...] = (),
        resources: tuple[Resource, ...] = (),
        checks: tuple[AssetCheck, ...] = (),
        partitions: tuple[PartitionsDefinition, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'blocks', blocks)
        put(self, 'assets', assets)
        put(self, 'steps', steps)
        put(self, 'jobs', jobs)
        put(self, 'resources', resources)
        put(self, 'checks', checks)
        put(self, 'partitions', partitions)

    TABLE: ClassVar[Rows] = (
        (1, 'location', 'message', 'one', 'Location'),
        (2, 'blocks', 'message', 'many', 'Block'),
        (3, 'assets', 'message', 'many', 'Asset'),
        (4, 'steps', 'message', 'many', 'Step'),
        (5, 'jobs', 'message', 'many', 'Job'),
        (6, 'resources', 'message', 'many', 'Resource'),
        (7, 'checks', 'message', 'many', 'AssetCheck'),
        (8, 'partitions', 'message', 'many', 'PartitionsDefinition'),
    )


class Location(View):
    """A code location: one code server's view of one set of targets.

    name: The name, unique in a launcher.
    state: Whether it can be planned on.
    digest: SHA-256 in hexadecimal over structure, code, files and Python version of the
        snapshot that is served. Empty when there is none.
    python_version: Python's version on the user-code side, for example "3.11".
    loaded_at: When the served snapshot was loaded. Unset when there is none.
    modules: How the last load went, one entry a target, in target order.
    warnings: What the last load wants a person to know: shadowed files, renamed blocks,
        conflicts.
    asset_count: How many assets the snapshot makes.
    step_count: How many steps the snapshot has.
    generation: Which load the served snapshot comes from: another text after each load that
        succeeded, also when the digest stays the same, and after a restart of the code server.
        Empty when there is none.
    address: Where the launcher looks for the code server. Sent by the launcher only, as
        what follows.
    since: Since when the launcher reaches the code server; when UNREACHABLE, since when it
        does not. Unset by a code server.
    problem: Why the launcher does not reach the code server, for a person. Set when
        UNREACHABLE only.
    """

    __slots__ = __match_args__ = ('name', 'state', 'digest', 'python_version', 'loaded_at', 'modules', 'warnings', 'asset_count', 'step_count', 'generation', 'address', 'since', 'problem')
    name: str
    """The name, unique in a launcher."""
    state: LocationState
    """Whether it can be planned on."""
    digest: str
    """SHA-256 in hexadecimal over structure, code, files and Python version of the snapshot that
    is served. Empty when there is none."""
    python_version: str
    """Python's version on the user-code side, for example "3.11"."""
    loaded_at: datetime | None
    """When the served snapshot was loaded. Unset when there is none."""
    modules: tuple[ModuleReport, ...]
    """How the last load went, one entry a target, in target order."""
    warnings: tuple[str, ...]
    """What the last load wants a person to know: shadowed files, renamed blocks, conflicts."""
    asset_count: int
    """How many assets the snapshot makes."""
    step_count: int
    """How many steps the snapshot has."""
    generation: str
    """Which load the served snapshot comes from: another text after each load that succeeded, also
    when the digest stays the same, and after a restart of the code server. Empty when there is
    none."""
    address: str
    """Where the launcher looks for the code server. Sent by the launcher only, as what follows."""
    since: datetime | None
    """Since when the launcher reaches the code server; when UNREACHABLE, since when it does not.
    Unset by a code server."""
    problem: str
    """Why the launcher does not reach the code server, for a person. Set when UNREACHABLE only."""

    def __init__(
        self,
        *,
        name: str = "",
        state: LocationState,
        digest: str = "",
        python_version: str = "",
        loaded_at: datetime | None = None,
        modules: tuple[ModuleReport, ...] = (),
        warnings: tuple[str, ...] = (),
        asset_count: int = 0,
        step_count: int = 0,
        generation: str = "",
        address: str = "",
        since: datetime | None = None,
        problem: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'state', state)
        put(self, 'digest', digest)
        put(self, 'python_version', python_version)
        put(self, 'loaded_at', loaded_at)
        put(self, 'modules', modules)
        put(self, 'warnings', warnings)
        put(self, 'asset_count', asset_count)
        put(self, 'step_count', step_count)
        put(self, 'generation', generation)
        put(self, 'address', address)
        put(self, 'since', since)
        put(self, 'problem', problem)

    TABLE: ClassVar[Rows] = (
        (1, 'name', 'text', 'one', ''),
        (2, 'state', 'enum', 'one', 'LocationState'),
        (3, 'digest', 'text', 'one', ''),
        (4, 'python_version', 'text', 'one', ''),
        (5, 'loaded_at', 'time', 'maybe', 'Timestamp'),
        (6, 'modules', 'message', 'many', 'ModuleReport'),
        (7, 'warnings', 'text', 'many', ''),
        (8, 'asset_count', 'whole', 'one', ''),
        (9, 'step_count', 'whole', 'one', ''),
        (10, 'generation', 'text', 'one', ''),
        (11, 'address', 'text', 'one', ''),
        (12, 'since', 'time', 'maybe', 'Timestamp'),
        (13, 'problem', 'text', 'one', ''),
    )


class ModuleReport(View):
    """How the load of one target went.

    target: The target as it was given: a file path or a dotted module name.
    state: How the load ended.
    problem: What went wrong, with the user's traceback where there is one. Set unless
        LOADED.
    source: Where it went wrong. Set when the user's traceback or a refused definition names
        a line.
    duration: Wall time of the import.
    """

    __slots__ = __match_args__ = ('target', 'state', 'problem', 'source', 'duration')
    target: str
    """The target as it was given: a file path or a dotted module name."""
    state: ModuleState
    """How the load ended."""
    problem: Text
    """What went wrong, with the user's traceback where there is one. Set unless LOADED."""
    source: SourceLocation | None
    """Where it went wrong. Set when the user's traceback or a refused definition names a line."""
    duration: timedelta
    """Wall time of the import."""

    def __init__(
        self,
        *,
        target: str = "",
        state: ModuleState,
        problem: Text = NO_TEXT,
        source: SourceLocation | None = None,
        duration: timedelta = NO_TIME,
    ) -> None:
        put = object.__setattr__
        put(self, 'target', target)
        put(self, 'state', state)
        put(self, 'problem', problem)
        put(self, 'source', source)
        put(self, 'duration', duration)

    TABLE: ClassVar[Rows] = (
        (1, 'target', 'text', 'one', ''),
        (2, 'state', 'enum', 'one', 'ModuleState'),
        (3, 'problem', 'long', 'one', 'Text'),
        (4, 'source', 'message', 'maybe', 'SourceLocation'),
        (5, 'duration', 'span', 'one', 'Duration'),
    )


class Block(View):
    """What one decorator made: one op, or a graph of ops, producing one or more assets.

    name: The node name, the first component of its step keys.
    asset_keys: The keys that it makes, sorted.
    can_subset: Whether its assets may be selected one by one.
    is_graph: True: a graph of ops. False: one op.
    description: The description, "" if none.
    source: Where it was defined. None: not known.
    checks: The checks that it evaluates, "asset:name", sorted.
    observed_keys: The external assets that it looks at, sorted. It makes none.
    """

    __slots__ = __match_args__ = ('name', 'asset_keys', 'can_subset', 'is_graph', 'description', 'source', 'checks', 'observed_keys')
    name: str
    """The node name, the first component of its step keys."""
    asset_keys: tuple[AssetKey, ...]
    """The keys that it makes, sorted."""
    can_subset: bool
    """Whether its assets may be selected one by one."""
    is_graph: bool
    """True: a graph of ops. False: one op."""
    description: str
    """The description, "" if none."""
    source: SourceLocation | None
    """Where it was defined. None: not known."""
    checks: tuple[str, ...]
    """The checks that it evaluates, "asset:name", sorted."""
    observed_keys: tuple[str, ...]
    """The external assets that it looks at, sorted. It makes none."""

    def __init__(
        self,
        *,
        name: str = "",
        asset_keys: tuple[AssetKey, ...] = (),
        can_subset: bool = False,
        is_graph: bool = False,
        description: str = "",
        source: SourceLocation | None = None,
        checks: tuple[str, ...] = (),
        observed_keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'asset_keys', asset_keys)
        put(self, 'can_subset', can_subset)
        put(self, 'is_graph', is_graph)
        put(self, 'description', description)
        put(self, 'source', source)
        put(self, 'checks', checks)
        put(self, 'observed_keys', observed_keys)

    TABLE: ClassVar[Rows] = (
        (1, 'name', 'text', 'one', ''),
        (2, 'asset_keys', 'text', 'many', ''),
        (3, 'can_subset', 'flag', 'one', ''),
        (4, 'is_graph', 'flag', 'one', ''),
        (5, 'description', 'text', 'one', ''),
        (6, 'source', 'message', 'maybe', 'SourceLocation'),
        (7, 'checks', 'text', 'many', ''),
        (8, 'observed_keys', 'text', 'many', ''),
    )


class Asset(View):
    """An asset: made by a block, or declared and made elsewhere.

    key: The key.
    block: The node name of the block that makes it. Empty: external, declared with
        AssetSpec.
    step_key: The step whose output produces it. Empty: external.
    output: The output of that step. Empty: external.
    upstream_keys: The assets that it is made from, derived from the op wiring, sorted by
        key.
    description: The description, "" if none.
    group: The group, "default" unless given.
    metadata: Definition metadata.
    tags: Tags.
    kinds: Kinds, sorted.
    owners: Owners, in the order given.
    code_version: The code version, "" if none.
    io_manager_key: The resource key of the IO manager that stores and loads it.
    source: Where it was defined. None: not known.
    conflict: Sent by the launcher only: another location owns this key, and this one does
        not make it.
    keep_versions: How many versions of it are kept. 0: as many as the launcher keeps of
        each.
    partitions: The id of what its partitions are, one of GraphPart.partitions. Empty: it
        has none.
    upstream_mappings: Which partitions of others its own need, where that is said, sorted
        by key; of the rest it follows from the definitions of both
        (treadle_partitions.default_mapping).
    backfill_policy: How many partitions a run of a backfill makes. None: one.
    observed_by: The node name of the block that looks at it, of an external one. Empty:
        none does.
    """

    __slots__ = __match_args__ = ('key', 'block', 'step_key', 'output', 'upstream_keys', 'description', 'group', 'metadata', 'tags', 'kinds', 'owners', 'code_version', 'io_manager_key', 'source', 'conflict', 'keep_versions', 'partitions', 'upstream_mappings', 'backfill_policy', 'observed_by')
    key: AssetKey
    """The key."""
    block: str
    """The node name of the block that makes it. Empty: external, declared with AssetSpec."""
    step_key: StepKey
    """The step whose output produces it. Empty: external."""
    output: str
    """The output of that step. Empty: external."""
    upstream_keys: tuple[AssetKey, ...]
    """The assets that it is made from, derived from the op wiring, sorted by key."""
    description: str
    """The description, "" if none."""
    group: str
    """The group, "default" unless given."""
    metadata: Metadata
    """Definition metadata."""
    tags: Mapping[str, str]
    """Tags."""
    kinds: tuple[str, ...]
    """Kinds, sorted."""
    owners: tuple[str, ...]
    """Owners, in the order given."""
    code_version: str
    """The code version, "" if none."""
    io_manager_key: str
    """The resource key of the IO manager that stores and loads it."""
    source: SourceLocation | None
    """Where it was defined. None: not known."""
    conflict: bool
    """Sent by the launcher only: another location owns this key, and this one does not make it."""
    keep_versions: int
    """How many versions of it are kept. 0: as many as the launcher keeps of each."""
    partitions: str
    """The id of what its partitions are, one of GraphPart.partitions. Empty: it has none."""
    upstream_mappings: tuple[UpstreamMapping, ...]
    """Which partitions of others its own need, where that is said, sorted by key; of the rest it
    follows from the definitions of both (treadle_partitions.default_mapping)."""
    backfill_policy: BackfillPolicy | None
    """How many partitions a run of a backfill makes. None: one."""
    observed_by: str
    """The node name of the block that looks at it, of an external one. Empty: none does."""

    def __init__(
        self,
        *,
        key: AssetKey = AssetKey(""),
        block: str = "",
        step_key: StepKey = StepKey(""),
        output: str = "",
        upstream_keys: tuple[AssetKey, ...] = (),
        description: str = "",
        group: str = "",
        metadata: Metadata = NO_METADATA,
        tags: Mapping[str, str] = NO_ENTRIES,
        kinds: tuple[str, ...] = (),
        owners: tuple[str, ...] = (),
        code_version: str = "",
        io_manager_key: str = "",
        source: SourceLocation | None = None,
        conflict: bool = False,
        keep_versions: int = 0,
        partitions: str = "",
        upstream_mappings: tuple[UpstreamMapping, ...] = (),
        backfill_policy: BackfillPolicy | None = None,
        observed_by: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'block', block)
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'upstream_keys', upstream_keys)
        put(self, 'description', description)
        put(self, 'group', group)
        put(self, 'metadata', metadata)
        put(self, 'tags', tags)
        put(self, 'kinds', kinds)
        put(self, 'owners', owners)
        put(self, 'code_version', code_version)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'source', source)
        put(self, 'conflict', conflict)
        put(self, 'keep_versions', keep_versions)
        put(self, 'partitions', partitions)
        put(self, 'upstream_mappings', upstream_mappings)
        put(self, 'backfill_policy', backfill_policy)
        put(self, 'observed_by', observed_by)

    TABLE: ClassVar[Rows] = (
        (1, 'key', 'text', 'one', ''),
        (2, 'block', 'text', 'one', ''),
        (3, 'step_key', 'text', 'one', ''),
        (4, 'output', 'text', 'one', ''),
        (5, 'upstream_keys', 'text', 'many', ''),
        (6, 'description', 'text', 'one', ''),
        (7, 'group', 'text', 'one', ''),
        (8, 'metadata', 'metadata', 'one', 'MetadataEntry'),
        (9, 'tags', 'map', 'one', ''),
        (10, 'kinds', 'text', 'many', ''),
        (11, 'owners', 'text', 'many', ''),
        (12, 'code_version', 'text', 'one', ''),
        (13, 'io_manager_key', 'text', 'one', ''),
        (14, 'source', 'message', 'maybe', 'SourceLocation'),
        (15, 'conflict', 'flag', 'one', ''),
        (16, 'keep_versions', 'whole', 'one', ''),
        (17, 'partitions', 'text', 'one', ''),
        (18, 'upstream_mappings', 'message', 'many', 'UpstreamMapping'),
        (19, 'backfill_policy', 'message', 'maybe', 'BackfillPolicy'),
        (20, 'observed_by', 'text', 'one', ''),
    )


class UpstreamMapping(View):
    """Which partitions of an asset those of its reader need.

    asset_key: The asset that is read.
    mapping: Which of its partitions.
    """

    __slots__ = __match_args__ = ('asset_key', 'mapping')
    asset_key: AssetKey
    """The asset that is read."""
    mapping: PartitionMapping
    """Which of its partitions."""

    def __init__(
        self,
        *,
        asset_key: AssetKey = AssetKey(""),
        mapping: PartitionMapping,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'mapping', mapping)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'mapping', 'message', 'one', 'PartitionMapping'),
    )


class PartitionMapping(View):
    """Which keys of an asset a key of its reader needs.

    plain: By a rule that takes nothing.
    time_window: By time.
    static: As they are listed.
    multi_to_single: One side is a dimension of the other.
    multi: Dimension by dimension.
    specific: Always the same ones.
    user: By a function of the user's.
    """

    __slots__ = __match_args__ = ('plain', 'time_window', 'static', 'multi_to_single', 'multi', 'specific', 'user')
    plain: PlainMapping | None
    """By a rule that takes nothing."""
    time_window: TimeWindowMapping | None
    """By time."""
    static: StaticMapping | None
    """As they are listed."""
    multi_to_single: MultiToSingleMapping | None
    """One side is a dimension of the other."""
    multi: MultiMapping | None
    """Dimension by dimension."""
    specific: SpecificMapping | None
    """Always the same ones."""
    user: UserMapping | None
    """By a function of the user's."""

    def __init__(
        self,
        *,
        plain: PlainMapping | None = None,
        time_window: TimeWindowMapping | None = None,
        static: StaticMapping | None = None,
        multi_to_single: MultiToSingleMapping | None = None,
        multi: MultiMapping | None = None,
        specific: SpecificMapping | None = None,
        user: UserMapping | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'plain', plain)
        put(self, 'time_window', time_window)
        put(self, 'static', static)
        put(self, 'multi_to_single', multi_to_single)
        put(self, 'multi', multi)
        put(self, 'specific', specific)
        put(self, 'user', user)

    TABLE: ClassVar[Rows] = (
        (1, 'plain', 'message', 'maybe', 'PlainMapping'),
        (2, 'time_window', 'message', 'maybe', 'TimeWindowMapping'),
        (3, 'static', 'message', 'maybe', 'StaticMapping'),
        (4, 'multi_to_single', 'message', 'maybe', 'MultiToSingleMapping'),
        (5, 'multi', 'message', 'maybe', 'MultiMapping'),
        (6, 'specific', 'message', 'maybe', 'SpecificMapping'),
        (7, 'user', 'message', 'maybe', 'UserMapping'),
    )


class PlainMapping(View):
    """A mapping by a rule that takes nothing.

    rule: The rule.
    """

    __slots__ = __match_args__ = ('rule',)
    rule: MappingRule
    """The rule."""

    def __init__(
        self,
        *,
        rule: MappingRule,
    ) -> None:
        put = object.__setattr__
        put(self, 'rule', rule)

    TABLE: ClassVar[Rows] = (
        (1, 'rule', 'enum', 'one', 'MappingRule'),
    )


class TimeWindowMapping(View):
    """The windows that overlap the reader's, whose begin and end are moved before.

    start_offset: By how many of the reader's windows its begin is moved.
    end_offset: By how many of the reader's windows its end is moved.
    allow_nonexistent_upstream_partitions: What there is no window for is left out. False:
        it is refused.
    """

    __slots__ = __match_args__ = ('start_offset', 'end_offset', 'allow_nonexistent_upstream_partitions')
    start_offset: int
    """By how many of the reader's windows its begin is moved."""
    end_offset: int
    """By how many of the reader's windows its end is moved."""
    allow_nonexistent_upstream_partitions: bool
    """What there is no window for is left out. False: it is refused."""

    def __init__(
        self,
        *,
        start_offset: int = 0,
        end_offset: int = 0,
        allow_nonexistent_upstream_partitions: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'start_offset', start_offset)
        put(self, 'end_offset', end_offset)
        put(self, 'allow_nonexistent_upstream_partitions', allow_nonexistent_upstream_partitions)

    TABLE: ClassVar[Rows] = (
        (1, 'start_offset', 'whole', 'one', ''),
        (2, 'end_offset', 'whole', 'one', ''),
        (3, 'allow_nonexistent_upstream_partitions', 'flag', 'one', ''),
    )


class StaticMapping(View):
    """Keys as they are listed.

    entries: The pairs, in order.
    """

    __slots__ = __match_args__ = ('entries',)
    entries: tuple[StaticMappingEntry, ...]
    """The pairs, in order."""

    def __init__(
        self,
        *,
        entries: tuple[StaticMappingEntry, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'entries', entries)

    TABLE: ClassVar[Rows] = (
        (1, 'entries', 'message', 'many', 'StaticMappingEntry'),
    )


class StaticMappingEntry(View):
    """One key of an asset, and who needs it.

    upstream_key: The key of the asset that is read.
    downstream_keys: The keys of the reader.
    """

    __slots__ = __match_args__ = ('upstream_key', 'downstream_keys')
    upstream_key: str
    """The key of the asset that is read."""
    downstream_keys: tuple[str, ...]
    """The keys of the reader."""

    def __init__(
        self,
        *,
        upstream_key: str = "",
        downstream_keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'upstream_key', upstream_key)
        put(self, 'downstream_keys', downstream_keys)

    TABLE: ClassVar[Rows] = (
        (1, 'upstream_key', 'text', 'one', ''),
        (2, 'downstream_keys', 'text', 'many', ''),
    )


class MultiToSingleMapping(View):
    """One side has a single dimension, which is one of the other's.

    dimension: The dimension. Empty: the one whose definition is that of the other side.
    """

    __slots__ = __match_args__ = ('dimension',)
    dimension: str
    """The dimension. Empty: the one whose definition is that of the other side."""

    def __init__(
        self,
        *,
        dimension: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'dimension', dimension)

    TABLE: ClassVar[Rows] = (
        (1, 'dimension', 'text', 'one', ''),
    )


class MultiMapping(View):
    """Dimension by dimension. Of a dimension that none stands for, all keys are read.

    dimensions: The pairs, sorted by the reader's dimension.
    """

    __slots__ = __match_args__ = ('dimensions',)
    dimensions: tuple[DimensionMapping, ...]
    """The pairs, sorted by the reader's dimension."""

    def __init__(
        self,
        *,
        dimensions: tuple[DimensionMapping, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'dimensions', dimensions)

    TABLE: ClassVar[Rows] = (
        (1, 'dimensions', 'message', 'many', 'DimensionMapping'),
    )


class DimensionMapping(View):
    """How one dimension of the reader's keys says a part of the keys that are read.

    downstream_dimension: The dimension of the reader.
    upstream_dimension: The dimension of the asset that is read.
    plain: By a rule that takes nothing.
    time_window: By time.
    static: As they are listed.
    specific: Always the same ones.
    """

    __slots__ = __match_args__ = ('downstream_dimension', 'upstream_dimension', 'plain', 'time_window', 'static', 'specific')
    downstream_dimension: str
    """The dimension of the reader."""
    upstream_dimension: str
    """The dimension of the asset that is read."""
    plain: PlainMapping | None
    """By a rule that takes nothing."""
    time_window: TimeWindowMapping | None
    """By time."""
    static: StaticMapping | None
    """As they are listed."""
    specific: SpecificMapping | None
    """Always the same ones."""

    def __init__(
        self,
        *,
        downstream_dimension: str = "",
        upstream_dimension: str = "",
        plain: PlainMapping | None = None,
        time_window: TimeWindowMapping | None = None,
        static: StaticMapping | None = None,
        specific: SpecificMapping | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'downstream_dimension', downstream_dimension)
        put(self, 'upstream_dimension', upstream_dimension)
        put(self, 'plain', plain)
        put(self, 'time_window', time_window)
        put(self, 'static', static)
        put(self, 'specific', specific)

    TABLE: ClassVar[Rows] = (
        (1, 'downstream_dimension', 'text', 'one', ''),
        (2, 'upstream_dimension', 'text', 'one', ''),
        (3, 'plain', 'message', 'maybe', 'PlainMapping'),
        (4, 'time_window', 'message', 'maybe', 'TimeWindowMapping'),
        (5, 'static', 'message', 'maybe', 'StaticMapping'),
        (6, 'specific', 'message', 'maybe', 'SpecificMapping'),
    )


class SpecificMapping(View):
    """Always the same keys.

    keys: The keys, in order.
    """

    __slots__ = __match_args__ = ('keys',)
    keys: tuple[str, ...]
    """The keys, in order."""

    def __init__(
        self,
        *,
        keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'keys', keys)

    TABLE: ClassVar[Rows] = (
        (1, 'keys', 'text', 'many', ''),
    )


class UserMapping(View):
    """A function of the user's: a process beside the code server runs it.

    class_name: The name of its class, for a person.
    block: The node name of the reader's block, where the function is found. Empty: the
        mapping is of an asset that nothing here makes.
    asset_key: The asset that is read: the key under which the block has it.
    """

    __slots__ = __match_args__ = ('class_name', 'block', 'asset_key')
    class_name: str
    """The name of its class, for a person."""
    block: str
    """The node name of the reader's block, where the function is found. Empty: the mapping is of
    an asset that nothing here makes."""
    asset_key: AssetKey
    """The asset that is read: the key under which the block has it."""

    def __init__(
        self,
        *,
        class_name: str = "",
        block: str = "",
        asset_key: AssetKey = AssetKey(""),
    ) -> None:
        put = object.__setattr__
        put(self, 'class_name', class_name)
        put(self, 'block', block)
        put(self, 'asset_key', asset_key)

    TABLE: ClassVar[Rows] = (
        (1, 'class_name', 'text', 'one', ''),
        (2, 'block', 'text', 'one', ''),
        (3, 'asset_key', 'text', 'one', ''),
    )


class BackfillPolicy(View):
    """How many partitions a run of a backfill makes.

    max_partitions_per_run: At most so many. 0: all of them, in one run.
    """

    __slots__ = __match_args__ = ('max_partitions_per_run',)
    max_partitions_per_run: int
    """At most so many. 0: all of them, in one run."""

    def __init__(
        self,
        *,
        max_partitions_per_run: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'max_partitions_per_run', max_partitions_per_run)

    TABLE: ClassVar[Rows] = (
        (1, 'max_partitions_per_run', 'whole', 'one', ''),
    )


class Step(View):
    """One op invocation.

    key: The step key: the dotted path of node names; for each fan-out that it is mapped
        over, "[?]".
    block: The node name of its block.
    op: The name of the op.
    inputs: The inputs, in the order of the op's arguments.
    outputs: The outputs, in the order they were declared.
    resource_keys: Resource keys it needs, sorted.
    description: The description, "" if none.
    tags: Tags.
    source: Where the op was defined. None: not known.
    retry_policy: When it is tried again. None: never by itself.
    timeout: How long one attempt may take. None: no limit.
    limits: What one attempt may use. None: no limit.
    config: Where its config stands: that of its op, or of a graph around it that maps its
        own to its ops. None: it takes none.
    told_inputs: Where a run tells the values of inputs that nothing is connected to, a map
        by their names. None: it has none.
    """

    __slots__ = __match_args__ = ('key', 'block', 'op', 'inputs', 'outputs', 'resource_keys', 'description', 'tags', 'source', 'retry_policy', 'timeout', 'limits', 'config', 'told_inputs')
    key: StepKey
    """The step key: the dotted path of node names; for each fan-out that it is mapped over, "[?]"."""
    block: str
    """The node name of its block."""
    op: str
    """The name of the op."""
    inputs: tuple[StepInput, ...]
    """The inputs, in the order of the op's arguments."""
    outputs: tuple[StepOutput, ...]
    """The outputs, in the order they were declared."""
    resource_keys: tuple[str, ...]
    """Resource keys it needs, sorted."""
    description: str
    """The description, "" if none."""
    tags: Mapping[str, str]
    """Tags."""
    source: SourceLocation | None
    """Where the op was defined. None: not known."""
    retry_policy: RetryPolicy | None
    """When it is tried again. None: never by itself."""
    timeout: timedelta | None
    """How long one attempt may take. None: no limit."""
    limits: Limits | None
    """What one attempt may use. None: no limit."""
    config: ConfigPlace | None
    """Where its config stands: that of its op, or of a graph around it that maps its own to its
    ops. None: it takes none."""
    told_inputs: ConfigPlace | None
    """Where a run tells the values of inputs that nothing is connected to, a map by their names.
    None: it has none."""

    def __init__(
        self,
        *,
        key: StepKey = StepKey(""),
        block: str = "",
        op: str = "",
        inputs: tuple[StepInput, ...] = (),
        outputs: tuple[StepOutput, ...] = (),
        resource_keys: tuple[str, ...] = (),
        description: str = "",
        tags: Mapping[str, str] = NO_ENTRIES,
        source: SourceLocation | None = None,
        retry_policy: RetryPolicy | None = None,
        timeout: timedelta | None = None,
        limits: Limits | None = None,
        config: ConfigPlace | None = None,
        told_inputs: ConfigPlace | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'block', block)
        put(self, 'op', op)
        put(self, 'inputs', inputs)
        put(self, 'outputs', outputs)
        put(self, 'resource_keys', resource_keys)
        put(self, 'description', description)
        put(self, 'tags', tags)
        put(self, 'source', source)
        put(self, 'retry_policy', retry_policy)
        put(self, 'timeout', timeout)
        put(self, 'limits', limits)
        put(self, 'config', config)
        put(self, 'told_inputs', told_inputs)

    TABLE: ClassVar[Rows] = (
        (1, 'key', 'text', 'one', ''),
        (2, 'block', 'text', 'one', ''),
        (3, 'op', 'text', 'one', ''),
        (4, 'inputs', 'message', 'many', 'StepInput'),
        (5, 'outputs', 'message', 'many', 'StepOutput'),
        (6, 'resource_keys', 'text', 'many', ''),
        (7, 'description', 'text', 'one', ''),
        (8, 'tags', 'map', 'one', ''),
        (9, 'source', 'message', 'maybe', 'SourceLocation'),
        (10, 'retry_policy', 'message', 'maybe', 'RetryPolicy'),
        (11, 'timeout', 'ms', 'maybe', ''),
        (12, 'limits', 'message', 'maybe', 'Limits'),
        (13, 'config', 'message', 'maybe', 'ConfigPlace'),
        (14, 'told_inputs', 'message', 'maybe', 'ConfigPlace'),
    )


class StepInput(View):
    """One input of a step as defined.

    name: The name of the op's argument.
    sources: What it reads, in order. More than one, or fan_in: the op gets a list.
    fan_in: The op gets a list, also when there is one source.
    nothing: It orders and carries no value.
    has_default: The op's own default is used when nothing is connected.
    """

    __slots__ = __match_args__ = ('name', 'sources', 'fan_in', 'nothing', 'has_default')
    name: str
    """The name of the op's argument."""
    sources: tuple[Source, ...]
    """What it reads, in order. More than one, or fan_in: the op gets a list."""
    fan_in: bool
    """The op gets a list, also when there is one source."""
    nothing: bool
    """It orders and carries no value."""
    has_default: bool
    """The op's own default is used when nothing is connected."""

    def __init__(
        self,
        *,
        name: str = "",
        sources: tuple[Source, ...] = (),
        fan_in: bool = False,
        nothing: bool = False,
        has_default: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'sources', sources)
        put(self, 'fan_in', fan_in)
        put(self, 'nothing', nothing)
        put(self, 'has_default', has_default)

    TABLE: ClassVar[Rows] = (
        (1, 'name', 'text', 'one', ''),
        (2, 'sources', 'message', 'many', 'Source'),
        (3, 'fan_in', 'flag', 'one', ''),
        (4, 'nothing', 'flag', 'one', ''),
        (5, 'has_default', 'flag', 'one', ''),
    )


class Source(View):
    """A place a step's input takes a value from.

    step_key: The step.
    output: The output's name.
    mapping_key: "?": an element of a dynamic output, or, where it is collected, all of
        them. Empty: it is not dynamic.
    collected: How many levels of fan-outs are collected to a list. 0: none.
    asset_key: An asset: of another block, or external.
    mapping: Of an asset: which partitions of it. None: what follows from the definitions of
        both.
    """

    __slots__ = __match_args__ = ('step_key', 'output', 'mapping_key', 'collected', 'asset_key', 'mapping')
    step_key: StepKey
    """The step."""
    output: str
    """The output's name."""
    mapping_key: str
    """"?": an element of a dynamic output, or, where it is collected, all of them. Empty: it is
    not dynamic."""
    collected: int
    """How many levels of fan-outs are collected to a list. 0: none."""
    asset_key: AssetKey
    """An asset: of another block, or external."""
    mapping: PartitionMapping | None
    """Of an asset: which partitions of it. None: what follows from the definitions of both."""

    def __init__(
        self,
        *,
        step_key: StepKey = StepKey(""),
        output: str = "",
        mapping_key: str = "",
        collected: int = 0,
        asset_key: AssetKey = AssetKey(""),
        mapping: PartitionMapping | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'mapping_key', mapping_key)
        put(self, 'collected', collected)
        put(self, 'asset_key', asset_key)
        put(self, 'mapping', mapping)

    TABLE: ClassVar[Rows] = (
        (1, '', 'inline', 'one', ((1, 'step_key', 'text', 'one', ''), (2, 'output', 'text', 'one', ''), (3, 'mapping_key', 'text', 'one', ''), (4, 'collected', 'whole', 'one', ''))),
        (2, 'asset_key', 'text', 'one', ''),
        (3, 'mapping', 'message', 'maybe', 'PartitionMapping'),
    )


class StepOutput(View):
    """One output of a step as defined.

    name: The name.
    is_required: The op must yield it when it is selected.
    nothing: It orders and carries no value.
    asset_keys: The assets it produces, sorted. Empty: an intermediate.
    io_manager_key: The resource key of the IO manager of an intermediate.
    check: The check that it evaluates, "asset:name". Empty: none.
    dynamic: The op yields any number of elements for it, each with a mapping key.
    """

    __slots__ = __match_args__ = ('name', 'is_required', 'nothing', 'asset_keys', 'io_manager_key', 'check', 'dynamic')
    name: str
    """The name."""
    is_required: bool
    """The op must yield it when it is selected."""
    nothing: bool
    """It orders and carries no value."""
    asset_keys: tuple[AssetKey, ...]
    """The assets it produces, sorted. Empty: an intermediate."""
    io_manager_key: str
    """The resource key of the IO manager of an intermediate."""
    check: str
    """The check that it evaluates, "asset:name". Empty: none."""
    dynamic: bool
    """The op yields any number of elements for it, each with a mapping key."""

    def __init__(
        self,
        *,
        name: str = "",
        is_required: bool = False,
        nothing: bool = False,
        asset_keys: tuple[AssetKey, ...] = (),
        io_manager_key: str = "",
        check: str = "",
        dynamic: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'is_required', is_required)
        put(self, 'nothing', nothing)
        put(self, 'asset_keys', asset_keys)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'check', check)
        put(self, 'dynamic', dynamic)

    TABLE: ClassVar[Rows] = (
        (1, 'name', 'text', 'one', ''),
        (2, 'is_required', 'flag', 'one', ''),
        (3, 'nothing', 'flag', 'one', ''),
        (4, 'asset_keys', 'text', 'many', ''),
        (5, 'io_manager_key', 'text', 'one', ''),
        (6, 'check', 'text', 'one', ''),
        (7, 'dynamic', 'flag', 'one', ''),
    )


class ConfigPlace(View):
    """A place in the config of a run where something is told.

    path: The names that lead there, for example "ops", "my_graph", "ops", "fetch",
        "config".
    json_schema: What may stand there: a JSON Schema (2020-12), of which a value may be
        {"env": NAME} wherever a text, a number or a truth value may stand. What is "writeOnly"
        is a secret, and must be so.
    given: What the definitions say at this place, over the defaults of the schema. Null:
        nothing.
    """

    __slots__ = __match_args__ = ('path', 'json_schema', 'given')
    path: tuple[str, ...]
    """The names that lead there, for example "ops", "my_graph", "ops", "fetch", "config"."""
    json_schema: str
    """What may stand there: a JSON Schema (2020-12), of which a value may be {"env": NAME}
    wherever a text, a number or a truth value may stand. What is "writeOnly" is a secret, and
    must be so."""
    given: PlainValue
    """What the definitions say at this place, over the defaults of the schema. Null: nothing."""

    def __init__(
        self,
        *,
        path: tuple[str, ...] = (),
        json_schema: str = "",
        given: PlainValue = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'path', path)
        put(self, 'json_schema', json_schema)
        put(self, 'given', given)

    TABLE: ClassVar[Rows] = (
        (1, 'path', 'text', 'many', ''),
        (2, 'json_schema', 'text', 'one', ''),
        (3, 'given', 'value', 'one', 'Value'),
    )


class Job(View):
    """A named selection of assets.

    name: The name, unique in a location.
    selection: The selection, in the selection language.
    asset_keys: The assets it selects, sorted.
    description: The description, "" if none.
    tags: Tags that its runs get.
    retry_policy: When its steps that have no policy of their own are tried again. None:
        never by itself.
    config: The config of its runs, under what a run says itself. Null: none.
    partitions: The id of what the partitions of its runs are. Empty: those of what it
        selects.
    """

    __slots__ = __match_args__ = ('name', 'selection', 'asset_keys', 'description', 'tags', 'retry_policy', 'config', 'partitions')
    name: str
    """The name, unique in a location."""
    selection: str
    """The selection, in the selection language."""
    asset_keys: tuple[AssetKey, ...]
    """The assets it selects, sorted."""
    description: str
    """The description, "" if none."""
    tags: Mapping[str, str]
    """Tags that its runs get."""
    retry_policy: RetryPolicy | None
    """When its steps that have no policy of their own are tried again. None: never by itself."""
    config: PlainValue
    """The config of its runs, under what a run says itself. Null: none."""
    partitions: str
    """The id of what the partitions of its runs are. Empty: those of what it selects."""

    def __init__(
        self,
        *,
        name: str = "",
        selection: str = "",
        asset_keys: tuple[AssetKey, ...] = (),
        description: str = "",
        tags: Mapping[str, str] = NO_ENTRIES,
        retry_policy: RetryPolicy | None = None,
        config: PlainValue = None,
        partitions: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'selection', selection)
        put(self, 'asset_keys', asset_keys)
        put(self, 'description', description)
        put(self, 'tags', tags)
        put(self, 'retry_policy', retry_policy)
        put(self, 'config', config)
        put(self, 'partitions', partitions)

    TABLE: ClassVar[Rows] = (
        (1, 'name', 'text', 'one', ''),
        (2, 'selection', 'text', 'one', ''),
        (3, 'asset_keys', 'text', 'many', ''),
        (4, 'description', 'text', 'one', ''),
        (5, 'tags', 'map', 'one', ''),
        (6, 'retry_policy', 'message', 'maybe', 'RetryPolicy'),
        (7, 'config', 'value', 'one', 'Value'),
        (8, 'partitions', 'text', 'one', ''),
    )


class Resource(View):
    """A resource that ops receive by parameter name, or an IO manager.

    key: The key.
    type_name: The name of its Python type.
    config: Where a run may tell it something. None: it takes no config.
    job: The job of ops that brings it for its own steps, where it wins over one of the key
        that all have. Empty: the steps of all blocks have it.
    """

    __slots__ = __match_args__ = ('key', 'type_name', 'config', 'job')
    key: str
    """The key."""
    type_name: str
    """The name of its Python type."""
    config: ConfigPlace | None
    """Where a run may tell it something. None: it takes no config."""
    job: str
    """The job of ops that brings it for its own steps, where it wins over one of the key that all
    have. Empty: the steps of all blocks have it."""

    def __init__(
        self,
        *,
        key: str = "",
        type_name: str = "",
        config: ConfigPlace | None = None,
        job: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'type_name', type_name)
        put(self, 'config', config)
        put(self, 'job', job)

    TABLE: ClassVar[Rows] = (
        (1, 'key', 'text', 'one', ''),
        (2, 'type_name', 'text', 'one', ''),
        (3, 'config', 'message', 'maybe', 'ConfigPlace'),
        (4, 'job', 'text', 'one', ''),
    )


class AssetCheck(View):
    """A check of an asset: an output of a step, which gives its result.

    asset_key: The asset.
    name: The name, unique among the checks of the asset.
    block: The node name of the block that evaluates it: the asset's own, or one of checks
        alone.
    step_key: The step that evaluates it.
    output: The output of that step.
    description: The description, "" if none.
    blocking: Where it does not hold, its step fails, and what reads the asset does not run.
    metadata: Definition metadata.
    upstream_keys: What else it says that it rests on, beside the asset, sorted by key.
    source: Where it was defined. None: not known.
    """

    __slots__ = __match_args__ = ('asset_key', 'name', 'block', 'step_key', 'output', 'description', 'blocking', 'metadata', 'upstream_keys', 'source')
    asset_key: AssetKey
    """The asset."""
    name: str
    """The name, unique among the checks of the asset."""
    block: str
    """The node name of the block that evaluates it: the asset's own, or one of checks alone."""
    step_key: StepKey
    """The step that evaluates it."""
    output: str
    """The output of that step."""
    description: str
    """The description, "" if none."""
    blocking: bool
    """Where it does not hold, its step fails, and what reads the asset does not run."""
    metadata: Metadata
    """Definition metadata."""
    upstream_keys: tuple[str, ...]
    """What else it says that it rests on, beside the asset, sorted by key."""
    source: SourceLocation | None
    """Where it was defined. None: not known."""

    def __init__(
        self,
        *,
        asset_key: AssetKey = AssetKey(""),
        name: str = "",
        block: str = "",
        step_key: StepKey = StepKey(""),
        output: str = "",
        description: str = "",
        blocking: bool = False,
        metadata: Metadata = NO_METADATA,
        upstream_keys: tuple[str, ...] = (),
        source: SourceLocation | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'name', name)
        put(self, 'block', block)
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'description', description)
        put(self, 'blocking', blocking)
        put(self, 'metadata', metadata)
        put(self, 'upstream_keys', upstream_keys)
        put(self, 'source', source)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'name', 'text', 'one', ''),
        (3, 'block', 'text', 'one', ''),
        (4, 'step_key', 'text', 'one', ''),
        (5, 'output', 'text', 'one', ''),
        (6, 'description', 'text', 'one', ''),
        (7, 'blocking', 'flag', 'one', ''),
        (8, 'metadata', 'metadata', 'one', 'MetadataEntry'),
        (9, 'upstream_keys', 'text', 'many', ''),
        (10, 'source', 'message', 'maybe', 'SourceLocation'),
    )


class Run(View):
    """One run.

    run_id: The id: 26 characters, sortable by the time of submission.
    location: The location.
    status: The state.
    selection: What was asked for.
    options: The options that were asked for.
    digest: The digest of the code that was planned.
    fingerprint: The fingerprint of the plan that runs.
    tags: Tags, the job's included.
    step_counts: Steps by state; states without a step are left out.
    failure: Why the run failed. Set when FAILED.
    submitted_at: When it was submitted.
    started_at: When its first step could start. Unset before.
    finished_at: When its state became final. Unset before.
    materialization_count: How many assets it has materialized.
    unexpected_count: How many of them were unexpected.
    last_sequence: The run sequence of its last event.
    idempotency_key: The caller's idempotency key, "" if none.
    reexecution: The earlier run that it goes on from. None: none.
    root_run_id: The first run of the line of re-executions. Empty: it goes on from none.
    timeout: How long the run may take once it has started. None: no limit.
    retry_lost: How often a step whose host was lost after its code began is tried again.
    """

    __slots__ = __match_args__ = ('run_id', 'location', 'status', 'selection', 'options', 'digest', 'fingerprint', 'tags', 'step_counts', 'failure', 'submitted_at', 'started_at', 'finished_at', 'materialization_count', 'unexpected_count', 'last_sequence', 'idempotency_key', 'reexecution', 'root_run_id', 'timeout', 'retry_lost')
    run_id: RunId
    """The id: 26 characters, sortable by the time of submission."""
    location: str
    """The location."""
    status: RunState
    """The state."""
    selection: Selection
    """What was asked for."""
    options: PlanOptions
    """The options that were asked for."""
    digest: str
    """The digest of the code that was planned."""
    fingerprint: str
    """The fingerprint of the plan that runs."""
    tags: Mapping[str, str]
    """Tags, the job's included."""
    step_counts: Mapping[StepState, int]
    """Steps by state; states without a step are left out."""
    failure: Failure | None
    """Why the run failed. Set when FAILED."""
    submitted_at: datetime
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
    """The earlier run that it goes on from. None: none."""
    root_run_id: RunId
    """The first run of the line of re-executions. Empty: it goes on from none."""
    timeout: timedelta | None
    """How long the run may take once it has started. None: no limit."""
    retry_lost: int
    """How often a step whose host was lost after its code began is tried again."""

    def __init__(
        self,
        *,
        run_id: RunId = RunId(""),
        location: str = "",
        status: RunState,
        selection: Selection,
        options: PlanOptions,
        digest: str = "",
        fingerprint: str = "",
        tags: Mapping[str, str] = NO_ENTRIES,
        step_counts: Mapping[StepState, int] = NO_COUNTS,
        failure: Failure | None = None,
        submitted_at: datetime,
        started_at: datetime | None = None,
        finished_at: datetime | None = None,
        materialization_count: int = 0,
        unexpected_count: int = 0,
        last_sequence: int = 0,
        idempotency_key: str = "",
        reexecution: Reexecution | None = None,
        root_run_id: RunId = RunId(""),
        timeout: timedelta | None = None,
        retry_lost: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'run_id', run_id)
        put(self, 'location', location)
        put(self, 'status', status)
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
        put(self, 'timeout', timeout)
        put(self, 'retry_lost', retry_lost)

    TABLE: ClassVar[Rows] = (
        (1, 'run_id', 'text', 'one', ''),
        (2, 'location', 'text', 'one', ''),
        (3, 'status', 'enum', 'one', 'RunState'),
        (4, 'selection', 'message', 'one', 'Selection'),
        (5, 'options', 'message', 'one', 'PlanOptions'),
        (6, 'digest', 'text', 'one', ''),
        (7, 'fingerprint', 'text', 'one', ''),
        (8, 'tags', 'map', 'one', ''),
        (9, 'step_counts', 'counts', 'one', 'StepCount'),
        (10, 'failure', 'message', 'maybe', 'Failure'),
        (11, 'submitted_at', 'time', 'one', 'Timestamp'),
        (12, 'started_at', 'time', 'maybe', 'Timestamp'),
        (13, 'finished_at', 'time', 'maybe', 'Timestamp'),
        (14, 'materialization_count', 'whole', 'one', ''),
        (15, 'unexpected_count', 'whole', 'one', ''),
        (16, 'last_sequence', 'wide', 'one', ''),
        (17, 'idempotency_key', 'text', 'one', ''),
        (18, 'reexecution', 'message', 'maybe', 'Reexecution'),
        (19, 'root_run_id', 'text', 'one', ''),
        (20, 'timeout', 'ms', 'maybe', ''),
        (21, 'retry_lost', 'whole', 'one', ''),
    )


class StepResult(View):
    """One step of one run.

    key: The step key.
    state: The state.
    attempts: How many attempts were started.
    failure: Why the last attempt failed. Set when FAILED, and while a retry waits.
    started_at: When the first attempt started. Unset before.
    finished_at: When the state became final. Unset before.
    not_before: The earliest start of the next attempt. Set while a retry waits.
    because_of: The step whose end decided SKIPPED or NOT_RUN.
    duration: Wall time of the last attempt. 0 before it ended.
    usage: What the last attempt used. Unset before it ended.
    reused_from_run_id: The run whose values it stands for. Set when it was reused.
    """

    __slots__ = __match_args__ = ('key', 'state', 'attempts', 'failure', 'started_at', 'finished_at', 'not_before', 'because_of', 'duration', 'usage', 'reused_from_run_id')
    key: StepKey
    """The step key."""
    state: StepState
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
    because_of: StepKey
    """The step whose end decided SKIPPED or NOT_RUN."""
    duration: timedelta
    """Wall time of the last attempt. 0 before it ended."""
    usage: AttemptUsage | None
    """What the last attempt used. Unset before it ended."""
    reused_from_run_id: RunId
    """The run whose values it stands for. Set when it was reused."""

    def __init__(
        self,
        *,
        key: StepKey = StepKey(""),
        state: StepState,
        attempts: int = 0,
        failure: Failure | None = None,
        started_at: datetime | None = None,
        finished_at: datetime | None = None,
        not_before: datetime | None = None,
        because_of: StepKey = StepKey(""),
        duration: timedelta = NO_TIME,
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
        put(self, 'duration', duration)
        put(self, 'usage', usage)
        put(self, 'reused_from_run_id', reused_from_run_id)

    TABLE: ClassVar[Rows] = (
        (1, 'key', 'text', 'one', ''),
        (2, 'state', 'enum', 'one', 'StepState'),
        (3, 'attempts', 'whole', 'one', ''),
        (4, 'failure', 'message', 'maybe', 'Failure'),
        (5, 'started_at', 'time', 'maybe', 'Timestamp'),
        (6, 'finished_at', 'time', 'maybe', 'Timestamp'),
        (7, 'not_before', 'time', 'maybe', 'Timestamp'),
        (8, 'because_of', 'text', 'one', ''),
        (9, 'duration', 'us', 'one', ''),
        (10, 'usage', 'message', 'maybe', 'AttemptUsage'),
        (11, 'reused_from_run_id', 'text', 'one', ''),
    )


class AssetEntry(View):
    """An asset and its latest materialization.

    asset: The asset.
    location: The location that makes it, or that declares it when none makes it.
    latest: None: never materialized.
    """

    __slots__ = __match_args__ = ('asset', 'location', 'latest')
    asset: Asset
    """The asset."""
    location: str
    """The location that makes it, or that declares it when none makes it."""
    latest: Materialization | None
    """None: never materialized."""

    def __init__(
        self,
        *,
        asset: Asset,
        location: str = "",
        latest: Materialization | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset', asset)
        put(self, 'location', location)
        put(self, 'latest', latest)

    TABLE: ClassVar[Rows] = (
        (1, 'asset', 'message', 'one', 'Asset'),
        (2, 'location', 'text', 'one', ''),
        (3, 'latest', 'message', 'maybe', 'Materialization'),
    )


class Materialization(View):
    """One materialization of one asset.

    asset_key: The asset.
    run_id: The run that made it.
    step_key: The step that made it.
    attempt: The attempt that made it, from 1.
    store_sequence: One order for the whole home: the largest is the asset's value.
    time: When.
    digest: The digest of the code that made it.
    metadata: Metadata of the materialization: the op's and the IO manager's.
    unexpected: It was not selected; the op yielded it all the same.
    value_ref: The value. Unset when the IO manager is not Treadle's own or stores nothing.
    location: The location.
    removed: The value was removed since, to make room: nobody can read it any more.
    gone: Why the value cannot be read, a clause: "its value is gone from the disk
        (/home/values/a)". Empty: its file is there and as long as it was, or it is none of
        Treadle's own.
    partition_key: The partition that was made. Empty: the asset has none.
    """

    __slots__ = __match_args__ = ('asset_key', 'run_id', 'step_key', 'attempt', 'store_sequence', 'time', 'digest', 'metadata', 'unexpected', 'value_ref', 'location', 'removed', 'gone', 'partition_key')
    asset_key: AssetKey
    """The asset."""
    run_id: RunId
    """The run that made it."""
    step_key: StepKey
    """The step that made it."""
    attempt: int
    """The attempt that made it, from 1."""
    store_sequence: int
    """One order for the whole home: the largest is the asset's value."""
    time: datetime
    """When."""
    digest: str
    """The digest of the code that made it."""
    metadata: Metadata
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
        asset_key: AssetKey = AssetKey(""),
        run_id: RunId = RunId(""),
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        store_sequence: int = 0,
        time: datetime,
        digest: str = "",
        metadata: Metadata = NO_METADATA,
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

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'run_id', 'text', 'one', ''),
        (3, 'step_key', 'text', 'one', ''),
        (4, 'attempt', 'whole', 'one', ''),
        (5, 'store_sequence', 'wide', 'one', ''),
        (6, 'time', 'time', 'one', 'Timestamp'),
        (7, 'digest', 'text', 'one', ''),
        (8, 'metadata', 'metadata', 'one', 'MetadataEntry'),
        (9, 'unexpected', 'flag', 'one', ''),
        (10, 'value_ref', 'message', 'maybe', 'ValueRef'),
        (11, 'location', 'text', 'one', ''),
        (12, 'removed', 'flag', 'one', ''),
        (13, 'gone', 'text', 'one', ''),
        (16, 'partition_key', 'text', 'one', ''),
    )


class Launcher(View):
    """What the launcher is.

    version: Treadle's version.
    home_id: The id of its home, made with it.
    ephemeral: It ends with its starter.
    max_steps: How many steps may run at once.
    max_runs: How many runs may run at once.
    values_root: The folder that ValueRef.key of the store "files" is a path below, on the
        launcher's machine.
    """

    __slots__ = __match_args__ = ('version', 'home_id', 'ephemeral', 'max_steps', 'max_runs', 'values_root')
    version: str
    """Treadle's version."""
    home_id: str
    """The id of its home, made with it."""
    ephemeral: bool
    """It ends with its starter."""
    max_steps: int
    """How many steps may run at once."""
    max_runs: int
    """How many runs may run at once."""
    values_root: str
    """The folder that ValueRef.key of the store "files" is a path below, on the launcher's
    machine."""

    def __init__(
        self,
        *,
        version: str = "",
        home_id: str = "",
        ephemeral: bool = False,
        max_steps: int = 0,
        max_runs: int = 0,
        values_root: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'version', version)
        put(self, 'home_id', home_id)
        put(self, 'ephemeral', ephemeral)
        put(self, 'max_steps', max_steps)
        put(self, 'max_runs', max_runs)
        put(self, 'values_root', values_root)

    TABLE: ClassVar[Rows] = (
        (1, 'version', 'text', 'one', ''),
        (2, 'home_id', 'text', 'one', ''),
        (3, 'ephemeral', 'flag', 'one', ''),
        (4, 'max_steps', 'whole', 'one', ''),
        (5, 'max_runs', 'whole', 'one', ''),
        (6, 'values_root', 'text', 'one', ''),
    )


class Reload(Reloaded):
    """How the reload went.

    location: The location after it.
    swapped: The new snapshot is served.
    """

    __slots__ = __match_args__ = ('location', 'swapped')
    location: Location
    """The location after it."""
    swapped: bool
    """The new snapshot is served."""

    def __init__(
        self,
        *,
        location: Location,
        swapped: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'swapped', swapped)

    TABLE: ClassVar[Rows] = (
        (1, 'location', 'message', 'one', 'Location'),
        (2, 'swapped', 'flag', 'one', ''),
    )


class LaunchedRun(View):
    """The run.

    run: As recorded.
    existed: The idempotency key was known: this is the earlier run.
    notes: What a person should know of the plan, a sentence each. Empty if existed.
    """

    __slots__ = __match_args__ = ('run', 'existed', 'notes')
    run: Run
    """As recorded."""
    existed: bool
    """The idempotency key was known: this is the earlier run."""
    notes: tuple[str, ...]
    """What a person should know of the plan, a sentence each. Empty if existed."""

    def __init__(
        self,
        *,
        run: Run,
        existed: bool = False,
        notes: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'run', run)
        put(self, 'existed', existed)
        put(self, 'notes', notes)

    TABLE: ClassVar[Rows] = (
        (1, 'run', 'message', 'one', 'Run'),
        (2, 'existed', 'flag', 'one', ''),
        (3, 'notes', 'text', 'many', ''),
    )


class Garbage(View):
    """One stored value that may be removed.

    key: Its name in the home's file store.
    reason: Why.
    size_bytes: Its length.
    asset_key: The asset. None: an intermediate, or not known.
    run_id: The run that wrote it. None: not known.
    """

    __slots__ = __match_args__ = ('key', 'reason', 'size_bytes', 'asset_key', 'run_id')
    key: str
    """Its name in the home's file store."""
    reason: GarbageReason
    """Why."""
    size_bytes: int
    """Its length."""
    asset_key: AssetKey | None
    """The asset. None: an intermediate, or not known."""
    run_id: RunId | None
    """The run that wrote it. None: not known."""

    def __init__(
        self,
        *,
        key: str = "",
        reason: GarbageReason,
        size_bytes: int = 0,
        asset_key: AssetKey | None = None,
        run_id: RunId | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'reason', reason)
        put(self, 'size_bytes', size_bytes)
        put(self, 'asset_key', asset_key)
        put(self, 'run_id', run_id)

    TABLE: ClassVar[Rows] = (
        (1, 'key', 'text', 'one', ''),
        (2, 'reason', 'enum', 'one', 'GarbageReason'),
        (3, 'size_bytes', 'wide', 'one', ''),
        (4, 'asset_key', 'text', 'maybe', ''),
        (5, 'run_id', 'text', 'maybe', ''),
    )


class Collected(View):
    """What was removed.

    removed_count: How many values.
    removed_bytes: How many bytes.
    """

    __slots__ = __match_args__ = ('removed_count', 'removed_bytes')
    removed_count: int
    """How many values."""
    removed_bytes: int
    """How many bytes."""

    def __init__(
        self,
        *,
        removed_count: int = 0,
        removed_bytes: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'removed_count', removed_count)
        put(self, 'removed_bytes', removed_bytes)

    TABLE: ClassVar[Rows] = (
        (1, 'removed_count', 'wide', 'one', ''),
        (2, 'removed_bytes', 'wide', 'one', ''),
    )


class DiskUse(View):
    """What one asset or one run takes.

    asset_key: Values of an asset, all versions.
    run_id: Values that a run wrote, assets and intermediates.
    value_count: How many values.
    size_bytes: How many bytes.
    """

    __slots__ = __match_args__ = ('asset_key', 'run_id', 'value_count', 'size_bytes')
    asset_key: AssetKey | None
    """Values of an asset, all versions."""
    run_id: RunId | None
    """Values that a run wrote, assets and intermediates."""
    value_count: int
    """How many values."""
    size_bytes: int
    """How many bytes."""

    def __init__(
        self,
        *,
        asset_key: AssetKey | None = None,
        run_id: RunId | None = None,
        value_count: int = 0,
        size_bytes: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'run_id', run_id)
        put(self, 'value_count', value_count)
        put(self, 'size_bytes', size_bytes)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'maybe', ''),
        (2, 'run_id', 'text', 'maybe', ''),
        (3, 'value_count', 'wide', 'one', ''),
        (4, 'size_bytes', 'wide', 'one', ''),
    )


class LogChunk(Chunk):
    """Bytes that an attempt wrote, at most 64 KiB.

    stream: Which stream.
    offset: The offset of the first byte of data.
    data: The bytes.
    omitted_bytes: Bytes that were written between head and tail and not kept, before this
        data.
    """

    __slots__ = __match_args__ = ('stream', 'offset', 'data', 'omitted_bytes')
    stream: LogStream
    """Which stream."""
    offset: int
    """The offset of the first byte of data."""
    data: bytes
    """The bytes."""
    omitted_bytes: int
    """Bytes that were written between head and tail and not kept, before this data."""

    def __init__(
        self,
        *,
        stream: LogStream,
        offset: int = 0,
        data: bytes = b"",
        omitted_bytes: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'stream', stream)
        put(self, 'offset', offset)
        put(self, 'data', data)
        put(self, 'omitted_bytes', omitted_bytes)

    TABLE: ClassVar[Rows] = (
        (1, 'stream', 'enum', 'one', 'LogStream'),
        (2, 'offset', 'wide', 'one', ''),
        (3, 'data', 'bytes', 'one', ''),
        (4, 'omitted_bytes', 'wide', 'one', ''),
    )


class AssetPartitions(Stretches):
    """What became of the partitions of an asset.

    asset_key: The asset.
    definition_id: The id of its definition.
    partition_count: How many partitions it has now.
    made_count: How many of them were made.
    failed_count: How many of them failed.
    missing_count: How many of them are missing.
    stretches: All of them, in the order of the definition. Empty where counts alone were
        asked for.
    """

    __slots__ = __match_args__ = ('asset_key', 'definition_id', 'partition_count', 'made_count', 'failed_count', 'missing_count', 'stretches')
    asset_key: AssetKey
    """The asset."""
    definition_id: str
    """The id of its definition."""
    partition_count: int
    """How many partitions it has now."""
    made_count: int
    """How many of them were made."""
    failed_count: int
    """How many of them failed."""
    missing_count: int
    """How many of them are missing."""
    stretches: tuple[PartitionStretch, ...]
    """All of them, in the order of the definition. Empty where counts alone were asked for."""

    def __init__(
        self,
        *,
        asset_key: AssetKey = AssetKey(""),
        definition_id: str = "",
        partition_count: int = 0,
        made_count: int = 0,
        failed_count: int = 0,
        missing_count: int = 0,
        stretches: tuple[PartitionStretch, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'definition_id', definition_id)
        put(self, 'partition_count', partition_count)
        put(self, 'made_count', made_count)
        put(self, 'failed_count', failed_count)
        put(self, 'missing_count', missing_count)
        put(self, 'stretches', stretches)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'definition_id', 'text', 'one', ''),
        (3, 'partition_count', 'wide', 'one', ''),
        (4, 'made_count', 'wide', 'one', ''),
        (5, 'failed_count', 'wide', 'one', ''),
        (6, 'missing_count', 'wide', 'one', ''),
        (7, 'stretches', 'message', 'many', 'PartitionStretch'),
    )


class PartitionStretch(View):
    """Partitions that follow each other, and became of which the same.

    state: What became of them.
    keys: Which they are.
    count: How many they are.
    """

    __slots__ = __match_args__ = ('state', 'keys', 'count')
    state: PartitionState
    """What became of them."""
    keys: PartitionKeyRange
    """Which they are."""
    count: int
    """How many they are."""

    def __init__(
        self,
        *,
        state: PartitionState,
        keys: PartitionKeyRange,
        count: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'state', state)
        put(self, 'keys', keys)
        put(self, 'count', count)

    TABLE: ClassVar[Rows] = (
        (1, 'state', 'enum', 'one', 'PartitionState'),
        (2, 'keys', 'message', 'one', 'PartitionKeyRange'),
        (3, 'count', 'wide', 'one', ''),
    )


class Backfill(View):
    """A backfill: runs that make chosen partitions, a few at once.

    backfill_id: The id: 26 characters, sortable by the time of its making.
    status: The state.
    location: The location.
    selection: What is made of each partition.
    options: The options of each run.
    asset_keys: The partitioned assets that are made, sorted.
    definition_id: The id of their definition.
    partitions: The partitions; the first 100 ranges of them.
    partition_count: How many partitions it makes.
    partitions_per_run: How many a run makes at most.
    run_count: How many runs there are.
    max_runs: How many of its runs may be under way at once.
    priority: Where not all of the launcher's places are enough, runs of the backfill with
        the larger number are launched first.
    tags: Tags of each run, beside treadle/backfill, its id.
    idempotency_key: The caller's idempotency key, "" if none.
    retry_of: The backfill whose failed runs it makes again. None: none.
    created_at: When it was made.
    finished_at: When its state became final. Unset before.
    waiting_count: How many partitions wait for their run to be launched.
    running_count: How many partitions have a run that is not over.
    succeeded_count: How many partitions succeeded.
    failed_count: How many partitions failed.
    cancelled_count: How many partitions were cancelled.
    waits_because: Why no further run can be launched now, a sentence. Empty: nothing is in
        the way.
    cancel_reason: Why it was cancelled, as the caller said.
    """

    __slots__ = __match_args__ = ('backfill_id', 'status', 'location', 'selection', 'options', 'asset_keys', 'definition_id', 'partitions', 'partition_count', 'partitions_per_run', 'run_count', 'max_runs', 'priority', 'tags', 'idempotency_key', 'retry_of', 'created_at', 'finished_at', 'waiting_count', 'running_count', 'succeeded_count', 'failed_count', 'cancelled_count', 'waits_because', 'cancel_reason')
    backfill_id: str
    """The id: 26 characters, sortable by the time of its making."""
    status: BackfillState
    """The state."""
    location: str
    """The location."""
    selection: Selection
    """What is made of each partition."""
    options: PlanOptions
    """The options of each run."""
    asset_keys: tuple[AssetKey, ...]
    """The partitioned assets that are made, sorted."""
    definition_id: str
    """The id of their definition."""
    partitions: tuple[PartitionKeyRange, ...]
    """The partitions; the first 100 ranges of them."""
    partition_count: int
    """How many partitions it makes."""
    partitions_per_run: int
    """How many a run makes at most."""
    run_count: int
    """How many runs there are."""
    max_runs: int
    """How many of its runs may be under way at once."""
    priority: int
    """Where not all of the launcher's places are enough, runs of the backfill with the larger
    number are launched first."""
    tags: Mapping[str, str]
    """Tags of each run, beside treadle/backfill, its id."""
    idempotency_key: str
    """The caller's idempotency key, "" if none."""
    retry_of: str | None
    """The backfill whose failed runs it makes again. None: none."""
    created_at: datetime
    """When it was made."""
    finished_at: datetime | None
    """When its state became final. Unset before."""
    waiting_count: int
    """How many partitions wait for their run to be launched."""
    running_count: int
    """How many partitions have a run that is not over."""
    succeeded_count: int
    """How many partitions succeeded."""
    failed_count: int
    """How many partitions failed."""
    cancelled_count: int
    """How many partitions were cancelled."""
    waits_because: str
    """Why no further run can be launched now, a sentence. Empty: nothing is in the way."""
    cancel_reason: str
    """Why it was cancelled, as the caller said."""

    def __init__(
        self,
        *,
        backfill_id: str = "",
        status: BackfillState,
        location: str = "",
        selection: Selection,
        options: PlanOptions,
        asset_keys: tuple[AssetKey, ...] = (),
        definition_id: str = "",
        partitions: tuple[PartitionKeyRange, ...] = (),
        partition_count: int = 0,
        partitions_per_run: int = 0,
        run_count: int = 0,
        max_runs: int = 0,
        priority: int = 0,
        tags: Mapping[str, str] = NO_ENTRIES,
        idempotency_key: str = "",
        retry_of: str | None = None,
        created_at: datetime,
        finished_at: datetime | None = None,
        waiting_count: int = 0,
        running_count: int = 0,
        succeeded_count: int = 0,
        failed_count: int = 0,
        cancelled_count: int = 0,
        waits_because: str = "",
        cancel_reason: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill_id', backfill_id)
        put(self, 'status', status)
        put(self, 'location', location)
        put(self, 'selection', selection)
        put(self, 'options', options)
        put(self, 'asset_keys', asset_keys)
        put(self, 'definition_id', definition_id)
        put(self, 'partitions', partitions)
        put(self, 'partition_count', partition_count)
        put(self, 'partitions_per_run', partitions_per_run)
        put(self, 'run_count', run_count)
        put(self, 'max_runs', max_runs)
        put(self, 'priority', priority)
        put(self, 'tags', tags)
        put(self, 'idempotency_key', idempotency_key)
        put(self, 'retry_of', retry_of)
        put(self, 'created_at', created_at)
        put(self, 'finished_at', finished_at)
        put(self, 'waiting_count', waiting_count)
        put(self, 'running_count', running_count)
        put(self, 'succeeded_count', succeeded_count)
        put(self, 'failed_count', failed_count)
        put(self, 'cancelled_count', cancelled_count)
        put(self, 'waits_because', waits_because)
        put(self, 'cancel_reason', cancel_reason)

    TABLE: ClassVar[Rows] = (
        (1, 'backfill_id', 'text', 'one', ''),
        (2, 'status', 'enum', 'one', 'BackfillState'),
        (3, 'location', 'text', 'one', ''),
        (4, 'selection', 'message', 'one', 'Selection'),
        (5, 'options', 'message', 'one', 'PlanOptions'),
        (6, 'asset_keys', 'text', 'many', ''),
        (7, 'definition_id', 'text', 'one', ''),
        (8, 'partitions', 'message', 'many', 'PartitionKeyRange'),
        (9, 'partition_count', 'wide', 'one', ''),
        (10, 'partitions_per_run', 'whole', 'one', ''),
        (11, 'run_count', 'wide', 'one', ''),
        (12, 'max_runs', 'whole', 'one', ''),
        (13, 'priority', 'whole', 'one', ''),
        (14, 'tags', 'map', 'one', ''),
        (15, 'idempotency_key', 'text', 'one', ''),
        (16, 'retry_of', 'text', 'maybe', ''),
        (17, 'created_at', 'time', 'one', 'Timestamp'),
        (18, 'finished_at', 'time', 'maybe', 'Timestamp'),
        (19, 'waiting_count', 'wide', 'one', ''),
        (20, 'running_count', 'wide', 'one', ''),
        (21, 'succeeded_count', 'wide', 'one', ''),
        (22, 'failed_count', 'wide', 'one', ''),
        (23, 'cancelled_count', 'wide', 'one', ''),
        (24, 'waits_because', 'text', 'one', ''),
        (25, 'cancel_reason', 'text', 'one', ''),
    )


class BackfillPartition(View):
    """One partition of a backfill.

    partition_key: The partition.
    state: Its state.
    run_id: The run that makes it. None: none was launched.
    refused_because: Why no run could be launched, a sentence. Empty: one was, or is yet to
        be.
    """

    __slots__ = __match_args__ = ('partition_key', 'state', 'run_id', 'refused_because')
    partition_key: str
    """The partition."""
    state: BackfillPartitionState
    """Its state."""
    run_id: RunId | None
    """The run that makes it. None: none was launched."""
    refused_because: str
    """Why no run could be launched, a sentence. Empty: one was, or is yet to be."""

    def __init__(
        self,
        *,
        partition_key: str = "",
        state: BackfillPartitionState,
        run_id: RunId | None = None,
        refused_because: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'partition_key', partition_key)
        put(self, 'state', state)
        put(self, 'run_id', run_id)
        put(self, 'refused_because', refused_because)

    TABLE: ClassVar[Rows] = (
        (1, 'partition_key', 'text', 'one', ''),
        (2, 'state', 'enum', 'one', 'BackfillPartitionState'),
        (3, 'run_id', 'text', 'maybe', ''),
        (4, 'refused_because', 'text', 'one', ''),
    )


class BackfillPlan(View):
    """What a backfill would do.

    location: The location.
    asset_keys: The partitioned assets that are made of each partition, sorted.
    definition_id: The id of their definition.
    partition_count: How many partitions are made.
    partitions_per_run: How many a run makes at most.
    run_count: How many runs there are.
    runs: The runs, in the order in which they are launched; the first 500 of them.
    """

    __slots__ = __match_args__ = ('location', 'asset_keys', 'definition_id', 'partition_count', 'partitions_per_run', 'run_count', 'runs')
    location: str
    """The location."""
    asset_keys: tuple[AssetKey, ...]
    """The partitioned assets that are made of each partition, sorted."""
    definition_id: str
    """The id of their definition."""
    partition_count: int
    """How many partitions are made."""
    partitions_per_run: int
    """How many a run makes at most."""
    run_count: int
    """How many runs there are."""
    runs: tuple[BackfillRun, ...]
    """The runs, in the order in which they are launched; the first 500 of them."""

    def __init__(
        self,
        *,
        location: str = "",
        asset_keys: tuple[AssetKey, ...] = (),
        definition_id: str = "",
        partition_count: int = 0,
        partitions_per_run: int = 0,
        run_count: int = 0,
        runs: tuple[BackfillRun, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'asset_keys', asset_keys)
        put(self, 'definition_id', definition_id)
        put(self, 'partition_count', partition_count)
        put(self, 'partitions_per_run', partitions_per_run)
        put(self, 'run_count', run_count)
        put(self, 'runs', runs)

    TABLE: ClassVar[Rows] = (
        (1, 'location', 'text', 'one', ''),
        (2, 'asset_keys', 'text', 'many', ''),
        (3, 'definition_id', 'text', 'one', ''),
        (4, 'partition_count', 'wide', 'one', ''),
        (5, 'partitions_per_run', 'whole', 'one', ''),
        (6, 'run_count', 'wide', 'one', ''),
        (7, 'runs', 'message', 'many', 'BackfillRun'),
    )


class BackfillRun(View):
    """One run of a backfill, as it is planned.

    partitions: The partitions that it makes.
    """

    __slots__ = __match_args__ = ('partitions',)
    partitions: tuple[PartitionKeyRange, ...]
    """The partitions that it makes."""

    def __init__(
        self,
        *,
        partitions: tuple[PartitionKeyRange, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'partitions', partitions)

    TABLE: ClassVar[Rows] = (
        (1, 'partitions', 'message', 'many', 'PartitionKeyRange'),
    )


class RunSubmitted(Event):
    """The run was recorded.

    location: The location.
    selection: What was asked for.
    options: The options that were asked for.
    digest: The digest that was planned on.
    fingerprint: The fingerprint of the plan.
    tags: Tags, the job's included.
    idempotency_key: The caller's idempotency key, "" if none.
    reexecution: The earlier run that it goes on from. None: none.
    root_run_id: The first run of the line of re-executions. Empty: it goes on from none.
    timeout: How long the run may take once it has started. None: no limit.
    retry_lost: How often a step whose host was lost after its code began is tried again.
    """

    kind = EventKind.RUN_SUBMITTED
    __slots__ = ('location', 'selection', 'options', 'digest', 'fingerprint', 'tags', 'idempotency_key', 'reexecution', 'root_run_id', 'timeout', 'retry_lost')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'location', 'selection', 'options', 'digest', 'fingerprint', 'tags', 'idempotency_key', 'reexecution', 'root_run_id', 'timeout', 'retry_lost')
    location: str
    """The location."""
    selection: Selection
    """What was asked for."""
    options: PlanOptions
    """The options that were asked for."""
    digest: str
    """The digest that was planned on."""
    fingerprint: str
    """The fingerprint of the plan."""
    tags: Mapping[str, str]
    """Tags, the job's included."""
    idempotency_key: str
    """The caller's idempotency key, "" if none."""
    reexecution: Reexecution | None
    """The earlier run that it goes on from. None: none."""
    root_run_id: RunId
    """The first run of the line of re-executions. Empty: it goes on from none."""
    timeout: timedelta | None
    """How long the run may take once it has started. None: no limit."""
    retry_lost: int
    """How often a step whose host was lost after its code began is tried again."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        location: str = "",
        selection: Selection,
        options: PlanOptions,
        digest: str = "",
        fingerprint: str = "",
        tags: Mapping[str, str] = NO_ENTRIES,
        idempotency_key: str = "",
        reexecution: Reexecution | None = None,
        root_run_id: RunId = RunId(""),
        timeout: timedelta | None = None,
        retry_lost: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'location', location)
        put(self, 'selection', selection)
        put(self, 'options', options)
        put(self, 'digest', digest)
        put(self, 'fingerprint', fingerprint)
        put(self, 'tags', tags)
        put(self, 'idempotency_key', idempotency_key)
        put(self, 'reexecution', reexecution)
        put(self, 'root_run_id', root_run_id)
        put(self, 'timeout', timeout)
        put(self, 'retry_lost', retry_lost)

    TABLE: ClassVar[Rows] = (
        (1, 'location', 'text', 'one', ''),
        (2, 'selection', 'message', 'one', 'Selection'),
        (3, 'options', 'message', 'one', 'PlanOptions'),
        (4, 'digest', 'text', 'one', ''),
        (5, 'fingerprint', 'text', 'one', ''),
        (6, 'tags', 'map', 'one', ''),
        (7, 'idempotency_key', 'text', 'one', ''),
        (8, 'reexecution', 'message', 'maybe', 'Reexecution'),
        (9, 'root_run_id', 'text', 'one', ''),
        (10, 'timeout', 'ms', 'maybe', ''),
        (11, 'retry_lost', 'whole', 'one', ''),
    )


class RunDequeued(Event):
    """The run got a place among the runs at once."""

    kind = EventKind.RUN_DEQUEUED
    __slots__ = ()
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt')

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)

    TABLE: ClassVar[Rows] = (
    )


class HostReady(Event):
    """A host that holds the run's code is ready.

    host_id: The host's id.
    digest: The digest it holds.
    fingerprint: The fingerprint of the plan that runs.
    start_method: How it starts step processes.
    start_method_reason: Why it spawns: the cause, by name. Set when SPAWN.
    warm: The host was already running.
    notes: What a person should know of this host's import, a sentence each.
    """

    kind = EventKind.HOST_READY
    __slots__ = ('host_id', 'digest', 'fingerprint', 'start_method', 'start_method_reason', 'warm', 'notes')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'host_id', 'digest', 'fingerprint', 'start_method', 'start_method_reason', 'warm', 'notes')
    host_id: str
    """The host's id."""
    digest: str
    """The digest it holds."""
    fingerprint: str
    """The fingerprint of the plan that runs."""
    start_method: StartMethod
    """How it starts step processes."""
    start_method_reason: str
    """Why it spawns: the cause, by name. Set when SPAWN."""
    warm: bool
    """The host was already running."""
    notes: tuple[str, ...]
    """What a person should know of this host's import, a sentence each."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        host_id: str = "",
        digest: str = "",
        fingerprint: str = "",
        start_method: StartMethod,
        start_method_reason: str = "",
        warm: bool = False,
        notes: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'host_id', host_id)
        put(self, 'digest', digest)
        put(self, 'fingerprint', fingerprint)
        put(self, 'start_method', start_method)
        put(self, 'start_method_reason', start_method_reason)
        put(self, 'warm', warm)
        put(self, 'notes', notes)

    TABLE: ClassVar[Rows] = (
        (1, 'host_id', 'text', 'one', ''),
        (2, 'digest', 'text', 'one', ''),
        (3, 'fingerprint', 'text', 'one', ''),
        (4, 'start_method', 'enum', 'one', 'StartMethod'),
        (5, 'start_method_reason', 'text', 'one', ''),
        (6, 'warm', 'flag', 'one', ''),
        (7, 'notes', 'text', 'many', ''),
    )


class RunStarted(Event):
    """Steps may start; the plan is fixed.

    step_count: How many steps will run, those that are reused left out.
    fingerprint: The fingerprint of the plan that runs.
    """

    kind = EventKind.RUN_STARTED
    __slots__ = ('step_count', 'fingerprint')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'step_count', 'fingerprint')
    step_count: int
    """How many steps will run, those that are reused left out."""
    fingerprint: str
    """The fingerprint of the plan that runs."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        step_count: int = 0,
        fingerprint: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'step_count', step_count)
        put(self, 'fingerprint', fingerprint)

    TABLE: ClassVar[Rows] = (
        (1, 'step_count', 'whole', 'one', ''),
        (2, 'fingerprint', 'text', 'one', ''),
    )


class StepExpanded(Event):
    """A fan-out committed, or one that is reused is there: each step that is mapped over the
    output, and was not over, makes room for one step for each mapping key. Their keys are its
    own with the first "[?]" filled in.

    output: The output that was fanned out.
    mapping_keys: The mapping keys, in yield order.
    step_count_change: How many steps there are more from then on, unexpanded ones counted.
        Negative: there are fewer.
    """

    kind = EventKind.STEP_EXPANDED
    __slots__ = ('output', 'mapping_keys', 'step_count_change')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'output', 'mapping_keys', 'step_count_change')
    output: str
    """The output that was fanned out."""
    mapping_keys: tuple[str, ...]
    """The mapping keys, in yield order."""
    step_count_change: int
    """How many steps there are more from then on, unexpanded ones counted. Negative: there are
    fewer."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        output: str = "",
        mapping_keys: tuple[str, ...] = (),
        step_count_change: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'output', output)
        put(self, 'mapping_keys', mapping_keys)
        put(self, 'step_count_change', step_count_change)

    TABLE: ClassVar[Rows] = (
        (1, 'output', 'text', 'one', ''),
        (2, 'mapping_keys', 'text', 'many', ''),
        (3, 'step_count_change', 'whole', 'one', ''),
    )


class StepStarted(Event):
    """An attempt was handed to a host.

    host_id: The host's id.
    task_id: The task: run/first step/attempt.
    task_step_keys: The steps of the task, in order. Set for the first of several.
    """

    kind = EventKind.STEP_STARTED
    __slots__ = ('host_id', 'task_id', 'task_step_keys')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'host_id', 'task_id', 'task_step_keys')
    host_id: str
    """The host's id."""
    task_id: str
    """The task: run/first step/attempt."""
    task_step_keys: tuple[StepKey, ...]
    """The steps of the task, in order. Set for the first of several."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        host_id: str = "",
        task_id: str = "",
        task_step_keys: tuple[StepKey, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'host_id', host_id)
        put(self, 'task_id', task_id)
        put(self, 'task_step_keys', task_step_keys)

    TABLE: ClassVar[Rows] = (
        (1, 'host_id', 'text', 'one', ''),
        (2, 'task_id', 'text', 'one', ''),
        (3, 'task_step_keys', 'text', 'many', ''),
    )


class InputLoaded(Event):
    """An input was loaded.

    input: The input's name.
    position: The position in a fan-in, from 0.
    asset_key: The asset that was read. Empty: an intermediate.
    from_run_id: The run that made the value. Empty: unrecorded.
    from_step_key: The step that made the value. Empty: unrecorded.
    from_output: The output that carried the value. Empty: a stored asset.
    value_ref: The value. Unset when an IO manager that is not Treadle's own loaded it, or
        when it was passed on in memory.
    not_needed: No selected output needs it: it was not loaded, the op got its default, else
        what fails when it is used.
    from_mapping_key: The mapping key of the element that was read of a dynamic output.
        Empty: it is none.
    partition_key: The partition of the asset that was read. Empty: it has none, or several
        were read at once by a manager of the user's.
    """

    kind = EventKind.INPUT_LOADED
    __slots__ = ('input', 'position', 'asset_key', 'from_run_id', 'from_step_key', 'from_output', 'value_ref', 'not_needed', 'from_mapping_key', 'partition_key')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'input', 'position', 'asset_key', 'from_run_id', 'from_step_key', 'from_output', 'value_ref', 'not_needed', 'from_mapping_key', 'partition_key')
    input: str
    """The input's name."""
    position: int
    """The position in a fan-in, from 0."""
    asset_key: AssetKey
    """The asset that was read. Empty: an intermediate."""
    from_run_id: RunId
    """The run that made the value. Empty: unrecorded."""
    from_step_key: StepKey
    """The step that made the value. Empty: unrecorded."""
    from_output: str
    """The output that carried the value. Empty: a stored asset."""
    value_ref: ValueRef | None
    """The value. Unset when an IO manager that is not Treadle's own loaded it, or when it was
    passed on in memory."""
    not_needed: bool
    """No selected output needs it: it was not loaded, the op got its default, else what fails when
    it is used."""
    from_mapping_key: str
    """The mapping key of the element that was read of a dynamic output. Empty: it is none."""
    partition_key: str
    """The partition of the asset that was read. Empty: it has none, or several were read at once
    by a manager of the user's."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        input: str = "",
        position: int = 0,
        asset_key: AssetKey = AssetKey(""),
        from_run_id: RunId = RunId(""),
        from_step_key: StepKey = StepKey(""),
        from_output: str = "",
        value_ref: ValueRef | None = None,
        not_needed: bool = False,
        from_mapping_key: str = "",
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'input', input)
        put(self, 'position', position)
        put(self, 'asset_key', asset_key)
        put(self, 'from_run_id', from_run_id)
        put(self, 'from_step_key', from_step_key)
        put(self, 'from_output', from_output)
        put(self, 'value_ref', value_ref)
        put(self, 'not_needed', not_needed)
        put(self, 'from_mapping_key', from_mapping_key)
        put(self, 'partition_key', partition_key)

    TABLE: ClassVar[Rows] = (
        (1, 'input', 'text', 'one', ''),
        (2, 'position', 'whole', 'one', ''),
        (3, 'asset_key', 'text', 'one', ''),
        (4, 'from_run_id', 'text', 'one', ''),
        (5, 'from_step_key', 'text', 'one', ''),
        (6, 'from_output', 'text', 'one', ''),
        (7, 'value_ref', 'message', 'maybe', 'ValueRef'),
        (8, 'not_needed', 'flag', 'one', ''),
        (9, 'from_mapping_key', 'text', 'one', ''),
        (10, 'partition_key', 'text', 'one', ''),
    )


class OutputStored(Event):
    """An output was stored and committed.

    output: The output's name.
    asset_key: The asset it was stored for. Empty: an intermediate.
    value_ref: The value. Unset when an IO manager that is not Treadle's own stored it, or
        for Nothing.
    io_manager_key: The resource key of the IO manager. Empty for Nothing.
    metadata: Metadata of the op and of the IO manager.
    duration: Wall time of storing it. 0: nothing was stored, or by a host that does not
        measure it.
    in_memory: It was passed on in memory to later steps of its task, and stored nowhere: it
        is gone with the process of that task.
    mapping_key: The mapping key, of an element of a dynamic output. Empty: it is none.
    partition_key: The partition of the asset. Empty: it has none.
    """

    kind = EventKind.OUTPUT_STORED
    __slots__ = ('output', 'asset_key', 'value_ref', 'io_manager_key', 'metadata', 'duration', 'in_memory', 'mapping_key', 'partition_key')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'output', 'asset_key', 'value_ref', 'io_manager_key', 'metadata', 'duration', 'in_memory', 'mapping_key', 'partition_key')
    output: str
    """The output's name."""
    asset_key: AssetKey
    """The asset it was stored for. Empty: an intermediate."""
    value_ref: ValueRef | None
    """The value. Unset when an IO manager that is not Treadle's own stored it, or for Nothing."""
    io_manager_key: str
    """The resource key of the IO manager. Empty for Nothing."""
    metadata: Metadata
    """Metadata of the op and of the IO manager."""
    duration: timedelta
    """Wall time of storing it. 0: nothing was stored, or by a host that does not measure it."""
    in_memory: bool
    """It was passed on in memory to later steps of its task, and stored nowhere: it is gone with
    the process of that task."""
    mapping_key: str
    """The mapping key, of an element of a dynamic output. Empty: it is none."""
    partition_key: str
    """The partition of the asset. Empty: it has none."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        output: str = "",
        asset_key: AssetKey = AssetKey(""),
        value_ref: ValueRef | None = None,
        io_manager_key: str = "",
        metadata: Metadata = NO_METADATA,
        duration: timedelta = NO_TIME,
        in_memory: bool = False,
        mapping_key: str = "",
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'output', output)
        put(self, 'asset_key', asset_key)
        put(self, 'value_ref', value_ref)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'metadata', metadata)
        put(self, 'duration', duration)
        put(self, 'in_memory', in_memory)
        put(self, 'mapping_key', mapping_key)
        put(self, 'partition_key', partition_key)

    TABLE: ClassVar[Rows] = (
        (1, 'output', 'text', 'one', ''),
        (2, 'asset_key', 'text', 'one', ''),
        (3, 'value_ref', 'message', 'maybe', 'ValueRef'),
        (4, 'io_manager_key', 'text', 'one', ''),
        (5, 'metadata', 'metadata', 'one', 'MetadataEntry'),
        (6, 'duration', 'us', 'one', ''),
        (7, 'in_memory', 'flag', 'one', ''),
        (8, 'mapping_key', 'text', 'one', ''),
        (9, 'partition_key', 'text', 'one', ''),
    )


class OutputDiscarded(Event):
    """A yielded output was dropped.

    output: The output's name.
    asset_keys: The unselected assets it would have made, sorted. Empty: an intermediate
        nobody needs.
    """

    kind = EventKind.OUTPUT_DISCARDED
    __slots__ = ('output', 'asset_keys')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'output', 'asset_keys')
    output: str
    """The output's name."""
    asset_keys: tuple[AssetKey, ...]
    """The unselected assets it would have made, sorted. Empty: an intermediate nobody needs."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        output: str = "",
        asset_keys: tuple[AssetKey, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'output', output)
        put(self, 'asset_keys', asset_keys)

    TABLE: ClassVar[Rows] = (
        (1, 'output', 'text', 'one', ''),
        (2, 'asset_keys', 'text', 'many', ''),
    )


class AssetMaterialized(Event):
    """An asset was made.

    asset_key: The asset.
    output: The output that produced it.
    value_ref: The value. Unset when an IO manager that is not Treadle's own stored it, or
        for Nothing.
    metadata: Metadata of the op and of the IO manager.
    unexpected: It was not selected; the op yielded it all the same.
    digest: The digest of the code that made it.
    io_manager_key: The resource key of the IO manager. Empty for Nothing.
    keep_versions: How many versions of the asset are kept while this is the newest. 0: as
        many as the launcher keeps of each.
    partition_key: The partition that was made. Empty: the asset has none.
    """

    kind = EventKind.ASSET_MATERIALIZED
    __slots__ = ('asset_key', 'output', 'value_ref', 'metadata', 'unexpected', 'digest', 'io_manager_key', 'keep_versions', 'partition_key')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'asset_key', 'output', 'value_ref', 'metadata', 'unexpected', 'digest', 'io_manager_key', 'keep_versions', 'partition_key')
    asset_key: AssetKey
    """The asset."""
    output: str
    """The output that produced it."""
    value_ref: ValueRef | None
    """The value. Unset when an IO manager that is not Treadle's own stored it, or for Nothing."""
    metadata: Metadata
    """Metadata of the op and of the IO manager."""
    unexpected: bool
    """It was not selected; the op yielded it all the same."""
    digest: str
    """The digest of the code that made it."""
    io_manager_key: str
    """The resource key of the IO manager. Empty for Nothing."""
    keep_versions: int
    """How many versions of the asset are kept while this is the newest. 0: as many as the launcher
    keeps of each."""
    partition_key: str
    """The partition that was made. Empty: the asset has none."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        asset_key: AssetKey = AssetKey(""),
        output: str = "",
        value_ref: ValueRef | None = None,
        metadata: Metadata = NO_METADATA,
        unexpected: bool = False,
        digest: str = "",
        io_manager_key: str = "",
        keep_versions: int = 0,
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'asset_key', asset_key)
        put(self, 'output', output)
        put(self, 'value_ref', value_ref)
        put(self, 'metadata', metadata)
        put(self, 'unexpected', unexpected)
        put(self, 'digest', digest)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'keep_versions', keep_versions)
        put(self, 'partition_key', partition_key)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'output', 'text', 'one', ''),
        (3, 'value_ref', 'message', 'maybe', 'ValueRef'),
        (4, 'metadata', 'metadata', 'one', 'MetadataEntry'),
        (5, 'unexpected', 'flag', 'one', ''),
        (6, 'digest', 'text', 'one', ''),
        (7, 'io_manager_key', 'text', 'one', ''),
        (8, 'keep_versions', 'whole', 'one', ''),
        (9, 'partition_key', 'text', 'one', ''),
    )


class CheckEvaluated(Event):
    """An asset check was evaluated.

    asset_key: The asset.
    check_name: The check's name.
    passed: Whether it held.
    metadata: Metadata of the check.
    blocking: A failure of it, of severity ERROR, fails the step.
    severity: How bad it is that it did not hold.
    description: What its result says of itself, for a person. Empty: nothing.
    partition_key: The partition of the asset that was looked at. Empty: it has none, or
        several were.
    """

    kind = EventKind.CHECK_EVALUATED
    __slots__ = ('asset_key', 'check_name', 'passed', 'metadata', 'blocking', 'severity', 'description', 'partition_key')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'asset_key', 'check_name', 'passed', 'metadata', 'blocking', 'severity', 'description', 'partition_key')
    asset_key: AssetKey
    """The asset."""
    check_name: str
    """The check's name."""
    passed: bool
    """Whether it held."""
    metadata: Metadata
    """Metadata of the check."""
    blocking: bool
    """A failure of it, of severity ERROR, fails the step."""
    severity: AssetCheckSeverity | None
    """How bad it is that it did not hold."""
    description: str
    """What its result says of itself, for a person. Empty: nothing."""
    partition_key: str
    """The partition of the asset that was looked at. Empty: it has none, or several were."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        asset_key: AssetKey = AssetKey(""),
        check_name: str = "",
        passed: bool = False,
        metadata: Metadata = NO_METADATA,
        blocking: bool = False,
        severity: AssetCheckSeverity | None = None,
        description: str = "",
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'asset_key', asset_key)
        put(self, 'check_name', check_name)
        put(self, 'passed', passed)
        put(self, 'metadata', metadata)
        put(self, 'blocking', blocking)
        put(self, 'severity', severity)
        put(self, 'description', description)
        put(self, 'partition_key', partition_key)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'check_name', 'text', 'one', ''),
        (3, 'passed', 'flag', 'one', ''),
        (4, 'metadata', 'metadata', 'one', 'MetadataEntry'),
        (5, 'blocking', 'flag', 'one', ''),
        (6, 'severity', 'enum', 'maybe', 'AssetCheckSeverity'),
        (7, 'description', 'text', 'one', ''),
        (9, 'partition_key', 'text', 'one', ''),
    )


class LogRecord(Event):
    """The op logged at WARNING or above.

    level: The level's name, for example "WARNING".
    message: The message.
    logger: The logger's name.
    """

    kind = EventKind.LOG_RECORD
    __slots__ = ('level', 'message', 'logger')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'level', 'message', 'logger')
    level: str
    """The level's name, for example "WARNING"."""
    message: Text
    """The message."""
    logger: str
    """The logger's name."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        level: str = "",
        message: Text = NO_TEXT,
        logger: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'level', level)
        put(self, 'message', message)
        put(self, 'logger', logger)

    TABLE: ClassVar[Rows] = (
        (1, 'level', 'text', 'one', ''),
        (2, 'message', 'long', 'one', 'Text'),
        (3, 'logger', 'text', 'one', ''),
    )


class StepSucceeded(Event):
    """An attempt succeeded.

    duration: Wall time of the attempt.
    pid: The process that ran it, as its host names it.
    usage: What the attempt used. None: not measured.
    """

    kind = EventKind.STEP_SUCCEEDED
    __slots__ = ('duration', 'pid', 'usage')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'duration', 'pid', 'usage')
    duration: timedelta
    """Wall time of the attempt."""
    pid: int
    """The process that ran it, as its host names it."""
    usage: AttemptUsage | None
    """What the attempt used. None: not measured."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        duration: timedelta = NO_TIME,
        pid: int = 0,
        usage: AttemptUsage | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'duration', duration)
        put(self, 'pid', pid)
        put(self, 'usage', usage)

    TABLE: ClassVar[Rows] = (
        (1, 'duration', 'us', 'one', ''),
        (2, 'pid', 'whole', 'one', ''),
        (3, 'usage', 'message', 'maybe', 'AttemptUsage'),
    )


class StepFailed(Event):
    """An attempt failed and there is no further one.

    failure: Why.
    duration: Wall time of the attempt. 0: it never started.
    pid: The process that ran it, as its host names it. 0: it never started.
    usage: What the attempt used. None: it never started, or its host is gone.
    """

    kind = EventKind.STEP_FAILED
    __slots__ = ('failure', 'duration', 'pid', 'usage')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'failure', 'duration', 'pid', 'usage')
    failure: Failure
    """Why."""
    duration: timedelta
    """Wall time of the attempt. 0: it never started."""
    pid: int
    """The process that ran it, as its host names it. 0: it never started."""
    usage: AttemptUsage | None
    """What the attempt used. None: it never started, or its host is gone."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        failure: Failure,
        duration: timedelta = NO_TIME,
        pid: int = 0,
        usage: AttemptUsage | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'failure', failure)
        put(self, 'duration', duration)
        put(self, 'pid', pid)
        put(self, 'usage', usage)

    TABLE: ClassVar[Rows] = (
        (1, 'failure', 'message', 'one', 'Failure'),
        (2, 'duration', 'us', 'one', ''),
        (3, 'pid', 'whole', 'one', ''),
        (4, 'usage', 'message', 'maybe', 'AttemptUsage'),
    )


class StepRetryScheduled(Event):
    """An attempt failed and a further one is due.

    failure: Why the attempt failed.
    not_before: The earliest start of the next attempt.
    next_attempt: The number of the next attempt.
    usage: What the attempt used. None: it never started, or its host is gone.
    ground: What lets it be tried again.
    """

    kind = EventKind.STEP_RETRY_SCHEDULED
    __slots__ = ('failure', 'not_before', 'next_attempt', 'usage', 'ground')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'failure', 'not_before', 'next_attempt', 'usage', 'ground')
    failure: Failure
    """Why the attempt failed."""
    not_before: datetime
    """The earliest start of the next attempt."""
    next_attempt: int
    """The number of the next attempt."""
    usage: AttemptUsage | None
    """What the attempt used. None: it never started, or its host is gone."""
    ground: RetryGround
    """What lets it be tried again."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        failure: Failure,
        not_before: datetime,
        next_attempt: int = 0,
        usage: AttemptUsage | None = None,
        ground: RetryGround,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'failure', failure)
        put(self, 'not_before', not_before)
        put(self, 'next_attempt', next_attempt)
        put(self, 'usage', usage)
        put(self, 'ground', ground)

    TABLE: ClassVar[Rows] = (
        (1, 'failure', 'message', 'one', 'Failure'),
        (2, 'not_before', 'time', 'one', 'Timestamp'),
        (3, 'next_attempt', 'whole', 'one', ''),
        (4, 'usage', 'message', 'maybe', 'AttemptUsage'),
        (5, 'ground', 'enum', 'one', 'RetryGround'),
    )


class StepRecomputed(Event):
    """A step goes back to PENDING.

    reason: Why, in one sentence.
    """

    kind = EventKind.STEP_RECOMPUTED
    __slots__ = ('reason',)
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'reason')
    reason: str
    """Why, in one sentence."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        reason: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'reason', reason)

    TABLE: ClassVar[Rows] = (
        (1, 'reason', 'text', 'one', ''),
    )


class StepSkipped(Event):
    """An optional input was not yielded.

    upstream_step_key: The step that did not yield it.
    upstream_output: The output that was not yielded. Empty: that step was skipped itself.
    """

    kind = EventKind.STEP_SKIPPED
    __slots__ = ('upstream_step_key', 'upstream_output')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'upstream_step_key', 'upstream_output')
    upstream_step_key: StepKey
    """The step that did not yield it."""
    upstream_output: str
    """The output that was not yielded. Empty: that step was skipped itself."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        upstream_step_key: StepKey = StepKey(""),
        upstream_output: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'upstream_step_key', upstream_step_key)
        put(self, 'upstream_output', upstream_output)

    TABLE: ClassVar[Rows] = (
        (1, 'upstream_step_key', 'text', 'one', ''),
        (2, 'upstream_output', 'text', 'one', ''),
    )


class StepNotRun(Event):
    """A step that it reads from failed, or the run cannot go on.

    upstream_step_key: The step that failed, the nearest one. Empty: the run cannot go on,
        and its end says why.
    check: The blocking check that did not hold in that step, "asset:name". Empty: it failed
        otherwise.
    """

    kind = EventKind.STEP_NOT_RUN
    __slots__ = ('upstream_step_key', 'check')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'upstream_step_key', 'check')
    upstream_step_key: StepKey
    """The step that failed, the nearest one. Empty: the run cannot go on, and its end says why."""
    check: str
    """The blocking check that did not hold in that step, "asset:name". Empty: it failed otherwise."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        upstream_step_key: StepKey = StepKey(""),
        check: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'upstream_step_key', upstream_step_key)
        put(self, 'check', check)

    TABLE: ClassVar[Rows] = (
        (1, 'upstream_step_key', 'text', 'one', ''),
        (2, 'check', 'text', 'one', ''),
    )


class StepReused(Event):
    """A re-execution takes its outputs from an earlier run.

    from_run_id: The run that made them.
    """

    kind = EventKind.STEP_REUSED
    __slots__ = ('from_run_id',)
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'from_run_id')
    from_run_id: RunId
    """The run that made them."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        from_run_id: RunId = RunId(""),
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'from_run_id', from_run_id)

    TABLE: ClassVar[Rows] = (
        (1, 'from_run_id', 'text', 'one', ''),
    )


class CancelRequested(Event):
    """Somebody asked for the run's end.

    reason: Why, in the caller's words.
    failure: Why the run fails instead of being cancelled. Set when its time is over.
    """

    kind = EventKind.CANCEL_REQUESTED
    __slots__ = ('reason', 'failure')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'reason', 'failure')
    reason: str
    """Why, in the caller's words."""
    failure: Failure | None
    """Why the run fails instead of being cancelled. Set when its time is over."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        reason: str = "",
        failure: Failure | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'reason', reason)
        put(self, 'failure', failure)

    TABLE: ClassVar[Rows] = (
        (1, 'reason', 'text', 'one', ''),
        (2, 'failure', 'message', 'maybe', 'Failure'),
    )


class StepCancelled(Event):
    """A step was cancelled.

    was_running: A process was ended for it.
    usage: What the attempt used. Set when was_running and its host lives.
    exit_code: The exit status of the process. Set when was_running, its host lives, and it
        ended by itself.
    signal: The signal that ended the process, for example "SIGTERM". Set when one did.
    stderr_tail: The last lines of the attempt's stderr. Set when there are any.
    """

    kind = EventKind.STEP_CANCELLED
    __slots__ = ('was_running', 'usage', 'exit_code', 'signal', 'stderr_tail')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'was_running', 'usage', 'exit_code', 'signal', 'stderr_tail')
    was_running: bool
    """A process was ended for it."""
    usage: AttemptUsage | None
    """What the attempt used. Set when was_running and its host lives."""
    exit_code: int | None
    """The exit status of the process. Set when was_running, its host lives, and it ended by
    itself."""
    signal: str
    """The signal that ended the process, for example "SIGTERM". Set when one did."""
    stderr_tail: Text
    """The last lines of the attempt's stderr. Set when there are any."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        was_running: bool = False,
        usage: AttemptUsage | None = None,
        exit_code: int | None = None,
        signal: str = "",
        stderr_tail: Text = NO_TEXT,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'was_running', was_running)
        put(self, 'usage', usage)
        put(self, 'exit_code', exit_code)
        put(self, 'signal', signal)
        put(self, 'stderr_tail', stderr_tail)

    TABLE: ClassVar[Rows] = (
        (1, 'was_running', 'flag', 'one', ''),
        (2, 'usage', 'message', 'maybe', 'AttemptUsage'),
        (3, 'exit_code', 'whole', 'maybe', ''),
        (4, 'signal', 'text', 'one', ''),
        (5, 'stderr_tail', 'long', 'one', 'Text'),
    )


class RunFinished(Event):
    """The run's state is final.

    state: SUCCEEDED, FAILED or CANCELLED.
    failure: Why the run failed before or beside its steps. Set when FAILED for such a
        cause.
    failed_step_keys: The steps that failed, in the order they did. At most 500.
    materialization_count: How many assets it materialized.
    unexpected_count: How many of them were unexpected.
    """

    kind = EventKind.RUN_FINISHED
    __slots__ = ('state', 'failure', 'failed_step_keys', 'materialization_count', 'unexpected_count')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'state', 'failure', 'failed_step_keys', 'materialization_count', 'unexpected_count')
    state: RunState
    """SUCCEEDED, FAILED or CANCELLED."""
    failure: Failure | None
    """Why the run failed before or beside its steps. Set when FAILED for such a cause."""
    failed_step_keys: tuple[StepKey, ...]
    """The steps that failed, in the order they did. At most 500."""
    materialization_count: int
    """How many assets it materialized."""
    unexpected_count: int
    """How many of them were unexpected."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        state: RunState,
        failure: Failure | None = None,
        failed_step_keys: tuple[StepKey, ...] = (),
        materialization_count: int = 0,
        unexpected_count: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'state', state)
        put(self, 'failure', failure)
        put(self, 'failed_step_keys', failed_step_keys)
        put(self, 'materialization_count', materialization_count)
        put(self, 'unexpected_count', unexpected_count)

    TABLE: ClassVar[Rows] = (
        (1, 'state', 'enum', 'one', 'RunState'),
        (2, 'failure', 'message', 'maybe', 'Failure'),
        (3, 'failed_step_keys', 'text', 'many', ''),
        (4, 'materialization_count', 'whole', 'one', ''),
        (5, 'unexpected_count', 'whole', 'one', ''),
    )


class HookCompleted(Event):
    """A hook ran to its end, before the outcome of its step was told.

    hook: The hook's name.
    """

    kind = EventKind.HOOK_COMPLETED
    __slots__ = ('hook',)
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'hook')
    hook: str
    """The hook's name."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        hook: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'hook', hook)

    TABLE: ClassVar[Rows] = (
        (1, 'hook', 'text', 'one', ''),
    )


class HookErrored(Event):
    """A hook raised. What became of its step does not depend on it.

    hook: The hook's name.
    failure: Why. Of a host, texts stand whole in head.
    """

    kind = EventKind.HOOK_ERRORED
    __slots__ = ('hook', 'failure')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'hook', 'failure')
    hook: str
    """The hook's name."""
    failure: Failure
    """Why. Of a host, texts stand whole in head."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        hook: str = "",
        failure: Failure,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'hook', hook)
        put(self, 'failure', failure)

    TABLE: ClassVar[Rows] = (
        (1, 'hook', 'text', 'one', ''),
        (2, 'failure', 'message', 'one', 'Failure'),
    )


class AssetObserved(Event):
    """An op said something of an asset that no output of the step is. It says nothing of what is
    stored: plans and loads do not go by it. It stands whatever becomes of the attempt.

    asset_key: The asset. No location need define it.
    description: What the op says of it, for a person. Empty: nothing.
    metadata: Facts about it.
    materialized: The op says that it made the asset, in its own way.
    partition_key: The partition that it speaks of. Empty: none.
    """

    kind = EventKind.ASSET_OBSERVED
    __slots__ = ('asset_key', 'description', 'metadata', 'materialized', 'partition_key')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'asset_key', 'description', 'metadata', 'materialized', 'partition_key')
    asset_key: AssetKey
    """The asset. No location need define it."""
    description: str
    """What the op says of it, for a person. Empty: nothing."""
    metadata: Metadata
    """Facts about it."""
    materialized: bool
    """The op says that it made the asset, in its own way."""
    partition_key: str
    """The partition that it speaks of. Empty: none."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        asset_key: AssetKey = AssetKey(""),
        description: str = "",
        metadata: Metadata = NO_METADATA,
        materialized: bool = False,
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'asset_key', asset_key)
        put(self, 'description', description)
        put(self, 'metadata', metadata)
        put(self, 'materialized', materialized)
        put(self, 'partition_key', partition_key)

    TABLE: ClassVar[Rows] = (
        (1, 'asset_key', 'text', 'one', ''),
        (2, 'description', 'text', 'one', ''),
        (3, 'metadata', 'metadata', 'one', 'MetadataEntry'),
        (4, 'materialized', 'flag', 'one', ''),
        (9, 'partition_key', 'text', 'one', ''),
    )


class ExpectationEvaluated(Event):
    """An op said whether what it expected holds. The step goes on in either case.

    success: Whether it holds.
    label: What was expected, in a word or two. Empty: not said.
    description: The same for a person. Empty: nothing.
    metadata: Facts about it.
    """

    kind = EventKind.EXPECTATION_EVALUATED
    __slots__ = ('success', 'label', 'description', 'metadata')
    __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'success', 'label', 'description', 'metadata')
    success: bool
    """Whether it holds."""
    label: str
    """What was expected, in a word or two. Empty: not said."""
    description: str
    """The same for a person. Empty: nothing."""
    metadata: Metadata
    """Facts about it."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        success: bool = False,
        label: str = "",
        description: str = "",
        metadata: Metadata = NO_METADATA,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'success', success)
        put(self, 'label', label)
        put(self, 'description', description)
        put(self, 'metadata', metadata)

    TABLE: ClassVar[Rows] = (
        (1, 'success', 'flag', 'one', ''),
        (2, 'label', 'text', 'one', ''),
        (3, 'description', 'text', 'one', ''),
        (4, 'metadata', 'metadata', 'one', 'MetadataEntry'),
    )
