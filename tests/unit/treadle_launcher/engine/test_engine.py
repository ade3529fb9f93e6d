from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
from pathlib import Path

import psutil
import pytest

from treadle_contract.codeserver import ImportScope
from treadle_contract.event import AssetMaterialized, HostReady
from treadle_contract.run import FailureReason, RunState, StepState
from treadle_launcher.engine.mode import EngineMode
from treadle_launcher.errors import (
    CodeServerRefusedError,
    ForeignRefusal,
    IdempotencyConflictError,
    Reason,
    RefusedError,
    ShuttingDownError,
)


async def test_a_run_goes_from_its_submission_to_its_end(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ("a",)}))
        host = await kit.ready_host()
        assert [await host.run_next(), await host.run_next()] == ["a", "b"]
        run = await kit.finished(run_id)
        assert run.state is RunState.SUCCEEDED
        assert run.materialization_count == 2
        assert await kit.story(run_id) == [
            "run_submitted",
            "run_dequeued",
            "host_ready",
            "run_started",
            "step_started a",
            "output_stored a",
            "asset_materialized a",
            "step_succeeded a",
            "step_started b",
            "output_stored b",
            "asset_materialized b",
            "step_succeeded b",
            "run_finished",
        ]


async def test_a_step_reads_the_value_that_its_upstream_committed(kit, plans):
    async with kit.running():
        await kit.launch(plans({"a": (), "b": ("a",)}))
        host = await kit.ready_host()
        task = await host.task()
        await host.succeed(task)
        (source,) = (await host.task())["steps"][0]["inputs"][0]["sources"]
        made = task["steps"][0]["outputs"][0]["assets"][0]["valueKey"]
        assert source["valueRef"]["key"] == made
        assert source["stepKey"] == "a"


async def test_a_new_host_is_told_to_import_and_a_second_run_finds_it_warm(kit, plans):
    async with kit.running():
        first = await kit.launch(plans({"a": ()}))
        host = await kit.host()
        await host.dial()
        await host.hello("NEW")
        assert "commit" in await host.frame()
        assert "prepare" in await host.frame()
        await host.hello("READY")
        await host.run_next()
        await kit.finished(first)
        second = await kit.launch(plans({"a": ()}))
        await host.run_next()
        await kit.finished(second)
        ready = [
            event.payload
            for run_id in (first, second)
            for event in await kit.store.events_after(run_id, 0)
            if isinstance(event.payload, HostReady)
        ]
        assert [fact.warm for fact in ready] == [False, True]
        assert len(kit.pool.all()) == 1


async def test_code_of_another_digest_gets_a_host_of_its_own(kit, plans):
    async with kit.running():
        await kit.launch(plans({"a": ()}))
        await kit.launch(plans({"a": ()}, digest="digest-2"))
        await kit.host(1)
        assert len(kit.pool.all()) == 2


async def test_code_that_was_loaded_anew_gets_a_host_of_its_own(kit, plans):
    async with kit.running():
        first = await kit.launch(plans({"a": (), "b": ("a",)}))
        before = await kit.ready_host()
        await before.run_next()
        task = await before.task()
        kit.generation = "second-load"
        kit.engine.serve("here", "second-load")

        second = await kit.launch(plans({"a": ()}))

        after = await kit.ready_host(1)
        await after.run_next()
        await kit.finished(second)
        # What was planned before goes on on its own host, which then leaves.
        await before.succeed(task)
        assert (await kit.finished(first)).state is RunState.SUCCEEDED
        assert "cancelRunning" not in await before.expect("drain")
        assert [host.host_id for host in kit.pool._idle.values()] == [after.host_id]


async def test_a_location_that_is_imported_for_each_run_shares_no_host(kit, plans):
    kit.import_scope = ImportScope.PER_RUN
    async with kit.running():
        first = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        second = await kit.launch(plans({"a": ()}))
        other = await kit.ready_host(1)

        await host.run_next()

        await kit.finished(first)
        assert "cancelRunning" not in await host.expect("drain")
        await other.run_next()
        await kit.finished(second)
        assert not kit.pool._idle


async def test_an_idle_host_leaves_when_its_code_was_loaded_anew(kit, plans):
    async with kit.running():
        kit.engine.serve("here", "first-load")
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.run_next()
        await kit.finished(run_id)

        kit.engine.serve("elsewhere", "a-load-of-another-location")
        kit.engine.serve("here", "first-load")
        assert len(kit.pool._idle) == 1
        kit.engine.serve("here", "second-load")

        assert not kit.pool._idle
        assert "cancelRunning" not in await host.expect("drain")


async def test_records_are_acknowledged_when_they_are_stored(kit, plans):
    async with kit.running():
        await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        begun = host.told(task, begun={"process": {"bootId": "b", "pid": 1, "startTicks": "1"}})
        await host.report(begun, host.success(task))
        assert (await host.expect("commit"))["record"] == "2"
        assert await kit.store.host_mark(host.host_id) == 2


async def test_a_failure_ends_what_is_below_it_and_nothing_else(kit, plans):
    async with kit.running("--max-steps", "1"):
        run_id = await kit.launch(plans({"a": (), "b": ("a",), "c": ("b",), "d": ()}))
        host = await kit.ready_host()
        await host.fail(await host.task(), "a broke")
        assert await host.run_next() == "d"
        run = await kit.finished(run_id)
        assert run.state is RunState.FAILED
        assert run.failure is not None
        assert run.failure.message == "a broke"
        assert run.step_counts == {
            StepState.FAILED: 1,
            StepState.NOT_RUN: 2,
            StepState.SUCCEEDED: 1,
        }


async def test_no_more_steps_run_at_once_than_may_and_runs_share_them(kit, plans):
    async with kit.running("--max-steps", "3"):
        wide = plans(dict.fromkeys("abcd", ()))
        first = await kit.launch(wide)
        second = await kit.launch(wide)
        host = await kit.ready_host()
        tasks = [await host.task() for _ in range(3)]
        assert sorted(task["runId"] for task in tasks) == sorted([first, first, second])
        await host.succeed(tasks[0])
        # One place is free, and one task more is sent.
        assert (await host.task())["taskId"] not in [task["taskId"] for task in tasks]
        running = sum(run.view.count(StepState.RUNNING) for run in kit.engine.board.all())
        assert running == 3


async def test_runs_over_the_limit_wait_in_the_order_they_came(kit, plans):
    async with kit.running("--max-runs", "1"):
        runs = [await kit.launch(plans({"a": ()})) for _ in range(3)]
        host = await kit.ready_host()
        tasks = []
        for _ in runs:
            task = await host.task()
            states = [(await kit.store.get_run(run_id)).state for run_id in runs]
            assert states.count(RunState.RUNNING) == 1
            tasks.append(task["runId"])
            await host.succeed(task)
        assert tasks == runs


async def test_a_queued_run_that_is_cancelled_never_starts(kit, plans):
    async with kit.running("--max-runs", "1"):
        await kit.launch(plans({"a": ()}))
        waiting = await kit.launch(plans({"a": ()}))
        assert await kit.engine.engine.cancel(waiting, "not needed")
        run = await kit.finished(waiting)
        assert run.state is RunState.CANCELLED
        assert await kit.story(waiting) == [
            "run_submitted",
            "cancel_requested",
            "step_cancelled a",
            "run_finished",
        ]


async def test_a_run_that_is_cancelled_while_its_host_starts_does_not_need_it(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.host()
        assert await kit.engine.engine.cancel(run_id, "")
        assert (await kit.finished(run_id)).state is RunState.CANCELLED
        await host.ready()
        again = await kit.launch(plans({"a": ()}))
        assert await host.run_next() == "a"
        assert (await kit.finished(again)).state is RunState.SUCCEEDED


async def test_a_cancel_ends_the_running_step_and_then_the_run(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": (), "b": ("a",)}))
        host = await kit.ready_host()
        task = await host.task()
        assert await kit.engine.engine.cancel(run_id, "changed my mind")
        assert await kit.engine.engine.cancel(run_id, "a repeat is a success")
        # What waits is given back before what runs ends, in whose place it would start.
        held, cancel = [await host.expect("cancel") for _ in "ba"]
        assert held["taskId"] == f"{run_id}/b/1"
        assert cancel == {"taskId": task["taskId"], "graceMs": "200"}
        assert (await kit.store.get_run(run_id)).state is RunState.CANCELLING
        await host.cancelled(task)
        run = await kit.finished(run_id)
        assert run.state is RunState.CANCELLED
        assert run.step_counts == {StepState.CANCELLED: 2}
        assert not await kit.engine.engine.cancel(run_id, "too late")


async def test_a_cancel_that_comes_after_the_last_success_changes_nothing(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        assert await kit.engine.engine.cancel(run_id, "")
        await host.succeed(task)
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_what_a_killed_host_ran_is_lost_and_the_rest_goes_on_elsewhere(kit, plans):
    kit.write_program("echo last words; exec sleep 1000")
    async with kit.running("--max-steps", "1"):
        run_id = await kit.launch(plans({"a": (), "b": ()}))
        host = await kit.ready_host()
        await host.begin()
        os.kill(host.process.pid, signal.SIGKILL)
        await host.hang_up()
        await kit.until(run_id, "step_failed", "a")
        second = await kit.ready_host()
        assert second.host_id != host.host_id
        assert await second.run_next() == "b"
        run = await kit.finished(run_id)
        assert run.state is RunState.FAILED
        assert run.failure is not None
        assert run.failure.reason is FailureReason.LOST
        assert "signal 9" in run.failure.message
        assert not (kit.home.hosts / host.host_id).exists()
        assert (await kit.story(run_id)).count("host_ready") == 2


async def test_what_a_killed_host_had_journalled_is_not_lost(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        line = json.dumps(host.success(await host.task()))
        (kit.home.hosts / host.host_id / "journal").write_text(f"{line}\n{line[:40]}")
        os.kill(host.process.pid, signal.SIGKILL)
        await host.hang_up()
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_a_host_that_ends_before_it_is_ready_fails_its_runs_with_its_output(kit, plans):
    kit.write_program("echo no such module >&2; exit 3")
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        run = await kit.finished(run_id)
        assert run.state is RunState.FAILED
        assert run.failure is not None
        assert run.failure.reason is FailureReason.START_FAILED
        assert "status 3" in run.failure.message
        assert run.failure.stderr_tail is not None
        assert "no such module" in run.failure.stderr_tail.head
        assert await kit.story(run_id) == [
            "run_submitted",
            "run_dequeued",
            "step_not_run a",
            "run_finished",
        ]


async def test_a_run_whose_host_is_killed_before_it_is_ready_gets_another_one_twice(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        for _ in range(2):
            first = await kit.host()
            os.kill(first.process.pid, signal.SIGKILL)
            while first.host_id in [host.host_id for host in kit.pool.all()]:
                await asyncio.sleep(0)
        host = await kit.ready_host()
        await host.run_next()
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        await host.hang_up()


async def test_a_run_whose_hosts_are_killed_again_and_again_fails(kit, plans):
    kit.write_program("kill -9 $$")
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        run = await kit.finished(run_id)
        assert run.failure is not None
        assert run.failure.reason is FailureReason.START_FAILED
        assert "signal 9" in run.failure.message


async def test_a_host_whose_interpreter_is_missing_fails_its_runs(kit, plans):
    kit.program.unlink()
    async with kit.running():
        run = await kit.finished(await kit.launch(plans({"a": ()})))
        assert run.failure is not None
        assert run.failure.reason is FailureReason.START_FAILED
        assert str(kit.program) in run.failure.message
        assert kit.pool.all() == ()


async def test_a_host_for_which_there_is_no_room_fails_its_runs_and_leaves_no_process(
    kit, plans, monkeypatch
):
    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    # Services that other tests share live as long as those.
    before = psutil.Process().children()
    async with kit.running():
        for name in ("mkdir", "write_text"):
            with monkeypatch.context() as patches:
                patches.setattr(Path, name, no_room)
                run = await kit.finished(await kit.launch(plans({"a": ()})))
            assert run.failure is not None
            assert run.failure.reason is FailureReason.START_FAILED
            assert "no room" in run.failure.message
        assert kit.pool.all() == ()
        assert set(psutil.Process().children()) <= set(before)


async def test_a_host_that_cannot_import_fails_its_runs_with_its_reason(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.host()
        await host.dial()
        failure = {"reason": "FAILURE_REASON_START_FAILED", "message": "assets.py raised"}
        await host.hello("IMPORT_FAILED", failure=failure)
        run = await kit.finished(run_id)
        assert run.failure is not None
        assert run.failure.message == "assets.py raised"


async def test_newer_code_is_planned_anew_once_when_nobody_saw_the_plan(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        kit.planner.again = kit.launchable(plans({"b": ()}, digest="digest-2"))
        host = await kit.host()
        await host.dial()
        await host.hello("STALE", digest="digest-2", changes=["op a is gone"])
        second = await kit.host(1)
        await second.ready()
        assert await second.run_next() == "b"
        run = await kit.finished(run_id)
        assert run.state is RunState.SUCCEEDED
        assert run.digest == "digest-2"
        assert [step.key for step in (await kit.store.get_run_plan(run_id)).steps] == ["b"]


async def test_newer_code_fails_a_run_whose_plan_somebody_saw(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}), digest="digest-1")
        host = await kit.host()
        await host.dial()
        await host.hello("STALE", digest="digest-2", changes=["op a changed"])
        run = await kit.finished(run_id)
        assert run.failure is not None
        assert run.failure.reason is FailureReason.STALE
        assert "op a changed" in run.failure.message


async def test_code_that_is_gone_fails_a_run_as_stale_with_what_the_import_said(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}), digest="digest-1")
        host = await kit.host()
        await host.dial()
        failure = {
            "reason": "FAILURE_REASON_START_FAILED",
            "message": "The code could not be imported",
            "traceback": {"head": "No module named 'helper'"},
        }
        await host.hello("STALE", failure=failure, changes=["file helper is gone"])
        run = await kit.finished(run_id)
        assert run.failure.reason is FailureReason.STALE
        assert "file helper is gone" in run.failure.message
        assert run.failure.traceback.head == "No module named 'helper'"


async def test_a_refused_second_plan_fails_the_run_and_says_why(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        kit.planner.again = RefusedError(message="there is no asset a any more")
        host = await kit.host()
        await host.dial()
        await host.hello("STALE")
        run = await kit.finished(run_id)
        assert run.failure is not None
        assert run.failure.reason is FailureReason.STALE
        assert "there is no asset a any more" in run.failure.message


UNSTABLE = {"reason": "FAILURE_REASON_UNSTABLE", "message": "asset a differs"}
REFUSAL = CodeServerRefusedError(
    ForeignRefusal(reason=Reason.UNSTABLE, message="asset a: 'x' in one and 'y' in the other")
)


async def test_code_that_differs_at_each_import_fails_a_run_with_what_the_second_load_found(
    kit, plans
):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        kit.planner.again = REFUSAL
        host = await kit.host()
        await host.dial()
        await host.hello("STALE", failure=UNSTABLE)
        run = await kit.finished(run_id)
        assert run.failure.reason is FailureReason.UNSTABLE
        assert run.failure.message == "asset a: 'x' in one and 'y' in the other"


async def test_it_fails_a_run_whose_plan_somebody_saw_likewise(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}), digest="digest-1")
        kit.planner.unstable = REFUSAL
        host = await kit.host()
        await host.dial()
        await host.hello("STALE", failure=UNSTABLE)
        run = await kit.finished(run_id)
        assert run.failure.reason is FailureReason.UNSTABLE
        assert run.failure.message == "asset a: 'x' in one and 'y' in the other"


async def test_a_data_file_that_changed_makes_a_plan_that_somebody_saw_stale(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}), digest="digest-1")
        host = await kit.host()
        await host.dial()
        await host.hello("STALE", failure=UNSTABLE)
        run = await kit.finished(run_id)
        assert run.failure.reason is FailureReason.STALE
        assert "it reads something that is another now" in run.failure.message


async def test_a_second_host_that_differs_fails_the_run_though_two_loads_were_alike(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        kit.planner.again = kit.launchable(plans({"b": ()}, digest="digest-2"))
        for number in range(2):
            host = await kit.host(number)
            await host.dial()
            await host.hello("STALE", failure=UNSTABLE)
        run = await kit.finished(run_id)
        assert run.failure.reason is FailureReason.UNSTABLE
        assert run.failure.message == "asset a differs"


async def test_a_host_that_dials_again_gets_what_it_does_not_know(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.expect("task")
        await host.hang_up()
        await host.dial()
        await host.hello("READY")
        assert "commit" in await host.frame()
        again = await host.task()
        assert again["taskId"] == task["taskId"]
        await host.succeed(again)
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_records_that_come_twice_count_once(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        log = host.told(task, logRecord={"level": "WARNING", "message": "careful"})
        await host.report(log)
        await host.expect("commit")
        await host.hang_up()
        await host.dial()
        await host.hello("READY", runningTaskIds=[task["taskId"]])
        assert (await host.frame())["commit"]["record"] == "1"
        await host.report(log, host.success(task))
        await kit.finished(run_id)
        assert (await kit.story(run_id)).count("log_record a") == 1


async def test_a_task_that_a_leaving_host_refuses_runs_elsewhere(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.answer(await host.expect("task"), "REFUSED")
        await host.expect("drain")
        second = await kit.ready_host(1)
        task = await second.task()
        assert task["steps"][0]["attempt"] == 2
        await second.succeed(task)
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
        assert "step_retry_scheduled a" in await kit.story(run_id)


@pytest.mark.parametrize(
    ("harm", "said"), [(Path.unlink, "gone"), (lambda path: path.write_bytes(b"four"), "damaged")]
)
async def test_a_success_whose_value_is_not_there_is_a_loss(kit, plans, harm, said):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        success = host.success(await host.task())
        (ref,) = (each["valueRef"] for each in success["succeeded"]["stored"])
        harm(kit.home.values / ref["key"])
        await host.report(success)
        assert (await kit.finished(run_id)).state is RunState.FAILED
        events = await kit.store.events_after(run_id, 0)
        (failure,) = [event.payload.failure for event in events if event.kind == "step_failed"]
        assert failure.reason is FailureReason.LOST
        assert f"output 'result' was lost before it was recorded: its value is {said}" in (
            failure.message
        )
        assert list(await kit.store.latest_materializations(["a"])) == []


async def test_idle_hosts_over_the_limit_are_told_to_leave(kit, plans):
    async with kit.running("--max-idle-hosts", "0"):
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.run_next()
        await kit.finished(run_id)
        assert "cancelRunning" not in await host.expect("drain")


async def test_an_idle_host_is_told_to_leave_after_a_while(kit, plans):
    async with kit.running("--idle-host", "0.01"):
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.run_next()
        await kit.finished(run_id)
        assert "cancelRunning" not in await host.expect("drain")


async def test_the_same_named_request_makes_one_run(kit, plans):
    async with kit.running():
        first = await kit.launch(plans({"a": ()}), idempotency_key="nightly")
        # The code may have changed meanwhile: the answer has not.
        assert await kit.launch(plans({"b": ()}), idempotency_key="nightly") == first
        with pytest.raises(IdempotencyConflictError) as refused:
            await kit.launch(plans({"a": ()}), idempotency_key="nightly", location="elsewhere")
        assert refused.value.changes == ('location was "here", is "elsewhere"',)


async def test_a_run_without_steps_succeeds_at_once(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({}))
        await kit.ready_host()
        assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


async def test_what_the_host_says_of_a_task_that_is_over_is_acknowledged(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        await host.succeed(task)
        await kit.finished(run_id)
        await host.report(host.told(task, logRecord={"level": "ERROR", "message": "late"}))
        while (await host.expect("commit"))["record"] != "2":
            pass
        assert "log_record a" not in await kit.story(run_id)


async def test_materializations_name_the_digest_that_made_them(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.run_next()
        await kit.finished(run_id)
        (made,) = [
            event.payload
            for event in await kit.store.events_after(run_id, 0)
            if isinstance(event.payload, AssetMaterialized)
        ]
        assert made.digest == "digest-1"


async def test_nothing_is_launched_while_the_launcher_leaves(kit, plans):
    async with kit.running():
        kit.engine.board.mode = EngineMode.LEAVING
        with pytest.raises(ShuttingDownError):
            await kit.launch(plans({"a": ()}))


async def test_a_host_that_nobody_knows_is_told_to_leave(kit, plans):
    async with kit.running():
        await kit.launch(plans({"a": ()}))
        host = await kit.host()
        host.host_id = "nobody"
        await host.dial()
        await host.hello("READY")
        assert (await host.expect("drain"))["cancelRunning"] is True


async def test_ends_are_acted_on_though_the_connection_stays_open(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.begin()
        await asyncio.gather(kit.finished(run_id), kit.killed())
        run = await kit.store.get_run(run_id)
        assert run.failure is not None
        assert run.failure.reason is FailureReason.LOST


async def test_a_run_goes_on_whose_caller_hung_up_while_it_was_recorded(kit, plans):
    async with kit.running():
        launch = kit.beside(kit.launch(plans({"a": ()})))
        # As far as it goes by itself: to the store, which has not answered yet.
        await asyncio.sleep(0)
        launch.cancel()
        host = await kit.ready_host()
        assert await host.run_next() == "a"
        (run,) = (await kit.store.list_runs()).items
        assert (await kit.finished(run.run_id)).state is RunState.SUCCEEDED


async def test_a_second_cancel_returns_when_the_first_is_recorded(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        task = await host.task()
        first = kit.beside(kit.engine.engine.cancel(run_id, "one"))
        await asyncio.sleep(0)
        assert await kit.engine.engine.cancel(run_id, "two")
        assert (await kit.store.get_run(run_id)).state is RunState.CANCELLING
        await first
        await host.cancelled(task)
        assert (await kit.finished(run_id)).state is RunState.CANCELLED
