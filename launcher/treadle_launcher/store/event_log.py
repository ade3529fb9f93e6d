"""Events as rows: written once, read in sequence; what checks said, and what was observed, by asset too."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from sqlite3 import Connection
from typing import Any, Final

from treadle_contract.event import (
    AssetObserved,
    CheckEvaluated,
    RunFinished,
    StepCancelled,
    StepFailed,
    StepNotRun,
    StepRetryScheduled,
    StepReused,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher import codec
from treadle_launcher.clock import TimeUs
from treadle_launcher.runs.events import EVENT_KINDS, KIND_NAMES, Event, NewEvent
from treadle_launcher.store import runs
from treadle_launcher.store.errors import CorruptRecordError
from treadle_launcher.store.pages import cut_page, page_limit, parse_token
from treadle_launcher.store.records import Page
from treadle_launcher.store.schema import Table, asset_observations, check_evaluations
from treadle_launcher.store.schema import events as events_table
from treadle_launcher.store.session import WriteSession
from treadle_launcher.store.statements import Statement, added_to, one_of, where

_LOG = logging.getLogger(__name__)

_STEP_IS_OVER: Final = one_of(
    "kind",
    (
        KIND_NAMES[kind]
        for kind in (StepSucceeded, StepFailed, StepSkipped, StepNotRun, StepReused, StepCancelled)
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFilter:
    """Which results of checks, or which observations, are wanted: of this asset, this check of it, this
    run, if given.
    """

    table: Table = check_evaluations
    asset_key: KeyText | None = None
    check_name: str | None = None
    run_id: RunId | None = None

    def as_text(self) -> tuple[str, ...]:
        """Return the filters for a page's token."""
        return (self.table.name, self.asset_key or "", self.check_name or "", self.run_id or "")


_ADD: Final = added_to(events_table)
_ADD_CHECKS: Final = added_to(check_evaluations)
_ADD_OBSERVATIONS: Final = added_to(asset_observations)
_LIMITS: Final = {
    "asset_key": "found.asset_key = :asset_key",
    "check_name": "found.check_name = :check_name",
    "run_id": "found.run_id = :run_id",
    "before": "found.store_sequence < :before",
}
_AFTER: Final = Statement(
    "SELECT * FROM events WHERE run_id = :run_id AND sequence > :after"
    " ORDER BY sequence LIMIT :most"
)
_STARTED: Final = Statement(
    "SELECT max(attempt) FROM events"
    f" WHERE run_id = :run_id AND step_key = :step_key AND kind = '{KIND_NAMES[StepStarted]}'"
)
_ENDED: Final = Statement(
    "SELECT sequence FROM events"
    f" WHERE run_id = :run_id AND (kind = '{KIND_NAMES[RunFinished]}' OR step_key = :step_key"
    f" AND ({_STEP_IS_OVER} OR attempt > :attempt"
    f" OR attempt = :attempt AND kind = '{KIND_NAMES[StepRetryScheduled]}')) LIMIT 1"
)


def numbered(
    session: WriteSession, run_id: RunId, first_sequence: int, new_events: Sequence[NewEvent]
) -> tuple[Event, ...]:
    """Return the events with their numbers, and the time of now where they have none."""
    now = session.clock.now()
    return tuple(
        Event(
            store_sequence=session.next_store_sequence(),
            run_id=run_id,
            sequence=first_sequence + offset,
            time=now if new.time is None else new.time,
            payload=new.payload,
            step_key=new.step_key,
            attempt=new.attempt,
        )
        for offset, new in enumerate(new_events)
    )


def write(connection: Connection, events: Sequence[Event]) -> None:
    """Add events to the log."""
    _ADD.run_all(connection, [_to_row(event) for event in events])
    checks = [
        {
            "store_sequence": event.store_sequence,
            "asset_key": event.payload.asset_key,
            "check_name": event.payload.check_name,
            "run_id": event.run_id,
        }
        for event in events
        if isinstance(event.payload, CheckEvaluated)
    ]
    if checks:
        _ADD_CHECKS.run_all(connection, checks)
    observations = [
        {
            "store_sequence": event.store_sequence,
            "asset_key": event.payload.asset_key,
            "run_id": event.run_id,
        }
        for event in events
        if isinstance(event.payload, AssetObserved)
    ]
    if observations:
        _ADD_OBSERVATIONS.run_all(connection, observations)


def events_after(
    connection: Connection, run_id: RunId, sequence: int, limit: int
) -> tuple[Event, ...]:
    """Return a run's events with a larger sequence, in order, at most `limit`.

    Raises:
        UnknownRunError: there is no such run.
    """
    rows = _AFTER.rows(connection, run_id=run_id, after=sequence, most=limit)
    found = tuple(map(_from_row, rows))
    if not found:
        runs.check_known(connection, run_id)
    return found


def attempts_started(connection: Connection, run_id: RunId, step_key: StepKey) -> int:
    """Return how many attempts of a step were started.

    Raises:
        UnknownRunError: there is no such run.
    """
    found: int | None = _STARTED.scalar(connection, run_id=run_id, step_key=step_key)
    if found is None:
        runs.check_known(connection, run_id)
    return found or 0


def attempt_ended(connection: Connection, run_id: RunId, step_key: StepKey, attempt: int) -> bool:
    """Return whether an attempt of a step is over, be it that it never started and never will.

    Raises:
        UnknownRunError: there is no such run.
    """
    values = {"run_id": run_id, "step_key": step_key, "attempt": attempt}
    if _ENDED.row(connection, **values) is not None:
        return True
    runs.check_known(connection, run_id)
    return False


def told_page(
    connection: Connection, wanted: ToldFilter, page_size: int, page_token: str
) -> Page[Event]:
    """Return a page of the events that tell what checks said, or what was observed, newest first.

    Raises:
        BadPageTokenError: no call with these filters gave this token.
    """
    filters = wanted.as_text()
    limit = page_limit(page_size)
    values = {
        "asset_key": wanted.asset_key,
        "check_name": wanted.check_name,
        "run_id": wanted.run_id,
        "before": parse_token(page_token, filters),
    }
    given = {name: value for name, value in values.items() if value is not None}
    rows = _told(wanted.table.name, frozenset(given)).rows(connection, most=limit + 1, **given)
    found = cut_page(rows, limit, filters, read=_one_told)
    items = tuple(event for event in found.items if event is not None)
    return Page(items=items, next_page_token=found.next_page_token)


@cache
def _told(table: str, given: frozenset[str]) -> Statement:
    limits = where(_LIMITS[name] for name in sorted(given))
    return Statement(
        f"SELECT events.* FROM {table} AS found"
        f" JOIN events ON events.store_sequence = found.store_sequence {limits}"
        " ORDER BY found.store_sequence DESC LIMIT :most"
    )


def _one_told(row: Any) -> tuple[int, int, Event | None]:
    """Return what a row tells; None of one that is damaged."""
    try:
        event = _from_row(row)
    except codec.CodecError as error:
        _LOG.error("told_unreadable run=%s error=%s", row.run_id, error)
        return row.store_sequence, 0, None
    return row.store_sequence, len(row.payload_json), event


def _to_row(event: Event) -> dict[str, Any]:
    return {
        "store_sequence": event.store_sequence,
        "run_id": event.run_id,
        "sequence": event.sequence,
        "time_us": event.time,
        "kind": event.kind,
        "step_key": event.step_key,
        "attempt": event.attempt,
        "schema_version": event.schema_version,
        "payload_json": codec.dumps(event.payload),
    }


def _from_row(row: Any) -> Event:
    kind = EVENT_KINDS.get(row.kind)
    if kind is None:
        raise CorruptRecordError(f"event {row.store_sequence} is of the unknown kind {row.kind!r}")
    return Event(
        store_sequence=row.store_sequence,
        run_id=RunId(row.run_id),
        sequence=row.sequence,
        time=TimeUs(row.time_us),
        payload=codec.loads(kind, row.payload_json),
        step_key=None if row.step_key is None else StepKey(row.step_key),
        attempt=row.attempt,
        schema_version=row.schema_version,
    )
