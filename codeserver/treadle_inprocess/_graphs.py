"""A graph, or a job of ops, run in this process by itself, with the inputs that it is given."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from treadle._names import checked_tags
from treadle.graphs._graph import GraphDefinition
from treadle.locations._definitions import Definitions
from treadle.locations._jobs import job_config
from treadle.locations._op_jobs import JobDefinition, config_of, with_inputs
from treadle_contract.plan import PlanOptions, Selection
from treadle_inprocess._home import FolderHome, MemoryHome
from treadle_inprocess._request import Request, run
from treadle_inprocess._result import ExecuteInProcessResult
from treadle_inprocess._values import ObjectStore


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
) -> ExecuteInProcessResult:
    """Run a job of ops; without `instance` values stay in memory, as they are.

    Raises:
        DefinitionError: an argument is wrong.
        PlanRefused: the config is wrong.
        BaseException: what the first step that failed raised, if `raise_on_error`.
    """
    owner = f"execute_in_process of {job.name!r}"
    given = {**job.resource_defs, **(resources or {})}
    request = Request(
        definitions=Definitions(jobs=[with_inputs(job, input_values or {})], resources=given),
        selection=Selection(job=job.name),
        options=PlanOptions(config=config_of(job, job_config(run_config, owner, "run_config"))),
        tags=checked_tags(tags or {}, owner=owner),
        root=job.name,
    )
    home = MemoryHome(ObjectStore()) if instance is None else FolderHome(instance)
    return run(request, home, raise_on_error=raise_on_error)
