"""The resources of one step: those that are more than an object are made when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from treadle.resources._openable import InitResourceContext, is_openable
from treadle.steps._run_inputs import Opened, StepSource
from treadle_contract.worker import Task, TaskStep


@contextmanager
def with_resources(location: StepSource, step: TaskStep, task: Task) -> Iterator[Opened]:
    """Give the location with the step's resources, which are made when they are asked for, and put away at the end.

    Raises:
        StepFailedError: a resource raised while it was put away.
    """
    given = location.resources_of(step.step_key)
    if not any(is_openable(each) for each in given.values()):
        yield Opened(location, given)
        return
    from treadle.resources._scope import ResourceScope  # noqa: PLC0415 -- who has none does not wait for it

    scope = ResourceScope(
        given,
        {each.key: each.config for each in step.resource_config},
        InitResourceContext(run_id=task.run_id, run_tags=task.run_tags),
        subject=f"Step {step.step_key!r}",
    )
    with scope as resources:
        yield Opened(location, resources)
