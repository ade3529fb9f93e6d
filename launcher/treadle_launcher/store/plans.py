"""Plans in rows: as the code server made them by fingerprint, and a run's with its loads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or

from treadle_contract.ids import RunId
from treadle_contract.plan import Hazard, Load, PlanHeader, PlannedStep, Reuse
from treadle_launcher import codec
from treadle_launcher.errors import BadAnswerError, UnknownRunError
from treadle_launcher.plan import Plan
from treadle_launcher.store.schema import plan_items, plans, run_loads, run_plans, run_reuses

T = TypeVar("T")

_STEPS: Final = "steps"
_LOADS: Final = "loads"
_HAZARDS: Final = "hazards"
_REUSES: Final = "reuses"


def put(connection: Connection, plan: Plan) -> None:
    """Keep a plan as the code server made it, unless its fingerprint is known.

    Raises:
        BadAnswerError: another plan has that fingerprint.
    """
    fingerprint = plan.header.fingerprint
    query = select(plans.c.fingerprint).where(plans.c.fingerprint == fingerprint)
    if connection.execute(query).scalar_one_or_none() is not None:
        _check_same(connection, plan)
        return
    connection.execute(
        insert(plans), {"fingerprint": fingerprint, "header_json": codec.dumps(plan.header)}
    )
    items = [
        *_items(fingerprint, _STEPS, plan.steps),
        *_items(fingerprint, _LOADS, [_unresolved(load) for load in plan.loads]),
        *_items(fingerprint, _HAZARDS, plan.hazards),
        *_items(fingerprint, _REUSES, [replace(reuse, outputs=()) for reuse in plan.reuses]),
    ]
    if items:
        connection.execute(insert(plan_items), items)


def _check_same(connection: Connection, plan: Plan) -> None:
    """Check that a plan is wired as the one that is kept by its fingerprint, which runs fold."""
    query = (
        select(plan_items.c.item_json)
        .where(plan_items.c.fingerprint == plan.header.fingerprint, plan_items.c.part == _STEPS)
        .order_by(plan_items.c.position)
    )
    kept = connection.execute(query).scalars().all()
    if kept == [codec.dumps(step) for step in plan.steps]:
        return
    if [_wiring(codec.loads(PlannedStep, text)) for text in kept] != list(map(_wiring, plan.steps)):
        raise BadAnswerError(
            [plan.header.location],
            message=f"The code server of {plan.header.location} answered what the contract does not allow:"
            f" PlanPart.header.fingerprint is {plan.header.fingerprint!r}, as that of a plan whose steps"
            " are others. Nothing was done with it: mend the code server, or serve the location by"
            " another.",
        )


def _wiring(step: PlannedStep) -> object:
    sources = [[source.step_output for source in planned.sources] for planned in step.inputs]
    return step.key, step.verdict, sources


def put_of_run(connection: Connection, run_id: RunId, plan: Plan) -> None:
    """Keep the plan of a run, in place of the one that it had."""
    put(connection, plan)
    row = insert_or(run_plans).values(
        run_id=run_id, fingerprint=plan.header.fingerprint, header_json=codec.dumps(plan.header)
    )
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[run_plans.c.run_id],
            set_={
                "fingerprint": row.excluded.fingerprint,
                "header_json": row.excluded.header_json,
            },
        )
    )
    connection.execute(delete(run_loads).where(run_loads.c.run_id == run_id))
    rows = [
        {"run_id": run_id, "position": position, "load_json": codec.dumps(load)}
        for position, load in enumerate(plan.loads)
    ]
    if rows:
        connection.execute(insert(run_loads), rows)
    connection.execute(delete(run_reuses).where(run_reuses.c.run_id == run_id))
    rows = [
        {
            "run_id": run_id,
            "position": position,
            "from_run_id": reuse.from_run_id,
            "reuse_json": codec.dumps(reuse),
        }
        for position, reuse in enumerate(plan.reuses)
    ]
    if rows:
        connection.execute(insert(run_reuses), rows)


def get(connection: Connection, fingerprint: str) -> Plan | None:
    """Return a plan as the code server made it, its loads unresolved, if it was kept."""
    query = select(plans.c.header_json).where(plans.c.fingerprint == fingerprint)
    header = connection.execute(query).scalar_one_or_none()
    if header is None:
        return None
    return Plan(
        header=codec.loads(PlanHeader, header),
        steps=_read_items(connection, fingerprint, _STEPS, PlannedStep),
        loads=_read_items(connection, fingerprint, _LOADS, Load),
        hazards=_read_items(connection, fingerprint, _HAZARDS, Hazard),
        reuses=_read_items(connection, fingerprint, _REUSES, Reuse),
    )


def of_run(connection: Connection, run_id: RunId) -> Plan:
    """Return the plan of a run, its loads and reuses as they were resolved.

    Raises:
        UnknownRunError: there is no such run.
    """
    row = connection.execute(select(run_plans).where(run_plans.c.run_id == run_id)).one_or_none()
    if row is None:
        raise UnknownRunError([run_id])
    query = (
        select(run_loads.c.load_json)
        .where(run_loads.c.run_id == run_id)
        .order_by(run_loads.c.position)
    )
    loads = connection.execute(query).scalars()
    reused = (
        select(run_reuses.c.reuse_json)
        .where(run_reuses.c.run_id == run_id)
        .order_by(run_reuses.c.position)
    )
    return Plan(
        header=codec.loads(PlanHeader, row.header_json),
        steps=_read_items(connection, row.fingerprint, _STEPS, PlannedStep),
        loads=tuple(codec.loads(Load, text) for text in loads),
        hazards=_read_items(connection, row.fingerprint, _HAZARDS, Hazard),
        reuses=tuple(codec.loads(Reuse, text) for text in connection.execute(reused).scalars()),
    )


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
