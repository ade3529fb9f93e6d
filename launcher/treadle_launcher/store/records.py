"""What goes into the store and what comes out of it, beside events and plans."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, Generic, TypeAlias, TypeVar

from treadle_contract.ids import HostId, KeyText, RunId, StepKey
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.plan import Verdict
from treadle_contract.value import MetadataEntry, ValueRef
from treadle_launcher.backfills.backfill import BackfillPlace
from treadle_launcher.clock import TimeUs
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event, NewEvent
from treadle_launcher.runs.run_summary import RunSummary

T = TypeVar("T")

RequestFields: TypeAlias = "Mapping[str, str | int | tuple[str, ...] | Mapping[str, str]]"
"""A call's request, field by field, as a later one with the same key is compared with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvents:
    """Facts about one run, to be appended in this order.

    `after` is the run's last sequence as the caller knows it; None: whatever it is. `doubted` are
    the keys of values that are doubted from then on.
    """

    run_id: RunId
    events: tuple[NewEvent, ...]
    after: int | None = None
    doubted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostMark:
    """The last journal record of a host that the store holds (numbers count from 1).

    `after` is the mark before it as the caller knows it; None: whatever it is.
    """

    host_id: HostId
    last_record: int
    after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotentRequest:
    """A caller's name for a request, and the request's fields."""

    key: str
    fields: RequestFields


def changes_between(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """Say, a line each, which fields of a request are others than those of an earlier one."""
    return [
        f"{name} was {json.dumps(before.get(name))}, is {json.dumps(now.get(name))}"
        for name in sorted(before.keys() | now.keys())
        # A field that was not asked for, and one that did not exist yet, are the same.
        if (before.get(name) or None) != (now.get(name) or None)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run that is to be recorded.

    `submitted` has a RunSubmitted payload. `plan` has its loads resolved; the store keeps it
    as the code server made it by fingerprint, and the resolved loads with the run. An ephemeral
    run ends with its launcher. `of_backfill`: it makes that part of one, which no other run makes.
    """

    run_id: RunId
    submitted: NewEvent
    plan: Plan
    launch_spec: LaunchSpec
    request: IdempotentRequest | None = None
    of_backfill: BackfillPlace | None = None
    is_ephemeral: bool = False

    @property
    def step_count(self) -> int:
        """How many steps run or are reused."""
        return step_count_of(self.plan)


def step_count_of(plan: Plan) -> int:
    """Return how many steps a plan runs or reuses."""
    return sum(step.verdict is not Verdict.OMIT for step in plan.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedRun:
    """A run that is recorded: the new one, or the earlier one that the same request made.

    `events` and the plan's `notes` are empty when it `existed`.
    """

    run: RunSummary
    existed: bool
    events: tuple[Event, ...] = ()
    notes: tuple[str, ...] = ()


REMOVED: Final = "its value was removed to make room"
"""Why a value that was swept cannot be read, a clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Materialization:
    """One materialization of one asset. The largest store sequence is the asset's value.

    `removed`: its value was swept since, and cannot be read any more. `doubted`: a step could not
    read it, whatever its file looks like. `gone` says why it cannot be read, a clause;
    StoredValues sets it. `partition_key`: "" of an asset without partitions.
    """

    asset_key: KeyText
    run_id: RunId
    step_key: StepKey
    attempt: int
    store_sequence: int
    time: TimeUs
    location: str
    digest: str
    unexpected: bool = False
    io_manager_key: str = ""
    value_ref: ValueRef | None = None
    metadata: tuple[MetadataEntry, ...] = field(default=())
    removed: bool = False
    doubted: bool = False
    gone: str = ""
    partition_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """A step that ended well in a run: the store sequences of its last start, and of that end."""

    step_key: StepKey
    run_id: RunId
    began_sequence: int
    store_sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Items, newest first, and the token of the next page ("": no more)."""

    items: tuple[T, ...]
    next_page_token: str = ""
