"""The sweeper on a store and files of its own: killed in between, told to leave, refused."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import STARTED, SUCCEEDED, make_run, step_started
from treadle_contract.event import StepSucceeded
from treadle_contract.ids import RunId, StepKey
from treadle_contract.launcher import GarbageReason
from treadle_launcher.clock import ManualClock
from treadle_launcher.errors import ShuttingDownError
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.store.store import Store, open_store
from treadle_launcher.values.sweeping import Sweeper, Swept
from treadle_launcher.values.value_files import ValueFiles
from treadle_launcher.values.value_keys import intermediate_value_key

STEP = StepKey("block.s0")
DAY = 24 * 60 * 60


class Place:
    """A sweeper that does not work by itself, with the things it works on."""

    def __init__(self, root: Path, store: Store, clock: ManualClock) -> None:
        self.values = root / "values"
        self.store = store
        self.clock = clock
        self.files = ValueFiles(self.values)
        self.sweeper = Sweeper(self.files, store, clock, keep=7 * DAY)

    async def intermediate(self) -> str:
        """Record a run that is over, whose step stored a value; return the value's key."""
        run_id = (await self.store.create_run(make_run())).run.run_id
        done = NewEvent(payload=StepSucceeded(duration_us=1, pid=2), step_key=STEP, attempt=1)
        await self.store.append(run_id, [*STARTED, step_started(0), done, SUCCEEDED])
        return self.put(run_id)

    def put(self, run_id: RunId) -> str:
        key = intermediate_value_key(run_id, STEP, 1, "o")
        path = self.values / key
        path.parent.mkdir(parents=True)
        path.write_bytes(b"value")
        # By a clock that goes by itself: from before what is recorded.
        os.utime(path, (0, 0))
        return key

    def has(self, key: str) -> bool:
        return (self.values / key).exists()


def at_place(root: Path, body: Callable[[Place], Awaitable[None]]) -> None:
    clock = ManualClock()

    async def opened() -> None:
        with open_store(root / "treadle.db", clock) as store:
            place = Place(root, store, clock)
            try:
                await body(place)
            finally:
                place.sweeper.close()
                await place.sweeper.work()

    asyncio.run(asyncio.wait_for(opened(), timeout=60))


def test_intermediates_go_when_their_time_is_over(tmp_path: Path) -> None:
    async def body(place: Place) -> None:
        key = await place.intermediate()
        place.clock.advance(6 * DAY * 1_000_000)
        assert await place.sweeper.collect() == Swept(count=0, size_bytes=0)
        place.clock.advance(DAY * 1_000_000)
        (planned,) = await place.sweeper.plan()
        assert planned.key == key
        assert place.has(key)

        assert await place.sweeper.collect() == Swept(count=1, size_bytes=5)

        assert not place.has(key)
        assert await place.store.removed_values([key]) == {key: GarbageReason.INTERMEDIATE}

    at_place(tmp_path, body)


def test_a_value_that_was_recorded_as_removed_goes_with_the_next_sweep(tmp_path: Path) -> None:
    async def body(place: Place) -> None:
        key = await place.intermediate()
        # As if killed between the record and the file.
        await place.store.mark_removed(await place.sweeper.plan(keep=0))
        assert place.has(key)

        assert (await place.sweeper.collect()).count == 1

        assert not place.has(key)

    at_place(tmp_path, body)


def test_what_is_stored_by_a_run_that_begins_meanwhile_is_not_taken(tmp_path: Path) -> None:
    async def body(place: Place) -> None:
        run_id = (await place.store.create_run(make_run())).run.run_id
        key = place.put(run_id)
        await place.sweeper.collect(keep=0)
        assert place.has(key)

    at_place(tmp_path, body)


def test_sweeps_asked_for_at_once_take_each_value_once(tmp_path: Path) -> None:
    async def body(place: Place) -> None:
        for _ in range(3):
            await place.intermediate()
        swept = await asyncio.gather(*(place.sweeper.collect(keep=0) for _ in range(5)))
        assert sorted(each.count for each in swept) == [0, 0, 0, 0, 3]

    at_place(tmp_path, body)


def test_one_that_is_told_to_leave_takes_up_nothing_more(tmp_path: Path) -> None:
    async def body(place: Place) -> None:
        key = await place.intermediate()
        place.sweeper.close()
        for asked in (place.sweeper.collect(keep=0), place.sweeper.disk_use()):
            with pytest.raises(ShuttingDownError):
                await asked
        assert place.has(key)

    at_place(tmp_path, body)


def test_a_folder_that_cannot_be_read_does_not_end_the_work(tmp_path: Path) -> None:
    (tmp_path / "values").mkdir()
    (tmp_path / "values" / "assets").write_text("no folder")

    async def body(place: Place) -> None:
        with pytest.raises(NotADirectoryError):
            await place.sweeper.plan()
        # Its own sweep at the start meets the same, and says so in the log.
        work = asyncio.create_task(place.sweeper.work())
        await asyncio.sleep(0)
        place.sweeper.close()
        await work

    at_place(tmp_path, body)
