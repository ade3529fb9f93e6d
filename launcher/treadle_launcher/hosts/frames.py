"""What a host and the launcher say to each other: the messages of worker.proto as data.

Tasks and journal records have files of their own: tasks.py, journal.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from treadle_contract.ids import HostId, TaskId
from treadle_contract.run import Failure
from treadle_launcher.events import StartMethod
from treadle_launcher.journal import JournalRecord
from treadle_launcher.processes import ProcessId
from treadle_launcher.tasks import Task

PROTOCOL_VERSION = 1
"""Of hosts that get tasks."""

OLDEST_PROTOCOL_VERSION = 1
"""Of hosts that are listened to: what an older launcher had them run, ends as it would have."""


class HostState(StrEnum):
    """How far a host is."""

    NEW = "new"
    """The user's modules are not imported yet."""

    READY = "ready"
    """It takes tasks."""

    IMPORT_FAILED = "import_failed"
    """The import failed; it leaves."""

    STALE = "stale"
    """The import gave another digest; it leaves."""


class AckState(StrEnum):
    """What a host knows of a task id."""

    ACCEPTED = "accepted"
    """New; it runs now."""

    RUNNING = "running"
    """Known; it runs still."""

    ENDED = "ended"
    """Known; the journal says how it ended."""

    REFUSED = "refused"
    """The host drains, or does not hold the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Who a host is and what it holds.

    `changes` say which files differ, a line each, when STALE; `notes` what a person should know of
    the import, when READY.
    """

    protocol_version: int
    host_id: HostId
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
class Report:
    """Journal records, in order, without a gap."""

    records: tuple[JournalRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """The answer to a task."""

    task_id: TaskId
    state: AckState


HostFrame: TypeAlias = Hello | Report | Ack


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """The last journal record that the store holds."""

    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """End a task. `grace_ms` lies between TERM and KILL; `show_stacks`: it says where it was."""

    task_id: TaskId
    grace_ms: int
    show_stacks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """Import and be ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """Accept no more; leave when none runs, or end what runs."""

    cancel_running: bool
    grace_ms: int


LauncherFrame: TypeAlias = Commit | Task | Cancel | Prepare | Drain
