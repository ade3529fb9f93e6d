"""A location whose resources are made for one step: those that are more than an object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from treadle.locations.snapshot import Snapshot
from treadle.resources._openable import InitResourceContext, is_openable
from treadle.steps._run_inputs import StepSource
from treadle.steps._step_code import StepCode
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.worker import Task, TaskStep

if TYPE_CHECKING:
    from treadle.hooks._hook import HookDefinition


@dataclass(frozen=True, slots=True)
class Opened:
    """A location with resources that are made for what is done with it."""

    location: StepSource
    resources: Mapping[str, Any]

    @property
    def snapshot(self) -> Snapshot:
        return self.location.snapshot

    def step(self, step_key: StepKey) -> StepCode:
        return self.location.step(step_key)

    def hooks_of_job(self, name: str) -> tuple[HookDefinition, ...]:
        return self.location.hooks_of_job(name)


@contextmanager
def with_resources(location: StepSource, step: TaskStep, task: Task) -> Iterator[StepSource]:
    """Give the location with resources that are made when they are asked for, and put away at the end.

    Raises:
        StepFailedError: a resource raised while it was put away.
    """
    if not any(is_openable(each) for each in location.resources.values()):
        yield location
        return
    from treadle.resources._scope import ResourceScope  # noqa: PLC0415 -- who has none does not wait for it

    scope = ResourceScope(
        location.resources,
        {each.key: each.config for each in step.resource_config},
        InitResourceContext(run_id=task.run_id, run_tags=task.run_tags),
        subject=f"Step {step.step_key!r}",
    )
    with scope as resources:
        yield Opened(location, resources)
