"""The messages of the host protocol (worker.proto) as plain frozen data.

`treadle_worker.wire` turns them into proto3-JSON and back. The members of the enumerations
are the names that worker.proto gives them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NewType, TypeAlias

from treadle._system import os
from treadle.durability import Durability
from treadle.execution import RetryAsk
from treadle.lazy_dataclasses import dataclass, field
from treadle.snapshot import MetadataEntry, SourceLine
from treadle.task import LoadedInput, StepResult, TaskRun, TaskStep

PROTOCOL_VERSION = 1

DEFAULT_LOG_LIMIT = 64 * 1024 * 1024

TaskId = NewType("TaskId", str)


class HostState(StrEnum):
    """How far a host is."""

    NEW = "HOST_STATE_NEW"
    READY = "HOST_STATE_READY"
    IMPORT_FAILED = "HOST_STATE_IMPORT_FAILED"
    STALE = "HOST_STATE_STALE"


class StartMethod(StrEnum):
    """How step processes are started."""

    FORK = "START_METHOD_FORK"
    SPAWN = "START_METHOD_SPAWN"


class AckState(StrEnum):
    """What a host knows of a task id."""

    ACCEPTED = "ACK_STATE_ACCEPTED"
    RUNNING = "ACK_STATE_RUNNING"
    ENDED = "ACK_STATE_ENDED"
    REFUSED = "ACK_STATE_REFUSED"


class FailureReason(StrEnum):
    """Why an attempt, or an import, failed: the reasons that a worker can name."""

    USER_ERROR = "FAILURE_REASON_USER_ERROR"
    TIMEOUT = "FAILURE_REASON_TIMEOUT"
    OOM = "FAILURE_REASON_OOM"
    SIGNAL = "FAILURE_REASON_SIGNAL"
    EXIT = "FAILURE_REASON_EXIT"
    START_FAILED = "FAILURE_REASON_START_FAILED"
    STALE = "FAILURE_REASON_STALE"
    INTERNAL = "FAILURE_REASON_INTERNAL"
    UNSTABLE = "FAILURE_REASON_UNSTABLE"


class FailureWhere(StrEnum):
    """In which part of a step a user_error arose."""

    COMPUTE = "FAILURE_WHERE_COMPUTE"
    LOAD = "FAILURE_WHERE_LOAD"
    STORE = "FAILURE_WHERE_STORE"
    TYPE_CHECK = "FAILURE_WHERE_TYPE_CHECK"
    RESOURCE = "FAILURE_WHERE_RESOURCE"
    CONFIG = "FAILURE_WHERE_CONFIG"
    OUTPUT = "FAILURE_WHERE_OUTPUT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why something failed. Texts are whole; a field that says nothing is empty.

    `where` is set for USER_ERROR, `error_class` and `traceback` when an exception was raised,
    `source` when a traceback names a line of the user's, `exit_code` for EXIT, `signal` when
    one ended the process, `stderr_tail` when its process wrote anything to stderr. `evidence`
    are the facts that the reason rests on, a sentence each; `likely`: they do not prove it.
    """

    reason: FailureReason
    message: str
    where: FailureWhere | None = None
    error_class: str = ""
    traceback: str = ""
    source: SourceLine | None = None
    exit_code: int = 0
    signal: str = ""
    stderr_tail: str = ""
    metadata: tuple[MetadataEntry, ...] = ()
    likely: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessId:
    """One process, by a name that is never used twice; `start_ticks` counts from boot."""

    boot_id: str
    pid: int
    start_ticks: int


class MemoryScope(StrEnum):
    """What a peak of memory was measured over."""

    LARGEST_PROCESS = "MEMORY_SCOPE_LARGEST_PROCESS"
    ALL_PROCESSES = "MEMORY_SCOPE_ALL_PROCESSES"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptUsage:
    """What one attempt used, measured when all its processes were gone."""

    wall_us: int = 0
    cpu_us: int = 0
    peak_memory_bytes: int = 0
    memory_scope: MemoryScope | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptBegun:
    """The step process runs the user's code."""

    process: ProcessId


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLogRecord:
    """The op logged at WARNING or above. `level` is the level's name."""

    level: str
    logger: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSucceeded:
    """The attempt ended well: the commit point of everything it made with code of `digest`."""

    result: StepResult
    digest: str
    duration_us: int
    pid: int
    usage: AttemptUsage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed:
    """The attempt ended badly: nothing of it is committed. `pid` 0: no process was started.

    `retry` is the op's own wish to be tried again, `no_retry` its word that this is of no use.
    """

    failure: Failure
    duration_us: int
    pid: int
    retry: RetryAsk | None = None
    no_retry: bool = False
    usage: AttemptUsage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCancelled:
    """The task was cancelled and its processes are proven gone.

    `exit_code` or `signal` says how its process ended, if it had one.
    """

    was_running: bool
    usage: AttemptUsage | None = None
    exit_code: int | None = None
    signal: str = ""
    stderr_tail: str = ""


Fact: TypeAlias = (
    AttemptBegun
    | LoadedInput
    | WorkerLogRecord
    | AttemptSucceeded
    | AttemptFailed
    | AttemptCancelled
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRecord:
    """One fact that the host wrote to its journal before it sent it; `time` is UTC."""

    number: int
    task_id: TaskId
    step_key: str
    attempt: int
    time: datetime
    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Who the host is and what it holds."""

    host_id: str
    process: ProcessId
    location: str
    state: HostState
    digest: str = ""
    running_task_ids: tuple[TaskId, ...] = ()
    last_record: int = 0
    start_method: StartMethod | None = None
    start_method_reason: str = ""
    failure: Failure | None = None
    changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """The answer to a task."""

    task_id: TaskId
    state: AckState


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """The last journal record that the launcher's store holds."""

    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work for one process: the steps of one run, in order. A host accepts an id once."""

    task_id: TaskId
    run: TaskRun
    digest: str
    steps: tuple[TaskStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """End a task: TERM, `grace_ms`, KILL, until its processes are proven gone.

    `show_stacks`: its process writes to stderr where it is, before.
    """

    task_id: TaskId
    grace_ms: int
    show_stacks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """Import and be ready; no task yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """Accept no more tasks; leave when none runs, or end what runs."""

    cancel_running: bool
    grace_ms: int


LauncherFrame: TypeAlias = Commit | Task | Cancel | Prepare | Drain


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSpec:
    """What the launcher tells a host when it starts it; durations in milliseconds.

    `start_method` is what was asked for, None for what the import allows.
    `targets` are {"file": path} or {"module": name}. `files` are those that the digest was taken
    over, module names to SHA-256, and `definitions` what else was, by name; `core_digest` is over
    what steps rest on alone, `generator_states` are those that another import left. `alive_fd`: the launcher is ephemeral,
    and the end of that pipe ends the host. `log_limit`: bytes kept of each log stream. `tag`:
    what everything of this host is known by, 0 for none.
    `served_socket` is where callers find the launcher, "" if not at a Unix socket. `durability`:
    what its values and its journal survive.
    """

    host_id: str
    location: str
    launcher_socket: str
    working_directory: str
    targets: tuple[Mapping[str, str], ...]
    digest: str
    import_timeout_ms: int
    values_root: str
    logs_root: str
    journal: str
    served_socket: str = ""
    alive_fd: int | None = None
    orphan_grace_ms: int = 0
    idle_grace_ms: int = 0
    term_grace_ms: int = 0
    log_limit: int = DEFAULT_LOG_LIMIT
    start_method: StartMethod | None = None
    tag: int = 0
    durability: Durability = Durability.PROCESS
    files: Mapping[str, str] = field(default_factory=dict)
    core_digest: str = ""
    generator_states: tuple[str, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)

    @property
    def output(self) -> str:
        """The file beside its journal that a host itself prints to; "": it has none."""
        return os.path.join(os.path.dirname(self.journal), "output") if self.journal else ""
