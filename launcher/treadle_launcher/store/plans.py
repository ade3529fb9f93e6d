"""Plans in rows: as the code server made them by fingerprint, and a run's resolved loads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, delete, insert, select

from treadle_launcher import codec
from treadle_launcher.errors import UnknownRunError
from treadle_launcher.ids import RunId
from treadle_launcher.plan import Hazard, Load, Plan, PlannedStep
from treadle_launcher.store.errors import CorruptRecordError
from treadle_launcher.store.schema import plan_items, plans, run_loads, runs

T = TypeVar("T")

_STEPS: Final = "steps"
_LOADS: Final = "loads"
_HAZARDS: Final = "hazards"


def put(connection: Connection, plan: Plan) -> None:
    """Keep a plan as the code server made it, unless its fingerprint is known."""
    query = select(plans.c.fingerprint).where(plans.c.fingerprint == plan.fingerprint)
    if connection.execute(query).scalar_one_or_none() is not None:
        return
    header = replace(plan, steps=(), loads=(), hazards=())
    connection.execute(
        insert(plans),
        {"fingerprint": plan.fingerprint, "header_json": codec.dumps(header)},
    )
    items = [
        *_items(plan.fingerprint, _STEPS, plan.steps),
        *_items(plan.fingerprint, _LOADS, [_unresolved(load) for load in plan.loads]),
        *_items(plan.fingerprint, _HAZARDS, plan.hazards),
    ]
    if items:
        connection.execute(insert(plan_items), items)


def put_of_run(connection: Connection, run_id: RunId, plan: Plan) -> None:
    """Keep the plan of a run, in place of the one that it had. Its row names the fingerprint."""
    put(connection, plan)
    connection.execute(delete(run_loads).where(run_loads.c.run_id == run_id))
    rows = [
        {"run_id": run_id, "position": position, "load_json": codec.dumps(load)}
        for position, load in enumerate(plan.loads)
    ]
    if rows:
        connection.execute(insert(run_loads), rows)


def get(connection: Connection, fingerprint: str) -> Plan | None:
    """Return a plan as the code server made it, its loads unresolved, if it was kept."""
    query = select(plans.c.header_json).where(plans.c.fingerprint == fingerprint)
    header = connection.execute(query).scalar_one_or_none()
    if header is None:
        return None
    return replace(
        codec.loads(Plan, header),
        steps=_read_items(connection, fingerprint, _STEPS, PlannedStep),
        loads=_read_items(connection, fingerprint, _LOADS, Load),
        hazards=_read_items(connection, fingerprint, _HAZARDS, Hazard),
    )


def of_run(connection: Connection, run_id: RunId) -> Plan:
    """Return the plan of a run, its loads as they were resolved.

    Raises:
        UnknownRunError: there is no such run.
    """
    fingerprint = connection.execute(
        select(runs.c.fingerprint).where(runs.c.run_id == run_id)
    ).scalar_one_or_none()
    if fingerprint is None:
        raise UnknownRunError([run_id])
    plan = get(connection, fingerprint)
    if plan is None:
        raise CorruptRecordError(f"run {run_id} has the plan {fingerprint}, which is not kept")
    query = (
        select(run_loads.c.load_json)
        .where(run_loads.c.run_id == run_id)
        .order_by(run_loads.c.position)
    )
    found = connection.execute(query).scalars()
    return replace(plan, loads=tuple(codec.loads(Load, text) for text in found))


def _items(fingerprint: str, part: str, items: Sequence[object]) -> Iterator[dict[str, Any]]:
    for position, item in enumerate(items):
        yield {
            "fingerprint": fingerprint,
            "part": part,
            "position": position,
            "item_json": codec.dumps(item),
        }


def _read_items(connection: Connection, fingerprint: str, part: str, cls: type[T]) -> tuple[T, ...]:
    query = (
        select(plan_items.c.item_json)
        .where(plan_items.c.fingerprint == fingerprint, plan_items.c.part == part)
        .order_by(plan_items.c.position)
    )
    return tuple(codec.loads(cls, text) for text in connection.execute(query).scalars())


def _unresolved(load: Load) -> Load:
    return Load(
        asset_key=load.asset_key,
        readers=load.readers,
        external=load.external,
        io_manager_key=load.io_manager_key,
        builtin_manager=load.builtin_manager,
        sibling=load.sibling,
    )
