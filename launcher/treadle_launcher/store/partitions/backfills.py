"""Backfills: what each is to make, how it stands, and which run makes which part of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from sqlite3 import Connection
from typing import Any, Final

from treadle_contract.backfill import BackfillState
from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.run import RunState
from treadle_launcher import codec
from treadle_launcher.backfills.backfill import (
    FINAL_BACKFILL_STATES,
    Backfill,
    BackfillOrder,
    BackfillPlace,
    BackfillRunRow,
)
from treadle_launcher.clock import TimeUs
from treadle_launcher.errors import IdempotencyConflictError, UnknownBackfillError
from treadle_launcher.store.pages import cut_page, page_limit, parse_token
from treadle_launcher.store.records import Page, changes_between
from treadle_launcher.store.schema import backfill_refusals, backfill_runs, backfills
from treadle_launcher.store.session import WriteSession
from treadle_launcher.store.statements import Statement, added_to, among, is_there, listed, one_of

_IS_UNFINISHED: Final = one_of("state", set(BackfillState) - FINAL_BACKFILL_STATES)

_ADD: Final = added_to(backfills, without=["ordinal"])
_ADD_RUN: Final = added_to(backfill_runs)
_ADD_REFUSAL: Final = added_to(backfill_refusals, how="INSERT OR REPLACE")
_GET: Final = Statement("SELECT * FROM backfills WHERE backfill_id = :backfill_id")
_OF_REQUEST: Final = Statement("SELECT * FROM backfills WHERE idempotency_key = :key")
_PAGE: Final = Statement(
    "SELECT * FROM backfills WHERE ordinal < :before ORDER BY ordinal DESC LIMIT :most"
)
_UNFINISHED: Final = Statement(f"SELECT * FROM backfills WHERE {_IS_UNFINISHED} ORDER BY ordinal")
_CANCEL: Final = Statement(
    "UPDATE backfills SET state = :state, cancel_reason = :reason"
    f" WHERE backfill_id = :backfill_id AND {_IS_UNFINISHED}"
)
_FINISH: Final = Statement(
    "UPDATE backfills SET state = :state, finished_us = :finished_us"
    f" WHERE backfill_id = :backfill_id AND {_IS_UNFINISHED}"
)
_RUN_AT: Final = Statement(
    "SELECT run_id FROM backfill_runs WHERE backfill_id = :backfill_id AND position = :position"
)
_IS_WITHIN: Final = (
    "backfill_id = :backfill_id AND position >= :begin AND position < :end ORDER BY position"
)
_RUNS: Final = Statement(
    f"SELECT position, run_id, state FROM backfill_runs JOIN runs USING (run_id) WHERE {_IS_WITHIN}"
)
_REFUSALS: Final = Statement(f"SELECT position, message FROM backfill_refusals WHERE {_IS_WITHIN}")
_RUN_COUNTS: Final = Statement(
    "SELECT state, count(*) AS runs, total(position = :last) AS lasts FROM backfill_runs"
    " JOIN runs USING (run_id) WHERE backfill_id = :backfill_id GROUP BY state"
)
_REFUSAL_COUNTS: Final = Statement(
    "SELECT count(*) AS runs, total(position = :last) AS lasts FROM backfill_refusals"
    " WHERE backfill_id = :backfill_id"
)
# Of runs that did not succeed: the partitions of which they made all that was asked for.
_MADE: Final = Statement(
    "SELECT position, partition_key, runs.state AS state FROM backfill_runs"
    " JOIN runs USING (run_id) JOIN materializations USING (run_id)"
    " JOIN materialized_partitions USING (store_sequence, asset_key)"
    f" WHERE backfill_id = :backfill_id AND position >= :begin AND position < :end"
    f" AND {one_of('runs.state', (RunState.FAILED, RunState.CANCELLED))}"
    f" AND {among('asset_key', 'assets')}"
    " GROUP BY position, partition_key HAVING count(DISTINCT asset_key) = :asset_count"
)
_EVER: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBackfill:
    """A backfill that is to be recorded; `asked` is the request, as it is compared with a later one."""

    backfill_id: str
    order: BackfillOrder
    asked: Mapping[str, object]
    is_ephemeral: bool = False


def add(session: WriteSession, new: NewBackfill) -> tuple[Backfill, bool]:
    """Record a backfill unless its request is known; return it, and whether it was there.

    Raises:
        IdempotencyConflictError: the request's key was used for another one.
    """
    earlier = of_request(session.connection, new.order.idempotency_key, new.asked)
    if earlier is not None:
        return earlier, True
    row = {
        "backfill_id": new.backfill_id,
        "state": str(BackfillState.RUNNING),
        "finished_us": None,
        "cancel_reason": "",
        "is_ephemeral": new.is_ephemeral,
        "idempotency_key": new.order.idempotency_key or None,
        "asked_json": json.dumps(new.asked),
        "order_json": codec.dumps(new.order),
    }
    _ADD.run(session.connection, **row)
    return get(session.connection, new.backfill_id), False


def of_request(connection: Connection, key: str, asked: Mapping[str, object]) -> Backfill | None:
    """Return the backfill that a named request made, if it is known.

    Raises:
        IdempotencyConflictError: the key was used for another request.
    """
    row = _OF_REQUEST.row(connection, key=key) if key else None
    if row is None:
        return None
    changes = changes_between(json.loads(row.asked_json), json.loads(json.dumps(asked)))
    if changes:
        message = f"The idempotency key was used for another request, which made backfill {row.backfill_id}."
        raise IdempotencyConflictError((row.backfill_id,), changes=changes, message=message)
    return _from_row(row)


def get(connection: Connection, backfill_id: str) -> Backfill:
    """Return one backfill.

    Raises:
        UnknownBackfillError: there is no such backfill.
    """
    row = _GET.row(connection, backfill_id=backfill_id) if _has(connection) else None
    if row is None:
        raise UnknownBackfillError([backfill_id])
    return _from_row(row)


def page(connection: Connection, page_size: int, page_token: str) -> Page[Backfill]:
    """Return a page of backfills, newest first.

    Raises:
        BadPageTokenError: no such call gave this token.
    """
    filters = ("backfills",)
    limit = page_limit(page_size)
    before = parse_token(page_token, filters) or _EVER
    rows = _PAGE.rows(connection, before=before, most=limit + 1) if _has(connection) else ()
    return cut_page(rows, limit, filters, read=_read)


def unfinished(connection: Connection, *, only_ephemeral: bool = False) -> tuple[Backfill, ...]:
    """Return every backfill whose state is not final, oldest first; or those that end with us."""
    found = map(_from_row, _UNFINISHED.rows(connection))
    return tuple(each for each in found if each.is_ephemeral or not only_ephemeral)


def cancel(session: WriteSession, backfill_id: str, reason: str) -> Backfill:
    """Record that a backfill is to end, unless it is over.

    Raises:
        UnknownBackfillError: there is no such backfill.
    """
    state = str(BackfillState.CANCELLING)
    _CANCEL.run(session.connection, backfill_id=backfill_id, state=state, reason=reason)
    return get(session.connection, backfill_id)


def finish(session: WriteSession, backfill_id: str, state: BackfillState) -> Backfill:
    """Record how a backfill ended, unless that is recorded."""
    finished = session.clock.now()
    _FINISH.run(session.connection, backfill_id=backfill_id, state=str(state), finished_us=finished)
    return get(session.connection, backfill_id)


def add_run(connection: Connection, place: BackfillPlace, run_id: RunId) -> None:
    """Record which run makes a part of a backfill; it is recorded in the same transaction."""
    row = {"backfill_id": place.backfill_id, "position": place.position, "run_id": run_id}
    _ADD_RUN.run(connection, **row)


def run_at(connection: Connection, place: BackfillPlace) -> RunId | None:
    """Return the run that makes a part of a backfill; None: none was launched."""
    found = _RUN_AT.scalar(connection, backfill_id=place.backfill_id, position=place.position)
    return None if found is None else RunId(found)


def refuse(session: WriteSession, place: BackfillPlace, message: str) -> None:
    """Record why a part of a backfill has no run."""
    row = {"backfill_id": place.backfill_id, "position": place.position, "message": message}
    _ADD_REFUSAL.run(session.connection, **row)


def rows(
    connection: Connection, backfill_id: str, begin: int = 0, end: int | None = None
) -> Mapping[int, BackfillRunRow]:
    """Return what became of the parts of a backfill from `begin` to before `end`, by their position.

    One that is not there has no run yet.
    """
    until = _EVER if end is None else end
    within = {"backfill_id": backfill_id, "begin": begin, "end": until}
    found = {
        row.position: BackfillRunRow(position=row.position, refused_because=row.message)
        for row in _REFUSALS.rows(connection, **within)
    }
    for row in _RUNS.rows(connection, **within):
        state = RunState[row.state.upper()]
        run_id = RunId(row.run_id)
        found[row.position] = BackfillRunRow(position=row.position, run_id=run_id, state=state)
    return found


def part_counts(
    connection: Connection, backfill_id: str, last: int
) -> Mapping[RunState | None, tuple[int, int]]:
    """Return how many parts have a run in each state; None: were refused one.

    Beside each, 1 if the part at the position `last` is among them.
    """
    counts: dict[RunState | None, tuple[int, int]] = {
        RunState[row.state.upper()]: (row.runs, int(row.lasts))
        for row in _RUN_COUNTS.rows(connection, backfill_id=backfill_id, last=last)
    }
    refused = _REFUSAL_COUNTS.rows(connection, backfill_id=backfill_id, last=last)
    counts[None] = sum(row.runs for row in refused), int(sum(row.lasts for row in refused))
    return counts


def made_all_the_same(
    connection: Connection, backfill: Backfill, begin: int = 0, end: int | None = None
) -> Mapping[tuple[int, str], RunState]:
    """Return the partitions that runs made which did not succeed, by position and key, with the run's state.

    Those of which all assets were made that the backfill makes. A run of one partition has none.
    """
    order = backfill.order
    if order.per_run == 1:
        return {}
    rows = _MADE.rows(
        connection,
        backfill_id=backfill.backfill_id,
        begin=begin,
        end=_EVER if end is None else end,
        assets=listed(order.asset_keys),
        asset_count=len(order.asset_keys),
    )
    return {(row.position, row.partition_key): RunState[row.state.upper()] for row in rows}


def _has(connection: Connection) -> bool:
    return is_there(connection, backfills)


def _read(row: Any) -> tuple[int, int, Backfill]:
    return row.ordinal, min(len(row.order_json), _SHOWN), _from_row(row)


_SHOWN: Final = 50_000
"""About how many characters of an order are told of."""


def _from_row(row: Any) -> Backfill:
    return Backfill(
        backfill_id=row.backfill_id,
        order=codec.loads(BackfillOrder, row.order_json),
        state=BackfillState[row.state.upper()],
        finished_at=None if row.finished_us is None else TimeUs(row.finished_us),
        cancel_reason=row.cancel_reason,
        is_ephemeral=bool(row.is_ephemeral),
    )
