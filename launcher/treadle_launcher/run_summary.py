"""A run in one row: the part of the fold that needs no plan, kept beside the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from treadle_launcher.clock import TimeUs
from treadle_launcher.failure import Failure
from treadle_launcher.ids import RunId
from treadle_launcher.plan import PlanOptions, Selection
from treadle_launcher.run_states import RunState
from treadle_launcher.step_states import StepState


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run, as run.proto's Run.

    `step_counts` leaves out states without a step. In the stored row PENDING includes READY,
    which only the plan can tell apart; `RunView.summary` tells them apart. `failure` is the
    run's own, else that of the first step that failed.
    """

    run_id: RunId
    location: str
    state: RunState
    selection: Selection
    options: PlanOptions
    digest: str
    fingerprint: str
    submitted_at: TimeUs
    tags: Mapping[str, str] = field(default_factory=dict)
    step_counts: Mapping[StepState, int] = field(default_factory=dict)
    failure: Failure | None = None
    started_at: TimeUs | None = None
    finished_at: TimeUs | None = None
    materialization_count: int = 0
    unexpected_count: int = 0
    last_sequence: int = 0
    idempotency_key: str = ""
