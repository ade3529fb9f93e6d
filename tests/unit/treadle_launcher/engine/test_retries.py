"""What the engine does with attempts that failed or were lost, and with runs that take too long."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace

import pytest

from treadle_contract.policy import RetryCause, RetryPolicy
from treadle_contract.run import FailureReason, RunState
from treadle_launcher.clock import ManualClock, as_time
from treadle_launcher.errors import IdempotencyConflictError
from treadle_launcher.store.errors import StoreUnavailableError

USER_ERROR = (RetryCause.USER_ERROR,)


def with_policy(plan, **fields):
    """Return the plan with one policy for all of its steps."""
    policy = RetryPolicy(**{"max_retries": 1, "on": USER_ERROR, **fields})
    return replace(plan, steps=tuple(replace(step, retry_policy=policy) for step in plan.steps))


async def kill(kit, host):
    """Kill a host, and return when its end was acted on."""
    os.kill(host.process.pid, signal.SIGKILL)
    await host.hang_up()
    while kit.pool.get(host.host_id) is not None:
        await asyncio.sleep(0)


async def test_a_failed_step_is_handed_over_again_as_its_next_attempt(kit, plans):
    async with kit.running():
        run_id = await kit.launch(with_policy(plans({"a": (), "b": ("a",)})))
        host = await kit.ready_host()
        await host.fail(await host.task())
        again = await host.task()
        assert again["taskId"] == f"{run_id}/a/2"
        assert again["steps"][0]["attempt"] == 2
        await host.succeed(again)
        assert await host.run_next() == "b"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        story = await kit.story(run_id)
        assert story.count("step_retry_scheduled a") == 1
        assert "step_failed a" not in story


async def test_what_fails_once_too_often_fails_for_good(kit, plans):
    async with kit.running():
        run_id = await kit.launch(with_policy(plans({"a": (), "b": ("a",)})))
        host = await kit.ready_host()
        await host.fail(await host.task())
        await host.fail(await host.task(), "again")
        run = await kit.finished(run_id)
        assert run.state is RunState.FAILED
        assert run.failure.message == "again"
        assert (await kit.story(run_id))[-3:] == ["step_failed a", "step_not_run b", "run_finished"]


async def test_a_retry_waits_for_its_moment_and_others_go_on(kit, plans):
    async with kit.running("--max-steps", "1"):
        run_id = await kit.launch(with_policy(plans({"a": (), "b": ()}), delay_ms=150))
        host = await kit.ready_host()
        await host.fail(await host.task())
        # The place is free while it waits.
        assert await host.run_next() == "b"
        assert await host.run_next() == "a"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        (retry,) = [e for e in await kit.store.events_after(run_id, 0) if "retry" in e.kind]
        started = [
            e.time
            for e in await kit.store.events_after(run_id, 0)
            if e.kind == "step_started" and e.attempt == 2
        ]
        assert started[0] >= as_time(retry.payload.not_before)


async def test_a_retry_waits_no_longer_when_the_clock_was_set_back_since(kit, plans):
    async with kit.running():
        policy = {"on": (RetryCause.LOST,), "delay_ms": 200}
        run_id = await kit.launch(with_policy(plans({"a": ()}), **policy))
        host = await kit.ready_host()
        await host.begin()
        os.kill(host.process.pid, signal.SIGKILL)
        await host.hang_up()
        await kit.until(run_id, "step_retry_scheduled")
        events = await kit.store.events_after(run_id, 0)
    kit.clock = ManualClock(events[-1].time - 3600 * 1_000_000)
    async with kit.running():
        second = await kit.host(1)
        await second.ready()
        assert await second.run_next() == "a"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_a_retry_that_waits_is_taken_up_by_the_next_launcher(kit, plans):
    async with kit.running():
        run_id = await kit.launch(with_policy(plans({"a": ()}), delay_ms=200))
        host = await kit.ready_host()
        await host.fail(await host.task())
        await kit.until(run_id, "step_retry_scheduled")
    async with kit.running():
        second = await kit.host(1)
        await second.ready()
        assert await second.run_next() == "a"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_a_run_is_cancelled_while_a_retry_waits(kit, plans):
    async with kit.running():
        run_id = await kit.launch(with_policy(plans({"a": ()}), delay_ms=3_600_000))
        host = await kit.ready_host()
        await host.fail(await host.task())
        await kit.until(run_id, "step_retry_scheduled")
        assert await kit.engine.engine.cancel(run_id, "enough")
        assert (await kit.finished(run_id)).state is RunState.CANCELLED


async def test_what_is_lost_before_its_code_began_is_tried_again_twice(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        for _ in range(3):
            host = await kit.ready_host()
            await host.task()
            await kill(kit, host)
        run = await kit.finished(run_id)
        assert run.failure.reason is FailureReason.LOST
        story = await kit.story(run_id)
        assert story.count("step_retry_scheduled a") == 2
        assert story.count("step_started a") == 3


async def test_what_is_lost_after_its_code_began_is_tried_again_if_the_run_says_so(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}), retry_lost=1)
        for _ in range(2):
            host = await kit.ready_host()
            await host.begin()
            await kill(kit, host)
        run = await kit.finished(run_id)
        assert (run.state, run.retry_lost) == (RunState.FAILED, 1)
        assert (await kit.story(run_id)).count("step_started a") == 2


async def test_a_run_whose_time_is_over_is_ended_and_fails(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ("a",)}), timeout_ms=100)
        host = await kit.ready_host()
        task = await host.expect("task")
        cancel = await host.expect("cancel")
        assert cancel["taskId"] == task["taskId"]
        await host.cancelled(task)
        run = await kit.finished(run_id)
        assert run.state is RunState.FAILED
        assert run.failure.reason is FailureReason.TIMEOUT
        assert "It waited for its host to take a." in run.failure.message
        assert run.failure.message.endswith(" [contract: Ack.state]")
        story = await kit.story(run_id)
        assert story[-4:] == [
            "cancel_requested",
            "step_cancelled b",
            "step_cancelled a",
            "run_finished",
        ]


async def test_a_runs_time_goes_on_under_the_next_launcher(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}), timeout_ms=300)
        host = await kit.ready_host()
        task = await host.task()
    async with kit.running():
        await host.dial()
        await host.hello(runningTaskIds=[task["taskId"]])
        await host.expect("cancel")
        await host.cancelled(task)
        assert (await kit.finished(run_id)).failure.reason is FailureReason.TIMEOUT
        await host.hang_up()


async def test_a_time_that_was_over_while_no_launcher_ran_ends_the_run(kit, plans):
    kit.clock = ManualClock()
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ("a",)}), timeout_ms=60_000)
        host = await kit.ready_host()
        task = await host.task()
    kit.clock.advance(61_000_000)
    async with kit.running():
        await kit.until(run_id, "cancel_requested")
        await host.dial()
        await host.hello(runningTaskIds=[task["taskId"]])
        await host.expect("cancel")
        await host.cancelled(task)
        assert (await kit.finished(run_id)).failure.reason is FailureReason.TIMEOUT
        await host.hang_up()


async def test_a_time_that_is_over_while_the_record_is_read_again_ends_the_run(kit, plans):
    kit.clock = ManualClock()
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}), timeout_ms=60_000)
        host = await kit.ready_host()
        task = await host.task()
        kit.engine.board._fault(StoreUnavailableError("no room for a moment"))
        kit.clock.advance(61_000_000)
        while await host.frame_or_end() is not None:
            pass
        while await host.dial_again() is None:
            pass
        await kit.until(run_id, "cancel_requested")
        await host.cancelled(task)
        assert (await kit.finished(run_id)).failure.reason is FailureReason.TIMEOUT


async def test_a_time_that_is_over_while_the_loop_stands_still_ends_the_run(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ()}), timeout_ms=200)
        host = await kit.ready_host()
        first, second = await host.task(), await host.begin()
        await host.succeed(first)
        deadline = kit.engine.board.timer._timer.when()
        while asyncio.get_running_loop().time() < deadline:
            pass
        # What waited in the socket is read before any timer, and looks at the time as well.
        cancel = await host.expect("cancel")
        assert cancel["taskId"] == second["taskId"]
        await host.cancelled(second)
        run = await kit.finished(run_id)
        assert (run.state, run.failure.reason) == (RunState.FAILED, FailureReason.TIMEOUT)
        assert "the end of b." in run.failure.message
        assert run.failure.message.endswith(
            "[contract: JournalRecord.succeeded, JournalRecord.failed]"
        )


async def test_what_had_ended_when_the_time_was_over_counts(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}), timeout_ms=200)
        host = await kit.ready_host()
        task = await host.task()
        await host.succeed(task)
        deadline = kit.engine.board.timer._timer.when()
        while asyncio.get_running_loop().time() < deadline:
            pass
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_a_request_with_another_timeout_is_another_request(kit, plans):
    async with kit.running():
        first = await kit.launch(plans({"a": ()}), idempotency_key="k", timeout_ms=60_000)
        again = await kit.launch(plans({"a": ()}), idempotency_key="k", timeout_ms=60_000)
        assert again == first
        for fields in ({}, {"timeout_ms": 50_000}, {"timeout_ms": 60_000, "retry_lost": 1}):
            with pytest.raises(IdempotencyConflictError):
                await kit.launch(plans({"a": ()}), idempotency_key="k", **fields)
        await kit.engine.engine.cancel(first, "done")
