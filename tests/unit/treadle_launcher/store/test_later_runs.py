"""Which run was the last to run a step after another one's values of it were made."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import STARTED, make_run, on_store, step_started
from treadle_contract.event import StepFailed, StepSucceeded
from treadle_contract.ids import RunId, StepKey
from treadle_contract.run import Failure, FailureReason
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.store import step_runs
from treadle_launcher.store.store import Store

STEP = StepKey("block.s0")
OTHER = StepKey("block.s1")
SUCCEEDED = NewEvent(payload=StepSucceeded(duration_us=1, pid=2), step_key=STEP, attempt=1)
FAILED = NewEvent(
    payload=StepFailed(failure=Failure(reason=FailureReason.USER_ERROR, message="no")),
    step_key=STEP,
    attempt=1,
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


async def begun(store: Store, *facts: NewEvent) -> RunId:
    run_id = (await store.create_run(make_run())).run.run_id
    await store.append(run_id, [*STARTED, step_started(0), *facts])
    return run_id


def test_the_last_run_that_ran_it_since_is_named_however_it_ended(database: Path) -> None:
    async def body(store: Store) -> None:
        await begun(store, SUCCEEDED)
        made = await begun(store, SUCCEEDED)
        assert await store.later_runs("main", {STEP: made}) == {}

        await begun(store, SUCCEEDED)
        last = await begun(store, FAILED)

        assert await store.later_runs("main", {STEP: made, OTHER: made}) == {STEP: last}
        assert await store.later_runs("another", {STEP: made}) == {}
        assert await store.later_runs("main", {STEP: last}) == {}

    on_store(database, body)


def test_an_attempt_that_was_under_way_then_counts(database: Path) -> None:
    async def body(store: Store) -> None:
        longer = await begun(store)
        made = await begun(store, SUCCEEDED)
        assert await store.later_runs("main", {STEP: made}) == {}

        await store.append(longer, [SUCCEEDED])

        assert await store.later_runs("main", {STEP: made}) == {STEP: longer}

    on_store(database, body)


def test_the_last_successes_of_each_step_are_found_newest_first(database: Path) -> None:
    other = NewEvent(payload=StepSucceeded(duration_us=1, pid=2), step_key=OTHER, attempt=1)

    async def body(store: Store) -> None:
        first = await begun(store, other)
        made = [await begun(store, SUCCEEDED) for _ in range(step_runs._MOST + 2)]
        await begun(store, FAILED)

        found = await store.last_successes("main", [STEP, OTHER, StepKey("block.never")])

        newest = [(STEP, each) for each in reversed(made)][: step_runs._MOST]
        assert [(each.step_key, each.run_id) for each in found] == [*newest, (OTHER, first)]
        assert all(0 < each.began_sequence < each.store_sequence for each in found[:-1])
        assert await store.last_successes("another", [STEP]) == ()

    on_store(database, body)


def test_successes_are_found_by_their_index_however_long_the_log_is(database: Path) -> None:
    # As a file is that an earlier Treadle wrote.
    on_store(database, begun)
    with sqlite3.connect(database) as connection:
        connection.execute("DROP INDEX events_of_successes")

    async def body(store: Store) -> None:
        await begun(store, SUCCEEDED)
        asked: list[str] = []

        def read(connection: sqlite3.Connection) -> list[str]:
            connection.set_trace_callback(asked.append)
            step_runs.last_successes(connection, "main", [STEP])
            connection.set_trace_callback(None)
            plans = [connection.execute(f"EXPLAIN QUERY PLAN {statement}") for statement in asked]
            return [row[3] for plan in plans for row in plan]

        steps = await store._readers.read(read)
        assert [step for step in steps if step.startswith("SCAN") and "VIRTUAL" not in step] == []
        assert any("INDEX events_of_successes (step_key=?)" in step for step in steps), steps

    on_store(database, body)
