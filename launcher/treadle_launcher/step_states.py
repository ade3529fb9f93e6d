"""The states of a step in a run and the moves between them, as a table."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class StepState(StrEnum):
    """The state of a step."""

    PENDING = "pending"
    """It waits for steps that it reads from, or for the run to start."""
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
    """A step that it reads from failed, or the run did. Final."""
    CANCELLED = "cancelled"
    """It was cancelled, before or while it ran. Final."""

    @property
    def is_final(self) -> bool:
        """Whether the step is over."""
        return self in FINAL_STEP_STATES


FINAL_STEP_STATES: Final = frozenset(
    {
        StepState.SUCCEEDED,
        StepState.FAILED,
        StepState.SKIPPED,
        StepState.NOT_RUN,
        StepState.CANCELLED,
    }
)

STEP_MOVES: Final = frozenset(
    {
        (StepState.PENDING, StepState.READY),
        (StepState.PENDING, StepState.SUCCEEDED),
        (StepState.PENDING, StepState.SKIPPED),
        (StepState.PENDING, StepState.NOT_RUN),
        (StepState.PENDING, StepState.CANCELLED),
        (StepState.READY, StepState.RUNNING),
        (StepState.READY, StepState.NOT_RUN),
        (StepState.READY, StepState.CANCELLED),
        (StepState.RUNNING, StepState.READY),
        (StepState.RUNNING, StepState.SUCCEEDED),
        (StepState.RUNNING, StepState.FAILED),
        (StepState.RUNNING, StepState.CANCELLED),
    }
)
"""Every move that a step may make. RUNNING to READY is a retry; READY to NOT_RUN, a failed run;
PENDING to SUCCEEDED, a step that is reused."""
