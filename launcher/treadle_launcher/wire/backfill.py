"""backfill.proto: backfills and their partitions, as clients see them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from treadle_contract import backfill as contract
from treadle_contract import launcher
from treadle_contract.ids import RunId
from treadle_launcher import codec
from treadle_launcher.backfills.backfill import (
    Backfill,
    BackfillCounts,
    BackfillOrder,
    BackfillRunRow,
)
from treadle_launcher.backfills.chunks import Chunks
from treadle_launcher.backfills.standing import state_of_part
from treadle_launcher.clock import as_moment
from treadle_launcher.wire.plan import known_options

_RANGES_SHOWN: Final = 100
_RUNS_SHOWN: Final = 500


def backfill_of(
    backfill: Backfill, counts: BackfillCounts, waits_because: str
) -> contract.Backfill:
    """Return a backfill as it stands."""
    order = backfill.order
    finished = backfill.finished_at
    return contract.Backfill(
        id=backfill.backfill_id,
        state=backfill.state,
        location=order.location,
        selection=order.selection,
        options=order.options,
        asset_keys=order.asset_keys,
        definition_id=order.definition_id,
        partitions=order.ranges[:_RANGES_SHOWN],
        partition_count=order.partition_count,
        partitions_per_run=order.per_run,
        run_count=order.run_count,
        max_runs=order.max_runs,
        priority=order.priority,
        tags=dict(order.tags),
        idempotency_key=order.idempotency_key,
        retry_of=order.retry_of,
        created_at=as_moment(order.created_at),
        finished_at=None if finished is None else as_moment(finished),
        waiting_count=counts.waiting,
        running_count=counts.running,
        succeeded_count=counts.succeeded,
        failed_count=counts.failed,
        cancelled_count=counts.cancelled,
        waits_because=waits_because,
        cancel_reason=backfill.cancel_reason,
    )


def plan_of(order: BackfillOrder) -> contract.BackfillPlan:
    """Return what a backfill would do."""
    chunks = Chunks.of(order)
    runs = (chunks.at(position) for position in range(min(order.run_count, _RUNS_SHOWN)))
    return contract.BackfillPlan(
        location=order.location,
        asset_keys=order.asset_keys,
        definition_id=order.definition_id,
        partition_count=order.partition_count,
        partitions_per_run=order.per_run,
        run_count=order.run_count,
        runs=tuple(contract.BackfillRun(partitions=each.ranges()) for each in runs),
    )


def partitions_of(
    backfill: Backfill,
    rows: Mapping[int, BackfillRunRow],
    made: Collection[tuple[int, str]],
    rank: int,
    count: int,
) -> Iterator[contract.BackfillPartition]:
    """Go through some partitions of a backfill, from the one at a rank on, counted from 0.

    `made` are those, by position and key, that runs made which did not succeed.
    """
    per_run = backfill.order.per_run
    for offset, key in enumerate(Chunks.of(backfill.order).keys_from(rank, count)):
        position = (rank + offset) // per_run
        row = rows.get(position)
        state = state_of_part(backfill, row)
        if (position, key) in made:
            state = contract.BackfillPartitionState.SUCCEEDED
        yield contract.BackfillPartition(
            partition_key=key,
            state=state,
            run_id=RunId("") if row is None else row.run_id,
            refused_because="" if row is None else row.refused_because,
        )


def fields_of(
    request: launcher.LaunchBackfillRequest | launcher.RetryBackfillRequest,
) -> Mapping[str, object]:
    """Return a request by its fields, as a later one of the same key is compared with it."""
    said: dict[str, object] = json.loads(codec.dumps(request))
    said.pop("idempotency_key", None)
    asked = said.pop("backfill", None)
    return {**said, **(asked if isinstance(asked, dict) else {})}


def known_request(asked: contract.BackfillRequest | None) -> contract.BackfillRequest:
    """Return what a backfill is asked to make; without a request, every partition of every asset.

    Raises:
        BadArgumentError: a choice has a value that is not known here, or the config is none.
    """
    asked = asked or contract.BackfillRequest()
    known_options(asked.options)
    return asked
