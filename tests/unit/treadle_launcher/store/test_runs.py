"""Lists of runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import (
    SUCCEEDED,
    make_run,
    on_store,
    started_run,
)
from treadle_contract.run import RunState
from treadle_launcher.errors import BadArgumentError, BadPageTokenError
from treadle_launcher.store.store import Store


def test_runs_are_listed_newest_first_in_pages(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        ids = [(await store.create_run(make_run())).run.run_id for _ in range(5)]

        first = await store.list_runs(page_size=2)
        second = await store.list_runs(page_size=2, page_token=first.next_page_token)
        third = await store.list_runs(page_size=2, page_token=second.next_page_token)

        listed = [run.run_id for page in (first, second, third) for run in page.items]
        assert listed == ids[::-1]
        assert third.next_page_token == ""

    on_store(tmp_path / "db", body)


def test_runs_are_filtered_by_state_and_location(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        done = await started_run(store)
        await store.append(done, [SUCCEEDED])
        running = await started_run(store)
        elsewhere = await started_run(store, location="other")

        async def ids(**filters: object) -> list[str]:
            page = await store.list_runs(**filters)  # type: ignore[arg-type] - by the cases below
            return [run.run_id for run in page.items]

        assert await ids(states=[RunState.RUNNING]) == [elsewhere, running]
        assert await ids(states=[RunState.RUNNING, RunState.SUCCEEDED]) == [
            elsewhere,
            running,
            done,
        ]
        assert await ids(location="main", states=[RunState.RUNNING]) == [running]
        assert await ids(location="nowhere") == []
        assert [run.run_id for run in await store.unfinished_runs()] == [running, elsewhere]

    on_store(tmp_path / "db", body)


def test_a_token_goes_with_its_filters(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        for _ in range(3):
            await started_run(store)
        states = [RunState.RUNNING, RunState.QUEUED]
        page = await store.list_runs(page_size=1, states=states)

        # The order of the states says nothing.
        more = await store.list_runs(
            page_size=2, states=states[::-1], page_token=page.next_page_token
        )
        assert len(more.items) == 2
        with pytest.raises(BadPageTokenError):
            await store.list_runs(page_token=page.next_page_token)

    on_store(tmp_path / "db", body)


def test_a_negative_page_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadArgumentError):
        on_store(tmp_path / "db", lambda store: store.list_runs(page_size=-1))


def test_a_page_has_500_runs_at_most_and_100_unless_asked(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        writes = [store.create_run(make_run()) for _ in range(501)]
        for write in writes:
            await write

        assert len((await store.list_runs()).items) == 100
        assert len((await store.list_runs(page_size=100_000)).items) == 500

    on_store(tmp_path / "db", body)
