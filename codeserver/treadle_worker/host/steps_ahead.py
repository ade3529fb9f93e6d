"""The steps that a host was sent ahead: what is held, what has its process, what starts next."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Protocol

from treadle_contract.ids import RunId, TaskId
from treadle_contract.worker import AttemptCancelled, Task
from treadle_worker.host.dialling import Launcher
from treadle_worker.host.ended_tasks import EndedTasks
from treadle_worker.host.held_tasks import HeldTasks, Success
from treadle_worker.host.loop import Loop


class Work(Protocol):
    """What a host does of it."""

    @property
    def running_ids(self) -> tuple[TaskId, ...]:
        """The tasks that run."""
        ...

    def runs(self, task_id: TaskId) -> bool:
        """Tell whether a task runs, or starts."""
        ...

    def prepare(self, task: Task) -> None:
        """Prepare a process for a task."""
        ...

    def discard(self, task_ids: Iterable[TaskId]) -> None:
        """End the processes that were prepared for these."""
        ...

    def begin(self, task: Task) -> None:
        """Start a task."""
        ...

    def ended(self, task: Task, fact: AttemptCancelled) -> None:
        """Write down that a task ended."""
        ...

    def returned(self, task_id: TaskId) -> None:
        """Tell the launcher that a task is given back unstarted."""
        ...


class StepsAhead:
    """What waits in a host for the end of others, and what starts in the place of one."""

    def __init__(self, loop: Loop, work: Work, launcher: Launcher, ended: EndedTasks) -> None:
        self._loop = loop
        self._work = work
        self._launcher = launcher
        self._ended = ended
        self._held = HeldTasks()
        # Those that start once the journal has the end of the one whose place they take, and
        # whether they were cancelled since.
        self._next: dict[TaskId, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._held) or bool(self._next)

    @property
    def next_ids(self) -> tuple[TaskId, ...]:
        """Those that start next."""
        return tuple(self._next)

    def is_next(self, task_id: TaskId) -> bool:
        """Tell whether a task starts next."""
        return task_id in self._next

    def hold(self, task: Task) -> None:
        """Hold a task until it can start in the place of another, or give it back."""
        if self._held.add(task, self._work.runs, self._ended.success):
            self.prepare_soon()
        else:
            self.give_back((task.task_id,))

    def release(self, task_id: TaskId) -> None:
        """Hold a task no more, which starts now: what waits for it is held on."""
        self._held.drop_one(task_id)

    def prepare_soon(self) -> None:
        """Prepare processes for what starts next, beside the ones that run now."""
        if self._held:
            self._loop.before_waiting(self._prepare)

    def _prepare(self) -> None:
        for task in self._held.soon(self._work.running_ids):
            # That one cannot be made now, the start of the task finds out.
            with contextlib.suppress(Exception):
                self._work.prepare(task)

    def ended(self, task: Task, success: Success | None) -> tuple[Task | None, list[TaskId]]:
        """Return the task that starts in the place of one that ended, and those to give back."""
        heir, lost = self._held.ended(task, success)
        if heir is not None:
            self._next[heir.task_id] = False
        return heir, lost

    def start(self, task: Task) -> None:
        """Start a task in another's place, unless its launcher is gone: the next one asks for it.

        What the journal does not name when a launcher is gone is started by no host on its own.
        """
        was_cancelled = self._next.pop(task.task_id, None)
        if was_cancelled is None:
            # Its launcher is gone.
            return
        if not was_cancelled and self._launcher.is_there:
            self._work.begin(task)
            return
        self._work.discard((task.task_id,))
        if was_cancelled:
            self._work.ended(task, AttemptCancelled(was_running=False))

    def cancel(self, task_id: TaskId) -> bool:
        """Give back what is held, and do not start what is next; False: it is neither."""
        if task_id in self._next:
            self._next[task_id] = True
        elif task_id in self._held:
            self.give_back(self._held.drop((task_id,)))
        else:
            return False
        return True

    def recall(self, run_id: RunId) -> None:
        """Give back what is held of a run."""
        self.give_back(self._held.drop_run(run_id))

    def recall_all(self) -> None:
        """Give back all that is held."""
        self.give_back(self._held.drop_all())

    def disconnected(self) -> None:
        """Forget all: what the journal does not name by now it never does."""
        self._work.discard((*self._held.drop_all(), *self._next))
        self._next.clear()

    def give_back(self, task_ids: Iterable[TaskId]) -> None:
        """Give back tasks that are held no more."""
        given = tuple(task_ids)
        self._work.discard(given)
        for task_id in given:
            self._work.returned(task_id)
