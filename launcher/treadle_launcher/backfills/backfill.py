"""A backfill as it is recorded: what it makes is fixed, how it stands changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from treadle_contract.backfill import BackfillState
from treadle_contract.ids import KeyText, RunId
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.partition import PartitionKeyRange, PartitionsDefinition
from treadle_contract.plan import PlanOptions, Selection
from treadle_contract.run import RunState
from treadle_launcher.clock import TimeUs

FINAL_BACKFILL_STATES: Final = frozenset(
    {BackfillState.SUCCEEDED, BackfillState.FAILED, BackfillState.CANCELLED}
)

TAG: Final = "treadle/backfill"
"""The tag of each run of a backfill; its value is the backfill's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillOrder:
    """What a backfill makes, and how. Nothing of it ever changes.

    `definition` is that of the partitions at `created_at`: keys that were added by then are listed
    in it, so that it means the same later. `definition_id` is the id that code gives it; `by_key`:
    it has keys that may be added and removed, so that no range of it means the same later. `per_run`
    is how many partitions a run makes at most, `max_runs` how many runs may be under way at once.
    """

    location: str
    selection: Selection
    options: PlanOptions
    asset_keys: tuple[KeyText, ...]
    definition_id: str
    definition: PartitionsDefinition
    ranges: tuple[PartitionKeyRange, ...]
    partition_count: int
    per_run: int
    max_runs: int
    created_at: TimeUs
    by_key: bool = False
    priority: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = ""
    retry_of: str = ""

    @property
    def run_count(self) -> int:
        """How many runs it has."""
        return -(-self.partition_count // self.per_run)

    def size_of(self, position: int) -> int:
        """Return how many partitions the run at a position makes."""
        return min(self.per_run, self.partition_count - position * self.per_run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """A backfill as it stands. `is_ephemeral`: it ends with its launcher."""

    backfill_id: str
    order: BackfillOrder
    state: BackfillState = BackfillState.RUNNING
    finished_at: TimeUs | None = None
    cancel_reason: str = ""
    is_ephemeral: bool = False

    @property
    def is_over(self) -> bool:
        """Whether its state is final."""
        return self.state in FINAL_BACKFILL_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillPlace:
    """Which run of a backfill is meant: the one at this position, counted from 0."""

    backfill_id: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillRunRow:
    """A run of a backfill that was launched, or why it could not be.

    `refused_because` is "" where there is a run.
    """

    position: int
    run_id: RunId = RunId("")
    state: RunState | None = None
    refused_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillCounts:
    """How many partitions of a backfill are in each state."""

    waiting: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
