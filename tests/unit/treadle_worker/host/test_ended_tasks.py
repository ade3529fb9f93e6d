from __future__ import annotations

from treadle_contract.ids import RunId, StepKey, TaskId
from treadle_contract.worker import Task, TaskStep
from treadle_worker.host.ended_tasks import EndedTasks


def task(key: str) -> Task:
    step = TaskStep(step_key=StepKey(key), attempt=1)
    return Task(task_id=TaskId(key), run_id=RunId("run"), steps=(step,))


def test_a_success_is_known_until_its_record_is_committed() -> None:
    ended = EndedTasks()
    ended.add(task("one"), 2, {"stored": []})
    ended.add(task("two"), 4, {"stored": [1]})

    ended.commit(1)
    assert ended.success(TaskId("one")) == ("one", {"stored": []})
    ended.commit(3)

    assert TaskId("one") not in ended
    assert ended.success(TaskId("two")) == ("two", {"stored": [1]})


def test_one_that_failed_has_ended_and_reported_no_success() -> None:
    ended = EndedTasks()
    ended.add(task("one"), 1, None)

    assert TaskId("one") in ended
    assert ended.success(TaskId("one")) is None
    assert ended.success(TaskId("never heard of")) is None
