"""Events: the append-only, numbered log of which every state is the fold.

Generated from event.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from typing import TYPE_CHECKING

from treadle_contract.ids import HostId, KeyText, RunId, StepKey, TaskId
from treadle_contract.message import ContractEnum, ENUMS, EnumSchema, MESSAGES, Message, NO_ENTRIES
from treadle_contract.plan import PlanOptions, Reexecution, Selection
from treadle_contract.run import AttemptUsage, Failure, RunState
from treadle_contract.value import AssetCheckSeverity, MetadataEntry, Text, ValueRef

if TYPE_CHECKING:
    from datetime import datetime


class StartMethod(ContractEnum):
    """How step processes are started."""

    FORK = "fork"
    """Forked from the host, which has imported the user's modules."""
    SPAWN = "spawn"
    """A new interpreter for each task, which imports them itself."""


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


class Event(Message):
    """A past fact about one run."""

    __slots__ = __match_args__ = ('store_sequence', 'run_id', 'sequence', 'time', 'step_key', 'attempt', 'schema_version', 'kind')
    store_sequence: int
    """One order for the whole home, growing, with gaps between runs."""
    run_id: RunId
    """The run."""
    sequence: int
    """The order within the run: 1, 2, 3, … without a gap."""
    time: datetime | None
    """When, for people; order never depends on it."""
    step_key: StepKey
    """The step. Empty: a fact about the run."""
    attempt: int
    """The attempt, from 1. 0: not about one attempt."""
    schema_version: int
    """The version of the payload's schema, now 1."""
    kind: EventKind | None
    """What happened. A reader MUST skip kinds that it does not know."""

    def __init__(
        self,
        *,
        store_sequence: int = 0,
        run_id: RunId = RunId(""),
        sequence: int = 0,
        time: datetime | None = None,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        schema_version: int = 0,
        kind: EventKind | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'store_sequence', store_sequence)
        put(self, 'run_id', run_id)
        put(self, 'sequence', sequence)
        put(self, 'time', time)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'schema_version', schema_version)
        put(self, 'kind', kind)

    FIELDS = (
        ('store_sequence', 1, 'storeSequence', 'wide', 'one', '', 'store_sequence', False, 0),
        ('run_id', 2, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('sequence', 3, 'sequence', 'wide', 'one', '', 'sequence', False, 0),
        ('time', 4, 'time', 'time', 'maybe', '', 'time', False, 0),
        ('step_key', 5, 'stepKey', 'text', 'one', '', 'step_key', False, 0),
        ('attempt', 6, 'attempt', 'whole', 'one', '', 'attempt', False, 0),
        ('schema_version', 7, 'schemaVersion', 'whole', 'one', '', 'schema_version', False, 0),
        ('run_submitted', 10, 'runSubmitted', 'message', 'maybe', 'RunSubmitted', 'kind', False, 0),
        ('run_dequeued', 11, 'runDequeued', 'message', 'maybe', 'RunDequeued', 'kind', False, 0),
        ('host_ready', 12, 'hostReady', 'message', 'maybe', 'HostReady', 'kind', False, 0),
        ('run_started', 13, 'runStarted', 'message', 'maybe', 'RunStarted', 'kind', False, 0),
        ('step_expanded', 14, 'stepExpanded', 'message', 'maybe', 'StepExpanded', 'kind', False, 0),
        ('step_started', 15, 'stepStarted', 'message', 'maybe', 'StepStarted', 'kind', False, 0),
        ('input_loaded', 16, 'inputLoaded', 'message', 'maybe', 'InputLoaded', 'kind', False, 0),
        ('output_stored', 17, 'outputStored', 'message', 'maybe', 'OutputStored', 'kind', False, 0),
        ('output_discarded', 18, 'outputDiscarded', 'message', 'maybe', 'OutputDiscarded', 'kind', False, 0),
        ('asset_materialized', 19, 'assetMaterialized', 'message', 'maybe', 'AssetMaterialized', 'kind', False, 0),
        ('check_evaluated', 20, 'checkEvaluated', 'message', 'maybe', 'CheckEvaluated', 'kind', False, 0),
        ('log_record', 21, 'logRecord', 'message', 'maybe', 'LogRecord', 'kind', False, 0),
        ('step_succeeded', 22, 'stepSucceeded', 'message', 'maybe', 'StepSucceeded', 'kind', False, 0),
        ('step_failed', 23, 'stepFailed', 'message', 'maybe', 'StepFailed', 'kind', False, 0),
        ('step_retry_scheduled', 24, 'stepRetryScheduled', 'message', 'maybe', 'StepRetryScheduled', 'kind', False, 0),
        ('step_recomputed', 25, 'stepRecomputed', 'message', 'maybe', 'StepRecomputed', 'kind', False, 0),
        ('step_skipped', 26, 'stepSkipped', 'message', 'maybe', 'StepSkipped', 'kind', False, 0),
        ('step_not_run', 27, 'stepNotRun', 'message', 'maybe', 'StepNotRun', 'kind', False, 0),
        ('step_reused', 28, 'stepReused', 'message', 'maybe', 'StepReused', 'kind', False, 0),
        ('cancel_requested', 29, 'cancelRequested', 'message', 'maybe', 'CancelRequested', 'kind', False, 0),
        ('step_cancelled', 30, 'stepCancelled', 'message', 'maybe', 'StepCancelled', 'kind', False, 0),
        ('run_finished', 31, 'runFinished', 'message', 'maybe', 'RunFinished', 'kind', False, 0),
        ('hook_completed', 36, 'hookCompleted', 'message', 'maybe', 'HookCompleted', 'kind', False, 0),
        ('hook_errored', 37, 'hookErrored', 'message', 'maybe', 'HookErrored', 'kind', False, 0),
        ('asset_observed', 38, 'assetObserved', 'message', 'maybe', 'AssetObserved', 'kind', False, 0),
        ('expectation_evaluated', 39, 'expectationEvaluated', 'message', 'maybe', 'ExpectationEvaluated', 'kind', False, 0),
    )
    ONEOFS = (('kind', ('kind',), False),)


class RunSubmitted(Message):
    """The run was recorded."""

    __slots__ = __match_args__ = ('location', 'selection', 'options', 'digest', 'fingerprint', 'tags', 'idempotency_key', 'reexecution', 'root_run_id', 'timeout_ms', 'retry_lost')
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
        location: str = "",
        selection: Selection,
        options: PlanOptions,
        digest: str = "",
        fingerprint: str = "",
        tags: Mapping[str, str] = NO_ENTRIES,
        idempotency_key: str = "",
        reexecution: Reexecution | None = None,
        root_run_id: RunId = RunId(""),
        timeout_ms: int = 0,
        retry_lost: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'selection', selection)
        put(self, 'options', options)
        put(self, 'digest', digest)
        put(self, 'fingerprint', fingerprint)
        put(self, 'tags', tags)
        put(self, 'idempotency_key', idempotency_key)
        put(self, 'reexecution', reexecution)
        put(self, 'root_run_id', root_run_id)
        put(self, 'timeout_ms', timeout_ms)
        put(self, 'retry_lost', retry_lost)

    FIELDS = (
        ('location', 1, 'location', 'text', 'one', '', 'location', False, 0),
        ('selection', 2, 'selection', 'message', 'one', 'Selection', 'selection', True, 0),
        ('options', 3, 'options', 'message', 'one', 'PlanOptions', 'options', True, 0),
        ('digest', 4, 'digest', 'text', 'one', '', 'digest', False, 0),
        ('fingerprint', 5, 'fingerprint', 'text', 'one', '', 'fingerprint', False, 0),
        ('tags', 6, 'tags', 'text', 'map', '', 'tags', False, 0),
        ('idempotency_key', 7, 'idempotencyKey', 'text', 'one', '', 'idempotency_key', False, 0),
        ('reexecution', 8, 'reexecution', 'message', 'maybe', 'Reexecution', 'reexecution', False, 0),
        ('root_run_id', 9, 'rootRunId', 'text', 'one', '', 'root_run_id', False, 0),
        ('timeout_ms', 10, 'timeoutMs', 'wide', 'one', '', 'timeout_ms', False, 0),
        ('retry_lost', 11, 'retryLost', 'whole', 'one', '', 'retry_lost', False, 0),
    )


class RunDequeued(Message):
    """The run got a place among the runs at once."""

    __slots__ = __match_args__ = ()

    def __init__(self) -> None:
        pass

    FIELDS = (
    )


class HostReady(Message):
    """A host that holds the run's code is ready."""

    __slots__ = __match_args__ = ('host_id', 'digest', 'fingerprint', 'start_method', 'start_method_reason', 'warm', 'notes')
    host_id: HostId
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
        host_id: HostId = HostId(""),
        digest: str = "",
        fingerprint: str = "",
        start_method: StartMethod,
        start_method_reason: str = "",
        warm: bool = False,
        notes: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'host_id', host_id)
        put(self, 'digest', digest)
        put(self, 'fingerprint', fingerprint)
        put(self, 'start_method', start_method)
        put(self, 'start_method_reason', start_method_reason)
        put(self, 'warm', warm)
        put(self, 'notes', notes)

    FIELDS = (
        ('host_id', 1, 'hostId', 'text', 'one', '', 'host_id', False, 0),
        ('digest', 2, 'digest', 'text', 'one', '', 'digest', False, 0),
        ('fingerprint', 3, 'fingerprint', 'text', 'one', '', 'fingerprint', False, 0),
        ('start_method', 4, 'startMethod', 'enum', 'one', 'StartMethod', 'start_method', True, 0),
        ('start_method_reason', 5, 'startMethodReason', 'text', 'one', '', 'start_method_reason', False, 0),
        ('warm', 6, 'warm', 'flag', 'one', '', 'warm', False, 0),
        ('notes', 7, 'notes', 'text', 'many', '', 'notes', False, 0),
    )


class RunStarted(Message):
    """Steps may start; the plan is fixed."""

    __slots__ = __match_args__ = ('step_count', 'fingerprint')
    step_count: int
    """How many steps will run, those that are reused left out."""
    fingerprint: str
    """The fingerprint of the plan that runs."""

    def __init__(
        self,
        *,
        step_count: int = 0,
        fingerprint: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'step_count', step_count)
        put(self, 'fingerprint', fingerprint)

    FIELDS = (
        ('step_count', 1, 'stepCount', 'whole', 'one', '', 'step_count', False, 0),
        ('fingerprint', 2, 'fingerprint', 'text', 'one', '', 'fingerprint', False, 0),
    )


class StepExpanded(Message):
    """A fan-out committed, or one that is reused is there: each step that is mapped over the
    output, and was not over, makes room for one step for each mapping key. Their keys are its
    own with the first "[?]" filled in."""

    __slots__ = __match_args__ = ('output', 'mapping_keys', 'step_count_change')
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
        output: str = "",
        mapping_keys: tuple[str, ...] = (),
        step_count_change: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'output', output)
        put(self, 'mapping_keys', mapping_keys)
        put(self, 'step_count_change', step_count_change)

    FIELDS = (
        ('output', 1, 'output', 'text', 'one', '', 'output', False, 0),
        ('mapping_keys', 2, 'mappingKeys', 'text', 'many', '', 'mapping_keys', False, 1),
        ('step_count_change', 3, 'stepCountChange', 'whole', 'one', '', 'step_count_change', False, 0),
    )


class StepStarted(Message):
    """An attempt was handed to a host."""

    __slots__ = __match_args__ = ('host_id', 'task_id', 'task_step_keys')
    host_id: HostId
    """The host's id."""
    task_id: TaskId
    """The task: run/first step/attempt."""
    task_step_keys: tuple[StepKey, ...]
    """The steps of the task, in order. Set for the first of several."""

    def __init__(
        self,
        *,
        host_id: HostId = HostId(""),
        task_id: TaskId = TaskId(""),
        task_step_keys: tuple[StepKey, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'host_id', host_id)
        put(self, 'task_id', task_id)
        put(self, 'task_step_keys', task_step_keys)

    FIELDS = (
        ('host_id', 1, 'hostId', 'text', 'one', '', 'host_id', False, 0),
        ('task_id', 2, 'taskId', 'text', 'one', '', 'task_id', False, 0),
        ('task_step_keys', 3, 'taskStepKeys', 'text', 'many', '', 'task_step_keys', False, 0),
    )


class InputLoaded(Message):
    """An input was loaded."""

    __slots__ = __match_args__ = ('input', 'position', 'asset_key', 'from_run_id', 'from_step_key', 'from_output', 'value_ref', 'not_needed', 'from_mapping_key', 'partition_key')
    input: str
    """The input's name."""
    position: int
    """The position in a fan-in, from 0."""
    asset_key: KeyText
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
        input: str,
        position: int = 0,
        asset_key: KeyText = KeyText(""),
        from_run_id: RunId = RunId(""),
        from_step_key: StepKey = StepKey(""),
        from_output: str = "",
        value_ref: ValueRef | None = None,
        not_needed: bool = False,
        from_mapping_key: str = "",
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
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

    FIELDS = (
        ('input', 1, 'input', 'text', 'one', '', 'input', True, 1),
        ('position', 2, 'position', 'whole', 'one', '', 'position', False, 23),
        ('asset_key', 3, 'assetKey', 'text', 'one', '', 'asset_key', False, 2),
        ('from_run_id', 4, 'fromRunId', 'text', 'one', '', 'from_run_id', False, 1),
        ('from_step_key', 5, 'fromStepKey', 'text', 'one', '', 'from_step_key', False, 4),
        ('from_output', 6, 'fromOutput', 'text', 'one', '', 'from_output', False, 1),
        ('value_ref', 7, 'valueRef', 'message', 'maybe', 'ValueRef', 'value_ref', False, 0),
        ('not_needed', 8, 'notNeeded', 'flag', 'one', '', 'not_needed', False, 0),
        ('from_mapping_key', 9, 'fromMappingKey', 'text', 'one', '', 'from_mapping_key', False, 1),
        ('partition_key', 10, 'partitionKey', 'text', 'one', '', 'partition_key', False, 29),
    )


class OutputStored(Message):
    """An output was stored and committed."""

    __slots__ = __match_args__ = ('output', 'asset_key', 'value_ref', 'io_manager_key', 'metadata', 'duration_us', 'in_memory', 'mapping_key', 'partition_key')
    output: str
    """The output's name."""
    asset_key: KeyText
    """The asset it was stored for. Empty: an intermediate."""
    value_ref: ValueRef | None
    """The value. Unset when an IO manager that is not Treadle's own stored it, or for Nothing."""
    io_manager_key: str
    """The resource key of the IO manager. Empty for Nothing."""
    metadata: tuple[MetadataEntry, ...]
    """Metadata of the op and of the IO manager."""
    duration_us: int
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
        output: str,
        asset_key: KeyText = KeyText(""),
        value_ref: ValueRef | None = None,
        io_manager_key: str = "",
        metadata: tuple[MetadataEntry, ...] = (),
        duration_us: int = 0,
        in_memory: bool = False,
        mapping_key: str = "",
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'output', output)
        put(self, 'asset_key', asset_key)
        put(self, 'value_ref', value_ref)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'metadata', metadata)
        put(self, 'duration_us', duration_us)
        put(self, 'in_memory', in_memory)
        put(self, 'mapping_key', mapping_key)
        put(self, 'partition_key', partition_key)

    FIELDS = (
        ('output', 1, 'output', 'text', 'one', '', 'output', True, 1),
        ('asset_key', 2, 'assetKey', 'text', 'one', '', 'asset_key', False, 2),
        ('value_ref', 3, 'valueRef', 'message', 'maybe', 'ValueRef', 'value_ref', False, 0),
        ('io_manager_key', 4, 'ioManagerKey', 'text', 'one', '', 'io_manager_key', False, 1),
        ('metadata', 5, 'metadata', 'message', 'many', 'MetadataEntry', 'metadata', False, 14),
        ('duration_us', 6, 'durationUs', 'wide', 'one', '', 'duration_us', False, 20),
        ('in_memory', 7, 'inMemory', 'flag', 'one', '', 'in_memory', False, 0),
        ('mapping_key', 8, 'mappingKey', 'text', 'one', '', 'mapping_key', False, 1),
        ('partition_key', 9, 'partitionKey', 'text', 'one', '', 'partition_key', False, 29),
    )


class OutputDiscarded(Message):
    """A yielded output was dropped."""

    __slots__ = __match_args__ = ('output', 'asset_keys')
    output: str
    """The output's name."""
    asset_keys: tuple[KeyText, ...]
    """The unselected assets it would have made, sorted. Empty: an intermediate nobody needs."""

    def __init__(
        self,
        *,
        output: str,
        asset_keys: tuple[KeyText, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'output', output)
        put(self, 'asset_keys', asset_keys)

    FIELDS = (
        ('output', 1, 'output', 'text', 'one', '', 'output', True, 1),
        ('asset_keys', 2, 'assetKeys', 'text', 'many', '', 'asset_keys', False, 2),
    )


class AssetMaterialized(Message):
    """An asset was made."""

    __slots__ = __match_args__ = ('asset_key', 'output', 'value_ref', 'metadata', 'unexpected', 'digest', 'io_manager_key', 'keep_versions', 'partition_key')
    asset_key: KeyText
    """The asset."""
    output: str
    """The output that produced it."""
    value_ref: ValueRef | None
    """The value. Unset when an IO manager that is not Treadle's own stored it, or for Nothing."""
    metadata: tuple[MetadataEntry, ...]
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
        asset_key: KeyText,
        output: str,
        value_ref: ValueRef | None = None,
        metadata: tuple[MetadataEntry, ...] = (),
        unexpected: bool = False,
        digest: str = "",
        io_manager_key: str = "",
        keep_versions: int = 0,
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'output', output)
        put(self, 'value_ref', value_ref)
        put(self, 'metadata', metadata)
        put(self, 'unexpected', unexpected)
        put(self, 'digest', digest)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'keep_versions', keep_versions)
        put(self, 'partition_key', partition_key)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('output', 2, 'output', 'text', 'one', '', 'output', True, 1),
        ('value_ref', 3, 'valueRef', 'message', 'maybe', 'ValueRef', 'value_ref', False, 0),
        ('metadata', 4, 'metadata', 'message', 'many', 'MetadataEntry', 'metadata', False, 14),
        ('unexpected', 5, 'unexpected', 'flag', 'one', '', 'unexpected', False, 0),
        ('digest', 6, 'digest', 'text', 'one', '', 'digest', False, 1),
        ('io_manager_key', 7, 'ioManagerKey', 'text', 'one', '', 'io_manager_key', False, 1),
        ('keep_versions', 8, 'keepVersions', 'whole', 'one', '', 'keep_versions', False, 23),
        ('partition_key', 9, 'partitionKey', 'text', 'one', '', 'partition_key', False, 29),
    )


class CheckEvaluated(Message):
    """An asset check was evaluated."""

    __slots__ = __match_args__ = ('asset_key', 'check_name', 'passed', 'metadata', 'blocking', 'severity', 'description', 'partition_key')
    asset_key: KeyText
    """The asset."""
    check_name: str
    """The check's name."""
    passed: bool
    """Whether it held."""
    metadata: tuple[MetadataEntry, ...]
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
        asset_key: KeyText,
        check_name: str,
        passed: bool = False,
        metadata: tuple[MetadataEntry, ...] = (),
        blocking: bool = False,
        severity: AssetCheckSeverity | None = None,
        description: str = "",
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'check_name', check_name)
        put(self, 'passed', passed)
        put(self, 'metadata', metadata)
        put(self, 'blocking', blocking)
        put(self, 'severity', severity)
        put(self, 'description', description)
        put(self, 'partition_key', partition_key)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('check_name', 2, 'checkName', 'text', 'one', '', 'check_name', True, 1),
        ('passed', 3, 'passed', 'flag', 'one', '', 'passed', False, 0),
        ('metadata', 4, 'metadata', 'message', 'many', 'MetadataEntry', 'metadata', False, 14),
        ('blocking', 5, 'blocking', 'flag', 'one', '', 'blocking', False, 0),
        ('severity', 6, 'severity', 'enum', 'maybe', 'AssetCheckSeverity', 'severity', False, 0),
        ('description', 7, 'description', 'text', 'one', '', 'description', False, 5),
        ('partition_key', 9, 'partitionKey', 'text', 'one', '', 'partition_key', False, 29),
    )


class LogRecord(Message):
    """The op logged at WARNING or above."""

    __slots__ = __match_args__ = ('level', 'message', 'logger')
    level: str
    """The level's name, for example "WARNING"."""
    message: Text
    """The message."""
    logger: str
    """The logger's name."""

    def __init__(
        self,
        *,
        level: str = "",
        message: Text,
        logger: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'level', level)
        put(self, 'message', message)
        put(self, 'logger', logger)

    FIELDS = (
        ('level', 1, 'level', 'text', 'one', '', 'level', False, 0),
        ('message', 2, 'message', 'message', 'one', 'Text', 'message', True, 0),
        ('logger', 3, 'logger', 'text', 'one', '', 'logger', False, 0),
    )


class StepSucceeded(Message):
    """An attempt succeeded."""

    __slots__ = __match_args__ = ('duration_us', 'pid', 'usage')
    duration_us: int
    """Wall time of the attempt."""
    pid: int
    """The process that ran it, as its host names it."""
    usage: AttemptUsage | None
    """What the attempt used. Unset: not measured."""

    def __init__(
        self,
        *,
        duration_us: int = 0,
        pid: int = 0,
        usage: AttemptUsage | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'duration_us', duration_us)
        put(self, 'pid', pid)
        put(self, 'usage', usage)

    FIELDS = (
        ('duration_us', 1, 'durationUs', 'wide', 'one', '', 'duration_us', False, 0),
        ('pid', 2, 'pid', 'whole', 'one', '', 'pid', False, 0),
        ('usage', 3, 'usage', 'message', 'maybe', 'AttemptUsage', 'usage', False, 0),
    )


class StepFailed(Message):
    """An attempt failed and there is no further one."""

    __slots__ = __match_args__ = ('failure', 'duration_us', 'pid', 'usage')
    failure: Failure
    """Why."""
    duration_us: int
    """Wall time of the attempt. 0: it never started."""
    pid: int
    """The process that ran it, as its host names it. 0: it never started."""
    usage: AttemptUsage | None
    """What the attempt used. Unset: it never started, or its host is gone."""

    def __init__(
        self,
        *,
        failure: Failure,
        duration_us: int = 0,
        pid: int = 0,
        usage: AttemptUsage | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'failure', failure)
        put(self, 'duration_us', duration_us)
        put(self, 'pid', pid)
        put(self, 'usage', usage)

    FIELDS = (
        ('failure', 1, 'failure', 'message', 'one', 'Failure', 'failure', True, 0),
        ('duration_us', 2, 'durationUs', 'wide', 'one', '', 'duration_us', False, 0),
        ('pid', 3, 'pid', 'whole', 'one', '', 'pid', False, 0),
        ('usage', 4, 'usage', 'message', 'maybe', 'AttemptUsage', 'usage', False, 0),
    )


class AssetObserved(Message):
    """An op said something of an asset that no output of the step is. It says nothing of what is
    stored: plans and loads do not go by it. It stands whatever becomes of the attempt."""

    __slots__ = __match_args__ = ('asset_key', 'description', 'metadata', 'materialized', 'partition_key')
    asset_key: KeyText
    """The asset. No location need define it."""
    description: str
    """What the op says of it, for a person. Empty: nothing."""
    metadata: tuple[MetadataEntry, ...]
    """Facts about it."""
    materialized: bool
    """The op says that it made the asset, in its own way."""
    partition_key: str
    """The partition that it speaks of. Empty: none."""

    def __init__(
        self,
        *,
        asset_key: KeyText,
        description: str = "",
        metadata: tuple[MetadataEntry, ...] = (),
        materialized: bool = False,
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'description', description)
        put(self, 'metadata', metadata)
        put(self, 'materialized', materialized)
        put(self, 'partition_key', partition_key)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('description', 2, 'description', 'text', 'one', '', 'description', False, 5),
        ('metadata', 3, 'metadata', 'message', 'many', 'MetadataEntry', 'metadata', False, 14),
        ('materialized', 4, 'materialized', 'flag', 'one', '', 'materialized', False, 0),
        ('partition_key', 9, 'partitionKey', 'text', 'one', '', 'partition_key', False, 29),
    )


class ExpectationEvaluated(Message):
    """An op said whether what it expected holds. The step goes on in either case."""

    __slots__ = __match_args__ = ('success', 'label', 'description', 'metadata')
    success: bool
    """Whether it holds."""
    label: str
    """What was expected, in a word or two. Empty: not said."""
    description: str
    """The same for a person. Empty: nothing."""
    metadata: tuple[MetadataEntry, ...]
    """Facts about it."""

    def __init__(
        self,
        *,
        success: bool = False,
        label: str = "",
        description: str = "",
        metadata: tuple[MetadataEntry, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'success', success)
        put(self, 'label', label)
        put(self, 'description', description)
        put(self, 'metadata', metadata)

    FIELDS = (
        ('success', 1, 'success', 'flag', 'one', '', 'success', False, 0),
        ('label', 2, 'label', 'text', 'one', '', 'label', False, 5),
        ('description', 3, 'description', 'text', 'one', '', 'description', False, 5),
        ('metadata', 4, 'metadata', 'message', 'many', 'MetadataEntry', 'metadata', False, 14),
    )


class HookCompleted(Message):
    """A hook ran to its end, before the outcome of its step was told."""

    __slots__ = __match_args__ = ('hook',)
    hook: str
    """The hook's name."""

    def __init__(
        self,
        *,
        hook: str,
    ) -> None:
        put = object.__setattr__
        put(self, 'hook', hook)

    FIELDS = (
        ('hook', 1, 'hook', 'text', 'one', '', 'hook', True, 1),
    )


class HookErrored(Message):
    """A hook raised. What became of its step does not depend on it."""

    __slots__ = __match_args__ = ('hook', 'failure')
    hook: str
    """The hook's name."""
    failure: Failure
    """Why. Of a host, texts stand whole in head."""

    def __init__(
        self,
        *,
        hook: str,
        failure: Failure,
    ) -> None:
        put = object.__setattr__
        put(self, 'hook', hook)
        put(self, 'failure', failure)

    FIELDS = (
        ('hook', 1, 'hook', 'text', 'one', '', 'hook', True, 1),
        ('failure', 2, 'failure', 'message', 'one', 'Failure', 'failure', True, 0),
    )


class StepRetryScheduled(Message):
    """An attempt failed and a further one is due."""

    __slots__ = __match_args__ = ('failure', 'not_before', 'next_attempt', 'usage', 'ground')
    failure: Failure
    """Why the attempt failed."""
    not_before: datetime
    """The earliest start of the next attempt."""
    next_attempt: int
    """The number of the next attempt."""
    usage: AttemptUsage | None
    """What the attempt used. Unset: it never started, or its host is gone."""
    ground: RetryGround | None
    """What lets it be tried again."""

    def __init__(
        self,
        *,
        failure: Failure,
        not_before: datetime,
        next_attempt: int = 0,
        usage: AttemptUsage | None = None,
        ground: RetryGround | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'failure', failure)
        put(self, 'not_before', not_before)
        put(self, 'next_attempt', next_attempt)
        put(self, 'usage', usage)
        put(self, 'ground', ground)

    FIELDS = (
        ('failure', 1, 'failure', 'message', 'one', 'Failure', 'failure', True, 0),
        ('not_before', 2, 'notBefore', 'time', 'one', '', 'not_before', True, 0),
        ('next_attempt', 3, 'nextAttempt', 'whole', 'one', '', 'next_attempt', False, 0),
        ('usage', 4, 'usage', 'message', 'maybe', 'AttemptUsage', 'usage', False, 0),
        ('ground', 5, 'ground', 'enum', 'maybe', 'RetryGround', 'ground', False, 0),
    )


class StepRecomputed(Message):
    """A step goes back to PENDING."""

    __slots__ = __match_args__ = ('reason',)
    reason: str
    """Why, in one sentence."""

    def __init__(
        self,
        *,
        reason: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'reason', reason)

    FIELDS = (
        ('reason', 1, 'reason', 'text', 'one', '', 'reason', False, 0),
    )


class StepSkipped(Message):
    """An optional input was not yielded."""

    __slots__ = __match_args__ = ('upstream_step_key', 'upstream_output')
    upstream_step_key: StepKey
    """The step that did not yield it."""
    upstream_output: str
    """The output that was not yielded. Empty: that step was skipped itself."""

    def __init__(
        self,
        *,
        upstream_step_key: StepKey = StepKey(""),
        upstream_output: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'upstream_step_key', upstream_step_key)
        put(self, 'upstream_output', upstream_output)

    FIELDS = (
        ('upstream_step_key', 1, 'upstreamStepKey', 'text', 'one', '', 'upstream_step_key', False, 0),
        ('upstream_output', 2, 'upstreamOutput', 'text', 'one', '', 'upstream_output', False, 0),
    )


class StepNotRun(Message):
    """A step that it reads from failed, or the run cannot go on."""

    __slots__ = __match_args__ = ('upstream_step_key', 'check')
    upstream_step_key: StepKey
    """The step that failed, the nearest one. Empty: the run cannot go on, and its end says why."""
    check: str
    """The blocking check that did not hold in that step, "asset:name". Empty: it failed otherwise."""

    def __init__(
        self,
        *,
        upstream_step_key: StepKey = StepKey(""),
        check: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'upstream_step_key', upstream_step_key)
        put(self, 'check', check)

    FIELDS = (
        ('upstream_step_key', 1, 'upstreamStepKey', 'text', 'one', '', 'upstream_step_key', False, 0),
        ('check', 2, 'check', 'text', 'one', '', 'check', False, 5),
    )


class StepReused(Message):
    """A re-execution takes its outputs from an earlier run."""

    __slots__ = __match_args__ = ('from_run_id',)
    from_run_id: RunId
    """The run that made them."""

    def __init__(
        self,
        *,
        from_run_id: RunId = RunId(""),
    ) -> None:
        put = object.__setattr__
        put(self, 'from_run_id', from_run_id)

    FIELDS = (
        ('from_run_id', 1, 'fromRunId', 'text', 'one', '', 'from_run_id', False, 0),
    )


class CancelRequested(Message):
    """Somebody asked for the run's end."""

    __slots__ = __match_args__ = ('reason', 'failure')
    reason: str
    """Why, in the caller's words."""
    failure: Failure | None
    """Why the run fails instead of being cancelled. Set when its time is over."""

    def __init__(
        self,
        *,
        reason: str = "",
        failure: Failure | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'reason', reason)
        put(self, 'failure', failure)

    FIELDS = (
        ('reason', 1, 'reason', 'text', 'one', '', 'reason', False, 0),
        ('failure', 2, 'failure', 'message', 'maybe', 'Failure', 'failure', False, 0),
    )


class StepCancelled(Message):
    """A step was cancelled."""

    __slots__ = __match_args__ = ('was_running', 'usage', 'exit_code', 'signal', 'stderr_tail')
    was_running: bool
    """A process was ended for it."""
    usage: AttemptUsage | None
    """What the attempt used. Set when was_running and its host lives."""
    exit_code: int | None
    """The exit status of the process. Set when was_running, its host lives, and it ended by
    itself."""
    signal: str
    """The signal that ended the process, for example "SIGTERM". Set when one did."""
    stderr_tail: Text | None
    """The last lines of the attempt's stderr. Set when there are any."""

    def __init__(
        self,
        *,
        was_running: bool = False,
        usage: AttemptUsage | None = None,
        exit_code: int | None = None,
        signal: str = "",
        stderr_tail: Text | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'was_running', was_running)
        put(self, 'usage', usage)
        put(self, 'exit_code', exit_code)
        put(self, 'signal', signal)
        put(self, 'stderr_tail', stderr_tail)

    FIELDS = (
        ('was_running', 1, 'wasRunning', 'flag', 'one', '', 'was_running', False, 0),
        ('usage', 2, 'usage', 'message', 'maybe', 'AttemptUsage', 'usage', False, 0),
        ('exit_code', 3, 'exitCode', 'whole', 'maybe', '', 'exit_code', False, 0),
        ('signal', 4, 'signal', 'text', 'one', '', 'signal', False, 0),
        ('stderr_tail', 5, 'stderrTail', 'message', 'maybe', 'Text', 'stderr_tail', False, 0),
    )


class RunFinished(Message):
    """The run's state is final."""

    __slots__ = __match_args__ = ('state', 'failure', 'failed_step_keys', 'materialization_count', 'unexpected_count')
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
        state: RunState,
        failure: Failure | None = None,
        failed_step_keys: tuple[StepKey, ...] = (),
        materialization_count: int = 0,
        unexpected_count: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'state', state)
        put(self, 'failure', failure)
        put(self, 'failed_step_keys', failed_step_keys)
        put(self, 'materialization_count', materialization_count)
        put(self, 'unexpected_count', unexpected_count)

    FIELDS = (
        ('state', 1, 'state', 'enum', 'one', 'RunState', 'state', True, 0),
        ('failure', 2, 'failure', 'message', 'maybe', 'Failure', 'failure', False, 0),
        ('failed_step_keys', 3, 'failedStepKeys', 'text', 'many', '', 'failed_step_keys', False, 0),
        ('materialization_count', 4, 'materializationCount', 'whole', 'one', '', 'materialization_count', False, 0),
        ('unexpected_count', 5, 'unexpectedCount', 'whole', 'one', '', 'unexpected_count', False, 0),
    )


ENUMS['StartMethod'] = EnumSchema(StartMethod, 'START_METHOD_', {0: 'unspecified', 1: 'fork', 2: 'spawn'})
ENUMS['RetryGround'] = EnumSchema(RetryGround, 'RETRY_GROUND_', {0: 'unspecified', 1: 'policy', 2: 'requested', 3: 'run', 4: 'not_begun', 5: 'not_taken'})
MESSAGES['Event'] = Event
MESSAGES['RunSubmitted'] = RunSubmitted
MESSAGES['RunDequeued'] = RunDequeued
MESSAGES['HostReady'] = HostReady
MESSAGES['RunStarted'] = RunStarted
MESSAGES['StepExpanded'] = StepExpanded
MESSAGES['StepStarted'] = StepStarted
MESSAGES['InputLoaded'] = InputLoaded
MESSAGES['OutputStored'] = OutputStored
MESSAGES['OutputDiscarded'] = OutputDiscarded
MESSAGES['AssetMaterialized'] = AssetMaterialized
MESSAGES['CheckEvaluated'] = CheckEvaluated
MESSAGES['LogRecord'] = LogRecord
MESSAGES['StepSucceeded'] = StepSucceeded
MESSAGES['StepFailed'] = StepFailed
MESSAGES['AssetObserved'] = AssetObserved
MESSAGES['ExpectationEvaluated'] = ExpectationEvaluated
MESSAGES['HookCompleted'] = HookCompleted
MESSAGES['HookErrored'] = HookErrored
MESSAGES['StepRetryScheduled'] = StepRetryScheduled
MESSAGES['StepRecomputed'] = StepRecomputed
MESSAGES['StepSkipped'] = StepSkipped
MESSAGES['StepNotRun'] = StepNotRun
MESSAGES['StepReused'] = StepReused
MESSAGES['CancelRequested'] = CancelRequested
MESSAGES['StepCancelled'] = StepCancelled
MESSAGES['RunFinished'] = RunFinished
EventKind: TypeAlias = RunSubmitted | RunDequeued | HostReady | RunStarted | StepExpanded | StepStarted | InputLoaded | OutputStored | OutputDiscarded | AssetMaterialized | CheckEvaluated | LogRecord | StepSucceeded | StepFailed | StepRetryScheduled | StepRecomputed | StepSkipped | StepNotRun | StepReused | CancelRequested | StepCancelled | RunFinished | HookCompleted | HookErrored | AssetObserved | ExpectationEvaluated
