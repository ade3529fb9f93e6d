"""Definitions for the tests of partitions, as the contract has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from treadle_contract.partition import (
    DynamicPartitions,
    MultiPartitions,
    PartitionDimension,
    PartitionsDefinition,
    StaticPartitions,
    TimeWindowPartitions,
)
from treadle_partitions import PartitionKeys, keys_of

NOW = datetime(2024, 12, 1, tzinfo=UTC)
HOURS = "%Y-%m-%d-%H:%M"


def windows(
    cron: str,
    start: datetime,
    zone: str = "UTC",
    form: str = "%Y-%m-%d",
    end: datetime | None = None,
    **more: Any,
) -> PartitionsDefinition:
    return PartitionsDefinition(
        id="w",
        of=TimeWindowPartitions(
            cron_schedule=cron,
            timezone=zone,
            start=seconds(start, zone),
            end=None if end is None else seconds(end, zone),
            key_format=form,
            **more,
        ),
    )


def seconds(wall: datetime, zone: str = "UTC") -> int:
    return int(wall.replace(tzinfo=ZoneInfo(zone)).timestamp())


def static(*keys: str) -> PartitionsDefinition:
    return PartitionsDefinition(id="s", of=StaticPartitions(keys=keys))


def dynamic(name: str) -> PartitionsDefinition:
    return PartitionsDefinition(id="d", of=DynamicPartitions(name=name))


def multi(dimensions: Mapping[str, PartitionsDefinition]) -> PartitionsDefinition:
    return PartitionsDefinition(
        id="m",
        of=MultiPartitions(
            dimensions=tuple(
                PartitionDimension(name=name, of=dimensions[name].of)  # type: ignore[arg-type] # none is multi
                for name in sorted(dimensions)
            )
        ),
    )


def keys(definition: PartitionsDefinition, **dynamic_keys: tuple[str, ...]) -> PartitionKeys:
    return keys_of(definition, now=NOW, dynamic=dynamic_keys)
