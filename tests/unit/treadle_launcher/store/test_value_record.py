"""What the record says of stored values, and that what was removed is known as removed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import (
    STARTED,
    SUCCEEDED,
    make_plan,
    make_run,
    on_store,
    step_started,
)
from treadle_contract.event import AssetMaterialized, StepSucceeded
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.launcher import Garbage, GarbageReason
from treadle_contract.plan import Load, LoadState
from treadle_contract.value import ValueRef
from treadle_launcher.clock import ManualClock, TimeUs
from treadle_launcher.errors import StalePlanError
from treadle_launcher.planning.resolution import resolve
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.store import value_record
from treadle_launcher.store.materializations import MaterializationFilter
from treadle_launcher.store.records import RunEvents
from treadle_launcher.store.store import Store, reading_store
from treadle_launcher.values.value_keys import (
    ValueOwner,
    asset_value_key,
    intermediate_value_key,
    of_partition,
)

STEP = StepKey("block.s0")
ASSET = KeyText("a/b")
SINCE = TimeUs(0)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


def ref(key: str) -> ValueRef:
    return ValueRef(store="files", key=key, codec="pickle5", size_bytes=1, checksum="crc32:0")


def load_of(key: str) -> Load:
    return Load(
        asset_key=ASSET,
        state=LoadState.RECORDED,
        value_ref=ref(key),
        builtin_manager=True,
        io_manager_key="io_manager",
    )


def removal(key: str, reason: GarbageReason = GarbageReason.SUPERSEDED) -> Garbage:
    return Garbage(key=key, reason=reason, size_bytes=1)


async def version(store: Store, *, over: bool = True, keep: int = 0, partition: str = "") -> str:
    """Record a run that makes a version of the asset, or a partition; return the version's key."""
    run_id = (await store.create_run(make_run())).run.run_id
    key = of_partition(asset_value_key("main", ASSET, run_id, STEP, 1), partition)
    made = AssetMaterialized(
        asset_key=ASSET,
        output="result",
        value_ref=ref(key),
        keep_versions=keep,
        partition_key=partition,
    )
    facts = [
        step_started(0),
        NewEvent(payload=made, step_key=STEP, attempt=1),
        NewEvent(payload=StepSucceeded(duration_us=1, pid=2), step_key=STEP, attempt=1),
    ]
    await store.append(run_id, [*STARTED, *facts, *([SUCCEEDED] if over else [])])
    return key


def test_versions_are_counted_from_the_newest_that_is_stored(database: Path) -> None:
    async def body(store: Store) -> None:
        keys = [await version(store) for _ in range(4)]

        facts = await store.value_facts([keys[0], keys[1], keys[3]], SINCE)

        assert facts.versions == {keys[3]: (ASSET, 0), keys[1]: (ASSET, 1), keys[0]: (ASSET, 2)}
        assert await store.latest_value_keys() == {keys[3]: ASSET}

    on_store(database, body)


def test_versions_of_each_partition_are_counted_for_themselves(database: Path) -> None:
    async def body(store: Store) -> None:
        first = await version(store, partition="day/1")
        other = await version(store, partition="day 2")
        second = await version(store, partition="day/1")

        facts = await store.value_facts([first, other, second], SINCE)

        assert facts.versions == {second: (ASSET, 0), other: (ASSET, 0), first: (ASSET, 1)}
        assert await store.latest_value_keys() == {second: ASSET, other: ASSET}
        assert "/=day%2F1/" in first

    on_store(database, body)


def test_the_newest_stored_version_says_how_many_stay(database: Path) -> None:
    async def body(store: Store) -> None:
        keys = [await version(store, keep=keep) for keep in (0, 7, 2, 0)]

        async def kept(*stored: int) -> Mapping[KeyText, int]:
            return (await store.value_facts([keys[each] for each in stored], SINCE)).kept

        assert await kept(0, 1, 2) == {ASSET: 2}
        assert await kept(0, 1) == {ASSET: 7}
        assert await kept(0, 1, 2, 3) == {}
        assert await kept() == {}

    on_store(database, body)


def test_facts_are_found_by_index_however_long_the_history_is(database: Path) -> None:
    async def body(store: Store) -> None:
        key = await version(store)
        asked: list[str] = []

        def read(connection: sqlite3.Connection) -> list[str]:
            connection.set_trace_callback(asked.append)
            value_record.facts_of(connection, [key], SINCE)
            connection.set_trace_callback(None)
            plans = [connection.execute(f"EXPLAIN QUERY PLAN {statement}") for statement in asked]
            return [row[3] for plan in plans for row in plan]

        steps = await store._readers.read(read)
        assert len(asked) >= 6
        assert [step for step in steps if step.startswith("SCAN") and "VIRTUAL" not in step] == []

    on_store(database, body)


def test_a_value_is_doubted_with_the_facts_that_say_so_until_it_is_trusted(database: Path) -> None:
    async def body(store: Store) -> None:
        keys = [await version(store), await version(store)]
        run_id = (await store.create_run(make_run())).run.run_id
        facts = RunEvents(run_id=run_id, events=STARTED, doubted=tuple(keys))
        await store.append_all([facts])

        assert await store.doubted_values([*keys, "another"]) == set(keys)
        await store.trust_values([keys[0]])
        history = (await store.list_materializations(MaterializationFilter(asset_key=ASSET))).items
        assert [made.doubted for made in history] == [True, False]
        assert (await store.latest_materializations([ASSET]))[ASSET].doubted

    on_store(database, body)


def test_a_file_without_a_table_of_doubts_is_read(database: Path) -> None:
    on_store(database, version)
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE doubted_values")

    async def read() -> bool:
        with reading_store(database) as store:
            await store.trust_values(["a"])
            return (await store.latest_materializations([ASSET]))[ASSET].doubted

    assert asyncio.run(read()) is False


def test_runs_are_told_apart_by_whether_they_are_over(database: Path) -> None:
    clock = ManualClock()

    async def body(store: Store) -> None:
        over, running = await version(store), await version(store, over=False)
        over_id, running_id = (RunId(key.split("/")[-1][:26]) for key in (over, running))
        unknown = intermediate_value_key(RunId("UNKNOWN"), STEP, 1, "o")

        facts = await store.value_facts([over, running, unknown], SINCE)

        assert facts.unfinished == {running_id}
        assert facts.over_since == {over_id: clock.now(), running_id: None}
        assert facts.oldest_unfinished == clock.now()
        assert facts.committed == {
            ValueOwner(run_id=run_id, step="block%2Es0", attempt=1)
            for run_id in (over_id, running_id)
        }

    on_store(database, body, clock)


def test_what_a_run_loads_is_needed_until_it_is_over(database: Path) -> None:
    async def body(store: Store) -> None:
        key = await version(store)
        reader = await store.create_run(make_run(make_plan("f2", loads=[load_of(key)])))

        assert (await store.value_facts([key], SINCE)).needed == {key}
        # Asked for all the same: in between, another run might have come to need it.
        assert await store.mark_removed([removal(key)]) == ()
        assert await store.removed_values([key]) == {}

        await store.append(reader.run.run_id, [*STARTED, SUCCEEDED])
        assert (await store.value_facts([key], SINCE)).needed == frozenset()
        assert await store.mark_removed([removal(key)]) == (removal(key),)

    on_store(database, body)


def test_no_run_is_recorded_that_reads_what_was_removed(database: Path) -> None:
    async def body(store: Store) -> None:
        key = await version(store)
        await store.mark_removed([removal(key)])
        plan = make_plan("f2", loads=[load_of(key)])

        with pytest.raises(StalePlanError, match="the value of a/b was removed"):
            await store.create_run(make_run(plan))
        waiting = await store.create_run(make_run())
        with pytest.raises(StalePlanError, match="was removed"):
            await store.replace_plan(waiting.run.run_id, plan, make_run().launch_spec)

        assert len((await store.list_runs()).items) == 2

    on_store(database, body)


def test_a_removed_value_is_known_as_removed_and_its_history_stays(database: Path) -> None:
    async def body(store: Store) -> None:
        first, second = await version(store), await version(store)
        await store.mark_removed([removal(first), removal(second)])
        await store.mark_removed([removal(first)])

        made = (await store.list_materializations(MaterializationFilter(asset_key=ASSET))).items
        assert [(each.value_ref, each.removed) for each in made] == [
            (ref(second), True),
            (ref(first), True),
        ]
        latest = await store.latest_materializations([ASSET])
        assert latest[ASSET].removed
        unresolved = replace(load_of(second), state=None, value_ref=None)
        resolution = resolve(make_plan(loads=[unresolved]), latest)
        assert [load.asset_key for load in resolution.refused] == [ASSET]
        assert (await store.removed_values([first])) == {first: GarbageReason.SUPERSEDED}

    on_store(database, body)


def test_what_no_commit_named_leaves_no_trace(database: Path) -> None:
    async def body(store: Store) -> None:
        gone = removal("runs/R/s/1/o", GarbageReason.UNCOMMITTED)
        assert await store.mark_removed([gone]) == (gone,)
        assert await store.removed_values([gone.key]) == {}

    on_store(database, body)


def test_thousands_of_values_are_asked_for_at_once(database: Path) -> None:
    async def body(store: Store) -> None:
        keys = [f"runs/R{number}/s/1/o" for number in range(3000)]
        await store.mark_removed([removal(key) for key in keys])
        assert len(await store.removed_values(keys)) == 3000
        assert len((await store.value_facts(keys, SINCE)).removed) == 3000

    on_store(database, body)
