"""Steps that a host started by itself and should not have, or holds and does not give back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from tests.unit.treadle_launcher.engine.test_ahead import (
    begin_chain,
    ended_by,
    holding_host,
    states,
)
from treadle_contract.policy import RetryCause, RetryPolicy
from treadle_contract.run import RunState, StepState

PAIR = {"a": (), "b": ("a",)}


def lost(kit, record):
    """Return a record of a success of which the value is gone."""
    (stored,) = record["succeeded"]["stored"]
    (kit.home.values / stored["valueRef"]["key"]).unlink()
    return record


def retried(plan):
    policy = RetryPolicy(max_retries=1, on=(RetryCause.LOST,))
    first = replace(plan.steps[0], retry_policy=policy)
    return replace(plan, steps=(first, *plan.steps[1:]))


async def next_of(host, *kinds):
    """Return the next frame of one of these kinds, and its kind."""
    while True:
        frame = await host.frame()
        for kind in kinds:
            if kind in frame:
                return kind, frame[kind]


async def test_what_should_not_have_begun_begins_again_once_it_has_ended(kit, plans):
    async with kit.running():
        run_id = await kit.launch(retried(plans(PAIR)))
        host = await holding_host(kit)
        a = await host.begin()
        b = await host.expect("task")
        await host.report(lost(kit, ended_by(host, a, b)), host.begun(b))
        _, again = await next_of(host, "task")
        assert again["steps"][0]["attempt"] == 2
        await host.answer(again, "ACCEPTED")
        await host.succeed(again)
        await kit.until(run_id, "step_succeeded", "a")
        assert (await states(kit, run_id))["b"] is StepState.READY
        await host.cancelled(b)
        _, last = await next_of(host, "task")
        assert last["taskId"] == b["taskId"]
        await host.answer(last, "ACCEPTED")
        await host.succeed(last)
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_what_begins_in_the_place_of_what_is_not_believed_goes_on(kit, plans):
    async with kit.running("--max-steps", "1"):
        run_id = await kit.launch(plans({"a": (), "d": ()}))
        host = await holding_host(kit)
        a = await host.begin()
        d = await host.expect("task")
        await host.report({**host.begun(a), "attempt": 7})
        await kit.until(run_id, "step_failed", "a")
        ended = {**host.told(a, cancelled={"wasRunning": True}), "nextTaskId": d["taskId"]}
        await host.report(ended, host.begun(d))
        await host.succeed(d)
        run = await kit.finished(run_id)
        assert run.step_counts == {StepState.FAILED: 1, StepState.SUCCEEDED: 1}
        await host.send({"ack": {"taskId": "none", "state": "ACK_STATE_RETURNED"}})
        cancelled = set()
        while "commit" not in (frame := await host.frame()) or frame["commit"]["record"] != "5":
            cancelled.add(frame.get("cancel", {}).get("taskId"))
        assert d["taskId"] not in cancelled


async def test_what_was_named_and_not_begun_is_given_up_with_what_it_waits_for(kit, plans):
    async with kit.running():
        run_id, host, a, (b, _) = await begin_chain(kit, plans)
    record = lost(kit, ended_by(host, a, b))
    (kit.home.hosts / host.host_id / "journal").write_text(json.dumps(record) + "\n")
    # It is not killed for saying nothing either.
    async with kit.running("--host-answer", "60"):
        await host.dial()
        await host.hello("READY")
        await host.frame()
        await host.report(record)
        run = await kit.finished(run_id)
        assert run.step_counts == {StepState.FAILED: 1, StepState.NOT_RUN: 2}
        await host.hang_up()


async def test_what_should_not_run_is_ended_when_the_word_of_that_was_lost(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ("a",), "d": ()}))
        host = await holding_host(kit)
        a, d = [await host.begin() for _ in "ad"]
        b = await host.expect("task")
        await host.report(lost(kit, ended_by(host, a, b)), host.begun(b))
        await kit.until(run_id, "step_failed", "a")
    async with kit.running():
        await host.dial()
        await host.hello("READY", runningTaskIds=[b["taskId"], d["taskId"]])
        _, cancel = await next_of(host, "cancel")
        assert cancel["taskId"] == b["taskId"]
        await host.report(host.told(b, cancelled={"wasRunning": True}), host.success(d))
        run = await kit.finished(run_id)
        assert run.step_counts[StepState.NOT_RUN] == 1
        await host.hang_up()


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_a_host_that_does_not_give_back_what_it_holds_is_killed(
    kit, plans, monkeypatch, is_cancelled
):
    monkeypatch.setattr("treadle_launcher.defaults.HOST_END", 0.1)
    async with kit.running("--host-answer", "0.1"):
        run_id, host, a, _ = await begin_chain(kit, plans)
        talks = kit.beside(says_something(host))
        if is_cancelled:
            await kit.engine.engine.cancel(run_id, "enough")
            await host.cancelled(a)
        else:
            await host.fail(a)
        run = await kit.finished(run_id)
        assert run.state is (RunState.CANCELLED if is_cancelled else RunState.FAILED)
        talks.cancel()


async def says_something(host):
    """Say, over and over, what tells nothing."""
    while True:
        try:
            await host.send({"ack": {"taskId": "none", "state": "ACK_STATE_RETURNED"}})
        except ConnectionError:
            return
        await asyncio.sleep(0.01)


async def test_a_lower_limit_holds_for_what_runs_already(kit, plans):
    async with kit.running("--max-steps", "3"):
        run_id = await kit.launch(plans(dict.fromkeys("abcdef", ())))
        host = await holding_host(kit)
        tasks = [await host.begin() for _ in "abc"]
    async with kit.running("--max-steps", "1"):
        await host.dial()
        await host.hello("READY", runningTaskIds=[task["taskId"] for task in tasks])
        assert "commit" in await host.frame()
        for task in tasks[:2]:
            await host.succeed(task)
            assert "commit" in await host.frame()
        # One runs: there may be something that starts in its place.
        assert (await host.frame())["task"]["ahead"] is True
        assert (await states(kit, run_id))["b"] is StepState.SUCCEEDED
        await host.hang_up()


async def test_of_a_host_that_leaves_while_what_it_began_by_itself_runs_it_is_said_what_it_owed(
    kit, plans
):
    kit.write_program("until [ -e go ]; do sleep 0.01; done")
    async with kit.running():
        run_id, host, a, (b, _) = await begin_chain(kit, plans)
        await host.report(ended_by(host, a, b), host.begun(b))
        await kit.until(run_id, "step_started", "b")
        (kit.program.parent / "go").touch()
        await kit.until(run_id, "step_failed", "b")
        events = await kit.store.events_after(run_id, 0)
        (failed,) = [event.payload for event in events if event.kind == "step_failed"]
        assert "JournalRecord.fact" in failed.failure.message
