"""Plans in rows: as the code servers made them, by what is in them, and a run's with its loads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, bindparam, delete, literal_column, select

from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import Hazard, Load, PlanHeader, PlannedStep, Reuse
from treadle_launcher import codec
from treadle_launcher.errors import UnknownRunError
from treadle_launcher.planning.plan import Plan
from treadle_launcher.store.schema import plan_items, plans, run_loads, run_plans, run_reuses
from treadle_launcher.store.statements import Statement, added_to, put_in

T = TypeVar("T")

_STEPS: Final = "steps"
_LOADS: Final = "loads"
_HAZARDS: Final = "hazards"
_REUSES: Final = "reuses"


_PUT: Final = Statement(added_to(plans).prefix_with("OR REPLACE"))
_PUT_ONCE: Final = Statement(added_to(plans).prefix_with("OR IGNORE"))
_LAST: Final = Statement(
    select(plans)
    .where(plans.c.fingerprint > bindparam("after"), plans.c.fingerprint < bindparam("end"))
    .order_by(literal_column("rowid").desc())
    .limit(1)
)
_HAS_ITEMS: Final = Statement(
    select(plan_items.c.fingerprint)
    .where(plan_items.c.fingerprint == bindparam("fingerprint"))
    .limit(1)
)
_ADD_ITEMS: Final = Statement(added_to(plan_items))
_ITEMS_OF: Final = Statement(
    select(plan_items.c.item_json)
    .where(
        plan_items.c.fingerprint == bindparam("fingerprint"),
        plan_items.c.part == bindparam("part"),
    )
    .order_by(plan_items.c.position)
)
_PUT_OF_RUN: Final = Statement(put_in(run_plans))
_OF_RUN: Final = Statement(select(run_plans).where(run_plans.c.run_id == bindparam("run_id")))
_DROP_LOADS: Final = Statement(delete(run_loads).where(run_loads.c.run_id == bindparam("run_id")))
_ADD_LOADS: Final = Statement(added_to(run_loads))
_LOADS_OF: Final = Statement(
    select(run_loads.c.load_json)
    .where(run_loads.c.run_id == bindparam("run_id"))
    .order_by(run_loads.c.position)
)
_DROP_REUSES: Final = Statement(
    delete(run_reuses).where(run_reuses.c.run_id == bindparam("run_id"))
)
_ADD_REUSES: Final = Statement(added_to(run_reuses))
_REUSES_OF: Final = Statement(
    select(run_reuses.c.reuse_json)
    .where(run_reuses.c.run_id == bindparam("run_id"))
    .order_by(run_reuses.c.position)
)


def put(connection: Connection, plan: Plan) -> None:
    """Keep a plan as the code server made it: the last of those that it named so."""
    key = _put_items(connection, plan)
    # A new row, the last one, also where there was one.
    _PUT.run(connection, fingerprint=key, header_json=codec.dumps(plan.header))


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
    short = _items_key(key)
    if items and _HAS_ITEMS.row(connection, fingerprint=short) is None:
        _ADD_ITEMS.run_all(connection, [{"fingerprint": short, **item} for item in items])
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
    _PUT_ONCE.run(connection, fingerprint=key, header_json=header)
    _PUT_OF_RUN.run(connection, run_id=run_id, fingerprint=_items_key(key), header_json=header)
    _DROP_LOADS.run(connection, run_id=run_id)
    rows = [
        {"run_id": run_id, "position": position, "load_json": codec.dumps(load)}
        for position, load in enumerate(plan.loads)
    ]
    _ADD_LOADS.run_all(connection, rows)
    _DROP_REUSES.run(connection, run_id=run_id)
    rows = [
        {
            "run_id": run_id,
            "position": position,
            "from_run_id": reuse.from_run_id,
            "reuse_json": codec.dumps(reuse),
        }
        for position, reuse in enumerate(plan.reuses)
    ]
    _ADD_REUSES.run_all(connection, rows)


def get(connection: Connection, location: str, fingerprint: str) -> Plan | None:
    """Return the last plan that a location's code server named so, as it made it, if it was kept.

    Its loads are unresolved.
    """
    stated = _stated(location, fingerprint)
    # A hash in hexadecimal follows.
    row = _LAST.row(connection, after=stated, end=stated + "g")
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
    row = _OF_RUN.row(connection, run_id=run_id)
    if row is None:
        raise UnknownRunError([run_id])
    loads = _LOADS_OF.column(connection, run_id=run_id)
    reuses = _REUSES_OF.column(connection, run_id=run_id)
    return Plan(
        header=codec.loads(PlanHeader, row.header_json),
        steps=_read_items(connection, row.fingerprint, _STEPS, PlannedStep),
        loads=tuple(codec.loads(Load, text) for text in loads),
        hazards=_read_items(connection, row.fingerprint, _HAZARDS, Hazard),
        reuses=tuple(codec.loads(Reuse, text) for text in reuses),
    )


def _items(part: str, items: Sequence[object]) -> Iterator[dict[str, Any]]:
    for position, item in enumerate(items):
        yield {"part": part, "position": position, "item_json": codec.dumps(item)}


def _read_items(connection: Connection, key: str, part: str, cls: type[T]) -> tuple[T, ...]:
    found = _ITEMS_OF.column(connection, fingerprint=key, part=part)
    return tuple(codec.loads(cls, text) for text in found)


def _unresolved(load: Load) -> Load:
    return Load(
        asset_key=load.asset_key,
        readers=load.readers,
        external=load.external,
        io_manager_key=load.io_manager_key,
        builtin_manager=load.builtin_manager,
        sibling=load.sibling,
    )
