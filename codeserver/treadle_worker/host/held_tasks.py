"""Tasks that were sent ahead: which can start in the place of one that ended, which cannot at all.

Pure: nothing is started or told here. What they are for is in worker.proto, at Task.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeAlias

from treadle.steps._memory import placed
from treadle_contract import json_codec
from treadle_contract.event import OutputStored
from treadle_contract.ids import RunId, StepKey, TaskId
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.message import ContractError
from treadle_contract.worker import Task, TaskSource

# Before the user's code runs, which may change what this takes.
json_codec.prepare(OutputStored)

Success: TypeAlias = Mapping[str, object]
"""What a step reported of its success, as its process sent it."""

_Stored: TypeAlias = tuple[OutputStored, ...]


@dataclass(slots=True, kw_only=True)
class _Held:
    """A task, the tasks that it waits for still, and what those stored that succeeded."""

    task: Task
    missing: set[TaskId] = field(default_factory=set)
    stored: dict[StepKey, _Stored] = field(default_factory=dict)


class HeldTasks:
    """The tasks that a host was sent ahead, in the order they came."""

    def __init__(self) -> None:
        self._held: dict[TaskId, _Held] = {}

    def __bool__(self) -> bool:
        return bool(self._held)

    def __contains__(self, task_id: object) -> bool:
        return task_id in self._held

    def add(
        self,
        task: Task,
        runs: Callable[[TaskId], bool],
        success: Callable[[TaskId], tuple[StepKey, Success] | None],
    ) -> bool:
        """Hold a task; False: it waits for what cannot be met here, and is not held.

        `runs` tells whether a task runs, `success` what one that ended reported, and of which
        step; None: it did not succeed, or is not known.
        """
        held = _Held(task=task)
        for wait in task.waits_for:
            if runs(wait.task_id) or wait.task_id in self._held:
                held.missing.add(wait.task_id)
                continue
            told = success(wait.task_id)
            stored = None if told is None else _stored(told[1], wait.outputs)
            if told is None or stored is None:
                return False
            held.stored[told[0]] = stored
        self._held[task.task_id] = held
        return True

    def soon(self, running: Iterable[TaskId]) -> list[Task]:
        """Return, for each of the tasks that run, the one that starts when it has ended well."""
        found: dict[TaskId, Task] = {}
        for ending in running:
            run_id = ending.partition("/")[0]
            for task_id, held in self._held.items():
                is_new = task_id not in found and held.task.run_id == run_id
                if is_new and held.missing <= {ending}:
                    found[task_id] = held.task
                    break
        return list(found.values())

    def drop_one(self, task_id: TaskId) -> None:
        """Hold a task no more, which starts now: what waits for it is held on."""
        self._held.pop(task_id, None)

    def drop(self, task_ids: Iterable[TaskId]) -> list[TaskId]:
        """Hold these no more, nor what waits for them; return all that were held."""
        dropped: list[TaskId] = []
        queue = list(task_ids)
        while queue:
            task_id = queue.pop()
            if self._held.pop(task_id, None) is not None:
                dropped.append(task_id)
                queue += [each for each, held in self._held.items() if task_id in held.missing]
        return dropped

    def drop_run(self, run_id: RunId) -> list[TaskId]:
        """Hold nothing of a run; return what was held of it."""
        return self.drop([key for key, held in self._held.items() if held.task.run_id == run_id])

    def drop_all(self) -> list[TaskId]:
        """Hold nothing; return what was held."""
        return self.drop(tuple(self._held))

    def ended(self, task: Task, success: Success | None) -> tuple[Task | None, list[TaskId]]:
        """Return the task that starts in the place of one that ended, and those not held any more.

        Without a `success` it failed, or was cancelled.
        """
        lost: list[TaskId] = []
        for task_id, held in self._held.items():
            if task.task_id not in held.missing:
                continue
            waits = (each.outputs for each in held.task.waits_for if each.task_id == task.task_id)
            stored = None if success is None else _stored(success, next(waits))
            if stored is None:
                lost.append(task_id)
            else:
                held.missing.discard(task.task_id)
                held.stored[task.steps[0].step_key] = stored
        dropped = self.drop(lost)
        return self._take_next(task.run_id), dropped

    def _take_next(self, run_id: RunId) -> Task | None:
        for task_id, held in self._held.items():
            if not held.missing and held.task.run_id == run_id:
                del self._held[task_id]
                return _fed(held)
        return None


def _stored(success: Success, outputs: Collection[str]) -> _Stored | None:
    """Return what was stored of these outputs; None: one was not yielded, or nobody can tell."""
    yielded, stored = success.get("yieldedOutputs"), success.get("stored", [])
    if not isinstance(yielded, list) or not isinstance(stored, list):
        return None
    if any(name not in yielded for name in outputs):
        return None
    told = [each for each in stored if isinstance(each, dict) and each.get("output") in outputs]
    try:
        return tuple(json_codec.decode(OutputStored, each) for each in told)
    except ContractError:
        return None


def _fed(held: _Held) -> Task:
    """Return a task with the places of what it awaited."""
    step = held.task.steps[0]
    inputs = tuple(
        replace(each, sources=tuple(_found(source, held.stored) for source in each.sources))
        if any(source.awaited for source in each.sources)
        else each
        for each in step.inputs
    )
    return replace(held.task, ahead=False, steps=(replace(step, inputs=inputs),))


def _found(source: TaskSource, stored: Mapping[StepKey, _Stored]) -> TaskSource:
    return placed(source, stored.get(source.step_key, ())) if source.awaited else source
