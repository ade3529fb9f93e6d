"""What the record says of stored values, and which of them are known as removed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Select, delete, func, select, text
from sqlalchemy.dialects.sqlite import insert

from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.launcher import Garbage, GarbageReason
from treadle_contract.plan import Load, Reuse
from treadle_contract.run import RunState
from treadle_launcher import codec
from treadle_launcher.clock import TimeUs
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.store.schema import (
    doubted_values,
    events,
    materializations,
    removed_values,
    run_loads,
    run_reuses,
    runs,
)
from treadle_launcher.store.session import WriteSession
from treadle_launcher.values.garbage import ValueFacts
from treadle_launcher.values.value_keys import ValueOwner, asset_value_key, owner_of, path_component

T = TypeVar("T")

_UNFINISHED_STATES: Final = sorted(set(RunState) - FINAL_RUN_STATES)
_BATCH: Final = 500
_HAS_DOUBTED: Final = text("SELECT 1 FROM sqlite_master WHERE name = 'doubted_values'")


def facts_of(connection: Connection, keys: Sequence[str], since: TimeUs) -> ValueFacts:
    """Return what is recorded of the values with these keys.

    What a run reuses that ended `since` then, counts as needed: a re-execution of it may want
    it. What this costs grows with the runs whose values are among them, not with all there were.
    """
    stored = frozenset(keys)
    owners = sorted({owner.run_id for owner in map(owner_of, keys) if owner is not None})
    running = connection.execute(
        select(runs.c.run_id, runs.c.submitted_us).where(runs.c.state.in_(_UNFINISHED_STATES))
    )
    unfinished = {RunId(row.run_id): TimeUs(row.submitted_us) for row in running}
    return ValueFacts(
        unfinished=frozenset(unfinished),
        over_since=_over_since(connection, owners),
        versions=_versions(connection, stored, owners),
        committed=frozenset(_committed(connection, owners)),
        needed=frozenset((*_loaded(connection), *_reused_lately(connection, owners, since))),
        removed=removed(connection, keys),
        oldest_unfinished=min(unfinished.values(), default=None),
        last_event=_last_event(connection),
    )


def _last_event(connection: Connection) -> TimeUs | None:
    last = select(func.max(events.c.store_sequence)).scalar_subquery()
    query = select(events.c.time_us).where(events.c.store_sequence == last)
    time = connection.execute(query).scalar_one_or_none()
    return None if time is None else TimeUs(time)


def removed(connection: Connection, keys: Sequence[str]) -> Mapping[str, GarbageReason]:
    """Return which of these values were removed, and why."""
    query = select(removed_values.c.key, removed_values.c.reason)
    return {
        row.key: GarbageReason(row.reason)
        for batch in _batches(keys)
        for row in connection.execute(query.where(removed_values.c.key.in_(batch)))
    }


def doubted(connection: Connection, keys: Sequence[str]) -> frozenset[str]:
    """Return which of these values a step could not read, whatever their files look like."""
    # A file that is only read may have no such table yet.
    if not keys or not connection.execute(_HAS_DOUBTED).one_or_none():
        return frozenset()
    column = doubted_values.c.key
    return frozenset(
        key
        for batch in _batches(keys)
        for key in connection.execute(select(column).where(column.in_(batch))).scalars()
    )


def doubt(connection: Connection, keys: Sequence[str]) -> None:
    """Record that values are doubted."""
    if keys:
        rows = [{"key": key} for key in keys]
        connection.execute(insert(doubted_values).on_conflict_do_nothing(), rows)


def trust(connection: Connection, keys: Sequence[str]) -> None:
    """Record that values are doubted no more."""
    for batch in _batches(keys):
        connection.execute(delete(doubted_values).where(doubted_values.c.key.in_(batch)))


def mark_removed(session: WriteSession, garbage: Sequence[Garbage]) -> tuple[Garbage, ...]:
    """Record that values are removed, and return those that are: no run needs them by now.

    From here on they do not exist for any plan; their files may go.
    """
    needed = {*_loaded(session.connection), *_reused(session.connection)}
    going = tuple(each for each in garbage if each.key not in needed)
    now = session.clock.now()
    rows = [
        {"key": each.key, "removed_us": now, "reason": str(each.reason)}
        for each in going
        # What no commit names is named by no row: nobody will ask for it.
        if each.reason is not GarbageReason.UNCOMMITTED
    ]
    if rows:
        session.connection.execute(insert(removed_values).on_conflict_do_nothing(), rows)
    return going


def latest_keys(connection: Connection) -> Mapping[KeyText, str]:
    """Return under which key the latest version of each asset is, if the file store has it."""
    last = select(func.max(materializations.c.store_sequence)).group_by(
        materializations.c.asset_key
    )
    query = _VERSIONS.where(materializations.c.store_sequence.in_(last))
    return dict(_asset_keys(connection, query))


_VERSIONS: Final = select(
    materializations.c.asset_key,
    materializations.c.location,
    materializations.c.run_id,
    materializations.c.step_key,
    materializations.c.attempt,
)


def _versions(
    connection: Connection, stored: frozenset[str], owners: Sequence[RunId]
) -> Mapping[str, tuple[KeyText, int]]:
    """Return each stored asset version with the number of newer ones that are stored."""
    query = _VERSIONS.where(_is_among(materializations.c.run_id, owners)).order_by(
        materializations.c.asset_key, materializations.c.store_sequence.desc()
    )
    versions: dict[str, tuple[KeyText, int]] = {}
    newer: dict[KeyText, int] = {}
    for asset_key, key in _asset_keys(connection, query):
        if key in stored and key not in versions:
            versions[key] = (asset_key, newer.get(asset_key, 0))
            newer[asset_key] = newer.get(asset_key, 0) + 1
    return versions


def _asset_keys(connection: Connection, query: Select[Any]) -> Iterator[tuple[KeyText, str]]:
    for row in connection.execute(query):
        asset_key, run_id, step_key = KeyText(row.asset_key), RunId(row.run_id), row.step_key
        yield (
            asset_key,
            asset_value_key(row.location, asset_key, run_id, StepKey(step_key), row.attempt),
        )


def _committed(connection: Connection, owners: Sequence[RunId]) -> Iterator[ValueOwner]:
    """Yield the attempts of these runs that succeeded: each committed all that it stored."""
    query = select(events.c.run_id, events.c.step_key, events.c.attempt).where(
        events.c.kind == "step_succeeded"
    )
    for batch in _batches(owners):
        for row in connection.execute(query.where(events.c.run_id.in_(batch))):
            step = path_component(row.step_key or "")
            yield ValueOwner(run_id=RunId(row.run_id), step=step, attempt=row.attempt)


def _over_since(connection: Connection, owners: Sequence[RunId]) -> Mapping[RunId, TimeUs | None]:
    query = select(runs.c.run_id, runs.c.finished_us)
    return {
        RunId(row.run_id): None if row.finished_us is None else TimeUs(row.finished_us)
        for batch in _batches(owners)
        for row in connection.execute(query.where(runs.c.run_id.in_(batch)))
    }


def _loaded(connection: Connection) -> Iterator[str]:
    """Yield the keys of the values that runs which are not over load."""
    query = (
        select(run_loads.c.load_json)
        .join(runs, runs.c.run_id == run_loads.c.run_id)
        .where(runs.c.state.in_(_UNFINISHED_STATES))
    )
    for load_json in connection.execute(query).scalars():
        load = codec.loads(Load, load_json)
        if load.value_ref is not None:
            yield load.value_ref.key


def _reused(connection: Connection) -> Iterator[str]:
    """Yield the keys of the values that runs which are not over reuse."""
    return _keys_of(connection, _REUSES.where(runs.c.state.in_(_UNFINISHED_STATES)))


def _reused_lately(connection: Connection, owners: Sequence[RunId], since: TimeUs) -> Iterator[str]:
    """Yield the keys of what is reused of these runs, by those not over or over since then."""
    is_wanted = runs.c.state.in_(_UNFINISHED_STATES) | (runs.c.finished_us > since)
    of_owners = _is_among(run_reuses.c.from_run_id, owners)
    return _keys_of(connection, _REUSES.where(of_owners, is_wanted))


_REUSES: Final = select(run_reuses.c.reuse_json).join(runs, runs.c.run_id == run_reuses.c.run_id)


def _keys_of(connection: Connection, reuses: Select[Any]) -> Iterator[str]:
    for reuse_json in connection.execute(reuses).scalars():
        refs = (output.value_ref for output in codec.loads(Reuse, reuse_json).outputs)
        yield from (ref.key for ref in refs if ref is not None)


def _is_among(column: Column[Any], names: Sequence[str]) -> ColumnElement[bool]:
    # As JSON: a list of parameters has an end.
    wanted = func.json_each(json.dumps(names)).table_valued("value")
    return column.in_(select(wanted.c.value))


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    # SQLite takes so many parameters and no more.
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))
