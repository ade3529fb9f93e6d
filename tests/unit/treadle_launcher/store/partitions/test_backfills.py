"""Backfills on record: made once, which run makes which part, how they end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.backfills.orders import key_set, order_of
from tests.unit.treadle_launcher.store.samples import STARTED, SUCCEEDED, make_run, on_store
from treadle_contract.backfill import BackfillState
from treadle_contract.run import RunState
from treadle_launcher.backfills.backfill import BackfillCounts, BackfillOrder, BackfillPlace
from treadle_launcher.errors import (
    BadPageTokenError,
    IdempotencyConflictError,
    UnknownBackfillError,
)
from treadle_launcher.store.partitions.backfills import NewBackfill
from treadle_launcher.store.store import Store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


def order(partitions: int = 5, per_run: int = 2, **others: object) -> BackfillOrder:
    return order_of(key_set(10, set(range(partitions))), per_run, **others)


def new(name: str = "B1", key: str = "", **others: object) -> NewBackfill:
    wanted = order(idempotency_key=key, **others)
    return NewBackfill(backfill_id=name, order=wanted, asked={"selection": "a"})


async def launch(store: Store, position: int, backfill_id: str = "B1") -> str:
    place = BackfillPlace(backfill_id=backfill_id, position=position)
    created = await store.create_run(replace(make_run(), of_backfill=place))
    return created.run.run_id


def test_a_backfill_comes_back_as_it_was_recorded(database: Path) -> None:
    async def body(store: Store) -> None:
        made, existed = await store.partitions.add_backfill(new(priority=3, tags={"team": "etl"}))
        found = await store.partitions.backfill("B1")

        assert not existed
        assert found == made
        assert found.order == order(priority=3, tags={"team": "etl"})
        assert found.state is BackfillState.RUNNING

    on_store(database, body)


def test_a_named_request_makes_one_backfill(database: Path) -> None:
    async def body(store: Store) -> None:
        await store.partitions.add_backfill(new(key="nightly"))
        again, existed = await store.partitions.add_backfill(new("B2", key="nightly"))
        others = replace(new("B3", key="nightly"), asked={"selection": "b"})

        assert (again.backfill_id, existed) == ("B1", True)
        with pytest.raises(IdempotencyConflictError, match="made backfill B1") as refused:
            await store.partitions.add_backfill(others)
        assert refused.value.changes == ('selection was "a", is "b"',)
        with pytest.raises(UnknownBackfillError):
            await store.partitions.backfill("B2")

    on_store(database, body)


def test_a_part_is_made_by_one_run_however_often_it_is_launched(database: Path) -> None:
    async def body(store: Store) -> None:
        await store.partitions.add_backfill(new())
        first = await launch(store, 1)
        again = await launch(store, 1)
        other = await launch(store, 0)

        assert first == again
        assert other != first
        rows = await store.partitions.backfill_rows("B1")
        assert {position: row.run_id for position, row in rows.items()} == {0: other, 1: first}
        assert rows[0].state is RunState.QUEUED

    on_store(database, body)


def test_counts_follow_the_runs_and_refusals(database: Path) -> None:
    async def body(store: Store) -> None:
        backfill, _ = await store.partitions.add_backfill(new())
        assert await store.partitions.backfill_counts(backfill) == BackfillCounts(waiting=5)

        run_id = await launch(store, 2)
        await launch(store, 0)
        await store.append(run_id, [*STARTED, SUCCEEDED])
        place = BackfillPlace(backfill_id="B1", position=1)
        await store.partitions.refuse_backfill_run(place, "no such asset")

        # The last part is of one partition, the others of two.
        counts = await store.partitions.backfill_counts(backfill)
        assert counts == BackfillCounts(running=2, succeeded=1, failed=2)
        rows = await store.partitions.backfill_rows("B1", 1, 2)
        assert [row.refused_because for row in rows.values()] == ["no such asset"]

    on_store(database, body)


def test_a_backfill_ends_once(database: Path) -> None:
    async def body(store: Store) -> None:
        await store.partitions.add_backfill(new())
        await store.partitions.cancel_backfill("B1", "enough")
        ended = await store.partitions.finish_backfill("B1", BackfillState.CANCELLED)
        after = await store.partitions.cancel_backfill("B1", "again")
        twice = await store.partitions.finish_backfill("B1", BackfillState.FAILED)

        assert ended.state is BackfillState.CANCELLED
        assert ended.cancel_reason == "enough"
        assert ended.finished_at is not None
        assert ended == after == twice
        with pytest.raises(UnknownBackfillError):
            await store.partitions.cancel_backfill("B9", "")

    on_store(database, body)


def test_what_is_not_over_is_found_by_the_next_launcher(database: Path) -> None:
    async def body(store: Store) -> None:
        await store.partitions.add_backfill(new("B1"))
        await store.partitions.add_backfill(replace(new("B2"), is_ephemeral=True))
        await store.partitions.add_backfill(new("B3"))
        await store.partitions.finish_backfill("B1", BackfillState.FAILED)

        every = await store.partitions.unfinished_backfills()
        own = await store.partitions.unfinished_backfills(only_ephemeral=True)

        assert [each.backfill_id for each in every] == ["B2", "B3"]
        assert [each.backfill_id for each in own] == ["B2"]

    on_store(database, body)


def test_backfills_are_listed_in_pages_newest_first(database: Path) -> None:
    async def body(store: Store) -> None:
        for number in range(5):
            await store.partitions.add_backfill(new(f"B{number}"))
        first = await store.partitions.backfills_page(3)
        second = await store.partitions.backfills_page(3, first.next_page_token)

        found = [each.backfill_id for each in (*first.items, *second.items)]
        assert found == ["B4", "B3", "B2", "B1", "B0"]
        assert second.next_page_token == ""
        with pytest.raises(BadPageTokenError):
            await store.partitions.backfills_page(3, "nonsense")

    on_store(database, body)


def test_a_file_that_is_only_read_and_has_no_such_table_yet_has_no_backfills(
    database: Path,
) -> None:
    async def body(store: Store) -> None:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("DROP TABLE backfills")
        assert (await store.partitions.backfills_page()).items == ()
        with pytest.raises(UnknownBackfillError):
            await store.partitions.backfill("B1")

    on_store(database, body)
