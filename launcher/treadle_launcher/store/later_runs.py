"""Which runs ran a step again after another run's values of it were made: read from the log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import Connection, func, select

from treadle_contract.event import StepSucceeded
from treadle_contract.ids import RunId, StepKey
from treadle_launcher.runs.events import KIND_NAMES
from treadle_launcher.store.schema import events, runs

_SUCCEEDED: Final = KIND_NAMES[StepSucceeded]


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
    keys = func.json_each(json.dumps(sorted(made))).table_valued("value")
    last = func.max(events.c.store_sequence).label("last")
    query = (
        select(events.c.step_key, events.c.run_id, last)
        .join(runs, runs.c.run_id == events.c.run_id)
        # The log is read from there on only: no index has the steps.
        .where(events.c.store_sequence > min(made.values()), events.c.attempt > 0)
        .where(events.c.step_key.in_(select(keys.c.value)), runs.c.location == location)
        .group_by(events.c.step_key, events.c.run_id)
        .order_by(last)
    )
    return {
        StepKey(row.step_key): RunId(row.run_id)
        for row in connection.execute(query)
        if row.run_id != made_by[row.step_key] and row.last > made[row.step_key]
    }


def _made(
    connection: Connection, made_by: Mapping[StepKey, RunId]
) -> Iterator[tuple[StepKey, int]]:
    """Yield each step with the store sequence of its success."""
    run_ids = func.json_each(json.dumps(sorted(set(made_by.values())))).table_valued("value")
    query = select(events.c.step_key, events.c.run_id, events.c.store_sequence).where(
        events.c.run_id.in_(select(run_ids.c.value)), events.c.kind == _SUCCEEDED
    )
    for row in connection.execute(query):
        if made_by.get(row.step_key) == row.run_id:
            yield StepKey(row.step_key), row.store_sequence
