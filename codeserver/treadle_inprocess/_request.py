"""What a run in this process is made of, and the run."""

from __future__ import annotations

from collections.abc import Mapping

from treadle.assets._block_names import block_names
from treadle.locations._definitions import Definitions
from treadle.locations.location import build_location
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.partition import PartitionKeyRange
from treadle_contract.plan import PlanOptions, Selection
from treadle_inprocess._home import Home
from treadle_inprocess._planned import planned
from treadle_inprocess._result import ExecuteInProcessResult
from treadle_inprocess._run import Run
from treadle_inprocess._sealed import sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A run. `root`: the node that the names in its result are below, "" where they are whole."""

    definitions: Definitions
    selection: Selection
    options: PlanOptions
    tags: Mapping[str, str]
    root: str = ""


def run(request: Request, home: Home, *, raise_on_error: bool) -> ExecuteInProcessResult:
    """Plan and run it.

    Raises:
        PlanRefused: it cannot be planned, or loads what is not stored.
        BaseException: what the first step that failed raised, if `raise_on_error`.
    """
    location = build_location([("", request.definitions)])
    if home.successes is not None:
        location = sealed(location)
    plan = planned(location, home, request.selection, request.options)
    jobs = {job.name: job for job in location.snapshot.jobs}
    job = jobs.get(request.selection.job)
    made = Run(location, plan, home, {**({} if job is None else job.tags), **request.tags})
    made.drive()
    if home.successes is not None:
        home.successes.add(location, made.view, made.sequences())
    blocks = request.definitions.contents.blocks
    names, _ = block_names(blocks)
    nodes = {name: block.node for name, block in zip(names, blocks, strict=True)}
    result = ExecuteInProcessResult(made, nodes, request.root)
    if raise_on_error:
        result.raise_for_failure()
    return result


def asked_partitions(key: str | None) -> tuple[PartitionKeyRange, ...]:
    """Return the one partition that is made; () for None."""
    return () if key is None else (PartitionKeyRange(first=key, last=key),)
