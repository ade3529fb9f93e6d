from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from treadle.locations.snapshot import Asset, Job, Manifest, Snapshot
from treadle_codeserver.errors import NotLoadedError, ShuttingDownError, UnstableError
from treadle_codeserver.load_progress import LoadOutcome
from treadle_codeserver.location import CodeLocation
from treadle_contract.graph import LocationState, ModuleReport, ModuleState
from treadle_contract.ids import KeyText

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

BAD = LoadOutcome(modules=())


def good(digest: str) -> LoadOutcome:
    return LoadOutcome(modules=(), snapshot=Snapshot(digest=digest, warnings=(f"w {digest}",)))


class Loads:
    """Loads that end when the test says so."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[asyncio.Future[LoadOutcome]] = asyncio.Queue()

    async def __call__(self) -> LoadOutcome:
        end: asyncio.Future[LoadOutcome] = asyncio.get_running_loop().create_future()
        self.begun.put_nowait(end)
        return await end


Story = Callable[[CodeLocation, Loads], Coroutine[Any, Any, None]]


def tell(story: Story) -> None:
    """Run a story of a location, whose loads are the story's."""

    async def run() -> None:
        loads = Loads()
        location = CodeLocation("here", loads, now=lambda: NOON)
        try:
            async with asyncio.timeout(10):
                await story(location, loads)
        finally:
            await location.close()

    asyncio.run(run())


async def loaded(location: CodeLocation, loads: Loads, outcome: LoadOutcome) -> bool:
    reload = asyncio.create_task(location.reload())
    (await loads.begun.get()).set_result(outcome)
    _, swapped = await reload
    return swapped


def test_a_good_load_is_served() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        assert location.status.state is LocationState.LOADING
        assert await loaded(location, loads, good("1"))

        served = await location.served()
        assert location.status.state is LocationState.SERVING
        assert location.status.warnings == ("w 1",)
        assert served.snapshot.digest == "1"
        assert served.loaded_at == NOON

    tell(story)


def test_a_bad_load_after_a_good_one_keeps_it() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        await loaded(location, loads, good("1"))
        assert not await loaded(location, loads, BAD)

        assert location.status.state is LocationState.SERVING_LAST_GOOD
        assert (await location.served()).snapshot.digest == "1"

    tell(story)


def test_a_bad_first_load_serves_nothing() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        await loaded(location, loads, BAD)

        assert location.status.state is LocationState.FAILED
        with pytest.raises(NotLoadedError):
            await location.served()

    tell(story)


def test_who_asks_during_the_first_load_waits_for_its_end() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        asked = asyncio.create_task(location.served())
        await loaded(location, loads, good("1"))

        assert (await asked).snapshot.digest == "1"

    tell(story)


def test_reloads_during_a_load_share_one_that_starts_after_it() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        first = asyncio.create_task(location.reload())
        running = await loads.begun.get()
        later = [asyncio.create_task(location.reload()) for _ in range(3)]
        running.set_result(good("1"))
        await first
        (await loads.begun.get()).set_result(good("2"))

        answers = [await reload for reload in later]
        assert [status.served.snapshot.digest for status, _ in answers if status.served] == [
            "2",
            "2",
            "2",
        ]
        assert loads.begun.empty()

    tell(story)


def test_a_caller_who_goes_away_ends_nobodys_load() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        reloads = [asyncio.create_task(location.reload()) for _ in range(2)]
        running = await loads.begun.get()
        reloads[0].cancel()
        running.set_result(good("1"))

        _, swapped = await reloads[1]
        assert swapped

    tell(story)


def test_a_watcher_is_given_every_change() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        watch = location.watch()
        states = [(await anext(watch)).state]
        await loaded(location, loads, good("1"))
        await loaded(location, loads, BAD)
        states += [(await anext(watch)).state for _ in range(2)]

        assert states == [
            LocationState.LOADING,
            LocationState.SERVING,
            LocationState.SERVING_LAST_GOOD,
        ]

    tell(story)


def test_closing_tells_everybody_who_waits() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        watch = location.watch()
        await anext(watch)
        waiting = [
            asyncio.ensure_future(anext(watch)),
            asyncio.create_task(location.served()),
            asyncio.create_task(location.reload()),
        ]
        running = await loads.begun.get()
        await location.close()

        answers = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(answer) for answer in answers] == [ShuttingDownError] * 3
        assert running.cancelled()
        with pytest.raises(ShuttingDownError):
            await location.reload()

    tell(story)


def test_jobs_are_evaluated_once_with_the_load() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        snapshot = Snapshot(
            assets=tuple(
                Asset(key=KeyText(key), block=key, step_key=None, output="result")
                for key in ("a", "b", "c")
            ),
            jobs=(Job(name="some", selection="c or a"),),
        )
        await loaded(location, loads, LoadOutcome(modules=(), snapshot=snapshot))

        assert (await location.served()).job_asset_keys == {"some": ("a", "c")}

    tell(story)


def made(key: str, *, file: str = "1") -> LoadOutcome:
    """Return a load that gave one asset, of a source file with this content."""
    snapshot = Snapshot(
        assets=(Asset(key=KeyText(key)),),
        digest=f"{key}{file}",
        core_digest=f"{key}{file}",
        manifest=Manifest(files={"m": file}),
    )
    return LoadOutcome(
        modules=(ModuleReport(target="m.py", state=ModuleState.LOADED),), snapshot=snapshot
    )


async def loaded_twice(
    location: CodeLocation, loads: Loads, first: LoadOutcome, second: LoadOutcome
) -> bool:
    reload = asyncio.create_task(location.reload())
    (await loads.begun.get()).set_result(first)
    (await loads.begun.get()).set_result(second)
    _, swapped = await reload
    return swapped


def test_definitions_that_differ_at_each_import_are_refused_when_another_load_shows_it() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        await loaded(location, loads, made("a"))

        assert not await loaded_twice(location, loads, made("b"), made("c"))

        assert location.status.state is LocationState.FAILED
        assert location.status.served is None
        (report,) = location.status.modules
        assert report.state is ModuleState.RAISED
        assert "asset b is there in one, and c instead in the other" in report.problem.head
        with pytest.raises(UnstableError, match="asset b is there in one"):
            await location.served()

    tell(story)


def test_other_definitions_that_the_next_load_finds_too_are_served() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        await loaded(location, loads, made("a"))

        assert await loaded_twice(location, loads, made("b"), made("b"))

        assert (await location.served()).snapshot.digest == "b1"

    tell(story)


def test_other_source_files_are_loaded_once() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        await loaded(location, loads, made("a"))

        assert await loaded(location, loads, made("b", file="2"))

        assert (await location.served()).snapshot.digest == "b2"

    tell(story)


def test_what_was_refused_is_served_once_two_loads_are_alike() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        await loaded(location, loads, made("a"))
        await loaded_twice(location, loads, made("b"), made("c"))

        assert not await loaded_twice(location, loads, made("d", file="2"), made("e", file="2"))
        assert await loaded_twice(location, loads, made("f", file="3"), made("f", file="3"))

        assert (await location.served()).snapshot.digest == "f3"

    tell(story)


def test_a_second_load_that_fails_is_told_and_keeps_the_last_good_one() -> None:
    async def story(location: CodeLocation, loads: Loads) -> None:
        await loaded(location, loads, made("a"))

        assert not await loaded_twice(location, loads, made("b"), BAD)

        assert location.status.state is LocationState.SERVING_LAST_GOOD
        assert (await location.served()).snapshot.digest == "a1"

    tell(story)
