"""What became of one step of a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from treadle_client._failure import Failure
from treadle_client._ids import RunId, StepKey
from treadle_client._usage import AttemptUsage


class StepState(StrEnum):
    """The state of a step in a run."""

    #: It waits for steps that it reads from.
    PENDING = "PENDING"
    #: It may start.
    READY = "READY"
    #: A process runs it.
    RUNNING = "RUNNING"
    #: It ended well. Final.
    SUCCEEDED = "SUCCEEDED"
    #: It failed for good. Final.
    FAILED = "FAILED"
    #: An optional input was not yielded. Final.
    SKIPPED = "SKIPPED"
    #: A step that it reads from failed. Final.
    NOT_RUN = "NOT_RUN"
    #: It was cancelled, before or while it ran. Final.
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """One step of one run.

    `failure` is set when it FAILED and while a retry waits until `not_before`; `because_of` is
    the step whose end decided SKIPPED or NOT_RUN; `duration` is the last attempt's wall time,
    `usage` what it used.
    """

    key: StepKey
    state: StepState
    attempts: int
    failure: Failure | None
    started_at: datetime | None
    finished_at: datetime | None
    not_before: datetime | None
    because_of: StepKey
    duration: timedelta
    #: The run whose values it stands for; "" unless it was reused.
    reused_from_run_id: RunId
    usage: AttemptUsage | None = None
