"""Steps that a host has before they can start: what it is sent, what it says of them, and what follows."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import replace

from treadle_contract.policy import RetryCause, RetryPolicy
from treadle_contract.run import FailureReason, RunState, StepState
from treadle_launcher.hosts.processes import exited

CHAIN = {"a": (), "b": ("a",), "c": ("b",)}


async def holding_host(kit, position=0):
    host = await kit.host(position)
    host.holds = True
    await host.ready()
    return host


async def begin_chain(kit, plans):
    """Launch a chain; return its run, its host, the task that runs and the two that are held."""
    run_id = await kit.launch(plans(CHAIN))
    host = await holding_host(kit)
    task = await host.begin()
    return run_id, host, task, [await host.expect("task") for _ in "bc"]


def ended_by(host, task, following):
    return {**host.success(task), "nextTaskId": following["taskId"]}


async def states(kit, run_id):
    view = kit.engine.board.get(run_id).view
    return {key: step.state for key, step in view.steps.items()}


async def test_a_host_gets_what_it_starts_by_itself(kit, plans):
    async with kit.running():
        run_id, _, task, (b, c) = await begin_chain(kit, plans)
        assert [each["steps"][0]["stepKey"] for each in (b, c)] == ["b", "c"]
        assert b["waitsFor"] == [{"taskId": task["taskId"], "outputs": ["result"]}]
        assert c["waitsFor"] == [{"taskId": b["taskId"], "outputs": ["result"]}]
        (source,) = b["steps"][0]["inputs"][0]["sources"]
        assert source["awaited"] is True
        assert (source["stepKey"], source["output"]) == ("a", "result")
        assert "valueRef" not in source
        assert await states(kit, run_id) == {
            "a": StepState.RUNNING,
            "b": StepState.PENDING,
            "c": StepState.PENDING,
        }


async def test_what_began_in_the_place_of_another_is_recorded_with_the_end_of_that(kit, plans):
    async with kit.running():
        run_id, host, a, (b, c) = await begin_chain(kit, plans)
        await host.report(ended_by(host, a, b), host.begun(b), ended_by(host, b, c), host.begun(c))
        await kit.until(run_id, "step_started", "c")
        await host.succeed(c)
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        steps = [line for line in await kit.story(run_id) if line.startswith("step_")]
        assert steps == [
            *("step_started a", "step_succeeded a"),
            *("step_started b", "step_succeeded b"),
            *("step_started c", "step_succeeded c"),
        ]


async def test_what_waits_for_a_step_that_failed_is_decided_when_the_host_gave_it_back(kit, plans):
    async with kit.running():
        run_id, host, a, (b, c) = await begin_chain(kit, plans)
        await host.fail(a)
        await kit.until(run_id, "step_failed", "a")
        assert (await states(kit, run_id))["b"] is StepState.PENDING
        await host.answer(b, "RETURNED")
        await host.answer(c, "RETURNED")
        run = await kit.finished(run_id)
        assert run.state is RunState.FAILED
        assert run.step_counts == {StepState.FAILED: 1, StepState.NOT_RUN: 2}


async def test_what_waits_for_a_step_that_is_tried_again_is_handed_over_after_that(kit, plans):
    plan = plans({"a": (), "b": ("a",)})
    policy = RetryPolicy(max_retries=1, on=(RetryCause.USER_ERROR,))
    plan = replace(plan, steps=tuple(replace(step, retry_policy=policy) for step in plan.steps))
    async with kit.running():
        run_id = await kit.launch(plan)
        host = await holding_host(kit)
        a = await host.begin()
        b = await host.expect("task")
        await host.fail(a)
        await host.answer(b, "RETURNED")
        again = await host.begin()
        assert again["steps"][0]["attempt"] == 2
        await host.succeed(again)
        last = await host.begin()
        assert "ahead" not in last
        assert last["taskId"] == b["taskId"]
        await host.succeed(last)
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_a_run_is_not_cancelled_before_its_host_gave_back_what_it_held(kit, plans):
    async with kit.running():
        run_id, host, a, (b, c) = await begin_chain(kit, plans)
        await kit.engine.engine.cancel(run_id, "enough")
        cancelled = [(await host.expect("cancel"))["taskId"] for _ in "abc"]
        # What would begin in the place of another goes before it.
        assert cancelled == [b["taskId"], c["taskId"], a["taskId"]]
        await host.cancelled(a)
        await kit.until(run_id, "step_cancelled", "a")
        assert kit.engine.board.get(run_id).state is RunState.CANCELLING
        await host.answer(b, "RETURNED")
        await host.answer(c, "RETURNED")
        assert (await kit.finished(run_id)).state is RunState.CANCELLED
        assert "step_started b" not in await kit.story(run_id)


async def test_what_began_while_its_run_was_cancelled_is_ended_before_the_run_is(kit, plans):
    async with kit.running():
        run_id, host, a, (b, c) = await begin_chain(kit, plans)
        await kit.engine.engine.cancel(run_id, "enough")
        await host.report(ended_by(host, a, b), host.begun(b))
        await host.answer(c, "RETURNED")
        await kit.until(run_id, "step_started", "b")
        while (await host.expect("cancel"))["taskId"] != b["taskId"]:
            pass
        await host.cancelled(b)
        run = await kit.finished(run_id)
        assert run.state is RunState.CANCELLED
        assert run.step_counts == {StepState.SUCCEEDED: 1, StepState.CANCELLED: 2}


async def test_a_success_that_is_not_believed_starts_nothing(kit, plans):
    async with kit.running():
        run_id, host, a, (b, c) = await begin_chain(kit, plans)
        said = ended_by(host, a, b)
        said["succeeded"]["yieldedOutputs"] = ["another"]
        await host.report(said, host.begun(b))
        while (await host.expect("cancel"))["taskId"] != b["taskId"]:
            pass
        assert kit.engine.board.get(run_id) is not None, "b runs still"
        await host.cancelled(b)
        await host.answer(c, "RETURNED")
        run = await kit.finished(run_id)
        assert run.state is RunState.FAILED
        assert run.failure.reason is FailureReason.INTERNAL
        assert run.step_counts == {StepState.FAILED: 1, StepState.NOT_RUN: 2}


async def test_the_next_launcher_learns_what_a_host_started_by_itself(kit, plans):
    async with kit.running():
        run_id, host, a, (b, _) = await begin_chain(kit, plans)
    records = [ended_by(host, a, b), host.begun(b)]
    host.holds = False
    async with kit.running():
        await host.dial()
        await host.hello("READY", runningTaskIds=[b["taskId"]])
        await host.frame()
        await host.report(*records)
        await host.answer(await host.expect("task"), "RUNNING")
        await host.succeed(b)
        assert await host.run_next() == "c"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        assert (await kit.story(run_id)).count("step_started b") == 1
        await host.hang_up()


async def test_what_a_host_could_not_start_any_more_is_sent_to_it_again(kit, plans):
    async with kit.running():
        run_id, host, a, (b, _) = await begin_chain(kit, plans)
    # Its launcher was gone when it would have started b.
    record = ended_by(host, a, b)
    host.holds = False
    async with kit.running():
        await host.dial()
        await host.hello("READY")
        await host.frame()
        await host.answer(await host.expect("task"), "ENDED")
        await host.report(record)
        assert await host.run_next() == "b"
        assert await host.run_next() == "c"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        await host.hang_up()


async def test_what_the_journal_of_a_silent_host_names_runs_nowhere_else(kit, plans):
    async with kit.running("--max-steps", "1"):
        run_id = await kit.launch(plans({"a": (), "b": (), "c": ()}))
        host = await holding_host(kit)
        a = await host.begin()
        b, _ = [await host.expect("task") for _ in "bc"]
    line = json.dumps(ended_by(host, a, b)) + "\n"
    (kit.home.hosts / host.host_id / "journal").write_text(line)
    async with kit.running("--max-steps", "2", "--host-answer", "0.1"):
        # It does not dial: what it cannot have started runs elsewhere.
        second = await kit.ready_host(1)
        assert await second.run_next() == "c"
        assert (await states(kit, run_id))["b"] is StepState.READY
        os.kill(host.process.pid, signal.SIGKILL)
        await exited(host.process)
        assert await second.run_next() == "b"
        run = await kit.finished(run_id)
        assert run.step_counts == {StepState.SUCCEEDED: 3}


async def test_what_a_host_held_runs_elsewhere_when_it_is_killed(kit, plans):
    plan = plans({"a": (), "b": (), "c": ()})
    async with kit.running("--max-steps", "1"):
        run_id = await kit.launch(plan)
        host = await holding_host(kit)
        a = await host.begin()
        await host.expect("task")
        await host.succeed(a)
        await kit.until(run_id, "step_succeeded", "a")
        kit.pool.kill(kit.pool.all())
        while (second := await kit.host()).host_id == host.host_id:
            await asyncio.sleep(0)
        await second.ready()
        assert {await second.run_next(), await second.run_next()} == {"b", "c"}
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_what_is_held_takes_no_place_that_another_run_waits_for(kit, plans):
    async with kit.running("--max-steps", "2"):
        wide = await kit.launch(plans(dict.fromkeys("abcd", ())))
        host = await holding_host(kit)
        a, b = [await host.begin() for _ in "ab"]
        held = [await host.expect("task") for _ in "cd"]
        assert all("waitsFor" not in task for task in held)
        other = await kit.launch(plans({"x": ()}))
        assert (await host.expect("recall"))["runId"] == wide
        for task in held:
            await host.answer(task, "RETURNED")
        await host.succeed(a)
        assert await host.run_next() == "x"
        assert (await kit.finished(other)).state is RunState.SUCCEEDED
        c = await host.begin()
        # Nobody else waits any more.
        d = await host.expect("task")
        assert d["ahead"] is True
        await host.report(ended_by(host, b, d), host.begun(d), host.success(d), host.success(c))
        assert (await kit.finished(wide)).state is RunState.SUCCEEDED


async def test_a_host_has_no_more_than_so_many_ahead(kit, plans, monkeypatch):
    monkeypatch.setattr("treadle_launcher.defaults.STEPS_AHEAD", 2)
    keys = "abcdef"
    chain = {key: tuple(keys[place - 1 : place]) if place else () for place, key in enumerate(keys)}
    async with kit.running():
        run_id = await kit.launch(plans(chain))
        host = await holding_host(kit)
        tasks = [await host.begin(), *[await host.expect("task") for _ in "bc"]]
        for place in range(len(keys) - 1):
            done, following = tasks[place], tasks[place + 1]
            await host.report(ended_by(host, done, following), host.begun(following))
            if len(tasks) < len(keys):
                tasks.append(await host.expect("task"))
                assert tasks[-1]["ahead"] is True
        await host.succeed(tasks[-1])
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_what_a_host_gives_back_unasked_is_not_sent_ahead_again(kit, plans):
    async with kit.running():
        run_id, host, a, (b, c) = await begin_chain(kit, plans)
        await host.answer(b, "RETURNED")
        await host.answer(c, "RETURNED")
        await host.succeed(a)
        following = await host.task()
        assert "ahead" not in following
        assert following["taskId"] == b["taskId"]
        await host.succeed(following)
        await host.succeed(await host.task())
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
