"""What a command that launches a backfill may say of it, beside what is to be made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from treadle_client._messages import BackfillPlan
from treadle_client.cli.options import Command, Decorator, gathered, read_tags
from treadle_client.cli.plan_choices import PlanChoices
from treadle_contract.lazy_dataclasses import dataclass, field

if TYPE_CHECKING:
    from treadle_client._backfill import BackfillHandle
    from treadle_client._client import Client

_OPTIONS: Final[tuple[Decorator, ...]] = (
    click.option(
        "--missing", is_flag=True,
        help="Of the --partitions, or of all, only those that no run made.",
    ),
    click.option(
        "--failed", is_flag=True,
        help="Of them, only those that the last run failed to make; with --missing: both.",
    ),
    click.option(
        "--per-run", "partitions_per_run", type=click.IntRange(min=1), metavar="N",
        help="How many partitions a run makes at most; by default as the assets' backfill policies"
        " say, else one.",
    ),
    click.option(
        "--max-runs", type=click.IntRange(min=1), metavar="N",
        help="How many of its runs may be under way at once; by default as many as the launcher has"
        " places for.",
    ),
    click.option(
        "--priority", type=int, default=0, metavar="N",
        help="Where there are not places for all backfills, the larger number goes first.",
    ),
    click.option(
        "--tag", "tags", multiple=True, callback=read_tags, metavar="KEY=VALUE",
        help="A tag of each run; repeatable.",
    ),
    click.option(
        "--idempotency-key", metavar="KEY",
        help="Names this request: the same key again is the same backfill.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillChoices:
    """Which partitions, and how their runs are launched. None: the default."""

    missing: bool = False
    failed: bool = False
    partitions_per_run: int | None = None
    max_runs: int | None = None
    priority: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str | None = None

    def plan(self, client: Client, asked: PlanChoices) -> BackfillPlan:
        """Ask which runs there would be."""
        partitions, options = _parted(asked)
        return client.plan_backfill(
            asked.select or None,
            job=asked.job,
            location=asked.location,
            partitions=partitions,
            missing=self.missing,
            failed=self.failed,
            partitions_per_run=self.partitions_per_run,
            **options,
        )

    def launch(self, client: Client, asked: PlanChoices) -> BackfillHandle:
        """Launch the backfill."""
        partitions, options = _parted(asked)
        return client.backfill(
            asked.select or None,
            job=asked.job,
            location=asked.location,
            partitions=partitions,
            missing=self.missing,
            failed=self.failed,
            partitions_per_run=self.partitions_per_run,
            max_runs=self.max_runs,
            priority=self.priority,
            tags=self.tags,
            idempotency_key=self.idempotency_key,
            **options,
        )


def _parted(asked: PlanChoices) -> tuple[list[str] | None, Mapping[str, Any]]:
    """Return which partitions a command line names, and what else it says of each run.

    Raises:
        click.UsageError: it says what no backfill takes.
    """
    options = dict(asked.options)
    if options.pop("allow_empty", False) or asked.op_selection:
        raise click.UsageError("A backfill takes neither --allow-empty nor --op.")
    one, several = options.pop("partition", None), options.pop("partitions", None)
    named = [*([one] if one else []), *(several or ())]
    return named or None, options


def backfill_options(command: Command) -> Command:
    """Add what is said of a backfill; the command gets it as `choices`, a BackfillChoices."""
    names = (
        "missing",
        "failed",
        "partitions_per_run",
        "max_runs",
        "priority",
        "tags",
        "idempotency_key",
    )
    return gathered(command, _OPTIONS, names, BackfillChoices, "choices")
