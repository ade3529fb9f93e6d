"""What is at hand of a run is what the file says of it, and of what is not certain nothing is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import (
    SPEC,
    STARTED,
    SUCCEEDED,
    make_plan,
    make_run,
    step_started,
)
from treadle_contract.event import StepSucceeded
from treadle_contract.ids import RunId, StepKey
from treadle_launcher.clock import ManualClock
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.store.errors import StoreError
from treadle_launcher.store.records import RunEvents
from treadle_launcher.store.store import Store, open_store, reading_store

STEP = StepKey("block.s0")
END = NewEvent(payload=StepSucceeded(), step_key=STEP, attempt=1)


def on_both(database: Path, body: Callable[[Store, Store], Awaitable[None]], runs: int = 4) -> None:
    """Run a body on a store, and on another that reads its file."""

    async def opened() -> None:
        with (
            open_store(database, ManualClock(), recent_runs=runs) as store,
            reading_store(database) as file,
        ):
            await body(store, file)

    asyncio.run(asyncio.wait_for(opened(), timeout=60))


async def same(store: Store, file: Store, run_id: RunId) -> None:
    assert await store.get_run(run_id) == await file.get_run(run_id)
    assert await store.get_run_plan(run_id) == await file.get_run_plan(run_id)
    for after, most in ((0, 500), (2, 1), (2, 500), (99, 500)):
        told = await store.events_after(run_id, after, most)
        assert told == await file.events_after(run_id, after, most)


async def at_hand(store: Store, run_id: RunId) -> bool:
    return await store._recent.plan(run_id) is not None


def test_what_is_at_hand_is_what_is_recorded(tmp_path: Path) -> None:
    async def body(store: Store, file: Store) -> None:
        run_id = (await store.create_run(make_run())).run.run_id
        await same(store, file, run_id)
        await store.append(run_id, STARTED)
        await same(store, file, run_id)
        batch = RunEvents(run_id=run_id, events=(step_started(0), END), after=3)
        await store.append_all([batch])
        await same(store, file, run_id)
        await store.append(run_id, [SUCCEEDED])
        await same(store, file, run_id)
        assert await at_hand(store, run_id)

    on_both(tmp_path / "db", body)


def test_the_oldest_are_read_from_the_file(tmp_path: Path) -> None:
    async def body(store: Store, file: Store) -> None:
        run_ids = [(await store.create_run(make_run())).run.run_id for _ in range(3)]
        for run_id in run_ids:
            await store.append(run_id, STARTED)
            await same(store, file, run_id)
        assert [await at_hand(store, run_id) for run_id in run_ids] == [False, True, True]

    on_both(tmp_path / "db", body, runs=2)


def test_a_run_with_another_plan_is_read_from_the_file(tmp_path: Path) -> None:
    async def body(store: Store, file: Store) -> None:
        run_id = (await store.create_run(make_run())).run.run_id
        await store.replace_plan(run_id, make_plan("f2", steps=1), SPEC, STARTED[:1])
        await store.append(run_id, STARTED[1:])
        await same(store, file, run_id)
        assert not await at_hand(store, run_id)

    on_both(tmp_path / "db", body)


def test_after_a_write_that_was_refused_or_left_nothing_is_at_hand(tmp_path: Path) -> None:
    async def body(store: Store, file: Store) -> None:
        run_id = (await store.create_run(make_run())).run.run_id
        with pytest.raises(StoreError):
            await store.append_all([RunEvents(run_id=run_id, events=STARTED, after=9)])
        assert not await at_hand(store, run_id)
        await same(store, file, run_id)

        run_id = (await store.create_run(make_run())).run.run_id
        left = store.append(run_id, STARTED)
        left.cancel()
        await store.append(run_id, [step_started(0)])
        assert not await at_hand(store, run_id)
        await same(store, file, run_id)

    on_both(tmp_path / "db", body)
