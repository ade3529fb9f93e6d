"""The record of what was made: the latest by store order, and pages of all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import made, on_store, started_run
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_launcher.clock import TimeUs
from treadle_launcher.errors import BadPageTokenError
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.store.materializations import MaterializationFilter
from treadle_launcher.store.store import Store

A, B = KeyText("a"), KeyText("b/c")


def test_the_latest_is_the_last_in_store_order_whatever_the_clocks_say(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        first, second = await started_run(store), await started_run(store, location="other")
        await store.append(second, [made("a", time=TimeUs(9_000))])
        await store.append(second, [made("b/c", time=TimeUs(9_000))])
        await store.append(first, [made("a", time=TimeUs(1))])

        latest = await store.latest_materializations([A, B, KeyText("never"), A])

        assert set(latest) == {A, B}
        assert (latest[A].run_id, latest[A].time, latest[A].location) == (first, 1, "main")
        assert (latest[B].run_id, latest[B].location) == (second, "other")
        assert (latest[A].step_key, latest[A].attempt) == (StepKey("block.s0"), 1)
        assert latest[A].digest == "d1"

    on_store(tmp_path / "db", body)


def test_the_latest_of_very_many_assets_is_one_question(tmp_path: Path) -> None:
    keys = [KeyText(f"k{number}") for number in range(40_000)]

    async def body(store: Store) -> None:
        run_id = await started_run(store)
        await store.append(run_id, [made("k7"), made("k39999"), made("k7")])

        latest = await store.latest_materializations(keys)

        assert {key: one.store_sequence for key, one in latest.items()} == {"k7": 6, "k39999": 5}

    on_store(tmp_path / "db", body)


def test_no_asset_asked_for_is_no_asset_found(tmp_path: Path) -> None:
    assert on_store(tmp_path / "db", lambda store: store.latest_materializations([])) == {}


def test_pages_hold_each_once_newest_first_though_more_are_made_meanwhile(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        run_id = await started_run(store)
        await store.append(run_id, [made("a"), made("b/c")] * 5)
        found = []
        token = ""
        while True:
            page = await store.list_materializations(
                MaterializationFilter(asset_key=A), page_size=2, page_token=token
            )
            found.extend(page.items)
            token = page.next_page_token
            await store.append(run_id, [made("a")])
            if not token:
                break

        assert [each.store_sequence for each in found] == [12, 10, 8, 6, 4]
        assert {each.asset_key for each in found} == {A}

    on_store(tmp_path / "db", body)


def test_those_of_a_run_are_listed_apart(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        first, second = await started_run(store), await started_run(store)
        await store.append(first, [made("a"), made("b/c")])
        await store.append(second, [made("a")])

        of_run = await store.list_materializations(MaterializationFilter(run_id=first))
        of_both = await store.list_materializations(
            MaterializationFilter(run_id=second, asset_key=B)
        )

        assert [each.asset_key for each in of_run.items] == [B, A]
        assert of_both.items == ()

    on_store(tmp_path / "db", body)


def test_a_token_of_another_list_is_refused(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        run_id = await started_run(store)
        await store.append(run_id, [made("a"), made("b/c"), made("a")])
        page = await store.list_materializations(MaterializationFilter(asset_key=A), page_size=1)

        for token in (page.next_page_token, "5", "nonsense", page.next_page_token + "x", "é" * 17):
            with pytest.raises(BadPageTokenError):
                await store.list_materializations(
                    MaterializationFilter(asset_key=B), page_token=token
                )

    on_store(tmp_path / "db", body)


def test_a_page_ends_before_it_is_too_large_for_a_message(tmp_path: Path) -> None:
    text = "x" * 300_000

    async def body(store: Store) -> None:
        run_id = await started_run(store)
        await store.append(run_id, [made("a", text=text)] * 7)
        sizes = []
        token = ""
        while token or not sizes:
            page = await store.list_materializations(
                MaterializationFilter(asset_key=A), page_token=token
            )
            sizes.append(len(page.items))
            token = page.next_page_token

        assert sizes == [3, 3, 1]

    on_store(tmp_path / "db", body)


@pytest.mark.parametrize("damage", ["", "[]", "[" * 5000, '{"value_ref":1}'])
def test_one_that_is_damaged_is_none_and_costs_no_other(tmp_path: Path, damage: str) -> None:
    async def make(store: Store) -> None:
        await store.append(await started_run(store), [made("a"), made("b/c"), made("a")])

    async def read(store: Store) -> None:
        assert set(await store.latest_materializations([A, B])) == {B}
        listed = (await store.list_materializations(MaterializationFilter())).items
        assert [each.asset_key for each in listed] == [B, A]

    on_store(tmp_path / "db", make)
    with sqlite3.connect(tmp_path / "db") as database:
        last = "(SELECT max(store_sequence) FROM materializations)"
        update = f"UPDATE materializations SET made_json = ? WHERE store_sequence = {last}"
        assert database.execute(update, (damage,)).rowcount == 1
    on_store(tmp_path / "db", read)


def test_the_latest_of_each_partition_is_found_by_its_key(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        first, second = await started_run(store), await started_run(store)
        days = [made_partition(day) for day in ("day 1", "day 2", "day 1")]
        await store.append(first, days)
        await store.append(second, [made_partition("day 2"), made("b/c")])

        every = await store.partitions.latest(A, None)
        some = await store.partitions.latest(A, ["day 1", "day 9"])
        page = await store.list_materializations(
            MaterializationFilter(asset_key=A, partition_key="day 1")
        )

        assert {key: one.run_id for key, one in every.items()} == {"day 1": first, "day 2": second}
        assert {key: one.store_sequence for key, one in some.items()} == {
            "day 1": every["day 1"].store_sequence
        }
        assert [one.partition_key for one in page.items] == ["day 1", "day 1"]
        assert await store.partitions.latest(B, None) == {}
        assert (await store.latest_materializations([A]))[A].partition_key == "day 2"

    on_store(tmp_path / "db", body)


def made_partition(key: str) -> NewEvent:
    event = made("a")
    return replace(event, payload=replace(event.payload, partition_key=key))
