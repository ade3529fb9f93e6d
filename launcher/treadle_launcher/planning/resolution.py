"""Resolving a plan's loads from the record of what was made. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from treadle_contract.codeserver import AssetFact, PartitionFact
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.partition import PartitionKeyRange, PartitionsDefinition
from treadle_contract.plan import Load, LoadedPartition, LoadState
from treadle_launcher.clock import as_moment
from treadle_launcher.planning.plan import Plan
from treadle_launcher.store.records import REMOVED, Materialization
from treadle_launcher.values.versions import version_of_materialization
from treadle_partitions import KeySet, PartitionKeys, planned_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A plan with every load's state set, and what stands against running it.

    `missing`: siblings without a stored value, which the next plan is to run instead;
    `refused`: loads through Treadle's own manager that no record answers.
    """

    plan: Plan
    missing: tuple[KeyText, ...]
    refused: tuple[Load, ...]


Partitions: TypeAlias = "Mapping[KeyText, Mapping[str, Materialization]]"
"""What is on record of partitions, by asset and key."""

_NONE: Final[Partitions] = {}


def resolve(
    plan: Plan,
    records: Mapping[KeyText, Materialization],
    partitions: Partitions = _NONE,
) -> Resolution:
    """Give each load the materializations that it reads."""
    definitions = plan.header.partitions_definitions
    loads = tuple(
        _resolve_partitions(load, partitions.get(load.asset_key, {}), definitions)
        if load.partitions is not None or load.every_partition
        else _resolve_load(load, records.get(load.asset_key))
        for load in plan.loads
    )
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
    gone = _unreadable_whole(record) if load.builtin_manager else ""
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


def _resolve_partitions(
    load: Load,
    records: Mapping[str, Materialization],
    definitions: Sequence[PartitionsDefinition],
) -> Load:
    needed = planned_keys(load.partitions, definitions)
    lacking = [key for key in needed if key not in records]
    wanted = [*needed, *(records if load.every_partition else ())]
    found = [records[key] for key in dict.fromkeys(wanted) if key in records]
    gone = {each.partition_key: unreadable(each) for each in found} if load.builtin_manager else {}
    is_empty = not found and (load.every_partition or needed)
    if lacking or is_empty or any(gone.values()):
        told = next((f"partition {key}: {why}" for key, why in gone.items() if why), "")
        return replace(load, state=LoadState.UNRECORDED, gone=told)
    return replace(
        load,
        state=LoadState.RECORDED,
        loaded_partitions=tuple(
            LoadedPartition(
                partition_key=each.partition_key,
                run_id=each.run_id,
                step_key=each.step_key,
                value_ref=each.value_ref,
                store_sequence=each.store_sequence,
                materialized_at=as_moment(each.time),
                version=version_of_materialization(each),
            )
            for each in found
        ),
    )


def told_of_partitions(
    key: KeyText,
    records: Mapping[str, Materialization],
    keys: PartitionKeys,
    *,
    versions: bool = False,
) -> AssetFact:
    """Return what a planner that asks for partitions of an asset is told of them: ranges of `keys`.

    With `versions` each is told of by itself, with its version.
    """
    if versions:
        return AssetFact(
            asset_key=key,
            recorded=bool(records),
            partitions=tuple(
                PartitionFact(
                    keys=PartitionKeyRange(first=partition, last=partition),
                    gone=unreadable(record),
                    version=""
                    if record.gone or record.removed
                    else version_of_materialization(record),
                )
                for partition, record in records.items()
            ),
        )
    by_problem: dict[str, list[str]] = {}
    for partition, record in records.items():
        by_problem.setdefault(unreadable(record), []).append(partition)
    return AssetFact(
        asset_key=key,
        recorded=bool(records),
        partitions=tuple(
            PartitionFact(keys=each, gone=problem)
            for problem, made in by_problem.items()
            for each in KeySet.of(keys, made).ranges()
        ),
    )


def told(key: KeyText, record: Materialization | None) -> AssetFact:
    """Return what a planner that asks for an asset is told of it."""
    if record is None:
        return AssetFact(asset_key=key)
    return AssetFact(
        asset_key=key,
        recorded=True,
        gone=_unreadable_whole(record),
        version=version_of_materialization(record),
        store_sequence=record.store_sequence,
    )


def _unreadable_whole(record: Materialization) -> str:
    """Say it of an asset without partitions, which may have had some when it was made."""
    if record.partition_key:
        return f"it was made in partitions, {record.partition_key} last, which it has no more"
    return unreadable(record)


def unreadable(record: Materialization) -> str:
    """Say in a clause why Treadle's own manager cannot load what was made, "" when it can."""
    if record.value_ref is not None:
        return record.gone or (REMOVED if record.removed else "")
    if not record.io_manager_key:
        return "it was made without a value"
    return f"its value was stored by {record.io_manager_key}, which is not to load it here"
