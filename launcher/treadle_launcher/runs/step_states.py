"""The states of a step in a run and the moves between them, as a table."""

from __future__ import annotations

from typing import Final

from treadle_contract.run import StepState

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
        (StepState.READY, StepState.PENDING),
        (StepState.READY, StepState.RUNNING),
        (StepState.READY, StepState.NOT_RUN),
        (StepState.READY, StepState.CANCELLED),
        (StepState.RUNNING, StepState.READY),
        (StepState.RUNNING, StepState.SUCCEEDED),
        (StepState.RUNNING, StepState.FAILED),
        (StepState.RUNNING, StepState.CANCELLED),
        (StepState.SUCCEEDED, StepState.PENDING),
        (StepState.SUCCEEDED, StepState.READY),
    }
)
"""Every move that a step may make. RUNNING to READY is a retry; READY to NOT_RUN, a failed run;
PENDING to SUCCEEDED, a step that is reused; SUCCEEDED to PENDING or READY, one whose values were
in memory only and are needed again, for which its readers go from READY to PENDING."""
