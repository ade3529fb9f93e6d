"""What a host says of a step that raised and that it tried again in the same process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.treadle_launcher.engine.test_ahead_unwanted import next_of
from treadle_contract.policy import RetryCause, RetryPolicy
from treadle_contract.run import RunState, StepState

ON = (RetryCause.USER_ERROR,)
RAISED = {
    "failure": {
        "reason": "FAILURE_REASON_USER_ERROR",
        "where": "FAILURE_WHERE_COMPUTE",
        "message": "it raised",
    }
}


def together(plan, policy):
    """Have all steps of a plan share a process, each with a policy."""
    first = plan.steps[0].key
    steps = (replace(step, task=first, retry_policy=policy) for step in plan.steps)
    return replace(plan, steps=tuple(steps))


async def task_of(kit, plans, **policy):
    run_id = await kit.launch(together(plans({"a": (), "b": ("a",)}), RetryPolicy(on=ON, **policy)))
    host = await kit.ready_host()
    return run_id, host, await host.begin()


def again(task):
    """Return a task as it goes on once its first step is tried again."""
    return {**task, "steps": [task["retries"][0], *task["steps"][1:]]}


async def test_it_is_started_once_more_by_the_record_that_says_that_it_failed(kit, plans):
    async with kit.running():
        run_id, host, task = await task_of(kit, plans, max_retries=1)
        await host.report({**host.told(task, failed=RAISED), "nextStepKey": "a"})
        await kit.until(run_id, "step_retry_scheduled", "a")
        goes_on = again(task)
        await host.report({**host.success(goes_on), "nextStepKey": "b"})
        await host.succeed({**task, "steps": task["steps"][1:]})
        run = await kit.finished(run_id)
        assert run.state is RunState.SUCCEEDED
        view = await kit.store.events_after(run_id, 0)
        started = [(each.step_key, each.attempt) for each in view if each.kind == "step_started"]
        assert started == [("a", 1), ("a", 2), ("b", 1)]


@pytest.mark.parametrize("policy", [{"max_retries": 0}, {"max_retries": 1, "delay_ms": 60_000}])
async def test_one_that_it_should_not_have_tried_again_is_ended(kit, plans, policy):
    async with kit.running():
        run_id, host, task = await task_of(kit, plans, **policy)
        assert not task.get("retries")
        await host.report({**host.told(task, failed=RAISED), "nextStepKey": "a"})
        _, cancel = await next_of(host, "cancel")
        assert cancel["taskId"] == task["taskId"]
        if not policy["max_retries"]:
            run = await kit.finished(run_id)
            assert run.step_counts == {StepState.FAILED: 1, StepState.NOT_RUN: 1}


async def test_a_failure_is_not_believed_after_which_another_step_is_to_begin(kit, plans):
    async with kit.running():
        run_id, host, task = await task_of(kit, plans, max_retries=1)
        await host.report({**host.told(task, failed=RAISED), "nextStepKey": "b"})
        await kit.until(run_id, "step_failed", "a")
        _, cancel = await next_of(host, "cancel")
        assert cancel["taskId"] == task["taskId"]


async def test_the_next_attempt_of_a_run_that_ends_is_cancelled(kit, plans):
    async with kit.running():
        run_id, host, task = await task_of(kit, plans, max_retries=1)
        await kit.engine.engine.cancel(run_id, "enough")
        await host.report({**host.told(task, failed=RAISED), "nextStepKey": "a"})
        await host.cancelled(again(task))
        run = await kit.finished(run_id)
        assert run.state is RunState.CANCELLED
        assert run.step_counts == {StepState.CANCELLED: 2}


async def test_a_step_of_another_task_that_a_host_names_as_next_waits_for_nothing(kit, plans):
    async with kit.running():
        plan = plans({"a": (), "b": ("a",), "d": ()})
        first = plan.steps[0].key
        steps = [replace(step, task=first) if step.key in "ab" else step for step in plan.steps]
        run_id = await kit.launch(replace(plan, steps=tuple(steps)))
        host = await kit.ready_host()
        tasks = {}
        for _ in range(2):
            task = await host.begin()
            tasks[task["steps"][0]["stepKey"]] = task
        await host.report({**host.told(tasks["d"], failed=RAISED), "nextStepKey": "b"})
        await kit.until(run_id, "step_failed", "d")
        await host.report({**host.success(tasks["a"]), "nextStepKey": "b"})
        await host.succeed({**tasks["a"], "steps": tasks["a"]["steps"][1:]})
        run = await kit.finished(run_id)
        assert run.step_counts == {StepState.FAILED: 1, StepState.SUCCEEDED: 2}
