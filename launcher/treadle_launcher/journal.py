"""Journal records: what a host reports of an attempt, as the launcher's mirror of worker.proto."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from treadle_launcher.clock import TimeUs
from treadle_launcher.events import AssetMaterialized, InputLoaded, OutputDiscarded, OutputStored
from treadle_launcher.failure import Failure
from treadle_launcher.ids import StepKey, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptBegun:
    """The step process runs the user's code. The process is named as its host names it."""

    boot_id: str
    pid: int
    start_ticks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLogRecord:
    """A log record with its message whole, at most 1 MiB."""

    level: str
    message: str
    logger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSucceeded:
    """The attempt ended well: the commit point of everything it made.

    `stored` is in the order of the op's outputs, assets of one output by key; `materialized`
    is in step with those of `stored` that have an asset key; `yielded_outputs` are all that
    were yielded, the dropped ones left out.
    """

    stored: tuple[OutputStored, ...] = ()
    materialized: tuple[AssetMaterialized, ...] = ()
    discarded: tuple[OutputDiscarded, ...] = ()
    yielded_outputs: tuple[str, ...] = ()
    duration_us: int = 0
    pid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed:
    """The attempt ended badly: nothing of it is committed. `pid` 0: no process was started."""

    failure: Failure
    duration_us: int = 0
    pid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCancelled:
    """The task was cancelled and its processes are proven gone."""

    was_running: bool


Fact: TypeAlias = (
    AttemptBegun
    | InputLoaded
    | WorkerLogRecord
    | AttemptSucceeded
    | AttemptFailed
    | AttemptCancelled
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRecord:
    """One fact that a host wrote to its journal; `number` counts from 1 in one host."""

    number: int
    task_id: TaskId
    step_key: StepKey
    attempt: int
    time: TimeUs
    fact: Fact
