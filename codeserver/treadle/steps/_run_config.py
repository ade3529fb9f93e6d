"""What a run says to ops and resources, as an op may ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from treadle_contract.config_data import as_json, run_laid_over
from treadle_contract.message import UserValue

if TYPE_CHECKING:
    from treadle.locations.snapshot import Job, Snapshot
    from treadle_contract.worker import Task


def run_config_of(snapshot: Snapshot, task: Task) -> dict[str, Any]:
    """Return what the run says, over what its job says; nodes of a job of ops without the job's name."""
    job = next((each for each in snapshot.jobs if each.name == task.job), None)
    said = task.run_config
    if job is not None:
        is_of_ops = any(each.name == job.name and each.is_op_job for each in snapshot.blocks)
        said = run_laid_over(_named(job, job.config, is_of_ops), _named(job, said, is_of_ops))
    found = as_json(said)
    return found if isinstance(found, dict) else {}


def _named(job: Job, said: UserValue, is_of_ops: bool) -> UserValue:
    if not is_of_ops or not isinstance(said, Mapping):
        return said
    ops = said.get("ops")
    if not isinstance(ops, Mapping) or list(ops) != [job.name]:
        return said
    inner = ops[job.name]
    others = {name: each for name, each in said.items() if name != "ops"}
    return {**others, **inner} if isinstance(inner, Mapping) else others
