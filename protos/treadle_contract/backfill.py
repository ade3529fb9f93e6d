"""Backfills, and what became of the partitions of assets.

Generated from backfill.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from typing import TYPE_CHECKING

from treadle_contract.ids import KeyText, RunId
from treadle_contract.message import ContractEnum, ENUMS, EnumSchema, MESSAGES, Message, NO_ENTRIES
from treadle_contract.partition import PartitionKeyRange
from treadle_contract.plan import PlanOptions, Selection

if TYPE_CHECKING:
    from datetime import datetime


class PartitionState(ContractEnum):
    """What became of a partition of an asset."""

    MADE = "made"
    """A run made it, and none has failed to make it again since."""
    FAILED = "failed"
    """The last run that was to make it failed before it did."""
    MISSING = "missing"
    """No run made it, and none failed to."""


class BackfillState(ContractEnum):
    """The state of a backfill."""

    RUNNING = "running"
    """Its runs are launched, as many at once as it may have."""
    CANCELLING = "cancelling"
    """A cancel was asked for; its runs are being ended."""
    SUCCEEDED = "succeeded"
    """Every run succeeded. Final."""
    FAILED = "failed"
    """A run failed, could not be launched, or was cancelled by itself. Final."""
    CANCELLED = "cancelled"
    """Cancelled before every run had succeeded. Final."""


class BackfillPartitionState(ContractEnum):
    """The state of a partition in a backfill."""

    WAITING = "waiting"
    """Its run is not launched yet."""
    RUNNING = "running"
    """Its run is not over."""
    SUCCEEDED = "succeeded"
    """Its run succeeded, or made all that was selected of it before it failed. Final."""
    FAILED = "failed"
    """Its run failed, or could not be launched. Final."""
    CANCELLED = "cancelled"
    """Its run was cancelled, or was never launched because the backfill was. Final."""


class PartitionStretch(Message):
    """Partitions that follow each other, and became of which the same."""

    __slots__ = __match_args__ = ('state', 'keys', 'count')
    state: PartitionState | None
    """What became of them."""
    keys: PartitionKeyRange | None
    """Which they are."""
    count: int
    """How many they are."""

    def __init__(
        self,
        *,
        state: PartitionState | None = None,
        keys: PartitionKeyRange | None = None,
        count: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'state', state)
        put(self, 'keys', keys)
        put(self, 'count', count)

    FIELDS = (
        ('state', 1, 'state', 'enum', 'maybe', 'PartitionState', 'state', False, 0),
        ('keys', 2, 'keys', 'message', 'maybe', 'PartitionKeyRange', 'keys', False, 0),
        ('count', 3, 'count', 'wide', 'one', '', 'count', False, 0),
    )


class AssetPartitions(Message):
    """What became of the partitions of an asset."""

    __slots__ = __match_args__ = ('asset_key', 'definition_id', 'partition_count', 'made_count', 'failed_count', 'missing_count', 'stretches')
    asset_key: KeyText
    """The asset."""
    definition_id: str
    """The id of its definition."""
    partition_count: int
    """How many partitions it has now."""
    made_count: int
    """How many of them were made."""
    failed_count: int
    """How many of them failed."""
    missing_count: int
    """How many of them are missing."""
    stretches: tuple[PartitionStretch, ...]
    """All of them, in the order of the definition. Empty where counts alone were asked for."""

    def __init__(
        self,
        *,
        asset_key: KeyText = KeyText(""),
        definition_id: str = "",
        partition_count: int = 0,
        made_count: int = 0,
        failed_count: int = 0,
        missing_count: int = 0,
        stretches: tuple[PartitionStretch, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'definition_id', definition_id)
        put(self, 'partition_count', partition_count)
        put(self, 'made_count', made_count)
        put(self, 'failed_count', failed_count)
        put(self, 'missing_count', missing_count)
        put(self, 'stretches', stretches)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', False, 0),
        ('definition_id', 2, 'definitionId', 'text', 'one', '', 'definition_id', False, 0),
        ('partition_count', 3, 'partitionCount', 'wide', 'one', '', 'partition_count', False, 0),
        ('made_count', 4, 'madeCount', 'wide', 'one', '', 'made_count', False, 0),
        ('failed_count', 5, 'failedCount', 'wide', 'one', '', 'failed_count', False, 0),
        ('missing_count', 6, 'missingCount', 'wide', 'one', '', 'missing_count', False, 0),
        ('stretches', 7, 'stretches', 'message', 'many', 'PartitionStretch', 'stretches', False, 0),
    )


class BackfillRequest(Message):
    """What a backfill is asked to make."""

    __slots__ = __match_args__ = ('location', 'selection', 'options', 'partitions', 'missing', 'failed', 'partitions_per_run')
    location: str
    """The location's name. Empty: the one that has the selected assets."""
    selection: Selection | None
    """What is to be made of each partition. Of the partitioned assets, all have one definition."""
    options: PlanOptions | None
    """Choices of each run; partitions is not set."""
    partitions: tuple[PartitionKeyRange, ...]
    """The partitions. Empty: all that the definition has."""
    missing: bool
    """Of these, only those that are missing of an asset."""
    failed: bool
    """Of these, only those that failed of an asset; with missing: both."""
    partitions_per_run: int
    """How many partitions a run makes at most. 0: as the backfill policies of the assets say, else
    one."""

    def __init__(
        self,
        *,
        location: str = "",
        selection: Selection | None = None,
        options: PlanOptions | None = None,
        partitions: tuple[PartitionKeyRange, ...] = (),
        missing: bool = False,
        failed: bool = False,
        partitions_per_run: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'selection', selection)
        put(self, 'options', options)
        put(self, 'partitions', partitions)
        put(self, 'missing', missing)
        put(self, 'failed', failed)
        put(self, 'partitions_per_run', partitions_per_run)

    FIELDS = (
        ('location', 1, 'location', 'text', 'one', '', 'location', False, 1),
        ('selection', 2, 'selection', 'message', 'maybe', 'Selection', 'selection', False, 0),
        ('options', 3, 'options', 'message', 'maybe', 'PlanOptions', 'options', False, 0),
        ('partitions', 4, 'partitions', 'message', 'many', 'PartitionKeyRange', 'partitions', False, 0),
        ('missing', 5, 'missing', 'flag', 'one', '', 'missing', False, 0),
        ('failed', 6, 'failed', 'flag', 'one', '', 'failed', False, 0),
        ('partitions_per_run', 7, 'partitionsPerRun', 'whole', 'one', '', 'partitions_per_run', False, 23),
    )


class BackfillRun(Message):
    """One run of a backfill, as it is planned."""

    __slots__ = __match_args__ = ('partitions',)
    partitions: tuple[PartitionKeyRange, ...]
    """The partitions that it makes."""

    def __init__(
        self,
        *,
        partitions: tuple[PartitionKeyRange, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'partitions', partitions)

    FIELDS = (
        ('partitions', 1, 'partitions', 'message', 'many', 'PartitionKeyRange', 'partitions', False, 0),
    )


class BackfillPlan(Message):
    """What a backfill would do."""

    __slots__ = __match_args__ = ('location', 'asset_keys', 'definition_id', 'partition_count', 'partitions_per_run', 'run_count', 'runs')
    location: str
    """The location."""
    asset_keys: tuple[KeyText, ...]
    """The partitioned assets that are made of each partition, sorted."""
    definition_id: str
    """The id of their definition."""
    partition_count: int
    """How many partitions are made."""
    partitions_per_run: int
    """How many a run makes at most."""
    run_count: int
    """How many runs there are."""
    runs: tuple[BackfillRun, ...]
    """The runs, in the order in which they are launched; the first 500 of them."""

    def __init__(
        self,
        *,
        location: str = "",
        asset_keys: tuple[KeyText, ...] = (),
        definition_id: str = "",
        partition_count: int = 0,
        partitions_per_run: int = 0,
        run_count: int = 0,
        runs: tuple[BackfillRun, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'asset_keys', asset_keys)
        put(self, 'definition_id', definition_id)
        put(self, 'partition_count', partition_count)
        put(self, 'partitions_per_run', partitions_per_run)
        put(self, 'run_count', run_count)
        put(self, 'runs', runs)

    FIELDS = (
        ('location', 1, 'location', 'text', 'one', '', 'location', False, 0),
        ('asset_keys', 2, 'assetKeys', 'text', 'many', '', 'asset_keys', False, 0),
        ('definition_id', 3, 'definitionId', 'text', 'one', '', 'definition_id', False, 0),
        ('partition_count', 4, 'partitionCount', 'wide', 'one', '', 'partition_count', False, 0),
        ('partitions_per_run', 5, 'partitionsPerRun', 'whole', 'one', '', 'partitions_per_run', False, 0),
        ('run_count', 6, 'runCount', 'wide', 'one', '', 'run_count', False, 0),
        ('runs', 7, 'runs', 'message', 'many', 'BackfillRun', 'runs', False, 0),
    )


class Backfill(Message):
    """A backfill: runs that make chosen partitions, a few at once."""

    __slots__ = __match_args__ = ('id', 'state', 'location', 'selection', 'options', 'asset_keys', 'definition_id', 'partitions', 'partition_count', 'partitions_per_run', 'run_count', 'max_runs', 'priority', 'tags', 'idempotency_key', 'retry_of', 'created_at', 'finished_at', 'waiting_count', 'running_count', 'succeeded_count', 'failed_count', 'cancelled_count', 'waits_because', 'cancel_reason')
    id: str
    """The id: 26 characters, sortable by the time of its making."""
    state: BackfillState | None
    """The state."""
    location: str
    """The location."""
    selection: Selection | None
    """What is made of each partition."""
    options: PlanOptions | None
    """The options of each run."""
    asset_keys: tuple[KeyText, ...]
    """The partitioned assets that are made, sorted."""
    definition_id: str
    """The id of their definition."""
    partitions: tuple[PartitionKeyRange, ...]
    """The partitions; the first 100 ranges of them."""
    partition_count: int
    """How many partitions it makes."""
    partitions_per_run: int
    """How many a run makes at most."""
    run_count: int
    """How many runs there are."""
    max_runs: int
    """How many of its runs may be under way at once."""
    priority: int
    """Where not all of the launcher's places are enough, runs of the backfill with the larger
    number are launched first."""
    tags: Mapping[str, str]
    """Tags of each run, beside treadle/backfill, its id."""
    idempotency_key: str
    """The caller's idempotency key, "" if none."""
    retry_of: str
    """The backfill whose failed runs it makes again. Empty: none."""
    created_at: datetime | None
    """When it was made."""
    finished_at: datetime | None
    """When its state became final. Unset before."""
    waiting_count: int
    """How many partitions wait for their run to be launched."""
    running_count: int
    """How many partitions have a run that is not over."""
    succeeded_count: int
    """How many partitions succeeded."""
    failed_count: int
    """How many partitions failed."""
    cancelled_count: int
    """How many partitions were cancelled."""
    waits_because: str
    """Why no further run can be launched now, a sentence. Empty: nothing is in the way."""
    cancel_reason: str
    """Why it was cancelled, as the caller said."""

    def __init__(
        self,
        *,
        id: str = "",
        state: BackfillState | None = None,
        location: str = "",
        selection: Selection | None = None,
        options: PlanOptions | None = None,
        asset_keys: tuple[KeyText, ...] = (),
        definition_id: str = "",
        partitions: tuple[PartitionKeyRange, ...] = (),
        partition_count: int = 0,
        partitions_per_run: int = 0,
        run_count: int = 0,
        max_runs: int = 0,
        priority: int = 0,
        tags: Mapping[str, str] = NO_ENTRIES,
        idempotency_key: str = "",
        retry_of: str = "",
        created_at: datetime | None = None,
        finished_at: datetime | None = None,
        waiting_count: int = 0,
        running_count: int = 0,
        succeeded_count: int = 0,
        failed_count: int = 0,
        cancelled_count: int = 0,
        waits_because: str = "",
        cancel_reason: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'id', id)
        put(self, 'state', state)
        put(self, 'location', location)
        put(self, 'selection', selection)
        put(self, 'options', options)
        put(self, 'asset_keys', asset_keys)
        put(self, 'definition_id', definition_id)
        put(self, 'partitions', partitions)
        put(self, 'partition_count', partition_count)
        put(self, 'partitions_per_run', partitions_per_run)
        put(self, 'run_count', run_count)
        put(self, 'max_runs', max_runs)
        put(self, 'priority', priority)
        put(self, 'tags', tags)
        put(self, 'idempotency_key', idempotency_key)
        put(self, 'retry_of', retry_of)
        put(self, 'created_at', created_at)
        put(self, 'finished_at', finished_at)
        put(self, 'waiting_count', waiting_count)
        put(self, 'running_count', running_count)
        put(self, 'succeeded_count', succeeded_count)
        put(self, 'failed_count', failed_count)
        put(self, 'cancelled_count', cancelled_count)
        put(self, 'waits_because', waits_because)
        put(self, 'cancel_reason', cancel_reason)

    FIELDS = (
        ('id', 1, 'id', 'text', 'one', '', 'id', False, 0),
        ('state', 2, 'state', 'enum', 'maybe', 'BackfillState', 'state', False, 0),
        ('location', 3, 'location', 'text', 'one', '', 'location', False, 0),
        ('selection', 4, 'selection', 'message', 'maybe', 'Selection', 'selection', False, 0),
        ('options', 5, 'options', 'message', 'maybe', 'PlanOptions', 'options', False, 0),
        ('asset_keys', 6, 'assetKeys', 'text', 'many', '', 'asset_keys', False, 2),
        ('definition_id', 7, 'definitionId', 'text', 'one', '', 'definition_id', False, 0),
        ('partitions', 8, 'partitions', 'message', 'many', 'PartitionKeyRange', 'partitions', False, 0),
        ('partition_count', 9, 'partitionCount', 'wide', 'one', '', 'partition_count', False, 0),
        ('partitions_per_run', 10, 'partitionsPerRun', 'whole', 'one', '', 'partitions_per_run', False, 0),
        ('run_count', 11, 'runCount', 'wide', 'one', '', 'run_count', False, 0),
        ('max_runs', 12, 'maxRuns', 'whole', 'one', '', 'max_runs', False, 0),
        ('priority', 13, 'priority', 'whole', 'one', '', 'priority', False, 0),
        ('tags', 14, 'tags', 'text', 'map', '', 'tags', False, 0),
        ('idempotency_key', 15, 'idempotencyKey', 'text', 'one', '', 'idempotency_key', False, 0),
        ('retry_of', 16, 'retryOf', 'text', 'one', '', 'retry_of', False, 0),
        ('created_at', 17, 'createdAt', 'time', 'maybe', '', 'created_at', False, 0),
        ('finished_at', 18, 'finishedAt', 'time', 'maybe', '', 'finished_at', False, 0),
        ('waiting_count', 19, 'waitingCount', 'wide', 'one', '', 'waiting_count', False, 0),
        ('running_count', 20, 'runningCount', 'wide', 'one', '', 'running_count', False, 0),
        ('succeeded_count', 21, 'succeededCount', 'wide', 'one', '', 'succeeded_count', False, 0),
        ('failed_count', 22, 'failedCount', 'wide', 'one', '', 'failed_count', False, 0),
        ('cancelled_count', 23, 'cancelledCount', 'wide', 'one', '', 'cancelled_count', False, 0),
        ('waits_because', 24, 'waitsBecause', 'text', 'one', '', 'waits_because', False, 0),
        ('cancel_reason', 25, 'cancelReason', 'text', 'one', '', 'cancel_reason', False, 0),
    )


class BackfillPartition(Message):
    """One partition of a backfill."""

    __slots__ = __match_args__ = ('partition_key', 'state', 'run_id', 'refused_because')
    partition_key: str
    """The partition."""
    state: BackfillPartitionState | None
    """Its state."""
    run_id: RunId
    """The run that makes it. Empty: none was launched."""
    refused_because: str
    """Why no run could be launched, a sentence. Empty: one was, or is yet to be."""

    def __init__(
        self,
        *,
        partition_key: str = "",
        state: BackfillPartitionState | None = None,
        run_id: RunId = RunId(""),
        refused_because: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'partition_key', partition_key)
        put(self, 'state', state)
        put(self, 'run_id', run_id)
        put(self, 'refused_because', refused_because)

    FIELDS = (
        ('partition_key', 1, 'partitionKey', 'text', 'one', '', 'partition_key', False, 0),
        ('state', 2, 'state', 'enum', 'maybe', 'BackfillPartitionState', 'state', False, 0),
        ('run_id', 3, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('refused_because', 4, 'refusedBecause', 'text', 'one', '', 'refused_because', False, 0),
    )


ENUMS['PartitionState'] = EnumSchema(PartitionState, 'PARTITION_STATE_', {0: 'unspecified', 1: 'made', 2: 'failed', 3: 'missing'})
ENUMS['BackfillState'] = EnumSchema(BackfillState, 'BACKFILL_STATE_', {0: 'unspecified', 1: 'running', 2: 'cancelling', 3: 'succeeded', 4: 'failed', 5: 'cancelled'})
ENUMS['BackfillPartitionState'] = EnumSchema(BackfillPartitionState, 'BACKFILL_PARTITION_STATE_', {0: 'unspecified', 1: 'waiting', 2: 'running', 3: 'succeeded', 4: 'failed', 5: 'cancelled'})
MESSAGES['PartitionStretch'] = PartitionStretch
MESSAGES['AssetPartitions'] = AssetPartitions
MESSAGES['BackfillRequest'] = BackfillRequest
MESSAGES['BackfillRun'] = BackfillRun
MESSAGES['BackfillPlan'] = BackfillPlan
MESSAGES['Backfill'] = Backfill
MESSAGES['BackfillPartition'] = BackfillPartition
