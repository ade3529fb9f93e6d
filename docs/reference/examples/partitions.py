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
    PartitionedConfig,
    PartitionKeyRange,
    PartitionMapping,
    PartitionsDefinition,
    PartitionsSubset,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindow,
    TimeWindowPartitionMapping,
    TimeWindowPartitionsDefinition,
    UpstreamPartitionsResult,
    WeeklyPartitionsDefinition,
    asset,
    daily_partitioned_config,
    define_asset_job,
    hourly_partitioned_config,
    monthly_partitioned_config,
    partitioned_config,
    static_partitioned_config,
    weekly_partitioned_config,
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


class Initials(PartitionMapping):
    """A name needs its first letter."""

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset,
        downstream_partitions_def,
        upstream_partitions_def,
        current_time=None,
        dynamic_partitions_store=None,
    ):
        letters = {name[0] for name in downstream_partitions_subset.get_partition_keys()}
        return UpstreamPartitionsResult(upstream_partitions_def.subset_with_partition_keys(letters))

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset,
        upstream_partitions_def,
        downstream_partitions_def,
        current_time=None,
        dynamic_partitions_store=None,
    ):
        names = downstream_partitions_def.get_partition_keys(
            current_time, dynamic_partitions_store=dynamic_partitions_store
        )
        return PartitionsSubset(
            downstream_partitions_def,
            tuple(name for name in names if name[0] in upstream_partitions_subset),
        )


@daily_partitioned_config("2024-01-01")
def of_day(start, end):
    return {"ops": {"flights": {"config": {"hours": (end - start).total_seconds() / 3600}}}}


assert isinstance(of_day, PartitionedConfig)
assert of_day.get_run_config_for_partition_key("2024-01-02")["ops"]["flights"]["config"] == {
    "hours": 24.0
}
for other in (hourly_partitioned_config, weekly_partitioned_config, monthly_partitioned_config):
    assert other(datetime(2024, 1, 1))(lambda start, end: {}).partitions_def
for key_config in (partitioned_config(regions), static_partitioned_config(["eu", "us"])):
    of_key = key_config(lambda key: {"ops": {"by_region": {"config": {"region": key}}}})
    job = define_asset_job("regional_job", "regional", config=of_key)
    assert job.partitions_def == regions
