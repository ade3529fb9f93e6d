"""What a backfill is asked to make: which partitions, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from treadle_client._arguments import WrongArgument, shown
from treadle_client._messages import PartitionKeyRange, PlanOptions, Selection
from treadle_client._plan_options import partition_ranges
from treadle_contract.lazy_dataclasses import dataclass, field

Partitions: TypeAlias = str | PartitionKeyRange | Sequence[str | PartitionKeyRange] | None
"""Partitions as callers give them: keys, and ranges as "first..last" or PartitionKeyRange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillAsked:
    """What PlanBackfill and LaunchBackfill are asked for. No partitions: all that there are."""

    selection: Selection
    options: PlanOptions
    location: str = ""
    partitions: tuple[PartitionKeyRange, ...] = ()
    missing: bool = False
    failed: bool = False
    partitions_per_run: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillLimits:
    """How a backfill is run beside others. `max_runs` 0: as many as the launcher has places for."""

    tags: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = ""
    max_runs: int = 0
    priority: int = 0


def ranges_of(partitions: Partitions) -> tuple[PartitionKeyRange, ...]:
    """Return partitions as ranges: of a key alone, one with this first and last.

    Raises:
        ValueError: it is an empty list, which asks for nothing, or holds something else.
    """
    if partitions is None:
        return ()
    several = [partitions] if isinstance(partitions, str | PartitionKeyRange) else partitions
    if not isinstance(several, Sequence):
        raise WrongArgument(f"partitions is {shown(partitions)}; give keys, or ranges first..last.")
    if not several:
        raise WrongArgument("partitions is an empty list; None means every partition.")
    return tuple(
        each if isinstance(each, PartitionKeyRange) else partition_ranges(None, each)[0]
        for each in several
    )
