"""A run that cannot be served ends by itself, named internal, and no other notices."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest

from treadle_contract.event import LogRecord
from treadle_contract.plan import PlannedInput, PlannedSource, PlannedStepOutput
from treadle_contract.run import FailureReason, RunState, StepState
from treadle_contract.value import Text
from treadle_launcher.clock import TimeUs
from treadle_launcher.runs.events import NewEvent


def reading(plan, *sources):
    """Return a plan whose last step reads these sources."""
    *before, last = plan.steps
    planned = PlannedInput(name="values", sources=sources)
    return replace(plan, steps=(*before, replace(last, inputs=(planned,))))


NAMES_NOTHING = PlannedSource()
OF_NOBODY = PlannedSource(step_output=PlannedStepOutput(step_key="nobody", output="result"))


async def check_poisoned(kit, run_id, words):
    run = await kit.finished(run_id)
    assert run.state is RunState.FAILED
    assert run.failure.reason is FailureReason.INTERNAL
    assert words in run.failure.message
    assert words in run.failure.traceback.head
    assert StepState.RUNNING not in run.step_counts


async def check_sound(kit, host, run_id):
    await host.run_next()
    assert (await kit.finished(run_id)).state is RunState.SUCCEEDED


@pytest.mark.parametrize(
    ("source", "words"), [(NAMES_NOTHING, "ValueError"), (OF_NOBODY, "a reads from nobody")]
)
async def test_a_plan_that_cannot_be_run_ends_its_run_alone(kit, plans, source, words):
    async with kit.running("--max-steps", "3"):
        sound = await kit.launch(plans({"z": ()}))
        poisoned = await kit.launch(reading(plans({"a": ()}), source))
        host = await kit.ready_host()
        await check_poisoned(kit, poisoned, words)
        await check_sound(kit, host, sound)
        await check_sound(kit, host, await kit.launch(plans({"y": ()})))


async def test_what_runs_of_a_run_that_cannot_go_on_is_cancelled(kit, plans):
    async with kit.running("--max-steps", "3"):
        plan = plans({"a": (), "b": ("a",), "c": ("b",)})
        poisoned = await kit.launch(replace(plan, steps=plan.steps))
        host = await kit.ready_host()
        await host.run_next()
        task = await host.begin()
        # As any fault of ours would: acting on the next report raises.
        kit.engine.board.get(poisoned).view._summary.last_sequence = None
        await host.report(host.told(task, logRecord={"level": "WARNING", "message": "x"}))
        assert (await host.expect("cancel"))["taskId"] == task["taskId"]
        await host.cancelled(task)
        run = await kit.finished(poisoned)
        assert run.state is RunState.FAILED
        assert run.step_counts == {
            StepState.SUCCEEDED: 1,
            StepState.CANCELLED: 1,
            StepState.NOT_RUN: 1,
        }
        await check_sound(kit, host, await kit.launch(plans({"z": ()})))


async def test_facts_that_the_database_cannot_hold_end_their_run_alone(kit, plans):
    async with kit.running("--max-steps", "3"):
        poisoned = await kit.launch(plans({"a": ()}))
        sound = await kit.launch(plans({"z": ()}))
        host = await kit.ready_host()
        of_a, of_z = await host.begin(), await host.begin()
        turn = kit.engine.board.turn()
        too_late = LogRecord(level="WARNING", message=Text(head="x"))
        for run_id in (poisoned, sound):
            time = TimeUs(2**70) if run_id == poisoned else None
            event = NewEvent(payload=too_late, step_key="a", attempt=1, time=time)
            step_key = "a" if run_id == poisoned else "z"
            turn.add(kit.engine.board.get(run_id), [replace(event, step_key=step_key)])
        kit.engine.board.settle(turn)
        await check_poisoned(kit, poisoned, "OverflowError")
        while await host.frame_or_end() is not None:
            pass
        while await host.dial_again() is None:
            pass
        await host.hang_up()
        await host.dial()
        await host.hello("READY", runningTaskIds=[of_a["taskId"], of_z["taskId"]])
        assert (await host.expect("cancel"))["taskId"] == of_a["taskId"]
        await host.cancelled(of_a)
        await host.succeed(of_z)
        assert (await kit.finished(sound)).state is RunState.SUCCEEDED


async def test_a_run_that_cannot_be_folded_ends_when_the_next_launcher_starts(kit, plans):
    async with kit.running("--max-runs", "1"):
        poisoned = await kit.launch(plans({"a": ()}))
        sound = await kit.launch(plans({"b": ()}))
        await kit.host()
    with sqlite3.connect(kit.home_path / "treadle.db") as database:
        query = (
            "SELECT item_json FROM plan_items JOIN run_plans USING (fingerprint) WHERE run_id = ?"
        )
        spoilt = 0
        for (item,) in database.execute(query, (poisoned,)).fetchall():
            fields = json.loads(item)
            if fields.get("key") == "a":
                source = {"step_output": {"step_key": "nobody", "output": "result"}}
                fields["inputs"] = [{"name": "x", "sources": [source]}]
                update = "UPDATE plan_items SET item_json = ? WHERE item_json = ?"
                spoilt += database.execute(update, (json.dumps(fields), item)).rowcount
        assert spoilt == 1
    async with kit.running():
        await check_poisoned(kit, poisoned, "nobody")
        host = await kit.ready_host(1)
        await check_sound(kit, host, sound)


DAMAGES = {
    "submitted_json": ["", "{", "[]", "null", '{"selection":1}', '{"tags":[[]]}', "[" * 5000],
    "step_counts_json": ["", "[]", '{"nonsense":1}', '{"pending":"x"}', "[" * 5000],
    "failure_json": ["{", '{"reason":[]}'],
    "digest": [b"\xff"],
    "submitted_us": ["soon", 2**62],
    "started_us": ["soon", -(2**62)],
    "last_sequence": ["many", -1, 1000],
    "materialization_count": ["many"],
}


@pytest.mark.parametrize(
    ("column", "damage"), [(column, each) for column in DAMAGES for each in DAMAGES[column]]
)
async def test_a_run_whose_row_is_damaged_spoils_no_other(kit, plans, column, damage):
    async with kit.running("--max-runs", "1"):
        damaged = await kit.launch(plans({"a": ()}))
        sound = await kit.launch(plans({"b": ()}))
        await kit.host()
    with sqlite3.connect(kit.home_path / "treadle.db") as database:
        update = f"UPDATE runs SET {column} = ? WHERE run_id = ?"
        assert database.execute(update, (damage, damaged)).rowcount == 1
    async with kit.running():
        listed = (await kit.store.list_runs()).items
        assert [run.run_id for run in listed] == [sound, damaged]
        assert isinstance(damage, int) or "cannot be read" in listed[1].failure.message
        host = await kit.ready_host(1)
        if column != "last_sequence":
            await host.run_next()
        await host.run_next()
        assert (await kit.finished(sound)).state is RunState.SUCCEEDED
