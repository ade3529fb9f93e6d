"""What becomes of hosts that say nothing, and of what they run."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from contextlib import suppress
from dataclasses import replace

import pytest

from treadle_contract.run import FailureReason, RunState
from treadle_launcher import defaults
from treadle_launcher.engine.answer_timer import AnswerTimer
from treadle_launcher.hosts import processes


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(defaults, "HOST_ANSWER", 0.2)


def is_alive(host):
    return processes.is_alive(host.process)


async def failure_of(kit, run_id, kind="step_failed"):
    """Return why the one attempt failed that did."""
    await kit.until(run_id, kind)
    events = await kit.store.events_after(run_id, 0)
    (failure,) = [event.payload.failure for event in events if event.kind == kind]
    return failure


async def test_a_host_that_does_not_end_what_was_cancelled_is_killed(kit, plans):
    async with kit.running():
        cancelled = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.begin()
        other = await kit.launch(plans({"a": ()}))
        await host.begin()
        await kit.until(other, "step_started")
        await kit.engine.engine.cancel(cancelled, "enough")
        assert (await kit.finished(cancelled)).state is RunState.CANCELLED
        failed = await kit.finished(other)
        assert failed.state is RunState.FAILED
        failure = await failure_of(kit, other)
        assert failure.reason is FailureReason.LOST
        assert re.search(
            r"it did not answer for \d s, stopped or held by the code", failure.message
        )
        assert not is_alive(host)


async def test_a_host_that_answers_is_waited_for(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.begin()
        await kit.engine.engine.cancel(run_id, "enough")
        await host.expect("cancel")
        for _ in range(4):
            assert (await host.expect("task"))["taskId"] == task["taskId"]
            await host.answer(task, "RUNNING")
        await host.cancelled(task)
        assert (await kit.finished(run_id)).state is RunState.CANCELLED
        assert is_alive(host)


async def test_an_attempt_whose_host_does_not_end_it_in_time_ends_as_timed_out(kit, plans):
    plan = plans({"a": ()})
    plan = replace(plan, steps=(replace(plan.steps[0], timeout_ms=100),))
    async with kit.running():
        run_id = await kit.launch(plan)
        host = await kit.ready_host()
        await host.begin()
        failure = await failure_of(kit, run_id)
        assert failure.reason is FailureReason.TIMEOUT
        assert failure.message.startswith("It timed out after 0.1 s; it did not")


async def answer_for_ever(host, task, state):
    """Answer whatever is asked of the task, until the host is killed."""
    async with asyncio.timeout(20):
        while is_alive(host):
            with suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    if "task" in await host.frame():
                        await host.answer(task, state)


@pytest.mark.parametrize("state", ["RUNNING", "ENDED"])
async def test_a_host_that_answers_and_never_ends_what_was_cancelled_is_killed(
    kit, plans, monkeypatch, state
):
    monkeypatch.setattr(defaults, "HOST_END", 0.3)
    async with kit.running("--term-grace", "0.2"):
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.begin()
        await kit.engine.engine.cancel(run_id, "enough")
        await answer_for_ever(host, task, state)
        assert (await kit.finished(run_id)).state is RunState.CANCELLED


async def test_a_run_whose_time_is_over_ends_though_its_host_cannot_tell_of_it(
    kit, plans, monkeypatch
):
    monkeypatch.setattr(defaults, "HOST_END", 0.3)
    async with kit.running("--term-grace", "0.2"):
        run_id = await kit.launch(plans({"a": ()}), timeout_ms=300)
        host = await kit.ready_host()
        await answer_for_ever(host, await host.begin(), "ENDED")
        failed = await kit.finished(run_id)
        assert failed.state is RunState.FAILED
        assert failed.failure.reason is FailureReason.TIMEOUT


async def test_an_attempt_that_its_host_never_ends_is_timed_out(kit, plans, monkeypatch):
    monkeypatch.setattr(defaults, "HOST_END", 0.3)
    plan = plans({"a": ()})
    plan = replace(plan, steps=(replace(plan.steps[0], timeout_ms=100),))
    async with kit.running("--term-grace", "0.2"):
        run_id = await kit.launch(plan)
        host = await kit.ready_host()
        await answer_for_ever(host, await host.begin(), "RUNNING")
        failure = await failure_of(kit, run_id)
        assert failure.reason is FailureReason.TIMEOUT
        assert "it had not ended an attempt 0.3 s after it had to" in failure.message


async def test_an_attempt_that_ended_by_itself_is_waited_for_until_its_host_can_tell(
    kit, plans, monkeypatch
):
    monkeypatch.setattr(defaults, "HOST_END", 0.1)
    plan = plans({"a": ()})
    plan = replace(plan, steps=(replace(plan.steps[0], timeout_ms=100),))
    async with kit.running("--term-grace", "0.1"):
        run_id = await kit.launch(plan)
        host = await kit.ready_host()
        task = await host.begin()
        for _ in range(4):
            assert (await host.expect("task"))["taskId"] == task["taskId"]
            await host.answer(task, "ENDED")
        await host.succeed(task)
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_a_task_that_an_idle_host_does_not_answer_runs_on_another(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await kit.until(run_id, "step_retry_scheduled", "a")
        assert not is_alive(host)
        await host.hang_up()
        second = await kit.ready_host()
        assert await second.run_next() == "a"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_a_silent_host_that_runs_something_gets_nothing_more_and_runs_on(kit, plans):
    async with kit.running():
        first = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.begin()
        second = await kit.launch(plans({"a": (), "b": ("a",)}))
        unanswered = await host.expect("task")
        ahead = await host.frame()
        while "drain" not in (frame := await host.frame()):
            assert frame.get("task", unanswered) == unanswered
        await host.succeed(task)
        await host.answer(ahead["task"], "RETURNED")
        assert (await kit.finished(first)).state is RunState.SUCCEEDED
        await host.answer(unanswered, "ACCEPTED")
        await host.succeed(unanswered)
        elsewhere = await kit.ready_host(1)
        assert await elsewhere.run_next() == "b"
        assert (await kit.finished(second)).state is RunState.SUCCEEDED
        assert is_alive(host)


async def test_a_host_that_is_silent_for_too_long_is_killed_whatever_it_runs(
    kit, plans, monkeypatch
):
    monkeypatch.setattr(defaults, "HOST_SILENCE", 0.5)
    async with kit.running():
        first = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.begin()
        await kit.launch(plans({"a": ()}))
        assert (await kit.finished(first)).state is RunState.FAILED
        assert not is_alive(host)


async def test_what_waits_for_a_host_that_does_not_return_runs_elsewhere(kit, plans):
    async with kit.running("--max-steps", "1"):
        run_id = await kit.launch(plans({"a": (), "b": ()}))
        host = await kit.ready_host()
        await host.begin()
    async with kit.running("--max-steps", "2"):
        second = await kit.ready_host(1)
        assert await second.run_next() == "b"
        assert is_alive(host)
        await kit.engine.engine.cancel(run_id, "enough")
        # It never came back to be told: nobody waits for it.
        assert (await kit.finished(run_id)).state is RunState.CANCELLED
        assert not is_alive(host)


async def test_a_host_that_does_not_return_is_named_in_the_failure(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.begin()
    async with kit.running("--orphan-grace", "0.3"):
        # Nothing was journalled: it is tried again.
        failure = await failure_of(kit, run_id, "step_retry_scheduled")
        assert failure.reason is FailureReason.LOST
        assert "it did not dial in within 0.3 s" in failure.message
        assert "and was killed" in failure.message


async def test_a_host_of_a_home_that_was_moved_is_killed_at_once(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.begin()
    moved = kit.home_path.with_name("moved")
    kit.home_path.rename(moved)
    kit.home_path = moved
    async with kit.running():
        failure = await failure_of(kit, run_id, "step_retry_scheduled")
        assert "the home was moved while it ran" in failure.message


async def test_a_stopped_host_is_killed_with_its_guard(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.begin()
        os.kill(host.process.pid, signal.SIGSTOP)
        await kit.engine.engine.cancel(run_id, "enough")
        assert (await kit.finished(run_id)).state is RunState.CANCELLED


async def test_a_host_that_hung_up_and_does_not_dial_again_is_killed(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.begin()
        await kit.until(run_id, "step_started")
        # As when a guard is stopped and its host killed: it ends with the connection alone.
        await host.hang_up()

        failure = await failure_of(kit, run_id)

        assert failure.reason is FailureReason.LOST
        assert re.search(r"its connection ended, it did not dial again for \d s", failure.message)
        assert not is_alive(host)


async def test_a_host_that_hung_up_and_dials_again_goes_on(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.begin()
        await host.hang_up()
        await host.dial()
        await host.hello("READY", runningTaskIds=[task["taskId"]])
        await asyncio.sleep(3 * defaults.HOST_ANSWER)
        await host.succeed(task)
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_an_idle_host_that_hung_up_is_not_kept(kit, plans):
    async with kit.running():
        await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.run_next()
        await host.hang_up()
        await kit.pool.empty()
        assert not is_alive(host)


async def test_patience_begins_anew_when_the_loop_stood_still():
    loop, called = asyncio.get_running_loop(), asyncio.Event()
    timer = AnswerTimer(0.05, called.set)
    until = loop.time() + 1.2
    while loop.time() < until:
        pass
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not called.is_set()
    await called.wait()
    assert loop.time() >= until + 0.05
    timer.cancel()
