"""What the record says of stored values, and which of them are known as removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select, text
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
from treadle_launcher.store.statements import Statement, among, listed
from treadle_launcher.values.garbage import ValueFacts
from treadle_launcher.values.value_keys import ValueOwner, asset_value_key, owner_of, path_component

_IS_UNFINISHED: Final = among(runs.c.state, "unfinished", sorted(set(RunState) - FINAL_RUN_STATES))
_HAS_DOUBTED: Final = Statement(text("SELECT 1 FROM sqlite_master WHERE name = 'doubted_values'"))


_UNFINISHED: Final = Statement(select(runs.c.run_id, runs.c.submitted_us).where(_IS_UNFINISHED))
_LAST_EVENT: Final = Statement(
    select(events.c.time_us).where(
        events.c.store_sequence == select(func.max(events.c.store_sequence)).scalar_subquery()
    )
)
_REMOVED: Final = Statement(
    select(removed_values.c.key, removed_values.c.reason).where(among(removed_values.c.key, "keys"))
)
_DOUBTED: Final = Statement(select(doubted_values.c.key).where(among(doubted_values.c.key, "keys")))
_DOUBT: Final = Statement(
    insert(doubted_values).values(key=bindparam("key")).on_conflict_do_nothing()
)
_REMOVE: Final = Statement(
    insert(removed_values)
    .values({column.name: bindparam(column.name) for column in removed_values.columns})
    .on_conflict_do_nothing()
)
_TRUST: Final = Statement(delete(doubted_values).where(among(doubted_values.c.key, "keys")))


def facts_of(connection: Connection, keys: Sequence[str], since: TimeUs) -> ValueFacts:
    """Return what is recorded of the values with these keys.

    What a run reuses that ended `since` then, counts as needed: a re-execution of it may want
    it. What this costs grows with the runs whose values are among them, not with all there were.
    """
    stored = frozenset(keys)
    owners = sorted({owner.run_id for owner in map(owner_of, keys) if owner is not None})
    running = _UNFINISHED.rows(connection)
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
    time = _LAST_EVENT.scalar(connection)
    return None if time is None else TimeUs(time)


def removed(connection: Connection, keys: Sequence[str]) -> Mapping[str, GarbageReason]:
    """Return which of these values were removed, and why."""
    if not keys:
        return {}
    found = _REMOVED.rows(connection, keys=listed(keys))
    return {row.key: GarbageReason(row.reason) for row in found}


def doubted(connection: Connection, keys: Sequence[str]) -> frozenset[str]:
    """Return which of these values a step could not read, whatever their files look like."""
    # A file that is only read may have no such table yet.
    if not keys or _HAS_DOUBTED.scalar(connection) is None:
        return frozenset()
    return frozenset(_DOUBTED.column(connection, keys=listed(keys)))


def doubt(connection: Connection, keys: Sequence[str]) -> None:
    """Record that values are doubted."""
    _DOUBT.run_all(connection, [{"key": key} for key in keys])


def trust(connection: Connection, keys: Sequence[str]) -> None:
    """Record that values are doubted no more."""
    if keys:
        _TRUST.run(connection, keys=listed(keys))


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
    _REMOVE.run_all(session.connection, rows)
    return going


def latest_keys(connection: Connection) -> Mapping[KeyText, str]:
    """Return under which key the latest version of each asset is, if the file store has it."""
    last = select(func.max(materializations.c.store_sequence)).group_by(
        materializations.c.asset_key
    )
    query = Statement(_VERSIONS.where(materializations.c.store_sequence.in_(last)))
    return dict(_asset_keys(query.rows(connection)))


_VERSIONS: Final = select(
    materializations.c.asset_key,
    materializations.c.location,
    materializations.c.run_id,
    materializations.c.step_key,
    materializations.c.attempt,
)


_VERSIONS_OF: Final = Statement(
    _VERSIONS.where(among(materializations.c.run_id, "run_ids")).order_by(
        materializations.c.asset_key, materializations.c.store_sequence.desc()
    )
)


def _versions(
    connection: Connection, stored: frozenset[str], owners: Sequence[RunId]
) -> Mapping[str, tuple[KeyText, int]]:
    """Return each stored asset version with the number of newer ones that are stored."""
    versions: dict[str, tuple[KeyText, int]] = {}
    newer: dict[KeyText, int] = {}
    for asset_key, key in _asset_keys(_VERSIONS_OF.rows(connection, run_ids=listed(owners))):
        if key in stored and key not in versions:
            versions[key] = (asset_key, newer.get(asset_key, 0))
            newer[asset_key] = newer.get(asset_key, 0) + 1
    return versions


def _asset_keys(rows: Iterable[Any]) -> Iterator[tuple[KeyText, str]]:
    for row in rows:
        asset_key, run_id, step_key = KeyText(row.asset_key), RunId(row.run_id), row.step_key
        yield (
            asset_key,
            asset_value_key(row.location, asset_key, run_id, StepKey(step_key), row.attempt),
        )


_SUCCEEDED: Final = Statement(
    select(events.c.run_id, events.c.step_key, events.c.attempt).where(
        events.c.kind == "step_succeeded", among(events.c.run_id, "run_ids")
    )
)


def _committed(connection: Connection, owners: Sequence[RunId]) -> Iterator[ValueOwner]:
    """Yield the attempts of these runs that succeeded: each committed all that it stored."""
    for row in _SUCCEEDED.rows(connection, run_ids=listed(owners)):
        step = path_component(row.step_key or "")
        yield ValueOwner(run_id=RunId(row.run_id), step=step, attempt=row.attempt)


_FINISHED: Final = Statement(
    select(runs.c.run_id, runs.c.finished_us).where(among(runs.c.run_id, "run_ids"))
)


def _over_since(connection: Connection, owners: Sequence[RunId]) -> Mapping[RunId, TimeUs | None]:
    return {
        RunId(row.run_id): None if row.finished_us is None else TimeUs(row.finished_us)
        for row in _FINISHED.rows(connection, run_ids=listed(owners))
    }


_LOADED: Final = Statement(
    select(run_loads.c.load_json)
    .join(runs, runs.c.run_id == run_loads.c.run_id)
    .where(_IS_UNFINISHED)
)


def _loaded(connection: Connection) -> Iterator[str]:
    """Yield the keys of the values that runs which are not over load."""
    for load_json in _LOADED.column(connection):
        load = codec.loads(Load, load_json)
        if load.value_ref is not None:
            yield load.value_ref.key


_REUSES: Final = select(run_reuses.c.reuse_json).join(runs, runs.c.run_id == run_reuses.c.run_id)
_REUSED: Final = Statement(_REUSES.where(_IS_UNFINISHED))
_REUSED_LATELY: Final = Statement(
    _REUSES.where(
        among(run_reuses.c.from_run_id, "run_ids"),
        _IS_UNFINISHED | (runs.c.finished_us > bindparam("since")),
    )
)


def _reused(connection: Connection) -> Iterator[str]:
    """Yield the keys of the values that runs which are not over reuse."""
    return _keys_of(_REUSED.column(connection))


def _reused_lately(connection: Connection, owners: Sequence[RunId], since: TimeUs) -> Iterator[str]:
    """Yield the keys of what is reused of these runs, by those not over or over since then."""
    return _keys_of(_REUSED_LATELY.column(connection, run_ids=listed(owners), since=since))


def _keys_of(reuses: Iterable[str]) -> Iterator[str]:
    for reuse_json in reuses:
        refs = (output.value_ref for output in codec.loads(Reuse, reuse_json).outputs)
        yield from (ref.key for ref in refs if ref is not None)
