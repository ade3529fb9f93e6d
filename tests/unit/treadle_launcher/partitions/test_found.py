"""Keys on record as a set of keys: what looking each of them up would give."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.examples import examples
from treadle_contract.partition import (
    MultiPartitions,
    PartitionDimension,
    PartitionsDefinition,
    StaticPartitions,
    TimeWindowPartitions,
)
from treadle_launcher.partitions.found import found_in
from treadle_partitions import KeySet, PartitionKeys, keys_of

NOW = datetime(2013, 11, 12, tzinfo=UTC)
START = int(datetime(2013, 10, 28, tzinfo=UTC).timestamp())


def windows(cron: str, form: str, zone: str = "UTC", **others: object) -> TimeWindowPartitions:
    return TimeWindowPartitions(
        cron_schedule=cron,
        timezone=zone,
        start=START,
        key_format=form,
        **others,  # type: ignore[arg-type]  # passed on
    )


DAYS = windows("0 0 * * *", "%Y-%m-%d")
SHOPS = StaticPartitions(keys=("west", "east", "north"))
DEFINITIONS = {
    "days": DAYS,
    "days, the month first": windows("0 0 * * *", "%m/%d/%Y"),
    "hours through the end of summer time": windows(
        "0 * * * *", "%Y-%m-%d-%H:%M", "America/New_York"
    ),
    "quarters of an hour through it": windows("*/15 * * * *", "%Y-%m-%d-%H:%M", "America/New_York"),
    "hours": windows("0 * * * *", "%Y-%m-%d-%H:%M"),
    "days of a zone that left one out": TimeWindowPartitions(
        cron_schedule="0 0 * * *",
        timezone="Pacific/Apia",
        start=int(datetime(2011, 12, 26, tzinfo=UTC).timestamp()),
        end=int(datetime(2012, 1, 8, tzinfo=UTC).timestamp()),
        key_format="%Y-%m-%d",
    ),
    "days without Sundays": windows("0 0 * * *", "%Y-%m-%d", excluded_schedules=("0 0 * * 0",)),
    "listed": SHOPS,
    "several": MultiPartitions(
        dimensions=(
            PartitionDimension(name="day", of=DAYS),
            PartitionDimension(name="shop", of=SHOPS),
        )
    ),
}


#: What the record may hold of an older definition, in between.
OTHERS = [
    "",
    "1999-01-01",
    "2011-12-30",
    "2013-10-31-25:00",
    "2013-11-03-01:07",
    "2013-11-03",
    "south",
]
OTHERS += ["2013-10-99", "2013-11-03-02:00", "x|y", "z"]


def keys_named(name: str) -> PartitionKeys:
    of = DEFINITIONS[name]
    return keys_of(PartitionsDefinition(id=name, of=of), now=NOW)  # type: ignore[arg-type]  # one of four


@pytest.mark.parametrize("name", DEFINITIONS)
@examples(15)
@given(data=st.data())
def test_what_is_found_is_what_each_look_up_gives(name: str, data: st.DataObject) -> None:
    keys = keys_named(name)
    count = len(keys)
    cuts = sorted(data.draw(st.sets(st.integers(0, count), max_size=6)))
    inside = [
        keys[index]
        for cut, end in zip(cuts[::2], cuts[1::2], strict=False)
        for index in range(cut, end)
    ]
    others = data.draw(st.sets(st.sampled_from(OTHERS)))
    names = sorted({*inside, *others})

    found = found_in(keys, names)

    assert found == KeySet.of(keys, [each for each in names if each in keys])


def test_a_hundred_thousand_days_are_found_without_a_look_up_of_each() -> None:
    definition = PartitionsDefinition(
        id="long", of=windows("0 0 * * *", "%Y-%m-%d", end=START + 86_400 * 100_000)
    )
    keys = keys_of(definition, now=datetime(2900, 1, 1, tzinfo=UTC))
    looked_up: list[str] = []
    find = keys.find

    def counting(key: str) -> int | None:
        looked_up.append(key)
        return find(key)

    keys.find = counting  # type: ignore[method-assign]  # counted, and asked all the same

    first = date(2013, 10, 28)

    found = found_in(keys, [str(first + timedelta(days=day)) for day in range(100_000)])

    assert found == KeySet.all(keys)
    assert looked_up == []
