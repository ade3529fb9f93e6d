"""What was made: one row for each asset_materialized event, found by asset and by run."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import cache
from sqlite3 import Connection
from typing import Any, Final

from treadle_contract.event import AssetMaterialized
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_launcher import codec
from treadle_launcher.clock import TimeUs
from treadle_launcher.runs.events import Event
from treadle_launcher.store import value_record
from treadle_launcher.store.pages import cut_page, page_limit, parse_token
from treadle_launcher.store.records import Materialization, Page
from treadle_launcher.store.schema import materializations, materialized_partitions
from treadle_launcher.store.statements import Statement, added_to, listed, where

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterializationFilter:
    """Which materializations are wanted: of this asset, this partition of it, by this run, if given."""

    asset_key: KeyText | None = None
    run_id: RunId | None = None
    partition_key: str | None = None

    def as_text(self) -> tuple[str, ...]:
        """Return the filters for a page's token."""
        partition = () if self.partition_key is None else (self.partition_key,)
        return ("materializations", self.asset_key or "", self.run_id or "", *partition)


_ADD: Final = added_to(materializations)
# One lookup in the index for each key, in one statement however many keys there are.
_LATEST: Final = Statement(
    "SELECT materializations.* FROM json_each(:keys) AS wanted JOIN materializations"
    " ON materializations.store_sequence = (SELECT max(of_key.store_sequence)"
    " FROM materializations AS of_key WHERE of_key.asset_key = wanted.value)"
)
_ADD_PARTITION: Final = added_to(materialized_partitions)
_LATEST_PARTITIONS: Final = Statement(
    "SELECT materializations.*, partition_key FROM json_each(:keys) AS wanted"
    " JOIN materialized_partitions AS of_key ON of_key.asset_key = :asset_key"
    " AND of_key.partition_key = wanted.value AND of_key.store_sequence ="
    " (SELECT max(each.store_sequence) FROM materialized_partitions AS each"
    " WHERE each.asset_key = :asset_key AND each.partition_key = wanted.value)"
    " JOIN materializations ON materializations.store_sequence = of_key.store_sequence"
)
_EVERY_PARTITION: Final = Statement(
    "SELECT materializations.*, partition_key FROM"
    " (SELECT partition_key, max(store_sequence) AS newest FROM materialized_partitions"
    " WHERE asset_key = :asset_key GROUP BY partition_key)"
    " JOIN materializations ON materializations.store_sequence = newest"
)
_LIMITS: Final = {
    "asset_key": "asset_key = :asset_key",
    "run_id": "run_id = :run_id",
    "partition_key": "store_sequence IN (SELECT store_sequence FROM materialized_partitions"
    " WHERE asset_key = :asset_key AND partition_key = :partition_key)",
    "before": "store_sequence < :before",
}


def write(connection: Connection, location: str, events: Sequence[Event]) -> None:
    """Add the rows of those events that made an asset."""
    rows = [
        {
            "store_sequence": event.store_sequence,
            "asset_key": event.payload.asset_key,
            "run_id": event.run_id,
            "step_key": event.step_key or "",
            "attempt": event.attempt,
            "time_us": event.time,
            "location": location,
            "unexpected": event.payload.unexpected,
            "made_json": codec.dumps(event.payload),
        }
        for event in events
        if isinstance(event.payload, AssetMaterialized)
    ]
    _ADD.run_all(connection, rows)
    partitions = [
        {
            "store_sequence": event.store_sequence,
            "asset_key": event.payload.asset_key,
            "partition_key": event.payload.partition_key,
        }
        for event in events
        if isinstance(event.payload, AssetMaterialized) and event.payload.partition_key
    ]
    _ADD_PARTITION.run_all(connection, partitions)


def latest(connection: Connection, keys: Sequence[KeyText]) -> Mapping[KeyText, Materialization]:
    """Return the latest materialization, in store order, of each asset that has one."""
    read = map(_from_row, _LATEST.rows(connection, keys=listed(keys)))
    found = [made for made in read if made is not None]
    return {made.asset_key: made for made in _with_marks(connection, found)}


def latest_partitions(
    connection: Connection, asset_key: KeyText, keys: Sequence[str] | None
) -> Mapping[str, Materialization]:
    """Return the latest materialization of each partition of an asset that has one, by its key.

    Of these partitions; None: of all.
    """
    if not value_record.has_partitions(connection):
        return {}
    if keys is None:
        rows = _EVERY_PARTITION.rows(connection, asset_key=asset_key)
    else:
        rows = _LATEST_PARTITIONS.rows(connection, asset_key=asset_key, keys=listed(keys))
    found = [made for made in map(_from_row, rows) if made is not None]
    return {made.partition_key: made for made in _with_marks(connection, found)}


def page(
    connection: Connection, wanted: MaterializationFilter, page_size: int, page_token: str
) -> Page[Materialization]:
    """Return a page of materializations, newest first.

    Raises:
        BadPageTokenError: no call with these filters gave this token.
    """
    filters = wanted.as_text()
    limit = page_limit(page_size)
    before = parse_token(page_token, filters)
    values = {
        "asset_key": wanted.asset_key,
        "run_id": wanted.run_id,
        "partition_key": wanted.partition_key,
        "before": before,
    }
    given = {name: value for name, value in values.items() if value is not None}
    rows = _page(frozenset(given)).rows(connection, most=limit + 1, **given)
    found = cut_page(rows, limit, filters, read=_read)
    items = [made for made in found.items if made is not None]
    return Page(items=_with_marks(connection, items), next_page_token=found.next_page_token)


@cache
def _page(given: frozenset[str]) -> Statement:
    limits = where(_LIMITS[name] for name in sorted(given))
    return Statement(
        f"SELECT * FROM materializations {limits} ORDER BY store_sequence DESC LIMIT :most"
    )


def _with_marks(
    connection: Connection, found: Sequence[Materialization]
) -> tuple[Materialization, ...]:
    """Return them, each saying whether its value was removed, or is doubted."""
    keys = [made.value_ref.key for made in found if made.value_ref is not None]
    gone = value_record.removed(connection, keys)
    doubted = value_record.doubted(connection, keys)
    return tuple(
        replace(made, removed=made.value_ref.key in gone, doubted=made.value_ref.key in doubted)
        if made.value_ref is not None
        else made
        for made in found
    )


def _read(row: Any) -> tuple[int, int, Materialization | None]:
    return row.store_sequence, len(row.made_json), _from_row(row)


def _from_row(row: Any) -> Materialization | None:
    """Return what a row records; None of one that is damaged: what it made is not known any more."""
    try:
        made = codec.loads(AssetMaterialized, row.made_json)
    except codec.CodecError as error:
        _LOG.error("materialization_unreadable asset=%s error=%s", row.asset_key, error)
        return None
    return Materialization(
        asset_key=KeyText(row.asset_key),
        run_id=RunId(row.run_id),
        step_key=StepKey(row.step_key),
        attempt=row.attempt,
        store_sequence=row.store_sequence,
        time=TimeUs(row.time_us),
        location=row.location,
        digest=made.digest,
        unexpected=made.unexpected,
        io_manager_key=made.io_manager_key,
        value_ref=made.value_ref,
        metadata=made.metadata,
        partition_key=made.partition_key,
    )
