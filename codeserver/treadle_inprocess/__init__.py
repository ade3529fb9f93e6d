"""Runs assets in this process: planned, decided and executed by what the services run on."""

from __future__ import annotations

from treadle_inprocess._checked import AssetCheckEvaluation
from treadle_inprocess._graphs import execute_graph, execute_op_job
from treadle_inprocess._instance import DagsterInstance, instance_for_test
from treadle_inprocess._jobs import EVERY_ASSET, JobInProcess, validate_run_config
from treadle_inprocess._materialize import materialize, materialize_to_memory, observe
from treadle_inprocess._result import ExecuteInProcessResult, Materialization, NoSuchResultError
from treadle_planner import PlanRefused

__all__ = [
    "EVERY_ASSET",
    "AssetCheckEvaluation",
    "DagsterInstance",
    "ExecuteInProcessResult",
    "JobInProcess",
    "Materialization",
    "NoSuchResultError",
    "PlanRefused",
    "execute_graph",
    "execute_op_job",
    "instance_for_test",
    "materialize",
    "materialize_to_memory",
    "observe",
    "validate_run_config",
]

for _public in (
    AssetCheckEvaluation,
    ExecuteInProcessResult,
    Materialization,
    NoSuchResultError,
    PlanRefused,
):
    # As they are imported: so tracebacks name them.
    _public.__module__ = "treadle"
