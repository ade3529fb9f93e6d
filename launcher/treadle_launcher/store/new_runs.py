"""Recording a run, with its plan and LaunchSpec, once for each named request."""

from __future__ import annotations

import json
from sqlite3 import Connection
from typing import Final

from treadle_contract.ids import RunId
from treadle_launcher.errors import IdempotencyConflictError, StalePlanError
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.run_summary import RunSummary, SummaryFold
from treadle_launcher.store import appends, event_log, plans, runs, value_record
from treadle_launcher.store.partitions import backfills
from treadle_launcher.store.records import (
    CreatedRun,
    IdempotentRequest,
    NewRun,
    RunEvents,
    changes_between,
    step_count_of,
)
from treadle_launcher.store.schema import idempotency
from treadle_launcher.store.session import WriteSession
from treadle_launcher.store.statements import Statement, added_to

_ADD_REQUEST: Final = added_to(idempotency)
_REQUEST: Final = Statement("SELECT * FROM idempotency WHERE key = :key")


def create_run(session: WriteSession, new: NewRun) -> CreatedRun:
    """Record a run, unless its request is known: then return the run that it made.

    Raises:
        IdempotencyConflictError: the request's key was used for another one.
        StalePlanError: a value that the plan reads was removed since it was made.
    """
    connection = session.connection
    if new.of_backfill is not None:
        there = backfills.run_at(connection, new.of_backfill)
        if there is not None:
            return CreatedRun(run=runs.get(connection, there), existed=True)
    if new.request is not None:
        earlier = earlier_run(connection, new.request)
        if earlier is not None:
            return CreatedRun(run=earlier, existed=True)
    _check_values(connection, new.plan)
    stored = event_log.numbered(session, new.run_id, 1, (new.submitted,))
    fold = SummaryFold.begin(stored[0], new.step_count)
    summary = fold.summary()
    runs.add(connection, stored[0], summary, fold.changing())
    runs.put_launch_spec(connection, new.run_id, session.spec_text(new.launch_spec))
    plans.put_of_run(connection, new.run_id, new.plan)
    event_log.write(connection, stored)
    if new.is_ephemeral:
        runs.add_ephemeral(connection, new.run_id)
    if new.of_backfill is not None:
        backfills.add_run(connection, new.of_backfill, new.run_id)
    if new.request is not None:
        row = {
            "key": new.request.key,
            "run_id": new.run_id,
            "fields_json": json.dumps(new.request.fields),
        }
        _ADD_REQUEST.run(connection, **row)
    session.folds[new.run_id] = fold
    return CreatedRun(run=summary, existed=False, events=stored)


def earlier_run(connection: Connection, request: IdempotentRequest) -> RunSummary | None:
    """Return the run that the request made, if it is known.

    Raises:
        IdempotencyConflictError: the request's key was used for another one.
    """
    row = _REQUEST.row(connection, key=request.key)
    if row is None:
        return None
    changes = changes_between(json.loads(row.fields_json), json.loads(json.dumps(request.fields)))
    if changes:
        raise IdempotencyConflictError((row.run_id,), changes=changes)
    return runs.get(connection, RunId(row.run_id))


def replace_plan(
    session: WriteSession, batch: RunEvents, plan: Plan, launch_spec: LaunchSpec
) -> tuple[Event, ...]:
    """Give a run that has not started another plan, and append facts.

    Raises:
        UnknownRunError: there is no such run.
        InvalidTransition: the run has started.
        StalePlanError: a value that the plan reads was removed since it was made.
    """
    _check_values(session.connection, plan)
    fold = session.fold(batch.run_id)
    before = fold.changing()
    fold.replan(plan.header.digest, plan.header.fingerprint, step_count_of(plan))
    plans.put_of_run(session.connection, batch.run_id, plan)
    runs.put_launch_spec(session.connection, batch.run_id, session.spec_text(launch_spec))
    runs.update(session.connection, batch.run_id, before, fold.changing())
    return appends.append(session, batch)


def _check_values(connection: Connection, plan: Plan) -> None:
    """Check that what the plan reads is there: values are removed in transactions like this one."""
    names: dict[str, str] = {
        load.value_ref.key: load.asset_key for load in plan.loads if load.value_ref is not None
    }
    for reuse in plan.reuses:
        for output in reuse.outputs:
            if output.value_ref is not None:
                names[output.value_ref.key] = f"{reuse.step_key}.{output.output}"
    gone = value_record.removed(connection, tuple(names))
    if gone:
        raise StalePlanError(changes=[f"the value of {names[key]} was removed" for key in gone])
