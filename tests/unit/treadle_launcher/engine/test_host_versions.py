"""Hosts whose launcher was another Treadle: what they run is theirs to end."""

from __future__ import annotations

import asyncio

from treadle_contract.run import FailureReason, RunState
from treadle_launcher.engine import host_desk
from treadle_launcher.hosts.frames import PROTOCOL_VERSION
from treadle_launcher.hosts.processes import is_alive

NEXT = PROTOCOL_VERSION + 1


def upgraded(monkeypatch) -> None:
    """Have every launcher from now on be of the release that changed the protocol."""
    monkeypatch.setattr(host_desk, "PROTOCOL_VERSION", NEXT)


async def test_a_host_of_an_older_version_ends_what_it_runs_and_gets_no_more(
    kit, plans, monkeypatch
):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ("a",)}))
        old = await kit.ready_host()
        task = await old.begin()
    upgraded(monkeypatch)
    async with kit.running():
        await old.dial()
        await old.hello(runningTaskIds=[task["taskId"]])
        assert "cancelRunning" not in await old.expect("drain")
        await old.succeed(task)
        await kit.until(run_id, "step_succeeded", "a")
        assert (await old.frame())["commit"]["record"] == str(old.record)
        await old.hang_up()

        new = await kit.host(1)
        await new.dial()
        await new.hello(protocolVersion=NEXT)
        assert await new.run_next() == "b"
        run = await kit.finished(run_id)
        assert run.state is RunState.SUCCEEDED
        assert new.host_id != old.host_id


async def test_what_a_host_of_an_older_version_never_heard_of_is_run_elsewhere(
    kit, plans, monkeypatch
):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        old = await kit.ready_host()
        await old.expect("task")
    upgraded(monkeypatch)
    async with kit.running():
        await old.dial()
        await old.hello()
        await old.expect("drain")
        await old.answer(await old.expect("task"), "REFUSED")
        await old.hang_up()

        new = await kit.host(1)
        await new.dial()
        await new.hello(protocolVersion=NEXT)
        assert await new.run_next() == "a"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_a_host_of_a_newer_version_is_left_to_run_what_it_runs(kit, plans, caplog):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ()}))
        newer = await kit.ready_host()
        tasks = {task["steps"][0]["stepKey"]: task for task in [await newer.begin() for _ in "ab"]}
    async with kit.running():
        await newer.dial()
        await newer.hello(
            protocolVersion=NEXT, runningTaskIds=[task["taskId"] for task in tasks.values()]
        )
        while "reason=protocol" not in caplog.text:
            assert is_alive(newer.process)
            await asyncio.sleep(0)
        assert str(kit.home.hosts / newer.host_id / "journal") in caplog.text
        await newer.succeed(tasks["a"])
        assert (await kit.store.get_run(run_id)).state is RunState.RUNNING
        await newer.hang_up()
    # The launcher that it waits for.
    async with kit.running():
        newer.record = 2
        await newer.dial()
        await newer.hello(runningTaskIds=[tasks["b"]["taskId"]])
        await newer.frame()
        for task in tasks.values():
            await newer.succeed(task)
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        await newer.hang_up()


async def test_cancelling_what_a_host_of_a_newer_version_runs_kills_it(kit, plans, caplog):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        newer = await kit.ready_host()
        await newer.begin()
    async with kit.running():
        await newer.dial()
        await newer.hello(protocolVersion=NEXT)
        while "reason=protocol" not in caplog.text:
            await asyncio.sleep(0)
        await kit.engine.engine.cancel(run_id, "")
        assert (await kit.finished(run_id)).state is RunState.CANCELLED
        assert not is_alive(newer.process)
        await newer.hang_up()


async def test_a_new_host_of_another_version_fails_the_run_and_says_why(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.host()
        await host.dial()
        await host.hello("NEW", protocolVersion=NEXT)
        assert (await host.expect("drain"))["cancelRunning"]
        run = await kit.finished(run_id)
        assert run.state is RunState.FAILED
        assert run.failure is not None
        assert run.failure.reason is FailureReason.START_FAILED
        assert "installed anew" in run.failure.message
