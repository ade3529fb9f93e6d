"""Plans in rows: as the code servers made them, by what is in them, and a run's with its loads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from sqlite3 import Connection
from typing import Any, Final, TypeVar

from treadle_contract.block_selections import put_back, taken_out
from treadle_contract.ids import KeyText, RunId
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import (
    BlockSelection,
    Hazard,
    Load,
    PlanHeader,
    PlannedStep,
    Reuse,
    Verdict,
)
from treadle_launcher import codec
from treadle_launcher.errors import UnknownRunError
from treadle_launcher.planning.plan import Plan
from treadle_launcher.store.schema import plan_items, plans, run_loads, run_plans, run_reuses
from treadle_launcher.store.statements import Statement, added_once, added_to, put_in

T = TypeVar("T")

_STEPS: Final = "steps"
_SELECTIONS: Final = "block_selections"
_LOADS: Final = "loads"
_HAZARDS: Final = "hazards"
_REUSES: Final = "reuses"


_PUT: Final = added_to(plans, how="INSERT OR REPLACE")
_PUT_ONCE: Final = added_once(plans)
_LAST: Final = Statement(
    "SELECT * FROM plans WHERE fingerprint > :after AND fingerprint < :end"
    " ORDER BY rowid DESC LIMIT 1"
)
_HAS_ITEMS: Final = Statement(
    "SELECT fingerprint FROM plan_items WHERE fingerprint = :fingerprint LIMIT 1"
)
_ADD_ITEMS: Final = added_to(plan_items)
_ITEMS_OF: Final = Statement(
    "SELECT item_json FROM plan_items WHERE fingerprint = :fingerprint AND part = :part"
    " ORDER BY position"
)
_PUT_OF_RUN: Final = put_in(run_plans, "run_id")
_OF_RUN: Final = Statement("SELECT * FROM run_plans WHERE run_id = :run_id")
_DROP_LOADS: Final = Statement("DELETE FROM run_loads WHERE run_id = :run_id")
_ADD_LOADS: Final = added_to(run_loads)
_LOADS_OF: Final = Statement(
    "SELECT load_json FROM run_loads WHERE run_id = :run_id ORDER BY position"
)
_DROP_REUSES: Final = Statement("DELETE FROM run_reuses WHERE run_id = :run_id")
_ADD_REUSES: Final = added_to(run_reuses)
_REUSES_OF: Final = Statement(
    "SELECT reuse_json FROM run_reuses WHERE run_id = :run_id ORDER BY position"
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
    steps, selections = _said_once(plan.steps)
    items = [
        *_items(_STEPS, steps),
        *_items(_SELECTIONS, selections),
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
        steps=_read_steps(connection, key),
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
        steps=_read_steps(connection, row.fingerprint),
        loads=tuple(codec.loads(Load, text) for text in loads),
        hazards=_read_items(connection, row.fingerprint, _HAZARDS, Hazard),
        reuses=tuple(codec.loads(Reuse, text) for text in reuses),
    )


def _items(part: str, items: Sequence[object]) -> Iterator[dict[str, Any]]:
    for position, item in enumerate(items):
        yield {"part": part, "position": position, "item_json": codec.dumps(item)}


def _said_once(
    steps: Sequence[PlannedStep],
) -> tuple[Sequence[PlannedStep], Sequence[BlockSelection]]:
    """Return the steps, and once what is selected of blocks, where their steps all say the same.

    The rows of a plan of one block of many assets would grow with its square.
    """
    said: dict[str, Sequence[KeyText]] = {}
    for step in steps:
        keys = step.selected_asset_keys
        first = () if step.verdict is Verdict.OMIT else said.setdefault(step.block, keys)
        # Mostly it is the same object.
        if keys is not first and keys != first:
            return steps, ()
    return taken_out(steps)


def _read_steps(connection: Connection, key: str) -> tuple[PlannedStep, ...]:
    # In rows from before, each step says what is selected of its block.
    steps = _read_items(connection, key, _STEPS, PlannedStep)
    return put_back(steps, _read_items(connection, key, _SELECTIONS, BlockSelection))


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
        partitions=load.partitions,
        every_partition=load.every_partition,
    )
