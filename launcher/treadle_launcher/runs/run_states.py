"""The states of a run and the moves between them, as a table."""

from __future__ import annotations

from typing import Final

from treadle_contract.run import RunState

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
