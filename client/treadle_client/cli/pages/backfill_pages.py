"""How backfills, and the partitions of an asset, read on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from treadle_client._messages import (
    AssetPartitions,
    Backfill,
    BackfillPartition,
    BackfillPartitionState,
    BackfillPlan,
)
from treadle_client._plan_options import ranges_text, told_options
from treadle_client.text._table import Page, Table
from treadle_client.text._words import count, moment

_MOST: Final = 50
"""How many lines of a long list are shown."""


def asset_partitions_page(asset: AssetPartitions) -> Page:
    """Lay out what became of the partitions of an asset: counts, then one line a range."""
    counts = (
        f"{asset.asset_key}: {count(asset.partition_count, 'partition')},"
        f" {asset.made_count} made, {asset.failed_count} failed, {asset.missing_count} missing"
    )
    rows = tuple(
        (each.state.value, ranges_text([each.keys]), str(each.count)) for each in asset.stretches
    )
    if not rows:
        return (counts,)
    table = Table(columns=("state", "partitions", "count"), rows=rows[:_MOST])
    return (counts, "", table, *_more(len(rows) - _MOST, "range"))


def backfills_page(backfills: Sequence[Backfill]) -> Page:
    """Lay out backfills, a line each."""
    if not backfills:
        return ("No backfills.",)
    return (
        Table(
            columns=(
                "backfill",
                "state",
                "made",
                "done",
                "failed",
                "runs",
                "location",
                "selection",
            ),
            rows=tuple(
                (
                    each.backfill_id,
                    each.status.value,
                    moment(each.created_at),
                    f"{each.succeeded_count}/{each.partition_count}",
                    str(each.failed_count),
                    str(each.run_count),
                    each.location,
                    str(each.selection),
                )
                for each in backfills
            ),
        ),
    )


def backfill_line(backfill: Backfill) -> str:
    """Say in a line what a backfill is and how it stands."""
    counts = {
        "succeeded": backfill.succeeded_count,
        "failed": backfill.failed_count,
        "cancelled": backfill.cancelled_count,
        "running": backfill.running_count,
        "waiting": backfill.waiting_count,
    }
    told = ", ".join(f"{number} {state}" for state, number in counts.items() if number)
    line = (
        f"backfill {backfill.backfill_id} of {backfill.selection}: {backfill.status},"
        f" {count(backfill.partition_count, 'partition')}: {told}"
    )
    return f"{line}. It waits: {backfill.waits_because}" if backfill.waits_because else line


def backfill_page(backfill: Backfill, partitions: Sequence[BackfillPartition]) -> Page:
    """Lay out one backfill: what was asked for, and the partitions that were not made, or not yet."""
    ranges = ranges_text(backfill.partitions[:_SHOWN])
    more = "" if len(backfill.partitions) <= _SHOWN else ", …"
    facts = {
        "assets": ", ".join(backfill.asset_keys),
        "partitions": f"{ranges}{more}",
        "runs": f"{backfill.run_count}, {backfill.max_runs} at once, of"
        f" {count(backfill.partitions_per_run, 'partition')} at most",
        "priority": str(backfill.priority or ""),
        "made": moment(backfill.created_at),
        "ended": "" if backfill.finished_at is None else moment(backfill.finished_at),
        "options": told_options(backfill.options),
        "tags": ", ".join(f"{name}={tag}" for name, tag in backfill.tags.items()),
        "retry of": backfill.retry_of or "",
        "idempotency key": backfill.idempotency_key,
        "cancelled": backfill.cancel_reason,
    }
    page: list[str | Table] = [backfill_line(backfill)]
    page += [f"  {name}: {fact}" for name, fact in facts.items() if fact]
    others = [each for each in partitions if each.state is not BackfillPartitionState.SUCCEEDED]
    if others:
        rows = tuple(
            (each.partition_key, each.state.value, each.run_id or "-", each.refused_because or "-")
            for each in others[:_MOST]
        )
        table = Table(columns=("partition", "state", "run", "refused because"), rows=rows)
        page += ["", table, *_more(len(others) - _MOST, "partition")]
    return tuple(page)


def backfill_plan_page(plan: BackfillPlan) -> Page:
    """Lay out which runs a backfill would launch."""
    rows = tuple(
        (str(number), ranges_text(run.partitions))
        for number, run in enumerate(plan.runs[:_MOST], start=1)
    )
    line = (
        f"{count(plan.run_count, 'run')} of {', '.join(plan.asset_keys)} at {plan.location}:"
        f" {count(plan.partition_count, 'partition')}, {plan.partitions_per_run} a run at most"
    )
    return (
        line,
        "",
        Table(columns=("run", "partitions"), rows=rows),
        *_more(plan.run_count - _MOST, "run"),
    )


def _more(number: int, noun: str) -> tuple[str, ...]:
    return (f"… and {count(number, f'more {noun}')}",) if number > 0 else ()


_SHOWN: Final = 10
"""How many ranges of a backfill a page shows."""
