from __future__ import annotations

from collections.abc import Mapping

import pytest

from treadle_contract.ids import RunId, StepKey, TaskId
from treadle_contract.value import ValueRef
from treadle_contract.worker import Task, TaskInput, TaskSource, TaskStep, TaskWait
from treadle_worker.host.held_tasks import HeldTasks, Success


def task(key: str, *waits_for: str, run: str = "run", sources: tuple[TaskSource, ...] = ()) -> Task:
    return Task(
        task_id=TaskId(f"{run}/{key}/1"),
        run_id=RunId(run),
        steps=(
            TaskStep(
                step_key=StepKey(key),
                attempt=1,
                inputs=(TaskInput(name="values", sources=sources, fan_in=True),),
            ),
        ),
        ahead=True,
        waits_for=tuple(
            TaskWait(task_id=TaskId(f"{run}/{each}/1"), outputs=("result",)) for each in waits_for
        ),
    )


def success(*stored: Mapping[str, object], yielded: tuple[str, ...] = ("result",)) -> Success:
    return {"yieldedOutputs": list(yielded), "stored": list(stored)}


def held(*tasks: Task, runs: tuple[str, ...] = (), ended: Mapping[str, Success] = {}) -> HeldTasks:
    """Hold tasks while others run, or have ended well."""
    found = HeldTasks()
    for each in tasks:
        assert found.add(
            each,
            lambda task_id: task_id.split("/")[1] in runs,
            lambda task_id: told(task_id.split("/")[1], ended),
        )
    return found


def told(key: str, ended: Mapping[str, Success]) -> tuple[StepKey, Success] | None:
    return (StepKey(key), ended[key]) if key in ended else None


def test_the_first_that_waits_for_nothing_any_more_starts() -> None:
    tasks = held(task("b", "a"), task("c", "b"), task("d", "a"), runs=("a",))

    following, lost = tasks.ended(task("a"), success())

    assert following is not None
    assert following.task_id == "run/b/1"
    assert lost == []
    assert "run/b/1" not in tasks
    second, _ = tasks.ended(task("b"), success())
    assert second is not None
    assert second.task_id == "run/c/1"


def test_a_join_starts_with_the_last_of_those_that_it_waits_for() -> None:
    tasks = held(task("c", "a", "b"), runs=("a", "b"))

    assert tasks.ended(task("a"), success()) == (None, [])
    following, _ = tasks.ended(task("b"), success())

    assert following is not None


def test_what_waits_for_a_failure_is_lost_and_what_waits_for_that() -> None:
    tasks = held(task("b", "a"), task("c", "b"), task("free"), runs=("a",))

    following, lost = tasks.ended(task("a"), None)

    assert sorted(lost) == ["run/b/1", "run/c/1"]
    # Its place is free all the same.
    assert following is not None
    assert following.task_id == "run/free/1"


@pytest.mark.parametrize(
    "said",
    [
        success(yielded=("another",)),
        {"stored": []},
        {"yieldedOutputs": "result"},
        {"yieldedOutputs": ["result"], "stored": {}},
        success({"output": "result", "valueRef": "no object"}),
    ],
)
def test_what_waits_for_an_output_that_nobody_yielded_is_lost(said: Success) -> None:
    tasks = held(task("b", "a"), runs=("a",))

    assert tasks.ended(task("a"), said) == (None, ["run/b/1"])


def test_the_place_of_a_run_goes_to_that_run_alone() -> None:
    tasks = held(task("x", run="other"), task("b"), runs=())

    following, _ = tasks.ended(task("a"), success())

    assert following is not None
    assert following.run_id == "run"
    assert tasks.ended(task("b"), success()) == (None, [])
    assert "other/x/1" in tasks


def test_a_task_is_told_where_what_it_awaited_lies() -> None:
    sources = tuple(
        TaskSource(step_key=StepKey("a"), output="result", asset_key=key, awaited=True)
        for key in ("two", "unknown", "")
    )
    stored = [
        {
            "output": "result",
            "assetKey": key,
            "ioManagerKey": "files",
            "valueRef": {"store": "files", "key": key},
        }
        for key in ("one", "two")
    ]
    tasks = held(task("b", "a", sources=sources), runs=("a",))

    following, _ = tasks.ended(task("a"), success({"output": "other"}, *stored))

    assert following is not None
    assert not following.ahead
    found = following.steps[0].inputs[0].sources
    assert [source.value_ref for source in found] == [
        ValueRef(store="files", key="two"),
        ValueRef(store="files", key="one"),
        ValueRef(store="files", key="one"),
    ]
    assert {source.io_manager_key for source in found} == {"files"}
    assert not any(source.awaited for source in found)


def test_the_manager_that_an_input_names_stays() -> None:
    source = TaskSource(step_key=StepKey("a"), output="result", io_manager_key="mine", awaited=True)
    tasks = held(task("b", "a", sources=(source,)), runs=("a",))

    following, _ = tasks.ended(task("a"), success({"output": "result", "ioManagerKey": "files"}))

    assert following is not None
    assert following.steps[0].inputs[0].sources[0].io_manager_key == "mine"


def test_what_ended_before_a_task_came_counts() -> None:
    tasks = held(task("c", "a", "b"), runs=("b",), ended={"a": success()})

    following, _ = tasks.ended(task("b"), success())

    assert following is not None


def test_what_waits_for_what_is_not_here_is_not_held() -> None:
    tasks = HeldTasks()

    assert not tasks.add(task("b", "a"), lambda _: False, lambda _: None)
    assert not tasks.add(
        task("b", "a"), lambda _: False, lambda _: (StepKey("a"), success(yielded=()))
    )
    assert not tasks


def test_what_is_dropped_takes_along_what_waits_for_it() -> None:
    tasks = held(task("b", "a"), task("c", "b"), task("x", run="other"), runs=("a",))

    assert sorted(tasks.drop_run(RunId("run"))) == ["run/b/1", "run/c/1"]
    assert tasks.drop_all() == ["other/x/1"]
    assert not tasks


def test_what_waits_for_a_task_that_starts_out_of_turn_is_held_on() -> None:
    tasks = held(task("b", "a"), task("c", "b"), runs=("a",))

    tasks.drop_one(TaskId("run/b/1"))
    following, _ = tasks.ended(task("b"), success())

    assert following is not None
    assert following.task_id == "run/c/1"
