"""Which partitions each run of a backfill makes: each of them once, in order, and never too many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.model.examples import examples
from tests.unit.treadle_launcher.backfills.orders import NOW, key_set, order_of
from treadle_contract.partition import (
    DynamicPartitions,
    MultiPartitions,
    PartitionDimension,
    PartitionKeyRange,
    PartitionsDefinition,
    StaticPartitions,
    TimeWindowPartitions,
)
from treadle_contract.run import RunState
from treadle_launcher.backfills.backfill import BackfillRunRow
from treadle_launcher.backfills.chunks import Chunks, frozen, written_ranges
from treadle_launcher.backfills.standing import parts_to_retry
from treadle_partitions import KeySet, keys_of

indexes = st.sets(st.integers(0, 39), min_size=1)


@examples(40)
@given(indexes=indexes, per_run=st.integers(1, 12))
def test_the_runs_make_each_partition_once_and_in_order(indexes: set[int], per_run: int) -> None:
    chosen = key_set(40, indexes)
    chunks = Chunks.of(order_of(chosen, per_run))

    cut = [list(chunks.at(position)) for position in range(len(chunks))]

    assert [key for keys in cut for key in keys] == list(chosen)
    assert all(len(keys) == per_run for keys in cut[:-1])
    assert 1 <= len(cut[-1]) <= per_run
    order = order_of(chosen, per_run)
    assert [order.size_of(position) for position in range(order.run_count)] == list(map(len, cut))


@examples(40)
@given(
    indexes=indexes, per_run=st.integers(1, 12), rank=st.integers(0, 45), count=st.integers(0, 9)
)
def test_keys_are_found_by_their_rank(
    indexes: set[int], per_run: int, rank: int, count: int
) -> None:
    chosen = key_set(40, indexes)

    found = Chunks(chosen, per_run).keys_from(rank, count)

    assert list(found) == list(chosen)[rank : rank + count]


@examples(40)
@given(data=st.data(), indexes=indexes, per_run=st.integers(1, 6))
def test_a_retry_is_cut_into_the_parts_that_were_not_made(
    data: st.DataObject, indexes: set[int], per_run: int
) -> None:
    order = order_of(key_set(40, indexes), per_run)
    chunks = Chunks.of(order)
    ended = st.sampled_from([None, RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED])
    states = {each: data.draw(ended) for each in range(order.run_count)}
    rows = {
        each: BackfillRunRow(position=each, state=state)
        for each, state in states.items()
        if state is not None
    }
    left = parts_to_retry(order, rows)

    again = Chunks(chunks.all_of(left), per_run)

    assert left == [each for each, state in states.items() if state is not RunState.SUCCEEDED]
    assert [list(again.at(each)) for each in range(len(again))] == [
        list(chunks.at(each)) for each in left
    ]


def test_a_million_partitions_are_cut_where_they_are_asked_for() -> None:
    hours = TimeWindowPartitions(
        cron_schedule="0 * * * *",
        timezone="UTC",
        start=0,
        key_format="%Y-%m-%d-%H:%M",
        end=3600 * 1_000_000,
    )
    definition = PartitionsDefinition(id="hours", of=hours)
    keys = keys_of(definition, now=NOW.replace(year=2100))

    part = Chunks(KeySet.all(keys), 10).at(99_999)

    assert (len(keys), part.count) == (1_000_000, 10)
    assert part.ranges() == (PartitionKeyRange(first=keys[999_990], last=keys[999_999]),)


def test_ranges_are_written_key_by_key_where_keys_may_come_between() -> None:
    chosen = key_set(5, {1, 2, 4})

    ranges = written_ranges(chosen, by_key=False)
    alone = written_ranges(chosen, by_key=True)

    assert [(each.first, each.last) for each in ranges] == [("k1", "k2"), ("k4", "k4")]
    assert [(each.first, each.last) for each in alone] == [
        ("k1", "k1"),
        ("k2", "k2"),
        ("k4", "k4"),
    ]


def test_a_frozen_definition_lists_what_was_added_by_then() -> None:
    days = StaticPartitions(keys=("mon", "tue"))
    dynamic = DynamicPartitions(name="shops")
    multi = MultiPartitions(
        dimensions=(
            PartitionDimension(name="day", of=days),
            PartitionDimension(name="shop", of=dynamic),
        )
    )
    added = {"shops": ("north",)}

    alone = frozen(PartitionsDefinition(id="d", of=dynamic), added)
    crossed = frozen(PartitionsDefinition(id="m", of=multi), added)

    assert list(keys_of(alone, now=NOW)) == ["north"]
    assert list(keys_of(crossed, now=NOW)) == ["mon|north", "tue|north"]
    assert frozen(PartitionsDefinition(id="s", of=days), added).of == days
