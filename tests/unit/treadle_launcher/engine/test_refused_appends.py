"""Append first, then act: what hosts and callers are told while the store takes no writes."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import contextmanager

import pytest

from treadle_contract.run import RunState
from treadle_launcher import defaults
from treadle_launcher.store.errors import StoreUnavailableError

LONG_ENOUGH = 1.0
"""Seconds in which a host would have been told; it only makes a wrong launcher pass, never a right
one fail."""


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(defaults, "HOST_ANSWER", 0.2)
    monkeypatch.setattr(defaults, "STORE_TIMEOUT", 0.3)
    monkeypatch.setattr("treadle_launcher.store.writer._ONE_TRY", 0.05)


@contextmanager
def locked(kit):
    """Have another connection write for the length of the block."""
    other = sqlite3.connect(kit.home.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


async def hears(host, kind):
    """Return the first frame of a kind that a host gets while it could have been sent."""

    async def frame():
        while kind not in (found := await host.frame()) or "ahead" in found.get("task", {}):
            if "task" in found:
                await host.answer(found["task"], "RETURNED")
        return found

    try:
        return await asyncio.wait_for(frame(), LONG_ENOUGH)
    except TimeoutError:
        return None


async def test_no_step_is_sent_before_its_start_is_recorded(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ("a",)}))
        host = await kit.ready_host()
        task = await host.begin()
        with locked(kit):
            await host.succeed(task)
            assert await hears(host, "task") is None
            assert (await kit.story(run_id))[-1] == "step_started a"
        assert await host.run_next() == "b"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        assert (await kit.story(run_id)).count("step_started b") == 1


async def test_a_host_that_dials_again_is_not_sent_what_is_not_recorded(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ("a",)}))
        host = await kit.ready_host()
        task = await host.begin()
        success = host.success(task)
        with locked(kit):
            await host.report(success)
            await hears(host, "commit")
            await host.hang_up()
            answer = await host.dial_again()
            # What it reported waits in its journal.
            assert answer["commit"].get("record", "0") == "0"
            await host.report(success)
            assert await hears(host, "task") is None
        assert await host.run_next() == "b"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_a_cancel_that_is_not_recorded_yet_reaches_no_host_and_is_said_to_be_none(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.begin()
        with locked(kit):
            with pytest.raises(StoreUnavailableError, match="The cancel is not recorded yet: anot"):
                await kit.engine.engine.cancel(run_id, "enough")
            await host.hang_up()
            await host.dial()
            await host.hello("READY", runningTaskIds=[task["taskId"]])
            assert await hears(host, "cancel") is None
            assert (await kit.store.get_run(run_id)).state is RunState.RUNNING
        assert (await host.expect("cancel"))["taskId"] == task["taskId"]
        await host.cancelled(task)
        assert (await kit.finished(run_id)).state is RunState.CANCELLED
        assert (await kit.story(run_id)).count("cancel_requested") == 1


async def test_a_run_whose_end_is_not_recorded_is_not_said_to_be_over(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.begin()
        with locked(kit):
            await host.succeed(task)
            await hears(host, "commit")
            with pytest.raises(StoreUnavailableError, match="its end is not recorded yet"):
                await kit.engine.engine.cancel(run_id, "enough")
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        assert await kit.engine.engine.cancel(run_id, "enough") is False


async def test_a_launch_that_is_refused_is_not_recorded_and_may_be_repeated(kit, plans):
    async with kit.running():
        with locked(kit), pytest.raises(StoreUnavailableError, match="was not recorded"):
            await kit.launch(plans({"a": ()}), idempotency_key="once")
        assert (await kit.store.list_runs()).items == ()
        run_id = await kit.launch(plans({"a": ()}), idempotency_key="once")
        host = await kit.ready_host()
        await host.run_next()
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_a_launcher_starts_on_a_home_whose_database_is_locked(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        await kit.host()
    with locked(kit):
        async with kit.running():
            assert (await kit.store.get_run(run_id)).state is RunState.STARTING
