from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3

import pytest

from treadle_contract.ids import HostId
from treadle_contract.run import FailureReason, RunState, StepState
from treadle_launcher import defaults
from treadle_launcher.engine.active_run import ActiveRun
from treadle_launcher.home.home import open_home
from treadle_launcher.home.place import why_foreign
from treadle_launcher.home.taking_over import HomeForeignError, TakeOver, check_taken_over
from treadle_launcher.hosts.frames import decode_frame
from treadle_launcher.hosts.host_tag import TaggedGuard, tag_of
from treadle_launcher.hosts.processes import exited, is_alive
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.store.errors import StoreUnavailableError
from treadle_launcher.store.store import open_store


async def test_a_run_goes_on_when_its_host_dials_the_next_launcher(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ("a",)}))
        host = await kit.ready_host()
        task = await host.task()
    async with kit.running():
        await host.dial()
        await host.hello("READY", runningTaskIds=[task["taskId"]])
        await host.frame()
        await host.succeed(task)
        assert await host.run_next() == "b"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        assert (await kit.story(run_id)).count("host_ready") == 1
        await host.hang_up()


async def test_a_task_that_was_recorded_but_never_sent_is_sent_by_the_next_launcher(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.expect("task")
    async with kit.running():
        # The host says that it runs nothing: the frame was never read.
        await host.dial()
        await host.hello("READY")
        await host.frame()
        assert await host.run_next() == "a"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        await host.hang_up()


async def test_what_died_with_its_host_meanwhile_is_lost_but_for_what_it_journalled(kit, plans):
    async with kit.running("--max-steps", "2"):
        run_id = await kit.launch(plans({"a": (), "b": (), "c": ("a",)}))
        host = await kit.ready_host()
        tasks = {task["steps"][0]["stepKey"]: task for task in [await host.task() for _ in "ab"]}
    records = [host.begun(tasks["b"]), host.success(tasks["a"])]
    lines = "".join(f"{json.dumps(record)}\n" for record in records)
    (kit.home.hosts / host.host_id / "journal").write_text(lines)
    os.kill(host.process.pid, signal.SIGKILL)
    await exited(host.process)
    async with kit.running():
        await kit.until(run_id, "step_failed", "b")
        second = await kit.ready_host()
        assert await second.run_next() == "c"
        run = await kit.finished(run_id)
        assert run.state is RunState.FAILED
        assert run.step_counts == {StepState.SUCCEEDED: 2, StepState.FAILED: 1}
        assert run.failure is not None
        assert run.failure.reason is FailureReason.LOST


async def test_runs_that_had_not_started_start_under_the_next_launcher(kit, plans):
    async with kit.running("--max-runs", "1"):
        starting = await kit.launch(plans({"a": ()}))
        queued = await kit.launch(plans({"a": ()}))
        first = await kit.host()
    async with kit.running("--max-runs", "1"):
        host = await kit.host(1)
        assert host.host_id != first.host_id
        await host.ready()
        await host.run_next()
        await host.run_next()
        for run_id in (starting, queued):
            assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_a_host_that_nobody_needs_any_more_is_told_to_leave(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.run_next()
        await kit.finished(run_id)
    async with kit.running():
        await host.dial()
        await host.hello("READY")
        assert "cancelRunning" not in await host.expect("drain")
        await host.hang_up()


async def test_a_cancel_reaches_a_host_that_was_away(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        await host.hang_up()
        assert await kit.engine.engine.cancel(run_id, "")
    async with kit.running():
        await host.dial()
        await host.hello("READY", runningTaskIds=[task["taskId"]])
        assert (await host.expect("cancel"))["taskId"] == task["taskId"]
        await host.cancelled(task)
        assert (await kit.finished(run_id)).state is RunState.CANCELLED
        await host.hang_up()


async def test_what_could_not_be_recorded_did_not_happen_and_is_asked_for_again(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ("a",)}))
        host = await kit.ready_host()
        task = await host.task()
        success = host.success(task)
        # Somebody else writes: what was decided rests on what the log does not hold.
        kit.engine.board.get(run_id).view._summary.last_sequence += 1
        await host.report(success)
        # The launcher hangs up until it has read what is recorded; the host dials until then.
        while await host.frame_or_end() is not None:
            pass
        while (answer := await host.dial_again()) is None:
            pass
        assert answer["commit"].get("record", "0") == "0"
        await host.answer(await host.expect("task"), "ENDED")
        await host.report(success)
        assert await host.run_next() == "b"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_what_cannot_be_taken_up_for_whatever_reason_is_tried_again(kit, plans, monkeypatch):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        refused = []

        def refuse_once(*_: object) -> None:
            monkeypatch.undo()
            refused.append("once")
            raise RuntimeError("a fault of our own")

        monkeypatch.setattr(kit.engine._recovery, "_assign", refuse_once)
        kit.engine.board.get(run_id).view._summary.last_sequence += 1
        success = host.success(task)
        await host.report(success)
        while await host.frame_or_end() is not None:
            pass
        while await host.dial_again() is None:
            pass
        await host.answer(await host.expect("task"), "ENDED")
        await host.report(success)
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        assert refused == ["once"]


async def test_a_host_whose_start_could_not_be_recorded_is_not_waited_for(kit, plans):
    async with kit.running("--max-steps", "1"):
        run_id = await kit.launch(plans({"a": (), "b": ()}))
        host = await kit.ready_host()
        await host.task()
        kit.engine.board.get(run_id).view._summary.last_sequence += 1
        os.kill(host.process.pid, signal.SIGKILL)
        await host.hang_up()
        await kit.until(run_id, "step_retry_scheduled", "a")
        second = await kit.ready_host()
        assert [await second.run_next(), await second.run_next()] == ["a", "b"]
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        await second.hang_up()


async def test_a_report_that_comes_as_the_store_refuses_is_not_acknowledged(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        success = host.success(task)
        connection = kit.pool.all()[0].connection
        kit.engine.board._fault(StoreUnavailableError("no room for a moment"))
        report = decode_frame(json.dumps({"report": {"records": [success]}}).encode())
        kit.engine.desk.frame_received(connection, report)
        while await host.frame_or_end() is not None:
            pass
        while (answer := await host.dial_again()) is None:
            pass
        assert answer["commit"].get("record", "0") == "0"
        await host.answer(await host.expect("task"), "ENDED")
        await host.report(success)
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_runs_that_were_recorded_while_the_store_is_read_again_wait_behind_the_others(
    kit, plans
):
    async with kit.running("--max-runs", "1"):
        first = await kit.launch(plans({"a": ()}))
        second = await kit.launch(plans({"a": ()}))
        kit.engine.board._fault(StoreUnavailableError("no room for a moment"))
        third = await kit.launch(plans({"a": ()}))
        host = await kit.host()
        while await host.dial_again() is None:
            pass
        for run_id in (first, second, third):
            assert (await host.run_next(), (await kit.finished(run_id)).state) == (
                "a",
                RunState.SUCCEEDED,
            )


async def test_a_run_that_was_read_from_the_store_already_is_not_admitted_again(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        run = kit.engine.board.get(run_id)
        submitted = RunView(run.view.plan, run.early[0])
        kit.engine.engine.admit(ActiveRun(view=submitted, launch_spec=run.launch_spec))
        host = await kit.ready_host()
        await host.run_next()
        await kit.finished(run_id)
        assert (await kit.story(run_id)).count("run_dequeued") == 1


async def test_what_ran_in_a_host_whose_folder_was_removed_is_lost_if_it_does_not_dial(
    kit, plans, monkeypatch
):
    monkeypatch.setattr(defaults, "HOST_RETURN_GRACE", 0.3)
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.task()
    shutil.rmtree(kit.home.hosts)
    async with kit.running():
        run = await kit.finished(run_id)
        assert run.failure.reason is FailureReason.LOST
        events = await kit.store.events_after(run_id, 0)
        (failure,) = [event.payload.failure for event in events if event.kind == "step_failed"]
        assert "its folder was removed, and it did not dial in within 0.3 s" in failure.message
        assert kit.pool.all() == ()


async def test_a_host_whose_folder_was_removed_goes_on_if_it_dials(kit, plans, monkeypatch):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ("a",)}))
        host = await kit.ready_host()
        task = await host.begin()
    shutil.rmtree(kit.home.hosts)
    guard = TaggedGuard(process=host.process, tag=tag_of(HostId("none"), 0))
    monkeypatch.setattr("treadle_launcher.engine.host_pool.guard_above", lambda _: guard)
    async with kit.running():
        await host.dial()
        await host.hello("READY", runningTaskIds=[task["taskId"]])
        assert "cancelRunning" not in await host.expect("drain")
        await host.succeed(task)
        # It gets nothing more, and is watched like any other.
        second = await kit.ready_host(1)
        os.kill(host.process.pid, signal.SIGKILL)
        await host.hang_up()
        assert await second.run_next() == "b"
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        assert await kit.store.host_mark(host.host_id) == host.record


async def test_a_host_that_is_not_known_ends_what_it_runs_and_then_itself(kit, plans):
    async with kit.running():
        await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.begin()
        pid = host.process.pid
        stranger = await kit.host()
        stranger.host_id = HostId("nobodys")
        await stranger.dial()
        await stranger.hello("READY", runningTaskIds=[task["taskId"]])
        assert (await stranger.frame())["drain"]["cancelRunning"] is True
        # It is told what makes it report, and nothing that makes it forget.
        assert (await stranger.frame())["commit"].get("record", "0") == "0"
        assert is_alive(host.process)
        await stranger.report(stranger.begun(task))
        await stranger.cancelled(task)
        await exited(host.process)
        assert kit.pool.all()[0].process.process.pid == pid
        await host.hang_up()


async def test_a_run_that_cannot_be_taken_up_fails_and_keeps_no_other(kit, plans):
    async with kit.running("--max-steps", "1"):
        spoilt = await kit.launch(plans({"a": ()}))
        sound = await kit.launch(plans({"b": ()}))
        await kit.host()
    with sqlite3.connect(kit.home_path / "treadle.db") as database:
        database.execute(
            "UPDATE plan_items SET item_json = '[' WHERE fingerprint ="
            " (SELECT fingerprint FROM run_plans WHERE run_id = ?)",
            (spoilt,),
        )
    async with kit.running():
        run = await kit.finished(spoilt)
        assert run.state is RunState.FAILED
        assert run.failure.reason is FailureReason.INTERNAL
        host = await kit.ready_host(1)
        assert await host.run_next() == "b"
        assert (await kit.finished(sound)).state is RunState.SUCCEEDED


async def test_what_a_killed_ephemeral_launcher_left_ends_with_the_next_and_runs_nothing(
    kit, plans, alive
):
    async with kit.running("--max-runs", "1"):
        standing = await kit.launch(plans({"a": ()}))
        await (await kit.ready_host()).task()
        kit.launching._is_ephemeral = True
        left = await kit.launch(plans({"a": (), "b": ("a",)}))
    async with kit.running("--alive-fd", alive):
        assert (await kit.finished(left)).state is RunState.CANCELLED
        events = await kit.store.events_after(left, 0)
        assert "its launcher was killed" in str(events)
        assert (await kit.store.get_run(standing)).state is RunState.RUNNING
        assert kit.pool.all() == ()


async def copied(kit, plans):
    """Have a run of two steps, its first one running, and one that is queued, in a copy."""
    async with kit.running("--max-runs", "1"):
        running = await kit.launch(plans({"a": (), "b": ("a",)}))
        queued = await kit.launch(plans({"c": ()}))
        host = await kit.ready_host()
        record = host.begun(await host.task())
    (kit.home.hosts / host.host_id / "journal").write_text(f"{json.dumps(record)}\n")
    kit.home_path = shutil.copytree(kit.home_path, kit.home_path.with_name("copy"))
    return running, queued, host.process


async def test_a_copy_that_is_taken_over_to_be_cancelled_runs_nothing(kit, plans):
    *run_ids, original = await copied(kit, plans)

    async with kit.running("--take-over", "cancel"):
        for run_id in run_ids:
            assert (await kit.finished(run_id)).state is RunState.CANCELLED
            events = await kit.store.events_after(run_id, 0)
            assert "its home was taken over" in str(events)
        await kit.pool.empty()
        assert is_alive(original)


async def test_a_copy_that_is_taken_over_to_be_resumed_goes_on_without_what_ran(kit, plans):
    running, queued, original = await copied(kit, plans)

    async with kit.running("--take-over", "resume"):
        run = await kit.finished(running)
        assert run.state is RunState.FAILED
        assert run.failure is not None
        assert run.failure.reason is FailureReason.LOST
        host = await kit.ready_host()
        assert await host.run_next() == "c"
        assert (await kit.finished(queued)).state is RunState.SUCCEEDED
        assert is_alive(original)
        await host.hang_up()


async def test_a_copy_is_not_gone_on_with_unasked(kit, plans):
    running, queued, _ = await copied(kit, plans)

    with open_home(kit.home_path) as home, open_store(home.database) as store:
        told = f"a copy, and runs in it are not over: {running}, {queued}.*cancel.*resume"
        with pytest.raises(HomeForeignError, match=told):
            await check_taken_over(home, store, None)
        await check_taken_over(home, store, TakeOver.CANCEL)


async def test_a_copy_is_the_originals_until_it_is_recorded_what_became_of_its_runs(kit, plans):
    *run_ids, _ = await copied(kit, plans)
    with open_home(kit.home_path) as home, open_store(home.database) as store:
        # A launcher that is killed here has said nothing of the runs.
        await check_taken_over(home, store, TakeOver.CANCEL)
    assert why_foreign(kit.home_path) is not None

    async with kit.running("--take-over", "cancel"):
        assert why_foreign(kit.home_path) is None
        for run_id in run_ids:
            run = await kit.store.get_run(run_id)
            assert run.state in (RunState.CANCELLING, RunState.CANCELLED)
