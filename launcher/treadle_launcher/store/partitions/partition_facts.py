"""What became of assets and their partitions: which were made, and which runs were to make some and failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from sqlite3 import Connection
from typing import Any, Final

from treadle_contract.event import AssetMaterialized
from treadle_contract.ids import KeyText, RunId
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.partition import PartitionKeyRange
from treadle_contract.plan import Verdict
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event
from treadle_launcher.store.schema import failed_partitions
from treadle_launcher.store.session import last_recorded
from treadle_launcher.store.statements import Statement, added_to, among, is_there, listed

_ADD_FAILED: Final = added_to(failed_partitions, how="INSERT OR REPLACE")
_FAILED: Final = Statement("SELECT * FROM failed_partitions WHERE asset_key = :asset_key")
_FORGET: Final = Statement(
    "DELETE FROM failed_partitions"
    " WHERE asset_key = :asset_key AND first_key = :partition_key AND last_key = :partition_key"
)
# One text, and not a row each: a hundred thousand rows take several times the time and memory. No key
# has a line's end.
_MADE: Final = Statement(
    "SELECT group_concat(partition_key, char(10)) FROM (SELECT DISTINCT partition_key"
    " FROM materialized_partitions WHERE asset_key = :asset_key ORDER BY partition_key)"
)
_MADE_SINCE: Final = Statement(
    "SELECT DISTINCT partition_key FROM materialized_partitions"
    " WHERE asset_key = :asset_key AND store_sequence > :since ORDER BY partition_key"
)
_IS_MADE: Final = Statement(
    "SELECT 1 FROM materialized_partitions WHERE asset_key = :asset_key"
    " AND partition_key = :partition_key AND store_sequence > :since LIMIT 1"
)
_IS_ASSET_MADE: Final = Statement(
    "SELECT 1 FROM materializations WHERE asset_key = :asset_key AND store_sequence > :since LIMIT 1"
)
_HAVING_FAILED: Final = Statement(
    f"SELECT DISTINCT asset_key FROM failed_partitions WHERE {among('asset_key', 'keys')}"
)
_BEGAN: Final = Statement("SELECT min(store_sequence) FROM events WHERE run_id = :run_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedStretch:
    """Partitions that a run was to make when it failed; `made_since` are made since it began, by any."""

    first: str
    last: str
    run_id: RunId
    made_since: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionFacts:
    """What is on record of the partitions of an asset: those that were made are sorted.

    All that is on record up to the store sequence `upto` was looked at.
    """

    made: Sequence[str] = ()
    failed: tuple[FailedStretch, ...] = ()
    upto: int = 0


def note_made(connection: Connection, events: Sequence[Event]) -> None:
    """Take note of the assets, and partitions of one, that were made: they have failed no more."""
    made = [
        {"asset_key": event.payload.asset_key, "partition_key": event.payload.partition_key}
        for event in events
        if isinstance(event.payload, AssetMaterialized)
    ]
    _FORGET.run_all(connection, made)


def note_failed(connection: Connection, run_id: RunId, plan: Plan) -> None:
    """Take note of what a run was to make that failed, but of what it made."""
    since = _BEGAN.scalar(connection, run_id=run_id) or 0
    rows = [
        {
            "asset_key": asset_key,
            "first_key": each.first,
            "last_key": each.last,
            "run_id": run_id,
            "since": since,
        }
        for asset_key, ranges in _planned(plan)
        for each in ranges
        if each.first != each.last or not _is_made(connection, asset_key, each.first, since)
    ]
    _ADD_FAILED.run_all(connection, rows)


def record_of(connection: Connection, asset_key: KeyText, since: int = 0) -> PartitionFacts:
    """Return which partitions of an asset were made, sorted, and which runs failed to make some.

    Of those that were made, with a store sequence larger than `since`.
    """
    if not is_there(connection, failed_partitions):
        return PartitionFacts()
    made: Sequence[str]
    if since:
        made = _MADE_SINCE.column(connection, asset_key=asset_key, since=since)
    else:
        text: str | None = _MADE.scalar(connection, asset_key=asset_key)
        made = text.split("\n") if text else ()
    failed = tuple(
        FailedStretch(
            first=row.first_key,
            last=row.last_key,
            run_id=RunId(row.run_id),
            made_since=tuple(_since(connection, row)) if row.first_key != row.last_key else (),
        )
        for row in _FAILED.rows(connection, asset_key=asset_key)
        if row.first_key
    )
    return PartitionFacts(made=made, failed=failed, upto=last_recorded(connection))


def having_failed(connection: Connection, keys: Sequence[KeyText]) -> frozenset[KeyText]:
    """Return which of these assets a run failed to make, or partitions of them."""
    if not is_there(connection, failed_partitions):
        return frozenset()
    return frozenset(map(KeyText, _HAVING_FAILED.column(connection, keys=listed(keys))))


def _since(connection: Connection, row: Any) -> Sequence[str]:
    return _MADE_SINCE.column(connection, asset_key=row.asset_key, since=row.since)


def _is_made(connection: Connection, asset_key: str, key: str, since: int) -> bool:
    if not key:
        return _IS_ASSET_MADE.scalar(connection, asset_key=asset_key, since=since) is not None
    found = _IS_MADE.scalar(connection, asset_key=asset_key, partition_key=key, since=since)
    return found is not None


def _planned(plan: Plan) -> Iterator[tuple[str, Sequence[PartitionKeyRange]]]:
    """Go through the assets that a plan makes, with the partitions that it makes: of none, one of no key."""
    for step in plan.steps:
        if step.verdict is Verdict.RUN:
            for output in step.outputs:
                for asset in output.assets:
                    planned = asset.partitions
                    yield asset.asset_key, _NO_KEY if planned is None else planned.ranges


_NO_KEY: Final = (PartitionKeyRange(first="", last=""),)
"""What stands in the place of partitions of an asset that has none."""
