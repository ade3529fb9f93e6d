"""Orders of backfills for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from treadle_contract.partition import PartitionsDefinition, StaticPartitions
from treadle_contract.plan import PlanOptions, Selection
from treadle_launcher.backfills.backfill import BackfillOrder
from treadle_launcher.clock import TimeUs
from treadle_partitions import KeySet, keys_of

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def listed(count: int) -> PartitionsDefinition:
    """Return a definition of the keys k0, k1, …"""
    keys = tuple(f"k{number}" for number in range(count))
    return PartitionsDefinition(id="static", of=StaticPartitions(keys=keys))


def key_set(count: int, indexes: set[int]) -> KeySet:
    """Return some of so many keys."""
    return KeySet(keys_of(listed(count), now=NOW), ((each, each + 1) for each in indexes))


def order_of(chosen: KeySet, per_run: int, **others: Any) -> BackfillOrder:
    """Return the order of a backfill of some keys."""
    given = {
        "location": "days",
        "selection": Selection(expressions=("a",)),
        "options": PlanOptions(),
        "asset_keys": ("a",),
        "definition_id": "static",
        "definition": listed(len(chosen.keys)),
        "ranges": chosen.ranges(),
        "partition_count": chosen.count,
        "per_run": per_run,
        "max_runs": 2,
        "created_at": TimeUs(1_700_000_000_000_000),
    }
    return BackfillOrder(**{**given, **others})
