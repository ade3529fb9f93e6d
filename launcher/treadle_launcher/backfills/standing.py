"""How a backfill stands, from how its runs stand. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from treadle_contract.backfill import BackfillPartitionState, BackfillState
from treadle_contract.run import RunState
from treadle_launcher.backfills.backfill import (
    Backfill,
    BackfillCounts,
    BackfillOrder,
    BackfillRunRow,
)

_ENDED: Final = {
    RunState.SUCCEEDED: BackfillPartitionState.SUCCEEDED,
    RunState.FAILED: BackfillPartitionState.FAILED,
    RunState.CANCELLED: BackfillPartitionState.CANCELLED,
}


def state_of_part(backfill: Backfill, row: BackfillRunRow | None) -> BackfillPartitionState:
    """Return how the partitions of one part stand, by its run; None: it has none."""
    if row is None:
        if backfill.is_over:
            return BackfillPartitionState.CANCELLED
        return BackfillPartitionState.WAITING
    if row.refused_because or row.state is None:
        return BackfillPartitionState.FAILED
    return _ENDED.get(row.state, BackfillPartitionState.RUNNING)


def counted(
    backfill: Backfill,
    parts: Mapping[RunState | None, tuple[int, int]],
    made: Iterable[RunState] = (),
) -> BackfillCounts:
    """Return how many partitions are in each state.

    `parts` says how many parts have a run in each state (None: were refused one), and 1 beside it
    where the last part, which may be smaller, is among them. `made` are the states of runs that did
    not succeed, once for each partition that they made all the same.
    """
    order = backfill.order
    lacking = order.per_run - order.size_of(order.run_count - 1) if order.run_count else 0
    counts = dict.fromkeys(BackfillPartitionState, 0)
    for state, (runs, lasts) in parts.items():
        row = BackfillRunRow(position=0, state=state)
        counts[state_of_part(backfill, row)] += runs * order.per_run - lasts * lacking
    for state in made:
        counts[_ENDED[state]] -= 1
        counts[BackfillPartitionState.SUCCEEDED] += 1
    left = order.partition_count - sum(counts.values())
    counts[state_of_part(backfill, None)] += left
    return BackfillCounts(
        waiting=counts[BackfillPartitionState.WAITING],
        running=counts[BackfillPartitionState.RUNNING],
        succeeded=counts[BackfillPartitionState.SUCCEEDED],
        failed=counts[BackfillPartitionState.FAILED],
        cancelled=counts[BackfillPartitionState.CANCELLED],
    )


def end_of(backfill: Backfill, counts: BackfillCounts) -> BackfillState:
    """Return the state in which a backfill ends of which nothing is under way or launched any more."""
    if counts.succeeded == backfill.order.partition_count:
        return BackfillState.SUCCEEDED
    if backfill.state is BackfillState.CANCELLING:
        return BackfillState.CANCELLED
    return BackfillState.FAILED


def parts_to_retry(order: BackfillOrder, rows: Mapping[int, BackfillRunRow]) -> Sequence[int]:
    """Return the positions of the parts that a backfill which is over did not make, in order.

    All but the last part of a backfill are of one size, so those parts, put together and cut again,
    are the parts of a retry, in this order.
    """
    succeeded = {each for each, row in rows.items() if row.state is RunState.SUCCEEDED}
    return [each for each in range(order.run_count) if each not in succeeded]
