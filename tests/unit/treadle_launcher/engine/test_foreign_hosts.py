"""A host that says what cannot be spoils what it runs, which fails by the field that is wrong."""

from __future__ import annotations

import asyncio
import os
import struct

import pytest

from treadle_contract.run import Failure, FailureReason, RunState
from treadle_launcher.hosts.processes import exited
from treadle_launcher.runs import retrying


async def step_failure(kit, run_id) -> Failure:
    events = await kit.store.events_after(run_id, 0)
    (failure,) = [event.payload.failure for event in events if event.kind == "step_failed"]
    return failure


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time": "0001-01-01T00:00:00Z"}, "JournalRecord.time.seconds is -62,135,596,800"),
        ({"stepKey": "other"}, "JournalRecord.step_key is 'other'"),
        ({"attempt": 7}, "JournalRecord.step_key is 'a', attempt 7"),
        ({"succeeded": {"durationUs": "-1"}}, "JournalRecord.succeeded.duration_us is -1"),
        ({"succeeded": {}}, "JournalRecord.succeeded.yielded_outputs lacks 'result'"),
    ],
)
async def test_a_report_that_cannot_be_fails_its_attempt_and_no_other_of_the_host(
    kit, plans, change, said
):
    async with kit.running():
        spoilt = await kit.launch(plans({"a": ()}))
        sound = await kit.launch(plans({"b": ()}))
        host = await kit.ready_host()
        task = await host.task()
        other = await host.task()
        await host.report({**host.success(task), **change})
        run = await kit.finished(spoilt)
        assert run.state is RunState.FAILED
        failure = await step_failure(kit, spoilt)
        assert failure.reason is FailureReason.INTERNAL
        assert said in failure.message
        # What it still runs of it is ended, and what it says after that is none of the run's.
        assert (await host.expect("cancel"))["taskId"] == task["taskId"]
        await host.cancelled(task)
        await host.succeed(other)
        assert (await kit.finished(sound)).state is RunState.SUCCEEDED
        assert kit.pool.get(host.host_id) is not None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xff\xff", "HostFrame is not JSON"),
        (b"[" * 100, "HostFrame is not JSON"),
        (b"[" * 5000, "HostFrame has values nested deeper than the 128 levels"),
        (b'{"ack": "t"}', "HostFrame.ack is 't'; it must be an object"),
        (b'{"report": []}', "HostFrame.report is []; it must be an object"),
        (b'{"ack": {"taskId": "t", "state": 99}}', "Ack.state is 99, which is not known here"),
        (b'{"report": {"records": [{"number": "0"}]}}', "JournalRecord.number is not set"),
    ],
)
async def test_a_host_whose_frames_cannot_be_read_is_ended_with_what_it_runs(
    kit, plans, body, said
):
    async with kit.running():
        spoilt = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.task()
        host._writer.write(struct.pack(">I", len(body)) + body)
        run = await kit.finished(spoilt)
        assert run.state is RunState.FAILED
        failure = await step_failure(kit, spoilt)
        assert failure.reason is FailureReason.INTERNAL
        assert said in failure.message
        assert "The host of here" in failure.message
        sound = await kit.launch(plans({"b": ()}))
        another = await kit.ready_host()
        assert await another.run_next() == "b"
        assert (await kit.finished(sound)).state is RunState.SUCCEEDED


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"lastRecord": "-1"}, "Hello.last_record is -1"),
        ({"process": {"bootId": "b", "pid": -1}}, "Hello.process.pid is -1"),
        ({"state": "BORED"}, "Hello.state is bored, which is not known here"),
    ],
)
async def test_a_host_that_cannot_be_what_it_says_fails_the_run_that_waits_for_it(
    kit, plans, fields, said
):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.host()
        await host.dial()
        await host.hello(**fields)
        run = await kit.finished(run_id)
        assert run.state is RunState.FAILED
        assert run.failure.reason is FailureReason.INTERNAL
        assert said in run.failure.message


@pytest.mark.parametrize(
    ("state", "owed"),
    [
        (None, "It had said nothing yet. [contract: HostFrame.hello]"),
        ("NEW", "It had said that it is NEW, and READY was waited for. [contract: Hello.state]"),
    ],
)
async def test_a_host_that_leaves_before_it_is_ready_fails_its_run_by_what_it_owed(
    kit, plans, state, owed
):
    turn = kit.program.with_name("leave-now")
    os.mkfifo(turn)
    kit.write_program(f"read line < {turn}; exit 0")
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.host()
        if state is not None:
            await host.dial()
            await host.hello(state=state)
            await host.expect("prepare")
        await asyncio.to_thread(turn.write_text, "\n")
        run = await kit.finished(run_id)
        assert run.failure.reason is FailureReason.START_FAILED
        assert run.failure.message == (
            f"The host of here did not get ready: it exited with status 0. {owed}"
        )


async def test_a_journal_that_cannot_be_read_ends_the_run_and_names_the_line(kit, plans):
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        host = await kit.ready_host()
        await host.task()
        journal = kit.pool.get(host.host_id).folder.journal
    journal.write_bytes(b"\xff\xfe\n")
    os.kill(host.process.pid, 9)
    async with kit.running():
        run = await kit.finished(run_id)
        assert run.state is RunState.FAILED
        failure = await step_failure(kit, run_id)
        # Whether the op ran is not known: it is not run again unasked.
        assert failure.reason is FailureReason.LOST
        assert f"line 1 of {journal}" in failure.message


async def test_hosts_that_leave_without_a_word_of_a_task_are_tried_so_often_and_no_more(
    kit, plans, monkeypatch
):
    monkeypatch.setattr(retrying, "_NOT_TAKEN_MS", 1)
    turn = kit.program.with_name("leave-now")
    os.mkfifo(turn)
    kit.write_program(f"read line < {turn}; exit 0")
    async with kit.running():
        run_id = await kit.launch(plans({"a": ()}))
        hosts = 0
        while (await kit.store.get_run(run_id)).state is not RunState.FAILED:
            watch = asyncio.create_task(kit.finished(run_id))
            ready = asyncio.create_task(kit.ready_host())
            done, _ = await asyncio.wait({watch, ready}, return_when=asyncio.FIRST_COMPLETED)
            if ready not in done:
                ready.cancel()
                break
            watch.cancel()
            host = ready.result()
            await host.expect("task")
            await asyncio.to_thread(turn.write_text, "\n")
            await exited(host.process)
            await host.hang_up()
            # Not until the pool is empty: the next host may be there before this test is told.
            await kit.gone(host.host_id)
            hosts += 1
        run = await kit.finished(run_id)
        failure = await step_failure(kit, run_id)
        assert hosts == retrying.NOT_TAKEN_RETRIES + 1
        assert run.state is RunState.FAILED
        assert failure.reason is FailureReason.START_FAILED
        assert (
            "6 hosts of here in a row ended, or left, before one took the task; the last: it exited"
            " with status 0. [contract: Ack.state]" in failure.message
        )


async def test_hosts_that_leave_while_nothing_can_start_on_them_cost_no_run(kit, plans):
    turn = kit.program.with_name("leave-now")
    os.mkfifo(turn)
    async with kit.running("--max-steps", "1"):
        busy = await kit.launch(plans({"a": ()}))
        first = await kit.ready_host()
        task = await first.begin()
        kit.write_program(f"read line < {turn}; exit 0")
        waiting = await kit.launch(plans({"b": ()}, digest="digest-2"))
        for _ in range(8):
            host = await kit.ready_host(1)
            await asyncio.to_thread(turn.write_text, "\n")
            await exited(host.process)
            await host.hang_up()
            await kit.gone(host.host_id)
        last = await kit.ready_host(1)
        await first.succeed(task)
        assert await last.run_next() == "b"
        for run_id in (busy, waiting):
            assert (await kit.finished(run_id)).state is RunState.SUCCEEDED
