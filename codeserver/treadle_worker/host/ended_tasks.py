"""The tasks of a host that ended, until its launcher has stored how."""

from __future__ import annotations

from typing import NamedTuple

from treadle_contract.ids import StepKey, TaskId
from treadle_contract.worker import Task
from treadle_worker.host.held_tasks import Success


class _Ended(NamedTuple):
    """How a task ended: the number of the record that says so, and what it reported of a success."""

    record: int
    step_key: StepKey
    success: Success | None


class EndedTasks:
    """What became of tasks, by their ids, which stand in the order of their records."""

    def __init__(self) -> None:
        self._ended: dict[TaskId, _Ended] = {}

    def __contains__(self, task_id: object) -> bool:
        return task_id in self._ended

    def add(self, task: Task, record: int, success: Success | None) -> None:
        """Keep how a task ended; without a `success` it failed, or was cancelled."""
        self._ended[task.task_id] = _Ended(record, task.steps[0].step_key, success)

    def success(self, task_id: TaskId) -> tuple[StepKey, Success] | None:
        """Return what a task reported of its success, and of which step; None: there was none."""
        ended = self._ended.get(task_id)
        if ended is None or ended.success is None:
            return None
        return ended.step_key, ended.success

    def commit(self, record: int) -> None:
        """Forget those whose records the launcher has stored, which go so far."""
        for task_id, ended in tuple(self._ended.items()):
            if ended.record > record:
                break
            del self._ended[task_id]
