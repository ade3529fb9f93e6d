"""In which runs steps succeeded last: read from the log."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection
from typing import Final

from treadle_contract.event import StepStarted, StepSucceeded
from treadle_contract.ids import RunId, StepKey
from treadle_launcher.runs.events import KIND_NAMES
from treadle_launcher.store.records import Success
from treadle_launcher.store.statements import Statement, among, listed

_MOST: Final = 8
"""So many successes of a step are looked at: code that goes back to what it was finds its values."""

_SUCCEEDED: Final = Statement(
    "SELECT step_key, run_id, attempt, store_sequence FROM ("
    "SELECT events.step_key, events.run_id, events.attempt, events.store_sequence,"
    " row_number() OVER (PARTITION BY events.step_key ORDER BY events.store_sequence DESC) AS place"
    " FROM events JOIN runs ON runs.run_id = events.run_id"
    f" WHERE events.kind = '{KIND_NAMES[StepSucceeded]}' AND runs.location = :location"
    f" AND {among('events.step_key', 'step_keys')}"
    ") WHERE place <= :most ORDER BY store_sequence DESC"
)
_STARTED: Final = Statement(
    "SELECT step_key, run_id, attempt, store_sequence FROM events"
    f" WHERE {among('run_id', 'run_ids')} AND kind = '{KIND_NAMES[StepStarted]}'"
)


def get(connection: Connection, location: str, keys: Sequence[StepKey]) -> tuple[Success, ...]:
    """Return the last successes of each step in runs of a location, the newest first."""
    found = _SUCCEEDED.rows(
        connection, location=location, step_keys=listed(sorted(keys)), most=_MOST
    )
    run_ids = listed(sorted({row.run_id for row in found}))
    began = {
        (row.step_key, row.run_id, row.attempt): row.store_sequence
        for row in _STARTED.rows(connection, run_ids=run_ids)
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
