"""Resolving a plan's loads from the record of what was made. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from treadle_contract.codeserver import AssetFact
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.plan import Load, LoadState
from treadle_launcher.clock import as_moment
from treadle_launcher.planning.plan import Plan
from treadle_launcher.store.records import REMOVED, Materialization
from treadle_launcher.values.versions import version_of_materialization


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A plan with every load's state set, and what stands against running it.

    `missing`: siblings without a stored value, which the next plan is to run instead;
    `refused`: loads through Treadle's own manager that no record answers.
    """

    plan: Plan
    missing: tuple[KeyText, ...]
    refused: tuple[Load, ...]


def resolve(plan: Plan, records: Mapping[KeyText, Materialization]) -> Resolution:
    """Give each load the materialization that it reads."""
    loads = tuple(_resolve_load(load, records.get(load.asset_key)) for load in plan.loads)
    unrecorded = tuple(load for load in loads if load.state is LoadState.UNRECORDED)
    return Resolution(
        plan=replace(plan, loads=loads),
        missing=tuple(load.asset_key for load in unrecorded if load.sibling),
        refused=tuple(load for load in unrecorded if load.builtin_manager),
    )


def _resolve_load(load: Load, record: Materialization | None) -> Load:
    # Treadle's own manager reads a value by its reference alone: a record without one, made
    # by a user's manager, is none for it, and neither is one whose value cannot be read.
    if record is None:
        return replace(load, state=LoadState.UNRECORDED)
    gone = unreadable(record) if load.builtin_manager else ""
    if gone:
        return replace(load, state=LoadState.UNRECORDED, gone=gone)
    return replace(
        load,
        state=LoadState.RECORDED,
        run_id=record.run_id,
        step_key=record.step_key,
        value_ref=record.value_ref,
        store_sequence=record.store_sequence,
        materialized_at=as_moment(record.time),
        version=version_of_materialization(record),
    )


def told(key: KeyText, record: Materialization | None) -> AssetFact:
    """Return what a planner that asks for an asset is told of it."""
    if record is None:
        return AssetFact(asset_key=key)
    return AssetFact(
        asset_key=key,
        recorded=True,
        gone=unreadable(record),
        version=version_of_materialization(record),
        store_sequence=record.store_sequence,
    )


def unreadable(record: Materialization) -> str:
    """Say in a clause why Treadle's own manager cannot load what was made, "" when it can."""
    if record.value_ref is not None:
        return record.gone or (REMOVED if record.removed else "")
    if not record.io_manager_key:
        return "it was made without a value"
    return f"its value was stored by {record.io_manager_key}, which is not to load it here"
