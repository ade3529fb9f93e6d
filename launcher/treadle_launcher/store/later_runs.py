"""Which runs ran a step again after another run's values of it were made: read from the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from sqlite3 import Connection
from typing import Final

from treadle_contract.event import StepSucceeded
from treadle_contract.ids import RunId, StepKey
from treadle_launcher.runs.events import KIND_NAMES
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


def get(
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


def _made(
    connection: Connection, made_by: Mapping[StepKey, RunId]
) -> Iterator[tuple[StepKey, int]]:
    """Yield each step with the store sequence of its success."""
    run_ids = listed(sorted(set(made_by.values())))
    for row in _SUCCEEDED.rows(connection, run_ids=run_ids):
        if made_by.get(row.step_key) == row.run_id:
            yield StepKey(row.step_key), row.store_sequence
