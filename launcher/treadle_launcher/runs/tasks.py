"""Tasks: what a host is sent to run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import islice

from treadle_contract.event import StepStarted
from treadle_contract.ids import HostId, StepKey, TaskId
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import StepState
from treadle_contract.worker import (
    Task,
    TaskStep,
    TaskWait,
)
from treadle_launcher import defaults
from treadle_launcher.ids import step_of
from treadle_launcher.ids import task_id as name_of
from treadle_launcher.runs.lacking import lacking_inputs
from treadle_launcher.runs.plan_index import followed_inputs, narrowed, places
from treadle_launcher.runs.retrying import retries_at_once
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.step_states import FINAL_STEP_STATES
from treadle_launcher.runs.step_view import StepView
from treadle_launcher.runs.task_steps import shared_limits, step_for


def task_ahead(view: RunView, step_key: StepKey) -> Task:
    """Return the task of a step's next attempt for a host that has all that it waits for."""
    awaited = _awaited(view, step_key)
    task = task_for(view, step_key, view.steps[step_key].attempts + 1, awaited)
    return replace(task, ahead=True, waits_for=tuple(awaited.values()))


def _awaited(view: RunView, step_key: StepKey) -> dict[StepKey, TaskWait]:
    """Return what a step's upstreams that are not over have to yield."""
    read: dict[StepKey, list[str]] = {}
    for planned in followed_inputs(view.index.step(step_key)):
        for source in view.index.sources(planned):
            made = source.step_output
            if made is not None and view.steps[made.step_key].state not in FINAL_STEP_STATES:
                read.setdefault(made.step_key, []).append(made.output)
    return {
        key: TaskWait(
            task_id=name_of(view.run_id, key, _attempt(view.steps[key])),
            outputs=tuple(dict.fromkeys(outputs)),
        )
        for key, outputs in read.items()
    }


def _attempt(step: StepView) -> int:
    """Return which attempt it is that runs, or comes next."""
    return step.attempts if step.state is StepState.RUNNING else step.attempts + 1


def next_attempt(view: RunView, task_id: TaskId) -> tuple[StepKey, int] | None:
    """Return the step that has not started of which a task is the next attempt, and that attempt."""
    key = step_of(task_id, view.run_id)
    step = None if key is None else view.steps.get(key)
    if key is None or step is None or step.state not in (StepState.PENDING, StepState.READY):
        return None
    attempt = step.attempts + 1
    return (key, attempt) if task_id == name_of(view.run_id, key, attempt) else None


def handed(task: Task, host_id: HostId) -> StepStarted:
    """Return the fact that a task is handed to a host, and its first step with it."""
    several = tuple(step.step_key for step in task.steps) if len(task.steps) > 1 else ()
    return StepStarted(host_id=host_id, task_id=task.task_id, task_step_keys=several)


def new_task(view: RunView, key: StepKey) -> Task:
    """Return the task that starts with a step: with those that share its process."""
    together = _steps_together(view, key, defaults.TASK_STEPS)
    attempt = view.steps[key].attempts + 1
    return task_for(view, key, attempt, together=together if len(together) > 1 else ())


def _steps_together(view: RunView, key: StepKey, limit: int) -> tuple[StepKey, ...]:
    """Return the steps of the task that starts with a step: those that share its process.

    What reads nothing, as its upstream did not yield it, is left out, with what reads from that; of
    what runs for less than was selected, since some input has nothing, only what reads from it.
    Precondition: all that they read from others is over.
    """
    chosen: list[StepKey] = []
    awaited: set[StepKey] = set()
    left_out: set[StepKey] = set()
    for each in view.index.together.get(key, (key,)):
        if len(chosen) >= limit:
            break
        if view.steps[each].state not in (StepState.PENDING, StepState.READY):
            continue
        lacking = lacking_inputs(view, each, {}, awaited)
        is_fed = left_out.isdisjoint(view.index.upstreams(each))
        if is_fed and (not lacking or narrowed(view.index.step(each), lacking)):
            chosen.append(each)
            awaited.add(each)
        if not is_fed or lacking:
            # What it yields is known when it has ended: what reads from it starts after that.
            left_out.add(each)
    return tuple(chosen)


def task_for(
    view: RunView,
    step_key: StepKey,
    attempt: int,
    awaited: Collection[StepKey] = (),
    together: Collection[StepKey] = (),
) -> Task:
    """Return the task of one attempt (from 1) of one step, which every upstream has fed.

    Values are read where this run's steps committed them, or where the plan's loads were
    resolved to; what the attempt stores gets keys of its own. What the `awaited` upstreams store,
    their host learns. `together`: the steps of the task, this one first, if there are several.
    """
    order, limits = places(together), shared_limits(view, step_key, together)
    first = step_for(view, step_key, attempt, limits, awaited, order)
    later = (
        step_for(view, each, view.steps[each].attempts + 1, limits, (), order)
        for each in islice(together, 1, None)
    )
    return Task(
        task_id=name_of(view.run_id, step_key, attempt),
        run_id=view.run_id,
        digest=view.plan.header.digest,
        run_tags=view.tags,
        job=view.plan.selection.job,
        run_config=view.plan.options.config,
        steps=(first, *later),
        retries=_retries(view, step_key, attempt, order),
    )


def running_task(view: RunView, task_id: TaskId, step_key: StepKey, attempt: int) -> Task:
    """Return a task that was handed over, from the step on that runs now."""
    order = view.tasks.get(task_id)
    if order is None:
        return task_for(view, step_key, attempt)
    limits = shared_limits(view, step_key, order)
    steps = tuple(
        step_for(view, each, max(1, _attempt(view.steps[each])), limits, (), order)
        for each in islice(order, order[step_key], None)
    )
    return replace(
        task_for(view, step_key, attempt),
        task_id=task_id,
        steps=steps,
        retries=_retries(view, step_key, attempt, order),
    )


def _retries(
    view: RunView, step_key: StepKey, attempt: int, order: Mapping[StepKey, int]
) -> tuple[TaskStep, ...]:
    """Return the further attempts that a task's steps may have in its process, from a step on."""
    found: list[TaskStep] = []
    limits = shared_limits(view, step_key, order)
    for key in islice(order, order.get(step_key, 0), None):
        first = (attempt if key == step_key else view.steps[key].attempts + 1) + 1
        retries = min(retries_at_once(view, key), defaults.RETRIES_IN_PROCESS)
        found += (step_for(view, key, first + n, limits, (), order) for n in range(retries))
    return tuple(found)


def running_step(view: RunView, step_key: StepKey, attempt: int) -> TaskStep:
    """Return a step as its last attempt's host got it."""
    order = _order_of(view, step_key)
    limits = shared_limits(view, step_key, order)
    return step_for(view, step_key, attempt, limits, (), order)


def reported_step(view: RunView, step_key: StepKey, attempt: int) -> TaskStep:
    """Return a step as its last attempt's host got it, but for what it may use."""
    return step_for(view, step_key, attempt, None, (), _order_of(view, step_key))


def _order_of(view: RunView, step_key: StepKey) -> Mapping[StepKey, int]:
    task_id = view.steps[step_key].task_id
    return {} if task_id is None else view.tasks.get(task_id, {})
