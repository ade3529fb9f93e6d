from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
import sqlite3
from contextlib import closing

from treadle_access.addresses import UnixAddress
from treadle_contract.run import FailureReason, RunState
from treadle_launcher.hosts.processes import exited, is_alive


async def test_an_ephemeral_launcher_cancels_what_runs_and_waits_for_its_hosts(kit, plans, alive):
    async with kit.running("--alive-fd", alive, "--max-runs", "1"):
        run_id = await kit.launch(plans({"a": (), "b": ("a",)}))
        queued = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        ending = kit.beside(kit.engine.end())
        assert (await host.expect("drain"))["cancelRunning"] is True
        assert (await host.expect("cancel"))["taskId"] == task["taskId"]
        await host.cancelled(task)
        for each in (run_id, queued):
            assert (await kit.finished(each)).state is RunState.CANCELLED
        await host.hang_up()
        os.kill(host.process.pid, 15)
        await ending
        assert kit.pool.all() == ()
        assert list(kit.home.hosts.iterdir()) == []


async def test_a_host_that_still_starts_is_killed_with_its_ephemeral_launcher(kit, plans, alive):
    async with kit.running("--alive-fd", alive):
        run_id = await kit.launch(plans({"a": ()}))
        await kit.host()
        await kit.engine.end()
        assert kit.pool.all() == ()
        assert (await kit.store.get_run(run_id)).state is RunState.CANCELLED


async def test_a_host_that_does_not_leave_is_killed_after_the_grace(kit, plans, alive, monkeypatch):
    monkeypatch.setattr("treadle_launcher.engine.running._END_MARGIN", 0.1)
    async with kit.running("--alive-fd", alive):
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.task()
        ending = kit.beside(kit.engine.end())
        await exited(host.process)
        await host.hang_up()
        await ending
        # However slow the machine is, beside a margin that is this short.
        await kit.pool.empty()
        assert kit.pool.all() == ()
        assert (await kit.finished(run_id)).state is RunState.CANCELLED
        assert (await kit.story(run_id))[-2:] == ["step_cancelled a", "run_finished"]


async def test_the_socket_for_hosts_is_gone_afterwards(kit, plans):
    async with kit.running():
        assert kit.socket.path.exists()
    assert not kit.socket.path.exists()


async def test_a_socket_that_somebody_removed_is_there_again_for_the_next_host(kit, plans, caplog):
    folder = kit.socket.path.parent / "sockets"
    folder.mkdir()
    kit.socket = UnixAddress(path=folder / "hosts.sock")
    async with kit.running("--bind", f"unix:{folder / 'launcher.sock'}"):
        first = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        shutil.rmtree(folder)

        second = await kit.launch(plans({"a": ()}, digest="digest-2"))
        other = await kit.host(1)
        await other.dial()
        await other.hello("READY", digest="digest-2")
        assert await other.run_next() == "a"
        await host.succeed(task)

        for run_id in (first, second):
            assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        assert f"hosts_socket_gone path={kit.socket.path}" in caplog.messages
        gone = [line for line in caplog.messages if line.startswith("launcher_socket_gone")]
        assert len(gone) == 1
    assert not kit.socket.path.exists()


async def test_a_socket_that_cannot_be_made_again_is_named_in_the_failure(kit, plans):
    folder = kit.socket.path.parent / "runtime" / "sockets"
    folder.mkdir(parents=True)
    kit.socket = UnixAddress(path=folder / "hosts.sock")
    async with kit.running():
        shutil.rmtree(folder.parent)

        run = await kit.finished(await kit.launch(plans({"a": ()})))

        assert run.failure.reason is FailureReason.START_FAILED
        assert f"the socket that hosts dial was removed, {kit.socket.path}" in run.failure.message
        assert "Start the launcher again, with XDG_RUNTIME_DIR naming" in run.failure.message
        assert kit.pool.all() == ()


async def test_without_a_descriptor_to_wait_with_the_end_of_a_host_is_heard_of_later(
    kit, plans, monkeypatch
):
    refused = []

    async def wait(process):
        if not refused:
            refused.append(process)
            raise OSError(errno.EMFILE, "Too many open files")
        await exited(process)

    monkeypatch.setattr("treadle_launcher.hosts.provider.exited", wait)
    monkeypatch.setattr("treadle_launcher.engine.host_pool._TRY_AGAIN_SECONDS", 0)
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.task()
        os.kill(host.process.pid, signal.SIGKILL)
        await host.hang_up()

        await kit.until(run_id, "step_retry_scheduled")
        assert refused == [host.process]


async def test_the_host_of_a_run_that_ends_as_its_launcher_leaves_is_told_to_leave(kit, plans):
    async with kit.running():
        await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        with closing(sqlite3.connect(kit.home.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await host.succeed(task)
            while not kit.engine.board._in_flight:
                await asyncio.sleep(0)
            leaving = kit.beside(kit.engine.leave())
            await asyncio.sleep(0)
            other.execute("ROLLBACK")
        assert "cancelRunning" not in await host.expect("drain")
        await leaving


async def test_an_idle_host_that_has_hung_up_is_not_left_behind(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.run_next()
        await kit.finished(run_id)
        await host.hang_up()
        await kit.pool.get(host.host_id).disconnected.wait()
        await kit.engine.leave()
        await exited(host.process)


async def test_an_adopted_host_that_has_not_dialled_yet_is_not_left_behind(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.run_next()
        await kit.finished(run_id)
        # As a launcher leaves its hosts that is killed.
        kit.pool.leave_alone(kit.pool.get(host.host_id))
    async with kit.running():
        assert kit.pool.get(host.host_id).connection is None
        assert is_alive(host.process)
        await kit.engine.leave()
        await exited(host.process)


async def test_nothing_is_waited_for_once_the_home_is_gone(kit, plans, alive, monkeypatch):
    monkeypatch.setattr("treadle_launcher.engine.running._END_MARGIN", 1000.0)
    async with kit.running("--alive-fd", alive, "--term-grace", "1000"):
        await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.task()
        monkeypatch.setattr(kit.engine, "_is_home_gone", lambda: True)
        await kit.engine.end()
        assert kit.pool.all() == ()
