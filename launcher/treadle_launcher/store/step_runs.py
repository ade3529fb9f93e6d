"""In which runs steps ran: again after another run made values, or last with success. Read from the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from sqlite3 import Connection
from typing import Final

from treadle_contract.event import StepStarted, StepSucceeded
from treadle_contract.ids import RunId, StepKey
from treadle_launcher.runs.events import KIND_NAMES
from treadle_launcher.store.records import Success
from treadle_launcher.store.statements import Statement, among, listed

# The log is read from there on only: no index has the steps.
_SINCE: Final = Statement(
    "SELECT events.step_key, events.run_id, max(events.store_sequence) AS last"
    " FROM events JOIN runs ON runs.run_id = events.run_id"
    " WHERE events.store_sequence > :since AND events.attempt > 0 AND runs.location = :location"
    f" AND {among('events.step_key', 'step_keys')}"
    " GROUP BY events.step_key, events.run_id ORDER BY last"
)
_SUCCEEDED: Final = Statement(
    "SELECT step_key, run_id, store_sequence FROM events"
    f" WHERE {among('run_id', 'run_ids')} AND kind = '{KIND_NAMES[StepSucceeded]}'"
)

_MOST: Final = 8
"""So many successes of a step are looked at: code that goes back to what it was finds its values."""

_LAST: Final = Statement(
    "SELECT events.step_key, events.run_id, events.attempt, events.store_sequence"
    # For each step its index is read from the end, until there are enough.
    " FROM json_each(:step_keys) AS asked CROSS JOIN events ON events.store_sequence IN ("
    "SELECT ended.store_sequence FROM events AS ended JOIN runs ON runs.run_id = ended.run_id"
    f" WHERE ended.kind = '{KIND_NAMES[StepSucceeded]}' AND ended.step_key = asked.value"
    " AND runs.location = :location ORDER BY ended.store_sequence DESC LIMIT :most"
    ") ORDER BY events.store_sequence DESC"
)
_BEGAN: Final = Statement(
    "SELECT step_key, run_id, attempt, store_sequence FROM events"
    f" WHERE {among('run_id', 'run_ids')} AND kind = '{KIND_NAMES[StepStarted]}'"
)


def later(
    connection: Connection, location: str, made_by: Mapping[StepKey, RunId]
) -> Mapping[StepKey, RunId]:
    """Return, by step, the run of the location that was the last to run it since.

    `made_by` names the run that made a step's values; a step that no other run has run since
    then is left out. An attempt counts however it ended, also one that was under way then.
    """
    made = dict(_made(connection, made_by))
    if not made:
        return {}
    found = _SINCE.rows(
        connection, since=min(made.values()), location=location, step_keys=listed(sorted(made))
    )
    return {
        StepKey(row.step_key): RunId(row.run_id)
        for row in found
        if row.run_id != made_by[row.step_key] and row.last > made[row.step_key]
    }


def last_successes(
    connection: Connection, location: str, keys: Sequence[StepKey]
) -> tuple[Success, ...]:
    """Return the last successes of each step in runs of a location, the newest first."""
    found = _LAST.rows(connection, location=location, step_keys=listed(sorted(keys)), most=_MOST)
    run_ids = listed(sorted({row.run_id for row in found}))
    began = {
        (row.step_key, row.run_id, row.attempt): row.store_sequence
        for row in _BEGAN.rows(connection, run_ids=run_ids)
    }
    return tuple(
        Success(
            step_key=StepKey(row.step_key),
            run_id=RunId(row.run_id),
            began_sequence=began.get((row.step_key, row.run_id, row.attempt), 0),
            store_sequence=row.store_sequence,
        )
        for row in found
    )


def _made(
    connection: Connection, made_by: Mapping[StepKey, RunId]
) -> Iterator[tuple[StepKey, int]]:
    """Yield each step with the store sequence of its success."""
    run_ids = listed(sorted(set(made_by.values())))
    for row in _SUCCEEDED.rows(connection, run_ids=run_ids):
        if made_by.get(row.step_key) == row.run_id:
            yield StepKey(row.step_key), row.store_sequence
