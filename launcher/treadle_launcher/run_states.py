"""The states of a run and the moves between them, as a table."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class RunState(StrEnum):
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

    @property
    def is_final(self) -> bool:
        """Whether nothing can happen to the run any more."""
        return self in FINAL_RUN_STATES


FINAL_RUN_STATES: Final = frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED})

RUN_MOVES: Final = frozenset(
    {
        (RunState.QUEUED, RunState.STARTING),
        (RunState.QUEUED, RunState.CANCELLING),
        (RunState.QUEUED, RunState.FAILED),
        (RunState.STARTING, RunState.RUNNING),
        (RunState.STARTING, RunState.CANCELLING),
        (RunState.STARTING, RunState.FAILED),
        (RunState.RUNNING, RunState.CANCELLING),
        (RunState.RUNNING, RunState.SUCCEEDED),
        (RunState.RUNNING, RunState.FAILED),
        (RunState.CANCELLING, RunState.CANCELLED),
        (RunState.CANCELLING, RunState.SUCCEEDED),
        (RunState.CANCELLING, RunState.FAILED),
    }
)
"""Every move that a run may make. CANCELLING to FAILED: its time was over."""
