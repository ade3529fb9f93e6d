"""Random definitions, sets and mappings beside a naive implementation that lists everything."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.model.examples import examples
from tests.model.partitions import Schedule, overlapping, ticks
from tests.model.partitions import windows as model_windows
from tests.unit.treadle_partitions.made import multi, static
from treadle_contract.partition import (
    DimensionMapping,
    MappingRule,
    MultiMapping,
    PartitionMapping,
    PartitionsDefinition,
    PlainMapping,
    SpecificMapping,
    StaticMapping,
    StaticMappingEntry,
    TimeWindowMapping,
    TimeWindowPartitions,
)
from treadle_partitions import (
    KeySet,
    NoUpstreamPartition,
    PartitionKeys,
    downstream_keys,
    keys_of,
    upstream_keys,
)

# Clocks are put forward or back near the middle of the ten days that follow.
PLACES = (
    ("America/New_York", datetime(2024, 3, 5)),
    ("America/New_York", datetime(2024, 10, 29)),
    ("Europe/Berlin", datetime(2024, 3, 27)),
    ("America/Havana", datetime(2024, 11, 1)),
    ("America/St_Johns", datetime(2010, 11, 3)),
    ("Australia/Lord_Howe", datetime(2024, 4, 3)),
    ("Pacific/Apia", datetime(2011, 12, 26)),
    ("Africa/Casablanca", datetime(2024, 3, 6)),
    ("UTC", datetime(2024, 2, 24)),
)
FORM = "%Y-%m-%dT%H:%M"


def some(least: int, most: int, size: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.integers(least, most), min_size=1, max_size=size)


SCHEDULES = st.builds(
    Schedule,
    minutes=some(0, 59, 3) | st.just(frozenset({0})),
    hours=st.none() | some(0, 23, 4) | some(0, 3, 3),
    days=st.none() | st.none() | some(1, 31, 12),
    months=st.none(),
    weekdays=st.none() | st.none() | some(0, 6, 4),
)


@st.composite
def times(draw: st.DrawFn) -> tuple[str, datetime, datetime, Schedule]:
    """A zone, a start and a now within ten days of it, and a schedule."""
    zone, begin = draw(st.sampled_from(PLACES))
    start = begin.replace(tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 4 * 1440)))
    now = start + timedelta(minutes=draw(st.integers(-600, 7 * 1440)))
    return zone, start, now, draw(SCHEDULES)


def definition(zone: str, start: datetime, schedule: Schedule, **more: int) -> PartitionsDefinition:
    windows = TimeWindowPartitions(
        cron_schedule=schedule.cron,
        timezone=zone,
        start=int(start.timestamp()),
        key_format=FORM,
        **more,
    )
    return PartitionsDefinition(id="x", of=windows)


FORMS = (
    "%Y-%m-%d",
    "%Y-%m-%d-%H:%M",
    FORM,
    "%d.%m.%y %H%%",
    "%H:%M %Y-%m-%d",
    "%j, %-d %b",
    "%Y %U",
)


@examples(60)
@given(
    drawn=times(),
    form=st.sampled_from((*FORMS, "%Y-%m-%d-%H:%M%z")),
    excluded=st.sampled_from(((), ("0 0 * * *",), ("*/20 1-9 * * 1-6", "30 2 * * *"))),
)
def test_going_through_all_keys_gives_what_asking_for_each_gives(
    drawn: tuple[str, datetime, datetime, Schedule], form: str, excluded: tuple[str, ...]
) -> None:
    zone, start, now, schedule = drawn
    windows = TimeWindowPartitions(
        cron_schedule=schedule.cron,
        timezone=zone,
        start=int((start - timedelta(days=400)).timestamp()),
        key_format=form,
        excluded_schedules=excluded,
    )
    keys = keys_of(PartitionsDefinition(id="x", of=windows), now=now)
    last = len(keys) - 1
    places = sorted({*range(min(40, last + 1)), *range(max(last - 500, 0), last + 1)})

    through = list(keys)

    assert len(through) == len(keys)
    assert [through[each] for each in places] == [keys[each] for each in places]


def window(keys: PartitionKeys, index: int) -> tuple[datetime, datetime]:
    begin, end = keys.window(index)  # type: ignore[attr-defined] # of time windows
    return datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC)


@given(times(), st.integers(-2, 3), st.none() | st.integers(0, 9 * 1440))
@examples(12)
def test_time_windows_are_those_that_minutes_give(
    case: tuple[str, datetime, datetime, Schedule], offset: int, end_after: int | None
) -> None:
    zone, start, now, schedule = case
    end = None if end_after is None else start + timedelta(minutes=end_after)
    listed = ticks(schedule, zone, start - timedelta(days=1), max(start, now) + timedelta(days=9))
    assume(sum(tick > max(start, now) for tick in listed) > max(offset, 0))
    expected = model_windows(listed, start, end, now, offset)
    more = {"end_offset": offset, **({} if end is None else {"end": int(end.timestamp())})}

    keys = keys_of(definition(zone, start, schedule, **more), now=now)

    assert [window(keys, index) for index in range(len(keys))] == expected
    assert [keys.index(key) for key in keys] == list(range(len(expected)))
    local = [begin.astimezone(ZoneInfo(zone)) for begin, _ in expected]
    assert list(keys) == [each.strftime(FORM + "%z" * each.fold) for each in local]


@given(times(), SCHEDULES, st.integers(-2, 2), st.integers(-2, 2), st.booleans(), st.data())
@examples(12)
def test_windows_that_overlap_are_those_that_a_comparison_finds(  # noqa: PLR0913, PLR0917 -- what is random
    case: tuple[str, datetime, datetime, Schedule],
    other: Schedule,
    first: int,
    last: int,
    allowed: bool,
    data: st.DataObject,
) -> None:
    zone, start, now, schedule = case
    reader_ticks = ticks(
        schedule, zone, start - timedelta(days=8), max(start, now) + timedelta(days=9)
    )
    assume(
        min(
            sum(tick < start for tick in reader_ticks),
            sum(tick > max(start, now) for tick in reader_ticks),
        )
        > 2
    )
    reader = keys_of(definition(zone, start, schedule), now=now)
    read = keys_of(definition(zone, start, other), now=now)
    chosen = data.draw(st.frozensets(st.integers(0, max(len(reader) - 1, 0)), max_size=6))
    chosen &= frozenset(range(len(reader)))
    mapping = PartitionMapping(
        of=TimeWindowMapping(
            start_offset=first, end_offset=last, allow_nonexistent_upstream_partitions=allowed
        )
    )
    there = [window(read, index) for index in range(len(read))]
    needed = {
        index: overlapping(reader_ticks, window(reader, index), there, first, last)
        for index in range(len(reader))
    }

    asked = KeySet(reader, [(index, index + 1) for index in chosen])
    try:
        found = set(upstream_keys(mapping, asked, read).indexes())
    except NoUpstreamPartition:
        assert not allowed
    else:
        assert found == {index for each in chosen for index in needed[each]}
    some_read = data.draw(st.frozensets(st.integers(0, max(len(read) - 1, 0)), max_size=6))
    some_read &= frozenset(range(len(read)))
    back = downstream_keys(mapping, KeySet(read, [(i, i + 1) for i in some_read]), reader)
    assert set(back.indexes()) == {index for index, each in needed.items() if each & some_read}


SETS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=5)


@given(SETS, SETS)
@examples(60)
def test_sets_of_keys_are_sets(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    keys = keys_of(static(*map(str, range(20))), now=datetime.now(UTC))
    a, b = KeySet(keys, one), KeySet(keys, other)
    left, right = ({str(i) for pair in pairs for i in range(*pair)} for pairs in (one, other))

    assert set(a) == left
    assert a.count == len(left)
    assert set(a | b) == left | right
    assert set(a & b) == left & right
    assert set(a - b) == left - right
    assert all(key in a for key in left)
    assert KeySet.of_ranges(keys, a.ranges()) == a
    assert list(a) == sorted(a, key=int)


LETTERS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True)


@st.composite
def dimension_mappings(
    draw: st.DrawFn, reader: dict[str, list[str]], read: dict[str, list[str]]
) -> list[DimensionMapping]:
    pairs = []
    for there in draw(st.lists(st.sampled_from(sorted(read)), unique=True)):
        here = draw(st.sampled_from(sorted(reader)))
        entries = tuple(
            StaticMappingEntry(
                upstream_key=key,
                downstream_keys=tuple(draw(st.sets(st.sampled_from(reader[here])))),
            )
            for key in read[there]
        )
        of = draw(
            st.sampled_from(
                (
                    PlainMapping(rule=MappingRule.ALL),
                    PlainMapping(rule=MappingRule.LAST),
                    SpecificMapping(keys=(read[there][0],)),
                    StaticMapping(entries=entries),
                )
            )
        )
        pairs.append(DimensionMapping(downstream_dimension=here, upstream_dimension=there, of=of))
    return pairs


@given(st.data(), st.integers(1, 3), st.integers(1, 3))
@examples(60)
def test_combinations_are_mapped_as_a_comparison_maps_them(
    data: st.DataObject, here: int, there: int
) -> None:
    reader = {name: data.draw(LETTERS) for name in ("u", "v", "w")[:here]}
    read = {name: data.draw(LETTERS) for name in ("x", "y", "z")[:there]}
    pairs = data.draw(dimension_mappings(reader, read))
    mapping = PartitionMapping(of=MultiMapping(dimensions=tuple(pairs)))
    sides = [
        keys_of(multi({name: static(*keys) for name, keys in side.items()}), now=datetime.now(UTC))
        for side in (reader, read)
    ]
    begin, end = data.draw(st.integers(0, len(sides[0]))), data.draw(st.integers(0, len(sides[0])))
    chosen = KeySet(sides[0], ((begin, end),))

    def needs(key: tuple[str, ...], other: tuple[str, ...]) -> bool:
        mine = dict(zip(sorted(reader), key, strict=True))
        its = dict(zip(sorted(read), other, strict=True))
        return all(
            _gives(
                each.of,
                mine[each.downstream_dimension],
                its[each.upstream_dimension],
                read[each.upstream_dimension],
            )
            for each in pairs
        )

    combined = [list(product(*(side[name] for name in sorted(side)))) for side in (reader, read)]
    assert ["|".join(each) for each in combined[0]] == list(sides[0])
    expected = {
        "|".join(other)
        for other in combined[1]
        if any(needs(combined[0][index], other) for index in chosen.indexes())
    }
    assert set(upstream_keys(mapping, chosen, sides[1])) == expected
    half = KeySet(sides[1], ((0, math.ceil(len(sides[1]) / 2)),))
    assert set(downstream_keys(mapping, half, sides[0])) == {
        "|".join(key)
        for key in combined[0]
        if any(needs(key, combined[1][index]) for index in half.indexes())
    }


def _gives(of: object, mine: str, its: str, all_of: list[str]) -> bool:
    match of:
        case PlainMapping(rule=MappingRule.ALL):
            return True
        case PlainMapping(rule=MappingRule.LAST):
            return its == all_of[-1]
        case SpecificMapping(keys=keys):
            return its in keys
        case StaticMapping(entries=entries):
            return any(
                each.upstream_key == its and mine in each.downstream_keys for each in entries
            )
    raise AssertionError(of)
