"""Which mapping two definitions have, whether one that is given fits, and what it gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.examples import examples
from tests.unit.treadle_partitions.made import HOURS, dynamic, keys, multi, static, windows
from treadle_contract.partition import (
    DimensionMapping,
    MappingRule,
    MultiMapping,
    MultiToSingleMapping,
    PartitionKeyRange,
    PartitionMapping,
    PartitionsDefinition,
    PlainMapping,
    SpecificMapping,
    StaticMapping,
    StaticMappingEntry,
    TimeWindowMapping,
    UserMapping,
)
from treadle_partitions import (
    ALL,
    BY_TIME,
    IDENTITY,
    LAST,
    KeySet,
    NoMapping,
    NoUpstreamPartition,
    PartitionKeys,
    UnknownPartition,
    Way,
    check_mapping,
    default_mapping,
    downstream_keys,
    reads_one,
    upstream_keys,
)

END = datetime(2024, 3, 1)
DAYS = windows("0 0 * * *", datetime(2024, 1, 1), end=END)
LATER = windows("0 0 * * *", datetime(2024, 1, 10), end=END)
WEEKS = windows("0 0 * * 1", datetime(2024, 1, 1), end=END)
HOURLY = windows("0 * * * *", datetime(2024, 1, 1), form=HOURS, end=END)
WORKDAYS = windows("0 0 * * *", datetime(2024, 1, 1), end=END, excluded_schedules=("0 0 * * 0,6",))
REGIONS = static("eu", "us")
MORE = static("asia", "us", "eu")
ADDED = dynamic("n")
TOKYO = windows("0 0 * * *", datetime(2024, 1, 2), "Asia/Tokyo", end=END)
BOTH = multi({"day": DAYS, "region": REGIONS})


def by_time(start: int = 0, end: int = 0, *, allow: bool = False) -> PartitionMapping:
    return PartitionMapping(
        of=TimeWindowMapping(
            start_offset=start, end_offset=end, allow_nonexistent_upstream_partitions=allow
        )
    )


def dimension(name: str = "") -> PartitionMapping:
    return PartitionMapping(of=MultiToSingleMapping(dimension=name))


def specific(*named: str) -> PartitionMapping:
    return PartitionMapping(of=SpecificMapping(keys=named))


def listed(**entries: str) -> PartitionMapping:
    return PartitionMapping(
        of=StaticMapping(
            entries=tuple(
                StaticMappingEntry(upstream_key=key, downstream_keys=tuple(readers.split(",")))
                for key, readers in entries.items()
            )
        )
    )


def dimensions(**pairs: str) -> PartitionMapping:
    return PartitionMapping(
        of=MultiMapping(
            dimensions=tuple(
                DimensionMapping(
                    downstream_dimension=here,
                    upstream_dimension=there,
                    of=PlainMapping(rule=MappingRule.IDENTITY),
                )
                for here, there in pairs.items()
            )
        )
    )


@pytest.mark.parametrize(
    ("reader", "read", "mapping"),
    [
        (DAYS, DAYS, IDENTITY),
        (BOTH, BOTH, IDENTITY),
        (ADDED, ADDED, IDENTITY),
        (DAYS, WEEKS, BY_TIME),
        (WEEKS, DAYS, BY_TIME),
        (DAYS, LATER, BY_TIME),
        (REGIONS, MORE, IDENTITY),
        (None, DAYS, ALL),
        (DAYS, None, IDENTITY),
        (None, None, IDENTITY),
        (BOTH, REGIONS, dimension("region")),
        (REGIONS, BOTH, dimension("region")),
        (BOTH, WEEKS, dimension("day")),
    ],
)
def test_two_definitions_have_a_mapping_by_themselves(
    reader: PartitionsDefinition | None,
    read: PartitionsDefinition | None,
    mapping: PartitionMapping,
) -> None:
    assert default_mapping(reader, read) == mapping
    if read is not None and reader is not None:
        check_mapping(mapping, reader, read)


@pytest.mark.parametrize(
    ("reader", "read", "advice"),
    [
        (MORE, REGIONS, "StaticPartitionMapping({…})"),
        (DAYS, REGIONS, "LastPartitionMapping()"),
        (ADDED, dynamic("m"), "IdentityPartitionMapping()"),
        (BOTH, ADDED, 'MultiToSingleDimensionPartitionMapping("dimension")'),
        (BOTH, multi({"day": DAYS}), "MultiPartitionMapping({…})"),
        (multi({"a": REGIONS, "b": REGIONS}), REGIONS, "MultiToSingleDimensionPartitionMapping"),
    ],
)
def test_where_nothing_says_how_it_is_refused_with_what_to_give(
    reader: PartitionsDefinition, read: PartitionsDefinition, advice: str
) -> None:
    with pytest.raises(NoMapping) as raised:
        default_mapping(reader, read)

    assert advice in raised.value.fix


@pytest.mark.parametrize(
    ("mapping", "reader", "read", "problem"),
    [
        (IDENTITY, None, DAYS, "a reader that has no partitions"),
        (IDENTITY, MORE, REGIONS, "the reader has 'asia'"),
        (IDENTITY, BOTH, DAYS, "none of time windows"),
        (specific("eu", "x"), DAYS, REGIONS, "the mapping names 'x'"),
        (by_time(), DAYS, REGIONS, "goes by time"),
        (listed(eu="x"), REGIONS, REGIONS, "names as readers 'x'"),
        (listed(x="eu"), REGIONS, REGIONS, "reads 'x'"),
        (dimension("day"), DAYS, WEEKS, "between several dimensions and one"),
        (dimension(), BOTH, BOTH, "both have several"),
        (dimension("x"), BOTH, DAYS, "no dimension is called 'x': day, region"),
        (dimension(), BOTH, ADDED, "no dimension of day, region"),
        (dimensions(day="x"), BOTH, BOTH, "no dimension is called 'x'"),
        (dimensions(day="day"), DAYS, BOTH, "goes by dimensions"),
        (
            dimensions(region="r"),
            BOTH,
            multi({"r": static("eu")}),
            "dimension 'region': the reader has 'us'",
        ),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(
    mapping: PartitionMapping,
    reader: PartitionsDefinition | None,
    read: PartitionsDefinition,
    problem: str,
) -> None:
    with pytest.raises(NoMapping) as raised:
        check_mapping(mapping, reader, read)

    assert problem in raised.value.problem


# (mapping, reader, read, keys of the reader, what they need; what needs the first of these)
GIVEN: list[tuple[PartitionMapping, Any, Any, list[str], list[str], list[str]]] = [
    (IDENTITY, DAYS, LATER, ["2024-01-12"], ["2024-01-12"], ["2024-01-12"]),
    (IDENTITY, REGIONS, MORE, ["us", "eu"], ["us", "eu"], ["us"]),
    (ALL, REGIONS, MORE, ["eu"], ["asia", "us", "eu"], ["eu", "us"]),
    (LAST, REGIONS, DAYS, ["eu"], ["2024-02-29"], ["eu", "us"]),
    (specific("us"), DAYS, REGIONS, ["2024-01-01"], ["us"], list(keys(DAYS))),
    (listed(asia="eu", us="us,eu"), REGIONS, MORE, ["eu"], ["asia", "us"], ["eu"]),
    (BY_TIME, WEEKS, DAYS, ["2024-01-08"], [f"2024-01-{d:02}" for d in range(8, 15)], ["2024-01-08"]),
    (BY_TIME, DAYS, WEEKS, ["2024-01-10", "2024-01-15"], ["2024-01-08", "2024-01-15"], [f"2024-01-{d:02}" for d in range(8, 15)]),
    (by_time(-1, -1), DAYS, DAYS, ["2024-01-02"], ["2024-01-01"], ["2024-01-02"]),
    (by_time(-1, 0), DAYS, DAYS, ["2024-01-03"], ["2024-01-02", "2024-01-03"], ["2024-01-02", "2024-01-03"]),
    (by_time(-1, -1), WEEKS, DAYS, ["2024-01-08"], [f"2024-01-{d:02}" for d in range(1, 8)], ["2024-01-08"]),
    (by_time(0, -5), WEEKS, DAYS, ["2024-01-08"], [], []),
    (by_time(allow=True), DAYS, LATER, ["2024-01-09", "2024-01-10"], ["2024-01-10"], ["2024-01-10"]),
    (BY_TIME, WEEKS, WORKDAYS, ["2024-01-08"], [f"2024-01-{d:02}" for d in range(8, 13)], ["2024-01-08"]),
    (BY_TIME, WORKDAYS, WEEKS, ["2024-01-12", "2024-01-15"], ["2024-01-08", "2024-01-15"], [f"2024-01-{d:02}" for d in range(8, 13)]),
    (BY_TIME, TOKYO, DAYS, ["2024-01-02"], ["2024-01-01", "2024-01-02"], ["2024-01-02"]),
    (dimension("region"), BOTH, REGIONS, ["2024-01-01|us"], ["us"], [f"{d}|us" for d in keys(DAYS)]),
    (dimension("region"), REGIONS, BOTH, ["us"], [f"{d}|us" for d in keys(DAYS)], ["us"]),
    (dimension("day"), BOTH, WEEKS, ["2024-01-09|us"], ["2024-01-08"], [f"2024-01-{d:02}|{r}" for d in range(8, 15) for r in ("eu", "us")]),
    (dimensions(day="day", region="region"), BOTH, BOTH, ["2024-01-01|us"], ["2024-01-01|us"], ["2024-01-01|us"]),
    (dimensions(region="region"), BOTH, BOTH, ["2024-01-01|us"], [f"{d}|us" for d in keys(DAYS)], [f"{d}|us" for d in keys(DAYS)]),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "reader", "read", "asked", "needed", "back"), GIVEN)
def test_a_mapping_gives_keys_both_ways(  # noqa: PLR0913, PLR0917 -- a row of the table
    mapping: PartitionMapping,
    reader: PartitionsDefinition,
    read: PartitionsDefinition,
    asked: list[str],
    needed: list[str],
    back: list[str],
) -> None:
    mine, its = keys(reader), keys(read)

    found = upstream_keys(mapping, KeySet.of(mine, asked), its)

    assert set(found) == set(needed)
    first = KeySet.of(its, sorted(needed, key=needed.index)[:1])
    assert list(downstream_keys(mapping, first, mine)) == (back if needed else [])


@pytest.mark.parametrize(
    ("mapping", "reader", "read", "asked", "missing"),
    [
        (IDENTITY, MORE, REGIONS, "asia", "partition 'asia'"),
        (LAST, REGIONS, ADDED, "eu", "the last partition of none"),
        (by_time(-1, -1), DAYS, DAYS, "2024-01-01", "2023-12-31T00:00:00+00:00"),
        (by_time(1, 1), DAYS, DAYS, "2024-02-29", "2024-03-01T00:00:00+00:00"),
        (BY_TIME, DAYS, LATER, "2024-01-09", "2024-01-09T00:00:00+00:00"),
        (specific("x"), REGIONS, ADDED, "eu", "partition 'x'"),
    ],
)
def test_what_never_exists_is_told(
    mapping: PartitionMapping,
    reader: PartitionsDefinition,
    read: PartitionsDefinition,
    asked: str,
    missing: str,
) -> None:
    with pytest.raises(NoUpstreamPartition) as raised:
        upstream_keys(mapping, KeySet.of(keys(reader), [asked]), keys(read))

    assert raised.value.downstream == asked
    assert missing in raised.value.missing[0]


@pytest.mark.parametrize(
    ("mapping", "reader", "read", "is_one"),
    [
        (IDENTITY, DAYS, DAYS, True),
        (LAST, REGIONS, DAYS, True),
        (ALL, REGIONS, DAYS, False),
        (ALL, None, DAYS, False),
        (LAST, None, DAYS, False),
        (specific("eu"), DAYS, REGIONS, True),
        (specific("eu", "us"), DAYS, REGIONS, False),
        (by_time(-1, -1), DAYS, DAYS, True),
        (by_time(-1, 0), DAYS, DAYS, False),
        (BY_TIME, WEEKS, DAYS, False),
        (listed(eu="us", us="eu"), REGIONS, REGIONS, True),
        (listed(eu="us", us="us"), REGIONS, REGIONS, False),
        (dimension("region"), BOTH, REGIONS, True),
        (dimension("region"), REGIONS, BOTH, False),
        (dimensions(day="day", region="region"), BOTH, BOTH, True),
        (dimensions(day="day"), BOTH, BOTH, False),
    ],
)
def test_an_argument_is_a_value_where_one_key_is_needed_by_nature(
    mapping: PartitionMapping,
    reader: PartitionsDefinition | None,
    read: PartitionsDefinition,
    is_one: bool,
) -> None:
    assert reads_one(mapping, reader, read) is is_one


DEFINITIONS = st.sampled_from([DAYS, LATER, WEEKS, HOURLY, WORKDAYS, REGIONS, MORE, BOTH])


@given(DEFINITIONS, DEFINITIONS, st.integers(0, 10_000))
@examples(60)
def test_a_default_mapping_works_both_ways_and_gives_one_where_it_says_so(
    reader: PartitionsDefinition, read: PartitionsDefinition, index: int
) -> None:
    mine, its = keys(reader), keys(read)
    try:
        mapping = default_mapping(reader, read)
    except NoMapping:
        return
    one = KeySet.of(mine, [mine[index % len(mine)]])

    try:
        needed = upstream_keys(mapping, one, its)
    except NoUpstreamPartition:
        return

    check_mapping(mapping, reader, read)
    assert not reads_one(mapping, reader, read) or needed.count == 1
    assert all(
        one - downstream_keys(mapping, KeySet.of(its, [key]), mine) == KeySet(mine)
        for key in needed
    )


def test_a_mapping_of_the_users_is_asked() -> None:
    user = UserMapping(class_name="Mine", block="b", asset_key="a")
    asked: list[Any] = []

    def ask(of: UserMapping, way: Way, names: KeySet, into: PartitionKeys) -> list[str]:
        asked.append((of, way, list(names)))
        return ["us"]

    mapping = PartitionMapping(of=user)
    up = upstream_keys(mapping, KeySet.of(keys(DAYS), ["2024-01-01"]), keys(REGIONS), ask=ask)
    down = downstream_keys(mapping, KeySet.of(keys(DAYS), ["2024-01-02"]), keys(REGIONS), ask=ask)

    assert list(up) == list(down) == ["us"]
    assert asked == [(user, Way.UP, ["2024-01-01"]), (user, Way.DOWN, ["2024-01-02"])]
    with pytest.raises(TypeError, match="nobody here can say"):
        upstream_keys(mapping, up, keys(REGIONS))


def test_a_dimension_that_says_two_parts_says_them_together() -> None:
    read = multi({"first": DAYS, "last": DAYS})
    both = PartitionMapping(
        of=MultiMapping(
            dimensions=tuple(
                DimensionMapping(
                    downstream_dimension="day",
                    upstream_dimension=name,
                    of=TimeWindowMapping(start_offset=moved, end_offset=moved),
                )
                for name, moved in (("first", -1), ("last", 0))
            )
        )
    )
    days = KeySet.of(keys(BOTH), ["2024-01-02|eu", "2024-01-02|us", "2024-01-03|eu"])

    found = upstream_keys(both, days, keys(read))

    assert list(found) == ["2024-01-01|2024-01-02", "2024-01-02|2024-01-03"]
    assert downstream_keys(both, found, keys(BOTH)).count == 4


def test_a_range_the_wrong_way_round_is_told_with_the_right_one() -> None:
    asked = PartitionKeyRange(first="2024-01-03", last="2024-01-01")

    with pytest.raises(UnknownPartition, match="2024-01-01 comes before 2024-01-03") as raised:
        KeySet.of_ranges(keys(DAYS), [asked])

    assert raised.value.nearest == ("2024-01-01..2024-01-03",)


def test_keys_of_several_dimensions_are_found_and_their_neighbours_told() -> None:
    found = keys(BOTH)

    assert found.index("2024-01-02|us") == 3
    assert [found[i] for i in range(3)] == ["2024-01-01|eu", "2024-01-01|us", "2024-01-02|eu"]
    assert found.find("2024-01-02") is None
    with pytest.raises(UnknownPartition) as raised:
        found.index("2024-01-02|uss")
    assert raised.value.nearest == ("2024-01-02|us",)
