"""The planner: a snapshot and a request to a plan, purely. It runs and reads nothing else."""

from __future__ import annotations

from treadle_planner._plan import Plan
from treadle_planner._planner import Planner, plan
from treadle_planner._reexecution import Rerun
from treadle_planner._refusals import PlanRefused, RefusalReason

__all__ = ["Plan", "PlanRefused", "Planner", "RefusalReason", "Rerun", "plan"]
