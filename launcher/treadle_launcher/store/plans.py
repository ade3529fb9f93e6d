"""Plans in rows: as the code servers made them, by what is in them, and a run's with its loads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, delete, insert, literal_column, select
from sqlalchemy.dialects.sqlite import insert as insert_or

from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import Hazard, Load, PlanHeader, PlannedStep, Reuse
from treadle_launcher import codec
from treadle_launcher.errors import UnknownRunError
from treadle_launcher.planning.plan import Plan
from treadle_launcher.store.schema import plan_items, plans, run_loads, run_plans, run_reuses

T = TypeVar("T")

_STEPS: Final = "steps"
_LOADS: Final = "loads"
_HAZARDS: Final = "hazards"
_REUSES: Final = "reuses"


def put(connection: Connection, plan: Plan) -> None:
    """Keep a plan as the code server made it: the last of those that it named so."""
    key = _put_items(connection, plan)
    header = {"fingerprint": key, "header_json": codec.dumps(plan.header)}
    # A new row, the last one, also where there was one.
    connection.execute(insert(plans).prefix_with("OR REPLACE"), header)


def _put_items(connection: Connection, plan: Plan) -> str:
    """Keep the items of a plan, unless they are kept already; return its key.

    It has that of what they are: the fingerprint is what a code server says, and may be that of
    another plan.
    """
    items = [
        *_items(_STEPS, plan.steps),
        *_items(_LOADS, [_unresolved(load) for load in plan.loads]),
        *_items(_HAZARDS, plan.hazards),
        *_items(_REUSES, [replace(reuse, outputs=()) for reuse in plan.reuses]),
    ]
    location, fingerprint = plan.header.location, plan.header.fingerprint
    content = sha256(f"{location}\n{fingerprint}".encode())
    for item in items:
        content.update(f"\n{item['part']} {item['item_json']}".encode())
    key = f"{_stated(location, fingerprint)}{content.hexdigest()}"
    query = select(plan_items.c.fingerprint).where(plan_items.c.fingerprint == _items_key(key))
    if items and connection.execute(query.limit(1)).scalar_one_or_none() is None:
        rows = [{"fingerprint": _items_key(key), **item} for item in items]
        connection.execute(insert(plan_items), rows)
    return key


def _stated(location: str, fingerprint: str) -> str:
    """Return what the keys begin with of plans that a location's code server named so.

    No name has a line's end: none of them is the key of a row from before, a fingerprint alone.
    """
    return f"{location}\n{fingerprint}\n"


def _items_key(key: str) -> str:
    """Return by what a plan's items are found: a hash of them, and so short a text as can be."""
    return "\n" + key.rpartition("\n")[2]


def put_of_run(connection: Connection, run_id: RunId, plan: Plan) -> None:
    """Keep the plan of a run, in place of the one that it had."""
    key = _put_items(connection, plan)
    header = codec.dumps(plan.header)
    made = insert_or(plans).values(fingerprint=key, header_json=header)
    connection.execute(made.on_conflict_do_nothing())
    row = insert_or(run_plans).values(
        run_id=run_id, fingerprint=_items_key(key), header_json=header
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


def get(connection: Connection, location: str, fingerprint: str) -> Plan | None:
    """Return the last plan that a location's code server named so, as it made it, if it was kept.

    Its loads are unresolved.
    """
    stated = _stated(location, fingerprint)
    query = (
        select(plans)
        # A hash in hexadecimal follows.
        .where(plans.c.fingerprint > stated, plans.c.fingerprint < stated + "g")
        .order_by(literal_column("rowid").desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    key = _items_key(row.fingerprint)
    return Plan(
        header=codec.loads(PlanHeader, row.header_json),
        steps=_read_items(connection, key, _STEPS, PlannedStep),
        loads=_read_items(connection, key, _LOADS, Load),
        hazards=_read_items(connection, key, _HAZARDS, Hazard),
        reuses=_read_items(connection, key, _REUSES, Reuse),
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


def _items(part: str, items: Sequence[object]) -> Iterator[dict[str, Any]]:
    for position, item in enumerate(items):
        yield {"part": part, "position": position, "item_json": codec.dumps(item)}


def _read_items(connection: Connection, key: str, part: str, cls: type[T]) -> tuple[T, ...]:
    query = (
        select(plan_items.c.item_json)
        .where(plan_items.c.fingerprint == key, plan_items.c.part == part)
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
