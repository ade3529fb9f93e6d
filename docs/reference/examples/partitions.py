from datetime import UTC, datetime

from treadle import (
    AllPartitionMapping,
    AssetDep,
    AssetIn,
    BackfillPolicy,
    DailyPartitionsDefinition,
    Definitions,
    DimensionPartitionMapping,
    DynamicPartitionsDefinition,
    HourlyPartitionsDefinition,
    IdentityPartitionMapping,
    LastPartitionMapping,
    MonthlyPartitionsDefinition,
    MultiPartitionKey,
    MultiPartitionMapping,
    MultiPartitionsDefinition,
    MultiToSingleDimensionPartitionMapping,
    PartitionKeyRange,
    PartitionMapping,
    PartitionsDefinition,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindow,
    TimeWindowPartitionMapping,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
    asset,
)

days = DailyPartitionsDefinition("2024-01-01", timezone="Europe/Berlin")
weeks = WeeklyPartitionsDefinition("2024-01-01", day_offset=1, timezone="Europe/Berlin")
regions = StaticPartitionsDefinition(["eu", "us"])
each_region = MultiPartitionsDefinition({"day": days, "region": regions})


@asset(partitions_def=days, backfill_policy=BackfillPolicy.multi_run(7))
def flights():
    return [1, 2, 3]


@asset(partitions_def=weeks)
def by_week(flights):
    # The days of the week: a dict of their values by key.
    return sum(map(len, flights.values()))


@asset(
    partitions_def=days,
    ins={
        "flights": AssetIn(
            partition_mapping=TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
        )
    },
)
def day_after(flights):
    return len(flights)


@asset(partitions_def=each_region)
def by_region(flights):
    return len(flights)


@asset(
    partitions_def=regions,
    deps=[AssetDep(by_region, partition_mapping=MultiToSingleDimensionPartitionMapping("region"))],
)
def regional():
    return "of all days of the region"


@asset(partitions_def=days, deps=[AssetDep(flights, partition_mapping=LastPartitionMapping())])
def latest():
    return "of the last day that there is"


Definitions(assets=[flights, by_week, day_after, by_region, regional, latest])

now = datetime(2024, 1, 9, tzinfo=UTC)
assert days.get_partition_keys(now)[:2] == ("2024-01-01", "2024-01-02")
assert weeks.get_partition_keys(now) == ["2024-01-01"]
window = days.time_window_for_partition_key("2024-01-03")
assert isinstance(window, TimeWindow)
assert window.start == datetime(2024, 1, 2, 23, tzinfo=UTC)
few = days.get_partition_keys_in_range(PartitionKeyRange("2024-01-01", "2024-01-03"))
assert len(few) == 3
key = MultiPartitionKey({"day": "2024-01-03", "region": "eu"})
assert key == "2024-01-03|eu"
assert each_region.has_partition_key(key)
assert isinstance(each_region, PartitionsDefinition)

assert (
    HourlyPartitionsDefinition("2024-01-08-22:00").get_last_partition_key(now) == "2024-01-08-23:00"
)
assert MonthlyPartitionsDefinition("2023-11-01").get_last_partition_key(now) == "2023-12-01"
years = TimeWindowPartitionsDefinition("2020", "%Y", cron_schedule="0 0 1 1 *")
assert years.get_last_partition_key(now) == "2023"
customers = DynamicPartitionsDefinition(name="customers")
assert customers.get_partition_keys(dynamic_partitions_store={"customers": ["ada"]}) == ["ada"]

others = [
    AllPartitionMapping(),
    SpecificPartitionsPartitionMapping(["2024-01-01"]),
    StaticPartitionMapping({"europe": ["de", "fr"]}),
    MultiPartitionMapping({"day": DimensionPartitionMapping("date", IdentityPartitionMapping())}),
]
assert all(isinstance(each, PartitionMapping) for each in others)
