"""What was made: one row for each asset_materialized event, found by asset and by run."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from treadle_contract.event import AssetMaterialized
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_launcher import codec
from treadle_launcher.clock import TimeUs
from treadle_launcher.runs.events import Event
from treadle_launcher.store import value_record
from treadle_launcher.store.pages import cut_page, page_limit, parse_token
from treadle_launcher.store.records import Materialization, Page
from treadle_launcher.store.schema import materializations as table

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterializationFilter:
    """Which materializations are wanted: of this asset and by this run, if given."""

    asset_key: KeyText | None = None
    run_id: RunId | None = None

    def as_text(self) -> tuple[str, ...]:
        """Return the filters for a page's token."""
        return ("materializations", self.asset_key or "", self.run_id or "")


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
    if rows:
        connection.execute(insert(table), rows)


def latest(connection: Connection, keys: Sequence[KeyText]) -> Mapping[KeyText, Materialization]:
    """Return the latest materialization, in store order, of each asset that has one."""
    # One lookup in the index for each key, in one statement however many keys there are.
    wanted = func.json_each(json.dumps(keys)).table_valued("value", name="wanted")
    of_key = table.alias("of_key")
    last = (
        select(func.max(of_key.c.store_sequence))
        .where(of_key.c.asset_key == wanted.c.value)
        .correlate(wanted)
        .scalar_subquery()
    )
    query = select(table).select_from(wanted).join(table, table.c.store_sequence == last)
    read = [_from_row(row) for row in connection.execute(query)]
    found = [made for made in read if made is not None]
    return {made.asset_key: made for made in _with_marks(connection, found)}


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
    query = select(table).order_by(table.c.store_sequence.desc()).limit(limit + 1)
    if wanted.asset_key is not None:
        query = query.where(table.c.asset_key == wanted.asset_key)
    if wanted.run_id is not None:
        query = query.where(table.c.run_id == wanted.run_id)
    if before is not None:
        query = query.where(table.c.store_sequence < before)
    found = cut_page(connection.execute(query).all(), limit, filters, read=_read)
    items = [made for made in found.items if made is not None]
    return Page(items=_with_marks(connection, items), next_page_token=found.next_page_token)


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


def _read(row: Row[Any]) -> tuple[int, int, Materialization | None]:
    return row.store_sequence, len(row.made_json), _from_row(row)


def _from_row(row: Row[Any]) -> Materialization | None:
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
    )
