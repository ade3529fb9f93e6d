"""What the record says of stored values, and which of them are known as removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from sqlite3 import Connection
from typing import Any, Final

from treadle_contract.event import AssetMaterialized, StepSucceeded
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.launcher import Garbage, GarbageReason
from treadle_contract.plan import Load, Reuse
from treadle_contract.run import RunState
from treadle_launcher import codec
from treadle_launcher.clock import TimeUs
from treadle_launcher.runs.events import KIND_NAMES
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.store.schema import (
    doubted_values,
    materialized_partitions,
    removed_values,
)
from treadle_launcher.store.session import WriteSession
from treadle_launcher.store.statements import Statement, added_once, among, listed, one_of
from treadle_launcher.values.garbage import ValueFacts
from treadle_launcher.values.value_keys import (
    ValueOwner,
    asset_value_key,
    of_partition,
    owner_of,
    path_component,
)

_IS_UNFINISHED: Final = one_of("runs.state", set(RunState) - FINAL_RUN_STATES)
_UNFINISHED: Final = Statement(f"SELECT run_id, submitted_us FROM runs WHERE {_IS_UNFINISHED}")
_LAST_EVENT: Final = Statement(
    "SELECT time_us FROM events WHERE store_sequence = (SELECT max(store_sequence) FROM events)"
)
_REMOVED: Final = Statement(f"SELECT key, reason FROM removed_values WHERE {among('key', 'keys')}")
_HAS_TABLE: Final = Statement("SELECT 1 FROM sqlite_master WHERE name = :name")
_DOUBTED: Final = Statement(f"SELECT key FROM doubted_values WHERE {among('key', 'keys')}")
_DOUBT: Final = added_once(doubted_values)
_TRUST: Final = Statement(f"DELETE FROM doubted_values WHERE {among('key', 'keys')}")
_REMOVE: Final = added_once(removed_values)
_VERSIONS: Final = (
    "SELECT made.asset_key, location, run_id, step_key, attempt, made.store_sequence,"
    " coalesce(partition_key, '') AS partition_key FROM materializations AS made"
    " LEFT JOIN materialized_partitions AS of_key ON of_key.store_sequence = made.store_sequence"
)
_VERSIONS_OF: Final = Statement(
    f"{_VERSIONS} WHERE {among('run_id', 'run_ids')}"
    " ORDER BY made.asset_key, made.store_sequence DESC"
)
_LATEST: Final = Statement(
    "SELECT * FROM (SELECT *, max(store_sequence) OVER (PARTITION BY asset_key, partition_key)"
    f" AS newest FROM ({_VERSIONS})) WHERE store_sequence = newest"
)
_LATEST_BEFORE: Final = Statement(
    "SELECT asset_key, location, run_id, step_key, attempt, store_sequence, '' AS partition_key"
    " FROM materializations WHERE store_sequence IN"
    " (SELECT max(store_sequence) FROM materializations GROUP BY asset_key)"
)
"""The latest in a file that is only read and has no table of partitions yet."""
_MADE: Final = Statement(
    "SELECT asset_key, made_json FROM materializations"
    f" WHERE {among('store_sequence', 'sequences')}"
)
_SUCCEEDED: Final = Statement(
    "SELECT run_id, step_key, attempt FROM events"
    f" WHERE kind = '{KIND_NAMES[StepSucceeded]}' AND {among('run_id', 'run_ids')}"
)
_FINISHED: Final = Statement(
    f"SELECT run_id, finished_us FROM runs WHERE {among('run_id', 'run_ids')}"
)
_LOADED: Final = Statement(
    "SELECT run_loads.load_json FROM run_loads JOIN runs ON runs.run_id = run_loads.run_id"
    f" WHERE {_IS_UNFINISHED}"
)
_REUSES: Final = (
    "SELECT run_reuses.reuse_json FROM run_reuses JOIN runs ON runs.run_id = run_reuses.run_id"
)
_REUSED: Final = Statement(f"{_REUSES} WHERE {_IS_UNFINISHED}")
_REUSED_LATELY: Final = Statement(
    f"{_REUSES} WHERE {among('run_reuses.from_run_id', 'run_ids')}"
    f" AND ({_IS_UNFINISHED} OR runs.finished_us > :since)"
)


def facts_of(connection: Connection, keys: Sequence[str], since: TimeUs) -> ValueFacts:
    """Return what is recorded of the values with these keys.

    What a run reuses that ended `since` then, counts as needed: a re-execution of it may want
    it. What this costs grows with the runs whose values are among them, not with all there were.
    """
    stored = frozenset(keys)
    owners = sorted({owner.run_id for owner in map(owner_of, keys) if owner is not None})
    running = _UNFINISHED.rows(connection)
    unfinished = {RunId(row.run_id): TimeUs(row.submitted_us) for row in running}
    versions, newest = _versions(connection, stored, owners)
    return ValueFacts(
        unfinished=frozenset(unfinished),
        over_since=_over_since(connection, owners),
        versions=versions,
        kept=dict(_kept(connection, newest)),
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
    if not keys or _HAS_TABLE.scalar(connection, name=doubted_values.name) is None:
        return frozenset()
    return frozenset(_DOUBTED.column(connection, keys=listed(keys)))


def has_partitions(connection: Connection) -> bool:
    """Tell whether it is known of which partition what was made is: a file that is only read may not say."""
    return _HAS_TABLE.scalar(connection, name=materialized_partitions.name) is not None


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


def latest_keys(connection: Connection) -> Mapping[str, KeyText]:
    """Return the keys of the latest version of each asset, and of each partition of one, with it.

    Whether the file store has them is not looked at.
    """
    latest = _LATEST if has_partitions(connection) else _LATEST_BEFORE
    return {key: asset_key for asset_key, _, key, _ in _asset_keys(latest.rows(connection))}


def _versions(
    connection: Connection, stored: frozenset[str], owners: Sequence[RunId]
) -> tuple[Mapping[str, tuple[KeyText, int]], Sequence[int]]:
    """Return each stored asset version with the number of newer ones of its partition that are stored.

    And the place in the record of the newest of each asset.
    """
    versions: dict[str, tuple[KeyText, int]] = {}
    newer: dict[tuple[KeyText, str], int] = {}
    newest: dict[KeyText, int] = {}
    for asset_key, partition, key, sequence in _asset_keys(
        _VERSIONS_OF.rows(connection, run_ids=listed(owners))
    ):
        if key in stored and key not in versions:
            before = newer.get((asset_key, partition), 0)
            versions[key] = (asset_key, before)
            newer[asset_key, partition] = before + 1
            newest.setdefault(asset_key, sequence)
    return versions, tuple(newest.values())


def _kept(connection: Connection, newest: Sequence[int]) -> Iterator[tuple[KeyText, int]]:
    """Yield how many versions stay of the assets whose newest stored version says so."""
    if not newest:
        return
    for row in _MADE.rows(connection, sequences=listed(newest)):
        with suppress(codec.CodecError):
            if kept := codec.loads(AssetMaterialized, row.made_json).keep_versions:
                yield KeyText(row.asset_key), kept


def _asset_keys(rows: Iterable[Any]) -> Iterator[tuple[KeyText, str, str, int]]:
    for row in rows:
        asset_key, run_id, step_key = KeyText(row.asset_key), RunId(row.run_id), row.step_key
        key = asset_value_key(row.location, asset_key, run_id, StepKey(step_key), row.attempt)
        partition = row.partition_key
        yield asset_key, partition, of_partition(key, partition), row.store_sequence


def _committed(connection: Connection, owners: Sequence[RunId]) -> Iterator[ValueOwner]:
    """Yield the attempts of these runs that succeeded: each committed all that it stored."""
    for row in _SUCCEEDED.rows(connection, run_ids=listed(owners)):
        step = path_component(row.step_key or "")
        yield ValueOwner(run_id=RunId(row.run_id), step=step, attempt=row.attempt)


def _over_since(connection: Connection, owners: Sequence[RunId]) -> Mapping[RunId, TimeUs | None]:
    return {
        RunId(row.run_id): None if row.finished_us is None else TimeUs(row.finished_us)
        for row in _FINISHED.rows(connection, run_ids=listed(owners))
    }


def _loaded(connection: Connection) -> Iterator[str]:
    """Yield the keys of the values that runs which are not over load."""
    for load_json in _LOADED.column(connection):
        load = codec.loads(Load, load_json)
        refs = (load.value_ref, *(each.value_ref for each in load.loaded_partitions))
        yield from (ref.key for ref in refs if ref is not None)


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
