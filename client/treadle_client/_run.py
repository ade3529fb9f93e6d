"""A run as its launcher knew it when it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from treadle_client._failure import Failure
from treadle_client._ids import RunId
from treadle_client._plan import PlanOptions, Selection
from treadle_client._reexecution import Reexecution
from treadle_client._step_result import StepState


class RunState(StrEnum):
    """The state of a run."""

    #: Recorded, waiting for a place among the runs at once.
    QUEUED = "QUEUED"
    #: Waiting for a host that holds its code.
    STARTING = "STARTING"
    #: Steps run.
    RUNNING = "RUNNING"
    #: A cancel was asked for; steps are being ended.
    CANCELLING = "CANCELLING"
    #: Every step succeeded or was skipped. Final.
    SUCCEEDED = "SUCCEEDED"
    #: A step failed for good, or the run could not start. Final.
    FAILED = "FAILED"
    #: Cancelled before every step had succeeded. Final.
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """Whether the state can change no more."""
        return self in {RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: what was asked for, its state, and how many steps are in each state."""

    run_id: RunId
    location: str
    status: RunState
    selection: Selection
    options: PlanOptions
    digest: str
    fingerprint: str
    tags: Mapping[str, str]
    idempotency_key: str
    #: How long it may take once it has started, None: no limit.
    timeout: timedelta | None
    #: How often a step whose host was lost is tried again, whatever its policy says.
    retry_lost: int
    #: The earlier run that it goes on from, None: it goes on from none.
    reexecution: Reexecution | None
    #: The first run of the line of re-executions, "": it goes on from none.
    root_run_id: RunId
    step_counts: Mapping[StepState, int]
    failure: Failure | None
    submitted_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    materialization_count: int
    unexpected_count: int
    last_sequence: int
