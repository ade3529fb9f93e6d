"""The host protocol. Hosts dial in; tasks go down, reports come up.

Generated from worker.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from typing import TYPE_CHECKING

from treadle_contract.event import AssetMaterialized, AssetObserved, CheckEvaluated, ExpectationEvaluated, HookCompleted, HookErrored, InputLoaded, OutputDiscarded, OutputStored, StartMethod
from treadle_contract.ids import HostId, KeyText, RunId, StepKey, TaskId
from treadle_contract.message import ContractEnum, ENUMS, EnumSchema, MESSAGES, Message, NO_ENTRIES, UserValue
from treadle_contract.plan import FannedOut, PlannedCheck, PlannedPartitions, UnselectedOutputs
from treadle_contract.policy import Limits
from treadle_contract.run import AttemptUsage, Failure
from treadle_contract.value import ResourceConfig, Text, ValueRef

if TYPE_CHECKING:
    from datetime import datetime


class HostState(ContractEnum):
    """How far a host is."""

    NEW = "new"
    """Started; the user's modules are not imported yet."""
    READY = "ready"
    """Imported the planned code; takes tasks."""
    IMPORT_FAILED = "import_failed"
    """The import failed; takes no task and leaves."""
    STALE = "stale"
    """The import gave another digest; takes no task and leaves."""


class AckState(ContractEnum):
    """What a host knows of a task id."""

    ACCEPTED = "accepted"
    """New; it runs now."""
    RUNNING = "running"
    """Known; it runs still."""
    ENDED = "ended"
    """Known; it ended, and the journal says how."""
    REFUSED = "refused"
    """Refused: the host drains, or does not hold the code."""
    RETURNED = "returned"
    """Given back: it was sent ahead, nothing of it has begun, and it is not held any more."""


class HostFrame(Message):
    """A message from a host."""

    __slots__ = __match_args__ = ('frame',)
    frame: HostFrameFrame | None
    """Exactly one is set."""

    def __init__(
        self,
        *,
        frame: HostFrameFrame | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'frame', frame)

    FIELDS = (
        ('hello', 1, 'hello', 'message', 'maybe', 'Hello', 'frame', False, 0),
        ('report', 2, 'report', 'message', 'maybe', 'Report', 'frame', False, 0),
        ('ack', 3, 'ack', 'message', 'maybe', 'Ack', 'frame', False, 0),
    )
    ONEOFS = (('frame', ('frame',), False),)


class LauncherFrame(Message):
    """A message from the launcher."""

    __slots__ = __match_args__ = ('frame',)
    frame: LauncherFrameFrame | None
    """Exactly one is set."""

    def __init__(
        self,
        *,
        frame: LauncherFrameFrame | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'frame', frame)

    FIELDS = (
        ('commit', 1, 'commit', 'message', 'maybe', 'Commit', 'frame', False, 0),
        ('task', 2, 'task', 'message', 'maybe', 'Task', 'frame', False, 0),
        ('cancel', 3, 'cancel', 'message', 'maybe', 'Cancel', 'frame', False, 0),
        ('prepare', 4, 'prepare', 'message', 'maybe', 'Prepare', 'frame', False, 0),
        ('drain', 5, 'drain', 'message', 'maybe', 'Drain', 'frame', False, 0),
        ('recall', 6, 'recall', 'message', 'maybe', 'Recall', 'frame', False, 0),
    )
    ONEOFS = (('frame', ('frame',), False),)


class ProcessId(Message):
    """One process, by a name that is never used twice."""

    __slots__ = __match_args__ = ('boot_id', 'pid', 'start_ticks')
    boot_id: str
    """The kernel's boot id."""
    pid: int
    """The process id."""
    start_ticks: int
    """The start time, in clock ticks since boot."""

    def __init__(
        self,
        *,
        boot_id: str,
        pid: int,
        start_ticks: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'boot_id', boot_id)
        put(self, 'pid', pid)
        put(self, 'start_ticks', start_ticks)

    FIELDS = (
        ('boot_id', 1, 'bootId', 'text', 'one', '', 'boot_id', True, 1),
        ('pid', 2, 'pid', 'whole', 'one', '', 'pid', True, 24),
        ('start_ticks', 3, 'startTicks', 'wide', 'one', '', 'start_ticks', False, 23),
    )


class Hello(Message):
    """Who the host is and what it holds. The first frame of a connection; sent again whenever
    state changes."""

    __slots__ = __match_args__ = ('protocol_version', 'host_id', 'process', 'location', 'state', 'digest', 'running_task_ids', 'last_record', 'start_method', 'start_method_reason', 'failure', 'changes', 'notes')
    protocol_version: int
    """The version of this protocol, now 2. Hosts of 1 know no task that is sent ahead."""
    host_id: HostId
    """The id that the launcher gave it when it started it."""
    process: ProcessId
    """The process."""
    location: str
    """The location."""
    state: HostState
    """How far it is."""
    digest: str
    """The digest it holds. Set when READY or STALE."""
    running_task_ids: tuple[TaskId, ...]
    """The ids of the tasks that still run."""
    last_record: int
    """The number of the last record in its journal. 0: none."""
    start_method: StartMethod | None
    """How it starts step processes. Set when READY."""
    start_method_reason: str
    """Why it spawns. Set when READY and SPAWN."""
    failure: Failure | None
    """Why. Set when IMPORT_FAILED or STALE."""
    changes: tuple[str, ...]
    """Which files differ from those that the digest was taken over, a line each. Set when STALE;
    empty then when none does: failure says what does."""
    notes: tuple[str, ...]
    """What a person should know of the import, a sentence each. Set when READY."""

    def __init__(
        self,
        *,
        protocol_version: int = 0,
        host_id: HostId,
        process: ProcessId,
        location: str = "",
        state: HostState,
        digest: str = "",
        running_task_ids: tuple[TaskId, ...] = (),
        last_record: int = 0,
        start_method: StartMethod | None = None,
        start_method_reason: str = "",
        failure: Failure | None = None,
        changes: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'protocol_version', protocol_version)
        put(self, 'host_id', host_id)
        put(self, 'process', process)
        put(self, 'location', location)
        put(self, 'state', state)
        put(self, 'digest', digest)
        put(self, 'running_task_ids', running_task_ids)
        put(self, 'last_record', last_record)
        put(self, 'start_method', start_method)
        put(self, 'start_method_reason', start_method_reason)
        put(self, 'failure', failure)
        put(self, 'changes', changes)
        put(self, 'notes', notes)

    FIELDS = (
        ('protocol_version', 1, 'protocolVersion', 'whole', 'one', '', 'protocol_version', False, 23),
        ('host_id', 2, 'hostId', 'text', 'one', '', 'host_id', True, 1),
        ('process', 3, 'process', 'message', 'one', 'ProcessId', 'process', True, 0),
        ('location', 4, 'location', 'text', 'one', '', 'location', False, 1),
        ('state', 5, 'state', 'enum', 'one', 'HostState', 'state', True, 0),
        ('digest', 6, 'digest', 'text', 'one', '', 'digest', False, 1),
        ('running_task_ids', 7, 'runningTaskIds', 'text', 'many', '', 'running_task_ids', False, 4),
        ('last_record', 8, 'lastRecord', 'wide', 'one', '', 'last_record', False, 23),
        ('start_method', 9, 'startMethod', 'enum', 'maybe', 'StartMethod', 'start_method', False, 0),
        ('start_method_reason', 10, 'startMethodReason', 'text', 'one', '', 'start_method_reason', False, 5),
        ('failure', 11, 'failure', 'message', 'maybe', 'Failure', 'failure', False, 0),
        ('changes', 12, 'changes', 'text', 'many', '', 'changes', False, 6),
        ('notes', 13, 'notes', 'text', 'many', '', 'notes', False, 6),
    )


class Report(Message):
    """Journal records, in order, without a gap."""

    __slots__ = __match_args__ = ('records',)
    records: tuple[JournalRecord, ...]
    """The records."""

    def __init__(
        self,
        *,
        records: tuple[JournalRecord, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'records', records)

    FIELDS = (
        ('records', 1, 'records', 'message', 'many', 'JournalRecord', 'records', False, 0),
    )


class JournalRecord(Message):
    """One fact that the host wrote to its journal before it sent it."""

    __slots__ = __match_args__ = ('number', 'task_id', 'step_key', 'attempt', 'time', 'fact', 'next_task_id', 'next_step_key')
    number: int
    """1, 2, 3, … in one host, without a gap."""
    task_id: TaskId
    """The task."""
    step_key: StepKey
    """The step."""
    attempt: int
    """The attempt, from 1."""
    time: datetime
    """When."""
    fact: JournalRecordFact | None
    """What happened."""
    next_task_id: TaskId
    """The task, sent ahead, that starts in the place of this one. Set where the attempt ended and
    one could start: it runs from then on, which no Ack says."""
    next_step_key: StepKey
    """The step of the same task that begins now, in the same process. Set where the attempt
    succeeded and the task has another step that can start, or where it failed and is tried
    again there: then it is the same step. With it the task goes on, and nothing ends."""

    def __init__(
        self,
        *,
        number: int,
        task_id: TaskId,
        step_key: StepKey,
        attempt: int,
        time: datetime,
        fact: JournalRecordFact | None = None,
        next_task_id: TaskId = TaskId(""),
        next_step_key: StepKey = StepKey(""),
    ) -> None:
        put = object.__setattr__
        put(self, 'number', number)
        put(self, 'task_id', task_id)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'time', time)
        put(self, 'fact', fact)
        put(self, 'next_task_id', next_task_id)
        put(self, 'next_step_key', next_step_key)

    FIELDS = (
        ('number', 1, 'number', 'wide', 'one', '', 'number', True, 24),
        ('task_id', 2, 'taskId', 'text', 'one', '', 'task_id', True, 4),
        ('step_key', 3, 'stepKey', 'text', 'one', '', 'step_key', True, 4),
        ('attempt', 4, 'attempt', 'whole', 'one', '', 'attempt', True, 24),
        ('time', 5, 'time', 'time', 'one', '', 'time', True, 22),
        ('begun', 6, 'begun', 'message', 'maybe', 'AttemptBegun', 'fact', False, 0),
        ('input_loaded', 7, 'inputLoaded', 'message', 'maybe', 'InputLoaded', 'fact', False, 0),
        ('log_record', 8, 'logRecord', 'message', 'maybe', 'WorkerLogRecord', 'fact', False, 0),
        ('succeeded', 9, 'succeeded', 'message', 'maybe', 'AttemptSucceeded', 'fact', False, 0),
        ('failed', 10, 'failed', 'message', 'maybe', 'AttemptFailed', 'fact', False, 0),
        ('cancelled', 11, 'cancelled', 'message', 'maybe', 'AttemptCancelled', 'fact', False, 0),
        ('hook_completed', 14, 'hookCompleted', 'message', 'maybe', 'HookCompleted', 'fact', False, 0),
        ('hook_errored', 15, 'hookErrored', 'message', 'maybe', 'HookErrored', 'fact', False, 0),
        ('asset_observed', 16, 'assetObserved', 'message', 'maybe', 'AssetObserved', 'fact', False, 0),
        ('expectation_evaluated', 17, 'expectationEvaluated', 'message', 'maybe', 'ExpectationEvaluated', 'fact', False, 0),
        ('next_task_id', 12, 'nextTaskId', 'text', 'one', '', 'next_task_id', False, 4),
        ('next_step_key', 13, 'nextStepKey', 'text', 'one', '', 'next_step_key', False, 4),
    )
    ONEOFS = (('fact', ('fact',), False),)


class AttemptBegun(Message):
    """The step process runs the user's code."""

    __slots__ = __match_args__ = ('process',)
    process: ProcessId
    """The process."""

    def __init__(
        self,
        *,
        process: ProcessId,
    ) -> None:
        put = object.__setattr__
        put(self, 'process', process)

    FIELDS = (
        ('process', 1, 'process', 'message', 'one', 'ProcessId', 'process', True, 0),
    )


class WorkerLogRecord(Message):
    """A log record as a host sends it: text whole."""

    __slots__ = __match_args__ = ('level', 'message', 'logger')
    level: str
    """The level's name."""
    message: str
    """The message, at most 1 MiB."""
    logger: str
    """The logger's name."""

    def __init__(
        self,
        *,
        level: str = "",
        message: str = "",
        logger: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'level', level)
        put(self, 'message', message)
        put(self, 'logger', logger)

    FIELDS = (
        ('level', 1, 'level', 'text', 'one', '', 'level', False, 1),
        ('message', 2, 'message', 'text', 'one', '', 'message', False, 8),
        ('logger', 3, 'logger', 'text', 'one', '', 'logger', False, 5),
    )


class AttemptSucceeded(Message):
    """The attempt ended well."""

    __slots__ = __match_args__ = ('stored', 'materialized', 'discarded', 'yielded_outputs', 'duration_us', 'pid', 'usage', 'digest', 'checks', 'fanned_out')
    stored: tuple[OutputStored, ...]
    """What was stored, in the order of the op's outputs, assets of one output by key."""
    materialized: tuple[AssetMaterialized, ...]
    """Said in stored: each that names an asset made it. A launcher MUST NOT read it."""
    discarded: tuple[OutputDiscarded, ...]
    """What was yielded and dropped."""
    yielded_outputs: tuple[str, ...]
    """The names of all outputs that were yielded, the dropped ones left out."""
    duration_us: int
    """Wall time of the attempt."""
    pid: int
    """The process."""
    usage: AttemptUsage | None
    """What the attempt used."""
    digest: str
    """The digest of the code that ran. Empty: that of the plan."""
    checks: tuple[CheckEvaluated, ...]
    """The checks that were evaluated, in the order of the op's outputs."""
    fanned_out: tuple[FannedOut, ...]
    """The elements of each dynamic output, in the order of the op's outputs: of each that was
    yielded, and of each that must be."""

    def __init__(
        self,
        *,
        stored: tuple[OutputStored, ...] = (),
        materialized: tuple[AssetMaterialized, ...] = (),
        discarded: tuple[OutputDiscarded, ...] = (),
        yielded_outputs: tuple[str, ...] = (),
        duration_us: int = 0,
        pid: int = 0,
        usage: AttemptUsage | None = None,
        digest: str = "",
        checks: tuple[CheckEvaluated, ...] = (),
        fanned_out: tuple[FannedOut, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'stored', stored)
        put(self, 'materialized', materialized)
        put(self, 'discarded', discarded)
        put(self, 'yielded_outputs', yielded_outputs)
        put(self, 'duration_us', duration_us)
        put(self, 'pid', pid)
        put(self, 'usage', usage)
        put(self, 'digest', digest)
        put(self, 'checks', checks)
        put(self, 'fanned_out', fanned_out)

    FIELDS = (
        ('stored', 1, 'stored', 'message', 'many', 'OutputStored', 'stored', False, 0),
        ('materialized', 2, 'materialized', 'message', 'many', 'AssetMaterialized', 'materialized', False, 0),
        ('discarded', 3, 'discarded', 'message', 'many', 'OutputDiscarded', 'discarded', False, 0),
        ('yielded_outputs', 4, 'yieldedOutputs', 'text', 'many', '', 'yielded_outputs', False, 1),
        ('duration_us', 5, 'durationUs', 'wide', 'one', '', 'duration_us', False, 20),
        ('pid', 6, 'pid', 'whole', 'one', '', 'pid', False, 23),
        ('usage', 7, 'usage', 'message', 'maybe', 'AttemptUsage', 'usage', False, 0),
        ('digest', 8, 'digest', 'text', 'one', '', 'digest', False, 1),
        ('checks', 9, 'checks', 'message', 'many', 'CheckEvaluated', 'checks', False, 0),
        ('fanned_out', 10, 'fannedOut', 'message', 'many', 'FannedOut', 'fanned_out', False, 0),
    )


class AttemptFailed(Message):
    """The attempt ended badly."""

    __slots__ = __match_args__ = ('failure', 'duration_us', 'pid', 'usage', 'retry', 'no_retry', 'made')
    failure: Failure
    """Why. Texts stand whole in head."""
    duration_us: int
    """Wall time of the attempt."""
    pid: int
    """The process. 0: none was started."""
    usage: AttemptUsage | None
    """What the attempt used. Unset: no process was started."""
    retry: RetryRequest | None
    """The op asked to be tried again. Unset: it did not."""
    no_retry: bool
    """The op said that trying again is of no use: no policy covers it."""
    made: AttemptSucceeded | None
    """What is committed all the same: the op ended well, and a blocking check did not hold. Then
    it is not tried again. Unset: nothing."""

    def __init__(
        self,
        *,
        failure: Failure,
        duration_us: int = 0,
        pid: int = 0,
        usage: AttemptUsage | None = None,
        retry: RetryRequest | None = None,
        no_retry: bool = False,
        made: AttemptSucceeded | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'failure', failure)
        put(self, 'duration_us', duration_us)
        put(self, 'pid', pid)
        put(self, 'usage', usage)
        put(self, 'retry', retry)
        put(self, 'no_retry', no_retry)
        put(self, 'made', made)

    FIELDS = (
        ('failure', 1, 'failure', 'message', 'one', 'Failure', 'failure', True, 0),
        ('duration_us', 2, 'durationUs', 'wide', 'one', '', 'duration_us', False, 20),
        ('pid', 3, 'pid', 'whole', 'one', '', 'pid', False, 23),
        ('usage', 4, 'usage', 'message', 'maybe', 'AttemptUsage', 'usage', False, 0),
        ('retry', 5, 'retry', 'message', 'maybe', 'RetryRequest', 'retry', False, 0),
        ('no_retry', 6, 'noRetry', 'flag', 'one', '', 'no_retry', False, 0),
        ('made', 7, 'made', 'message', 'maybe', 'AttemptSucceeded', 'made', False, 0),
    )


class RetryRequest(Message):
    """An op's own wish to be tried again, whatever its policy says."""

    __slots__ = __match_args__ = ('max_retries', 'delay_ms')
    max_retries: int
    """How many further attempts there may be, counted from the first."""
    delay_ms: int
    """The earliest start of the next one, in milliseconds from the end of this."""

    def __init__(
        self,
        *,
        max_retries: int = 0,
        delay_ms: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'max_retries', max_retries)
        put(self, 'delay_ms', delay_ms)

    FIELDS = (
        ('max_retries', 1, 'maxRetries', 'whole', 'one', '', 'max_retries', False, 0),
        ('delay_ms', 2, 'delayMs', 'wide', 'one', '', 'delay_ms', False, 0),
    )


class AttemptCancelled(Message):
    """The task was cancelled."""

    __slots__ = __match_args__ = ('was_running', 'usage', 'exit_code', 'signal', 'stderr_tail')
    was_running: bool
    """A process was ended for it."""
    usage: AttemptUsage | None
    """What the attempt used. Set when was_running."""
    exit_code: int | None
    """The exit status of the process. Set when was_running and it ended by itself."""
    signal: str
    """The signal that ended the process, for example "SIGTERM". Set when one did."""
    stderr_tail: Text | None
    """The last lines of the attempt's stderr, whole in head. Set when there are any."""

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
        ('signal', 4, 'signal', 'text', 'one', '', 'signal', False, 1),
        ('stderr_tail', 5, 'stderrTail', 'message', 'maybe', 'Text', 'stderr_tail', False, 0),
    )


class Ack(Message):
    """The answer to a task. A host that is READY MUST answer each one, known or not, as soon as it
    reads it: by that a launcher knows a host that is slow from one that is stopped or held,
    which it MAY kill. One that was sent ahead is not answered before it is given back."""

    __slots__ = __match_args__ = ('task_id', 'state')
    task_id: TaskId
    """The task's id."""
    state: AckState
    """What the host knows of it."""

    def __init__(
        self,
        *,
        task_id: TaskId,
        state: AckState,
    ) -> None:
        put = object.__setattr__
        put(self, 'task_id', task_id)
        put(self, 'state', state)

    FIELDS = (
        ('task_id', 1, 'taskId', 'text', 'one', '', 'task_id', True, 4),
        ('state', 2, 'state', 'enum', 'one', 'AckState', 'state', True, 0),
    )


class Commit(Message):
    """Which journal records the store holds. The first answer to hello, then as it grows."""

    __slots__ = __match_args__ = ('record',)
    record: int
    """The last record that is stored. The journal may be cut up to it."""

    def __init__(
        self,
        *,
        record: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'record', record)

    FIELDS = (
        ('record', 1, 'record', 'wide', 'one', '', 'record', False, 0),
    )


class Prepare(Message):
    """Import and be ready; no task yet."""

    __slots__ = __match_args__ = ()

    def __init__(self) -> None:
        pass

    FIELDS = (
    )


class Cancel(Message):
    """End a task: its op is interrupted, what it started gets TERM, and after the grace KILL,
    until its processes are proven gone. Whatever it reports from then on, it has not succeeded."""

    __slots__ = __match_args__ = ('task_id', 'grace_ms', 'show_stacks')
    task_id: TaskId
    """The task's id."""
    grace_ms: int
    """Time between TERM and KILL, in milliseconds."""
    show_stacks: bool
    """The step's process writes its stacks to stderr before TERM: nobody asked for this end."""

    def __init__(
        self,
        *,
        task_id: TaskId = TaskId(""),
        grace_ms: int = 0,
        show_stacks: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'task_id', task_id)
        put(self, 'grace_ms', grace_ms)
        put(self, 'show_stacks', show_stacks)

    FIELDS = (
        ('task_id', 1, 'taskId', 'text', 'one', '', 'task_id', False, 0),
        ('grace_ms', 2, 'graceMs', 'wide', 'one', '', 'grace_ms', False, 0),
        ('show_stacks', 3, 'showStacks', 'flag', 'one', '', 'show_stacks', False, 0),
    )


class Drain(Message):
    """Accept no more tasks; leave when none runs."""

    __slots__ = __match_args__ = ('cancel_running', 'grace_ms')
    cancel_running: bool
    """End what runs instead of waiting for it."""
    grace_ms: int
    """Time between TERM and KILL, in milliseconds."""

    def __init__(
        self,
        *,
        cancel_running: bool = False,
        grace_ms: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'cancel_running', cancel_running)
        put(self, 'grace_ms', grace_ms)

    FIELDS = (
        ('cancel_running', 1, 'cancelRunning', 'flag', 'one', '', 'cancel_running', False, 0),
        ('grace_ms', 2, 'graceMs', 'wide', 'one', '', 'grace_ms', False, 0),
    )


class Recall(Message):
    """Give back each task of a run that was sent ahead and has not begun."""

    __slots__ = __match_args__ = ('run_id',)
    run_id: RunId
    """The run."""

    def __init__(
        self,
        *,
        run_id: RunId = RunId(""),
    ) -> None:
        put = object.__setattr__
        put(self, 'run_id', run_id)

    FIELDS = (
        ('run_id', 1, 'runId', 'text', 'one', '', 'run_id', False, 0),
    )


class Task(Message):
    """Work for one process. A host accepts an id once. A task of several steps runs them in one
    process, in order, and passes on what they yield as TaskOutput.in_memory says. A step whose
    inputs were not all yielded is left out. When one has succeeded and another follows, the
    host writes that as one record (next_step_key), and only then lets the process go on. The
    first step that does not succeed ends the task: its record is the last, and what follows in
    `steps` was not begun. Such a task is never sent ahead. A step of such a task that raised,
    and has a next attempt in `retries`, MAY be tried again in the process, unless its op asked
    for something else. What the failed attempt had started, and its process not before, is
    proven gone first. The record of the failure then names the step as next_step_key, and the
    task goes on with its next attempt. A task may be sent ahead of the time when it can start.
    The host holds it, and starts it in the place of a task of the same run that ends there: the
    first that it holds, in the order they came, whose waits_for have all succeeded. The journal
    record of that end names it (next_task_id). The host MUST give back (RETURNED) a task that
    waits for one that did not succeed, did not yield an output it must, was given back itself,
    or is not known; each when it is to leave; and all, without a word, when its connection
    ends. Sent again without `ahead`, a task starts at once."""

    __slots__ = __match_args__ = ('task_id', 'run_id', 'digest', 'run_tags', 'steps', 'ahead', 'waits_for', 'retries', 'job', 'run_config')
    task_id: TaskId
    """run/first step/attempt."""
    run_id: RunId
    """The run."""
    digest: str
    """The digest that the host must hold."""
    run_tags: Mapping[str, str]
    """The run's tags."""
    steps: tuple[TaskStep, ...]
    """The steps, in order: each after those of them that it reads from."""
    ahead: bool
    """Hold it until it can start in another's place."""
    waits_for: tuple[TaskWait, ...]
    """What must have succeeded on this host before it starts. Set when ahead."""
    retries: tuple[TaskStep, ...]
    """The further attempts that steps of it may have in the same process. Set in a task of several
    steps."""
    job: str
    """The job that the run is of. Empty: none."""
    run_config: UserValue
    """What the run says to ops and resources, PlanOptions.config: context.run_config. Null:
    nothing."""

    def __init__(
        self,
        *,
        task_id: TaskId = TaskId(""),
        run_id: RunId = RunId(""),
        digest: str = "",
        run_tags: Mapping[str, str] = NO_ENTRIES,
        steps: tuple[TaskStep, ...] = (),
        ahead: bool = False,
        waits_for: tuple[TaskWait, ...] = (),
        retries: tuple[TaskStep, ...] = (),
        job: str = "",
        run_config: UserValue = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'task_id', task_id)
        put(self, 'run_id', run_id)
        put(self, 'digest', digest)
        put(self, 'run_tags', run_tags)
        put(self, 'steps', steps)
        put(self, 'ahead', ahead)
        put(self, 'waits_for', waits_for)
        put(self, 'retries', retries)
        put(self, 'job', job)
        put(self, 'run_config', run_config)

    FIELDS = (
        ('task_id', 1, 'taskId', 'text', 'one', '', 'task_id', False, 0),
        ('run_id', 2, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('digest', 3, 'digest', 'text', 'one', '', 'digest', False, 0),
        ('run_tags', 4, 'runTags', 'text', 'map', '', 'run_tags', False, 0),
        ('steps', 5, 'steps', 'message', 'many', 'TaskStep', 'steps', False, 0),
        ('ahead', 6, 'ahead', 'flag', 'one', '', 'ahead', False, 0),
        ('waits_for', 7, 'waitsFor', 'message', 'many', 'TaskWait', 'waits_for', False, 0),
        ('retries', 8, 'retries', 'message', 'many', 'TaskStep', 'retries', False, 0),
        ('job', 9, 'job', 'text', 'one', '', 'job', False, 0),
        ('run_config', 30, 'runConfig', 'value', 'one', '', 'run_config', False, 27),
    )


class TaskWait(Message):
    """A task that another waits for."""

    __slots__ = __match_args__ = ('task_id', 'outputs')
    task_id: TaskId
    """The task's id."""
    outputs: tuple[str, ...]
    """The outputs of it that must have been yielded."""

    def __init__(
        self,
        *,
        task_id: TaskId = TaskId(""),
        outputs: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'task_id', task_id)
        put(self, 'outputs', outputs)

    FIELDS = (
        ('task_id', 1, 'taskId', 'text', 'one', '', 'task_id', False, 0),
        ('outputs', 2, 'outputs', 'text', 'many', '', 'outputs', False, 0),
    )


class TaskStep(Message):
    """One step to run."""

    __slots__ = __match_args__ = ('step_key', 'attempt', 'selected_outputs', 'selected_asset_keys', 'selected_asset_key_lines', 'inputs', 'outputs', 'unselected_outputs', 'timeout_ms', 'limits', 'config', 'resource_config', 'selected_checks', 'retries_so_far', 'max_retries', 'told_inputs', 'partitions')
    step_key: StepKey
    """The step key."""
    attempt: int
    """The attempt, from 1."""
    selected_outputs: tuple[str, ...]
    """context.selected_output_names."""
    selected_asset_keys: tuple[KeyText, ...]
    """context.selected_asset_keys. Empty where selected_asset_key_lines is set."""
    selected_asset_key_lines: str
    """context.selected_asset_keys, one a line, where there are many: each step of a block has them
    all, and few ops ask."""
    inputs: tuple[TaskInput, ...]
    """What the inputs read."""
    outputs: tuple[TaskOutput, ...]
    """What to do with the outputs."""
    unselected_outputs: UnselectedOutputs | None
    """What happens to outputs that are not selected: never UNSPECIFIED."""
    timeout_ms: int
    """How long the attempt may take, in milliseconds. 0: no limit. Then it ends as by a cancel."""
    limits: Limits | None
    """What the attempt may use. Unset: no limit."""
    config: UserValue
    """PlannedStep.config."""
    resource_config: tuple[ResourceConfig, ...]
    """PlannedStep.resource_config."""
    selected_checks: tuple[str, ...]
    """context.selected_asset_check_keys, "asset:name"."""
    retries_so_far: int
    """How many of its attempts so far are retries that its policy allowed, or its op asked for."""
    max_retries: int
    """How many such retries its policy allows after an exception. With these two a step knows
    whether a failure is its last, for which alone its hooks run."""
    told_inputs: UserValue
    """The values of inputs that nothing is connected to, a map by their names. Null: none is told."""
    partitions: PlannedPartitions | None
    """PlannedStep.partitions."""

    def __init__(
        self,
        *,
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        selected_outputs: tuple[str, ...] = (),
        selected_asset_keys: tuple[KeyText, ...] = (),
        selected_asset_key_lines: str = "",
        inputs: tuple[TaskInput, ...] = (),
        outputs: tuple[TaskOutput, ...] = (),
        unselected_outputs: UnselectedOutputs | None = None,
        timeout_ms: int = 0,
        limits: Limits | None = None,
        config: UserValue = None,
        resource_config: tuple[ResourceConfig, ...] = (),
        selected_checks: tuple[str, ...] = (),
        retries_so_far: int = 0,
        max_retries: int = 0,
        told_inputs: UserValue = None,
        partitions: PlannedPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'selected_outputs', selected_outputs)
        put(self, 'selected_asset_keys', selected_asset_keys)
        put(self, 'selected_asset_key_lines', selected_asset_key_lines)
        put(self, 'inputs', inputs)
        put(self, 'outputs', outputs)
        put(self, 'unselected_outputs', unselected_outputs)
        put(self, 'timeout_ms', timeout_ms)
        put(self, 'limits', limits)
        put(self, 'config', config)
        put(self, 'resource_config', resource_config)
        put(self, 'selected_checks', selected_checks)
        put(self, 'retries_so_far', retries_so_far)
        put(self, 'max_retries', max_retries)
        put(self, 'told_inputs', told_inputs)
        put(self, 'partitions', partitions)

    FIELDS = (
        ('step_key', 1, 'stepKey', 'text', 'one', '', 'step_key', False, 0),
        ('attempt', 2, 'attempt', 'whole', 'one', '', 'attempt', False, 0),
        ('selected_outputs', 3, 'selectedOutputs', 'text', 'many', '', 'selected_outputs', False, 0),
        ('selected_asset_keys', 4, 'selectedAssetKeys', 'text', 'many', '', 'selected_asset_keys', False, 0),
        ('selected_asset_key_lines', 12, 'selectedAssetKeyLines', 'text', 'one', '', 'selected_asset_key_lines', False, 0),
        ('inputs', 5, 'inputs', 'message', 'many', 'TaskInput', 'inputs', False, 0),
        ('outputs', 6, 'outputs', 'message', 'many', 'TaskOutput', 'outputs', False, 0),
        ('unselected_outputs', 7, 'unselectedOutputs', 'enum', 'maybe', 'UnselectedOutputs', 'unselected_outputs', False, 0),
        ('timeout_ms', 8, 'timeoutMs', 'wide', 'one', '', 'timeout_ms', False, 0),
        ('limits', 9, 'limits', 'message', 'maybe', 'Limits', 'limits', False, 0),
        ('config', 10, 'config', 'value', 'one', '', 'config', False, 0),
        ('resource_config', 11, 'resourceConfig', 'message', 'many', 'ResourceConfig', 'resource_config', False, 0),
        ('selected_checks', 13, 'selectedChecks', 'text', 'many', '', 'selected_checks', False, 5),
        ('retries_so_far', 14, 'retriesSoFar', 'whole', 'one', '', 'retries_so_far', False, 0),
        ('max_retries', 15, 'maxRetries', 'whole', 'one', '', 'max_retries', False, 0),
        ('told_inputs', 16, 'toldInputs', 'value', 'one', '', 'told_inputs', False, 0),
        ('partitions', 20, 'partitions', 'message', 'maybe', 'PlannedPartitions', 'partitions', False, 0),
    )


class TaskInput(Message):
    """What one input reads. Orderings are left out, as they are kept by when a task is sent, but
    for those between steps of the task, whose sources are awaited."""

    __slots__ = __match_args__ = ('name', 'sources', 'fan_in', 'not_needed')
    name: str
    """The name of the op's argument."""
    sources: tuple[TaskSource, ...]
    """What it reads, in order; elements that were not yielded are left out."""
    fan_in: bool
    """The op gets a list."""
    not_needed: bool
    """It is not loaded: the op gets its default, else what fails when it is used."""

    def __init__(
        self,
        *,
        name: str = "",
        sources: tuple[TaskSource, ...] = (),
        fan_in: bool = False,
        not_needed: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'sources', sources)
        put(self, 'fan_in', fan_in)
        put(self, 'not_needed', not_needed)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', False, 0),
        ('sources', 2, 'sources', 'message', 'many', 'TaskSource', 'sources', False, 0),
        ('fan_in', 3, 'fanIn', 'flag', 'one', '', 'fan_in', False, 0),
        ('not_needed', 4, 'notNeeded', 'flag', 'one', '', 'not_needed', False, 0),
    )


class TaskSource(Message):
    """Where one value is."""

    __slots__ = __match_args__ = ('value_ref', 'io_manager_key', 'asset_key', 'run_id', 'step_key', 'output', 'awaited', 'in_memory', 'mapping_key', 'partitions', 'by_partition', 'partitions_definition_id')
    value_ref: ValueRef | None
    """The value. Unset: the IO manager loads it by name."""
    io_manager_key: str
    """The resource key of the IO manager that loads it."""
    asset_key: KeyText
    """The asset. Empty: an intermediate."""
    run_id: RunId
    """The run that made it. Empty: unrecorded."""
    step_key: StepKey
    """The step that made it. Empty: unrecorded."""
    output: str
    """The output that carried it. Empty: unrecorded."""
    awaited: bool
    """What step_key, which the task waits for, stores of output: of asset_key if that is there,
    else the first. value_ref is unset, and io_manager_key if that is the value's own."""
    in_memory: bool
    """What step_key, an earlier step of the same task, yielded as output: passed on in memory.
    value_ref and io_manager_key are unset."""
    mapping_key: str
    """The mapping key, of an element of a dynamic output. Empty: it is none."""
    partitions: tuple[TaskPartition, ...]
    """The partitions of the asset that are read, in order, in place of value_ref and run_id.
    Empty: it has none."""
    by_partition: bool
    """The op gets a mapping of partition key to value."""
    partitions_definition_id: str
    """The id of the asset's definition of partitions."""

    def __init__(
        self,
        *,
        value_ref: ValueRef | None = None,
        io_manager_key: str = "",
        asset_key: KeyText = KeyText(""),
        run_id: RunId = RunId(""),
        step_key: StepKey = StepKey(""),
        output: str = "",
        awaited: bool = False,
        in_memory: bool = False,
        mapping_key: str = "",
        partitions: tuple[TaskPartition, ...] = (),
        by_partition: bool = False,
        partitions_definition_id: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'value_ref', value_ref)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'asset_key', asset_key)
        put(self, 'run_id', run_id)
        put(self, 'step_key', step_key)
        put(self, 'output', output)
        put(self, 'awaited', awaited)
        put(self, 'in_memory', in_memory)
        put(self, 'mapping_key', mapping_key)
        put(self, 'partitions', partitions)
        put(self, 'by_partition', by_partition)
        put(self, 'partitions_definition_id', partitions_definition_id)

    FIELDS = (
        ('value_ref', 1, 'valueRef', 'message', 'maybe', 'ValueRef', 'value_ref', False, 0),
        ('io_manager_key', 2, 'ioManagerKey', 'text', 'one', '', 'io_manager_key', False, 0),
        ('asset_key', 3, 'assetKey', 'text', 'one', '', 'asset_key', False, 0),
        ('run_id', 4, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('step_key', 5, 'stepKey', 'text', 'one', '', 'step_key', False, 0),
        ('output', 6, 'output', 'text', 'one', '', 'output', False, 0),
        ('awaited', 7, 'awaited', 'flag', 'one', '', 'awaited', False, 0),
        ('in_memory', 8, 'inMemory', 'flag', 'one', '', 'in_memory', False, 0),
        ('mapping_key', 9, 'mappingKey', 'text', 'one', '', 'mapping_key', False, 0),
        ('partitions', 12, 'partitions', 'message', 'many', 'TaskPartition', 'partitions', False, 0),
        ('by_partition', 13, 'byPartition', 'flag', 'one', '', 'by_partition', False, 0),
        ('partitions_definition_id', 14, 'partitionsDefinitionId', 'text', 'one', '', 'partitions_definition_id', False, 0),
    )


class TaskPartition(Message):
    """Where the value of one partition is."""

    __slots__ = __match_args__ = ('partition_key', 'value_ref', 'run_id', 'step_key', 'awaited')
    partition_key: str
    """The partition's key."""
    value_ref: ValueRef | None
    """The value. Unset: the IO manager loads it by name."""
    run_id: RunId
    """The run that made it. Empty: unrecorded."""
    step_key: StepKey
    """The step that made it. Empty: unrecorded."""
    awaited: bool
    """What TaskSource.step_key, which the task waits for, stores of it."""

    def __init__(
        self,
        *,
        partition_key: str = "",
        value_ref: ValueRef | None = None,
        run_id: RunId = RunId(""),
        step_key: StepKey = StepKey(""),
        awaited: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'partition_key', partition_key)
        put(self, 'value_ref', value_ref)
        put(self, 'run_id', run_id)
        put(self, 'step_key', step_key)
        put(self, 'awaited', awaited)

    FIELDS = (
        ('partition_key', 1, 'partitionKey', 'text', 'one', '', 'partition_key', False, 0),
        ('value_ref', 2, 'valueRef', 'message', 'maybe', 'ValueRef', 'value_ref', False, 0),
        ('run_id', 3, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('step_key', 4, 'stepKey', 'text', 'one', '', 'step_key', False, 0),
        ('awaited', 5, 'awaited', 'flag', 'one', '', 'awaited', False, 0),
    )


class TaskOutput(Message):
    """What to do with one output."""

    __slots__ = __match_args__ = ('name', 'selected', 'must_yield', 'nothing', 'assets', 'store_intermediate', 'io_manager_key', 'value_key', 'in_memory', 'check', 'dynamic')
    name: str
    """The name."""
    selected: bool
    """It is in selected_outputs."""
    must_yield: bool
    """The attempt fails if it is not yielded."""
    nothing: bool
    """It carries no value."""
    assets: tuple[TaskAsset, ...]
    """The assets that it produces. None of them selected: see unselected_outputs."""
    store_intermediate: bool
    """Store it as an intermediate too: a step of this run reads it and no asset of it is stored."""
    io_manager_key: str
    """The resource key of the IO manager of the intermediate."""
    value_key: str
    """The key in the host's file store for the intermediate, if the manager is Treadle's own."""
    in_memory: bool
    """Keep its value for later steps of the task, which read it in memory."""
    check: PlannedCheck | None
    """PlannedOutput.check."""
    dynamic: bool
    """PlannedOutput.dynamic. The value of an element belongs at value_key, ".", its mapping key."""

    def __init__(
        self,
        *,
        name: str = "",
        selected: bool = False,
        must_yield: bool = False,
        nothing: bool = False,
        assets: tuple[TaskAsset, ...] = (),
        store_intermediate: bool = False,
        io_manager_key: str = "",
        value_key: str = "",
        in_memory: bool = False,
        check: PlannedCheck | None = None,
        dynamic: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'selected', selected)
        put(self, 'must_yield', must_yield)
        put(self, 'nothing', nothing)
        put(self, 'assets', assets)
        put(self, 'store_intermediate', store_intermediate)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'value_key', value_key)
        put(self, 'in_memory', in_memory)
        put(self, 'check', check)
        put(self, 'dynamic', dynamic)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', False, 0),
        ('selected', 2, 'selected', 'flag', 'one', '', 'selected', False, 0),
        ('must_yield', 3, 'mustYield', 'flag', 'one', '', 'must_yield', False, 0),
        ('nothing', 4, 'nothing', 'flag', 'one', '', 'nothing', False, 0),
        ('assets', 5, 'assets', 'message', 'many', 'TaskAsset', 'assets', False, 0),
        ('store_intermediate', 6, 'storeIntermediate', 'flag', 'one', '', 'store_intermediate', False, 0),
        ('io_manager_key', 7, 'ioManagerKey', 'text', 'one', '', 'io_manager_key', False, 0),
        ('value_key', 8, 'valueKey', 'text', 'one', '', 'value_key', False, 0),
        ('in_memory', 9, 'inMemory', 'flag', 'one', '', 'in_memory', False, 0),
        ('check', 10, 'check', 'message', 'maybe', 'PlannedCheck', 'check', False, 0),
        ('dynamic', 11, 'dynamic', 'flag', 'one', '', 'dynamic', False, 0),
    )


class TaskAsset(Message):
    """One asset of one output."""

    __slots__ = __match_args__ = ('asset_key', 'selected', 'io_manager_key', 'value_key', 'partitions')
    asset_key: KeyText
    """The key."""
    selected: bool
    """It is selected."""
    io_manager_key: str
    """The resource key of its IO manager."""
    value_key: str
    """The key in the host's file store, if the manager is Treadle's own. Of a partition, the
    component "=" of it is "=" and the partition's key, percent-encoded as RUN and STEP above."""
    partitions: PlannedPartitions | None
    """The partitions of it that the step makes. Unset: it has none."""

    def __init__(
        self,
        *,
        asset_key: KeyText = KeyText(""),
        selected: bool = False,
        io_manager_key: str = "",
        value_key: str = "",
        partitions: PlannedPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'selected', selected)
        put(self, 'io_manager_key', io_manager_key)
        put(self, 'value_key', value_key)
        put(self, 'partitions', partitions)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', False, 0),
        ('selected', 2, 'selected', 'flag', 'one', '', 'selected', False, 0),
        ('io_manager_key', 3, 'ioManagerKey', 'text', 'one', '', 'io_manager_key', False, 0),
        ('value_key', 4, 'valueKey', 'text', 'one', '', 'value_key', False, 0),
        ('partitions', 5, 'partitions', 'message', 'maybe', 'PlannedPartitions', 'partitions', False, 0),
    )


ENUMS['HostState'] = EnumSchema(HostState, 'HOST_STATE_', {0: 'unspecified', 1: 'new', 2: 'ready', 3: 'import_failed', 4: 'stale'})
ENUMS['AckState'] = EnumSchema(AckState, 'ACK_STATE_', {0: 'unspecified', 1: 'accepted', 2: 'running', 3: 'ended', 4: 'refused', 5: 'returned'})
MESSAGES['HostFrame'] = HostFrame
MESSAGES['LauncherFrame'] = LauncherFrame
MESSAGES['ProcessId'] = ProcessId
MESSAGES['Hello'] = Hello
MESSAGES['Report'] = Report
MESSAGES['JournalRecord'] = JournalRecord
MESSAGES['AttemptBegun'] = AttemptBegun
MESSAGES['WorkerLogRecord'] = WorkerLogRecord
MESSAGES['AttemptSucceeded'] = AttemptSucceeded
MESSAGES['AttemptFailed'] = AttemptFailed
MESSAGES['RetryRequest'] = RetryRequest
MESSAGES['AttemptCancelled'] = AttemptCancelled
MESSAGES['Ack'] = Ack
MESSAGES['Commit'] = Commit
MESSAGES['Prepare'] = Prepare
MESSAGES['Cancel'] = Cancel
MESSAGES['Drain'] = Drain
MESSAGES['Recall'] = Recall
MESSAGES['Task'] = Task
MESSAGES['TaskWait'] = TaskWait
MESSAGES['TaskStep'] = TaskStep
MESSAGES['TaskInput'] = TaskInput
MESSAGES['TaskSource'] = TaskSource
MESSAGES['TaskPartition'] = TaskPartition
MESSAGES['TaskOutput'] = TaskOutput
MESSAGES['TaskAsset'] = TaskAsset
HostFrameFrame: TypeAlias = Hello | Report | Ack
LauncherFrameFrame: TypeAlias = Commit | Task | Cancel | Prepare | Drain | Recall
JournalRecordFact: TypeAlias = AttemptBegun | InputLoaded | WorkerLogRecord | AttemptSucceeded | AttemptFailed | AttemptCancelled | HookCompleted | HookErrored | AssetObserved | ExpectationEvaluated
