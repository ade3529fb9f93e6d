"""Assets of elsewhere with partitions: what their function says of each."""

from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    DailyPartitionsDefinition,
    DataVersion,
    DataVersionsByPartition,
    DynamicPartitionsDefinition,
    SourceAsset,
    StaticPartitionsDefinition,
    StepFailedError,
    asset,
    materialize,
    observable_source_asset,
    observe,
)

REGIONS = StaticPartitionsDefinition(["eu", "us"])


def versions(result: Any) -> dict[tuple[str, str], Any]:
    return {
        (event.payload.asset_key, event.payload.partition_key): each.value
        for event in result.get_asset_observation_events()
        for each in event.payload.metadata
    }


def made(result: Any) -> set[str]:
    return {event.asset_key.text for event in result.get_asset_materialization_events()}


def test_the_version_of_each_partition_is_told() -> None:
    @observable_source_asset(partitions_def=REGIONS)
    def sales() -> DataVersionsByPartition:
        return DataVersionsByPartition({"eu": "1", "us": DataVersion("2")})

    assert sales.partitions_def == REGIONS
    assert versions(observe([sales])) == {("sales", "eu"): "1", ("sales", "us"): "2"}


def test_all_partitions_are_looked_at_in_a_run_of_one() -> None:
    sales = SourceAsset(
        "sales",
        observe_fn=lambda: DataVersionsByPartition({"eu": "1", "us": "2"}),
        partitions_def=REGIONS,
    )

    @asset(partitions_def=REGIONS, deps=[sales])
    def report(context: Any) -> str:
        return str(context.partition_key)

    result = materialize([sales, report], selection=["sales", "report"], partition_key="us")

    assert versions(result) == {("sales", "eu"): "1", ("sales", "us"): "2"}
    assert made(result) == {"report"}


def test_partitions_of_dynamic_keys_are_taken_as_they_are() -> None:
    @observable_source_asset(partitions_def=DynamicPartitionsDefinition(name="customers"))
    def orders():
        return DataVersionsByPartition({"anna": "1"})

    assert versions(observe([orders])) == {("orders", "anna"): "1"}


@pytest.mark.parametrize(
    ("partitions_def", "given", "words"),
    [
        (REGIONS, DataVersion("1"), "'far' has partitions.*DataVersionsByPartition"),
        (None, DataVersionsByPartition({"eu": "1"}), "'far' has no partitions"),
        (REGIONS, DataVersionsByPartition({"asia": "1"}), "no partition 'asia'"),
        (
            DailyPartitionsDefinition(start_date="2026-01-01"),
            DataVersionsByPartition({"2025-12-31": "1"}),
            "no partition '2025-12-31'",
        ),
    ],
)
def test_versions_that_do_not_fit_its_partitions_fail_the_step(
    partitions_def: Any, given: Any, words: str
) -> None:
    @observable_source_asset(partitions_def=partitions_def)
    def far():
        return given

    with pytest.raises(StepFailedError, match=words):
        observe([far])


def test_versions_of_partitions_are_texts_by_key() -> None:
    with pytest.raises(ArgumentError, match="data_versions_by_partition is"):
        DataVersionsByPartition(["eu"])  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="value is 1"):
        DataVersionsByPartition({"eu": 1})  # type: ignore[dict-item]
