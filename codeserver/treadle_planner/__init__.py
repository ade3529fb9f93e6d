"""The planner: a snapshot and a request to a plan, purely. It runs and reads nothing else."""

from __future__ import annotations

from treadle_planner._plan import (
    Hazard,
    Load,
    Plan,
    PlannedAsset,
    PlannedInput,
    PlannedInputRef,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    Reexecution,
    ReexecutionKind,
    Reuse,
    Verdict,
)
from treadle_planner._planner import Planner, plan
from treadle_planner._reexecution import EarlierRead, EarlierState, EarlierStep, Rerun
from treadle_planner._refusals import PlanRefused, RefusalReason
from treadle_planner._request import PlanRequest

__all__ = [
    "EarlierRead",
    "EarlierState",
    "EarlierStep",
    "Hazard",
    "Load",
    "Plan",
    "PlanRefused",
    "PlanRequest",
    "PlannedAsset",
    "PlannedInput",
    "PlannedInputRef",
    "PlannedOutput",
    "PlannedSource",
    "PlannedStep",
    "PlannedStepOutput",
    "Planner",
    "Reexecution",
    "ReexecutionKind",
    "RefusalReason",
    "Rerun",
    "Reuse",
    "Verdict",
    "plan",
]
