"""The planner: a snapshot and a request to a plan, purely. It runs and reads nothing else."""

from __future__ import annotations

from treadle_planner._on_record import Settled
from treadle_planner._plan import Plan
from treadle_planner._planner import Planner, plan
from treadle_planner._record import Conversation, Question, Told
from treadle_planner._reexecution import Rerun
from treadle_planner._refusals import PlanRefused, RefusalReason
from treadle_planner._request import Asked
from treadle_planner.partitions._functions import UserFunctionFailed, UserFunctions

__all__ = [
    "Asked",
    "Conversation",
    "Plan",
    "PlanRefused",
    "Planner",
    "Question",
    "RefusalReason",
    "Rerun",
    "Settled",
    "Told",
    "UserFunctionFailed",
    "UserFunctions",
    "plan",
]
