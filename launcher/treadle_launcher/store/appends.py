"""Appending to the log, with everything that is kept in step with it in one transaction."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence

from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import RunState
from treadle_launcher.runs.events import Event, NewEvent
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.runs.split import split_payload
from treadle_launcher.store import (
    event_log,
    materializations,
    plans,
    runs,
    texts,
    value_record,
)
from treadle_launcher.store.errors import (
    OutOfStepError,
    SpoiltRunError,
    StoreUnavailableError,
    translated,
)
from treadle_launcher.store.partitions import partition_facts
from treadle_launcher.store.records import HostMark, RunEvents
from treadle_launcher.store.session import WriteSession

_LOG = logging.getLogger(__name__)


def append_all(
    session: WriteSession, batch: Sequence[RunEvents], host_mark: HostMark | None
) -> tuple[tuple[Event, ...], ...]:
    """Append facts about runs, in order, and move the host's mark.

    Raises:
        SpoiltRunError: the facts about one run cannot be recorded; it says which.
        OutOfStepError: a run or the host's mark is not where the caller thinks.
    """
    appended = tuple(_append_of_run(session, each) for each in batch)
    if host_mark is not None:
        before = session.host_mark(host_mark.host_id)
        _check_step(f"host {host_mark.host_id}", host_mark.after, before)
        session.move_host_mark(host_mark)
    return appended


def _append_of_run(session: WriteSession, batch: RunEvents) -> tuple[Event, ...]:
    try:
        with translated():
            return append(session, batch)
    except (StoreUnavailableError, OutOfStepError):
        raise
    except Exception as error:
        raise SpoiltRunError(batch.run_id, error) from error


def append(session: WriteSession, batch: RunEvents) -> tuple[Event, ...]:
    """Append facts about one run that is recorded.

    Raises:
        UnknownRunError: there is no such run.
        InvalidTransition: the run's state allows no such event.
        OutOfStepError: the run is not where the caller thinks.
    """
    fold = session.fold(batch.run_id)
    before = fold.changing()
    _check_step(f"run {batch.run_id}", batch.after, before.last_sequence)
    stored = event_log.numbered(
        session, batch.run_id, before.last_sequence + 1, with_split_texts(session, batch.events)
    )
    for event in stored:
        fold.apply(event)
    event_log.write(session.connection, stored)
    materializations.write(session.connection, fold.location, stored)
    partition_facts.note_made(session.connection, stored)
    value_record.doubt(session.connection, batch.doubted)
    if stored:
        runs.update(session.connection, batch.run_id, before, fold.changing())
        if fold.state in FINAL_RUN_STATES:
            runs.let_go(session.connection, batch.run_id)
        if fold.state is RunState.FAILED and before.state not in FINAL_RUN_STATES:
            _note_failed(session, batch.run_id)
    return stored


def _note_failed(session: WriteSession, run_id: RunId) -> None:
    try:
        plan = plans.of_run(session.connection, run_id)
    except (StoreUnavailableError, sqlite3.Error):
        raise
    except Exception:  # noqa: BLE001 - a run whose plan is damaged must end all the same
        _LOG.exception("failed_assets_not_noted run=%s", run_id)
    else:
        partition_facts.note_failed(session.connection, run_id, plan)


def _check_step(subject: str, expected: int | None, found: int) -> None:
    if expected is not None and expected != found:
        raise OutOfStepError(f"{subject} is at {found}, not at {expected}: a write was lost")


def with_split_texts(session: WriteSession, events: Sequence[NewEvent]) -> tuple[NewEvent, ...]:
    """Return the events with their long texts cut down to the ends, the whole stored beside."""
    return tuple(_with_split_text(session, event) for event in events)


def _with_split_text(session: WriteSession, event: NewEvent) -> NewEvent:
    payload, whole_texts = split_payload(event.payload)
    for text_id, content in whole_texts.items():
        texts.put(session.connection, text_id, content)
    return event if payload is event.payload else replace(event, payload=payload)
