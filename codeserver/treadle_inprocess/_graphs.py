"""A graph, or a job of ops, run in this process by itself, with the inputs that it is given."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from treadle.graphs._graph import GraphDefinition
from treadle.locations._definitions import Definitions
from treadle.locations._op_jobs import JobDefinition, with_given
from treadle_inprocess._jobs import JobInProcess
from treadle_inprocess._result import ExecuteInProcessResult


def execute_graph(  # noqa: PLR0913 -- Dagster's parameters
    graph: GraphDefinition,
    *,
    run_config: Any,
    resources: Mapping[str, Any] | None,
    input_values: Mapping[str, Any] | None,
    tags: Mapping[str, str] | None,
    raise_on_error: bool,
    op_selection: Sequence[str] | None,
) -> ExecuteInProcessResult:
    """Run a graph, or some ops of it; values stay in memory, as they are.

    Raises:
        DefinitionError: an argument is wrong.
        PlanRefused: the config is wrong.
        BaseException: what the first step that failed raised, if `raise_on_error`.
    """
    return execute_op_job(
        graph.to_job(input_values=input_values, op_selection=op_selection),
        run_config=run_config,
        instance=None,
        resources=resources,
        input_values=None,
        tags=tags,
        raise_on_error=raise_on_error,
    )


def execute_op_job(  # noqa: PLR0913 -- Dagster's parameters
    job: JobDefinition,
    *,
    run_config: Any,
    instance: str | os.PathLike[str] | None,
    resources: Mapping[str, Any] | None,
    input_values: Mapping[str, Any] | None,
    tags: Mapping[str, str] | None,
    raise_on_error: bool,
    partition_key: str | None = None,
) -> ExecuteInProcessResult:
    """Run a job of ops; without `instance` values stay in memory, as they are.

    Raises:
        DefinitionError: an argument is wrong.
        PlanRefused: the config is wrong.
        BaseException: what the first step that failed raised, if `raise_on_error`.
    """
    definitions = Definitions(jobs=[with_given(job, resources or {}, input_values or {})])
    return JobInProcess(definitions, job.name).execute_in_process(
        run_config,
        instance=instance,
        tags=tags,
        raise_on_error=raise_on_error,
        partition_key=partition_key,
    )
