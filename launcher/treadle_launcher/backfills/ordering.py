"""From what a caller asks for to what a backfill makes: which location, which partitions, in which runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from treadle_contract.backfill import BackfillRequest
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.partition import PartitionsDefinition
from treadle_contract.plan import PlanOptions, Selection
from treadle_launcher.backfills.backfill import Backfill, BackfillOrder
from treadle_launcher.backfills.chunks import Chunks, frozen, written_ranges
from treadle_launcher.backfills.standing import parts_to_retry
from treadle_launcher.errors import (
    BadArgumentError,
    NothingToBackfillError,
    NotPartitionedError,
    Reason,
    RefusedError,
    UnknownPartitionsError,
)
from treadle_launcher.locations.code_location import CodeLocation
from treadle_launcher.partitions.asset_partitions import PartitionRecord
from treadle_launcher.partitions.recorded_assets import with_recorded
from treadle_launcher.planning.planning import Planner
from treadle_launcher.planning.routing import owner_of
from treadle_partitions import KeySet, PartitionKeys, UnknownPartition, dynamic_names

_NAMED = 5
"""How many assets a refusal names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillLimits:
    """How a backfill is run beside others. `max_runs` 0: as many as the launcher has places for."""

    tags: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = ""
    max_runs: int = 0
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """One definition of what is selected, its assets, and those of its partitions that are asked for."""

    definition: PartitionsDefinition
    assets: tuple[KeyText, ...]
    chosen: KeySet


class BackfillOrders:
    """Says what a backfill makes, on the code that is served now and on what is on record."""

    def __init__(self, planner: Planner, record: PartitionRecord, max_runs: int) -> None:
        """Let a backfill have as many as `max_runs` runs under way."""
        self._planner = planner
        self._record = record
        self._max_runs = max_runs

    async def order(self, asked: BackfillRequest, limits: BackfillLimits) -> BackfillOrder:
        """Return what a backfill makes; its first run can be planned.

        Raises:
            RefusedError: as PlanBackfill.
        """
        selection = await with_recorded(asked.selection or Selection(), self._record)
        options = asked.options or PlanOptions()
        if options.partitions:
            message = "BackfillRequest.options.partitions is set: say which in BackfillRequest.partitions."
            raise BadArgumentError(["options.partitions"], message=message)
        if asked.location or len(self._record.locations.all()) <= 1:
            where = self._record.locations.get(asked.location)
        else:
            where = await owner_of(self._record.locations, selection)
        now = self._record.clock.now()
        one = await self._candidate(where, selection, asked)
        chosen = await self._wanted(one, asked)
        if not chosen:
            raise NothingToBackfillError(message=_nothing(one, asked))
        dynamic = await self._record.dynamic_keys(one.definition)
        per_run = asked.partitions_per_run or await _per_run(where, one.assets) or chosen.count
        most = min(limits.max_runs or self._max_runs, self._max_runs)
        graph = await where.graph()
        if graph.some_go_on(one.assets):
            # A run reads what the one before it makes.
            most = 1
        order = BackfillOrder(
            location=where.name,
            selection=selection,
            options=options,
            asset_keys=one.assets,
            definition_id=one.definition.id,
            definition=frozen(one.definition, dynamic),
            ranges=chosen.ranges(),
            partition_count=chosen.count,
            per_run=min(per_run, chosen.count),
            max_runs=most,
            created_at=now,
            by_key=bool(dynamic_names(one.definition)),
            priority=limits.priority,
            tags=dict(limits.tags),
            idempotency_key=limits.idempotency_key,
        )
        await self._check_first(order)
        return order

    async def retry(self, earlier: Backfill, idempotency_key: str) -> BackfillOrder:
        """Return what a backfill makes that makes again what another one did not, which is over.

        Raises:
            NothingToBackfillError: that one made everything.
        """
        rows = await self._record.store.partitions.backfill_rows(earlier.backfill_id)
        chosen = Chunks.of(earlier.order).all_of(parts_to_retry(earlier.order, rows))
        if not chosen:
            message = f"Every partition of backfill {earlier.backfill_id} succeeded: there is nothing to retry."
            raise NothingToBackfillError([earlier.backfill_id], message=message)
        return replace(
            earlier.order,
            ranges=chosen.ranges(),
            partition_count=chosen.count,
            idempotency_key=idempotency_key,
            retry_of=earlier.backfill_id,
        )

    async def _candidate(
        self, where: CodeLocation, selection: Selection, asked: BackfillRequest
    ) -> _Candidate:
        """Return the one definition of what is selected that has the partitions which are asked for."""
        selected = await where.select(selection)
        graph = await where.graph()
        definitions: dict[str, PartitionsDefinition] = {}
        assets: dict[str, list[KeyText]] = {}
        for key in selected:
            definition = graph.partitions_of(key) if key in graph.keys else None
            if definition is not None:
                definitions[definition.id] = definition
                assets.setdefault(definition.id, []).append(key)
        if not definitions:
            message = f"Nothing that is selected has partitions: {_some(selected)}. Select a partitioned asset."
            raise NotPartitionedError(selected[:_NAMED], message=message)
        found: list[_Candidate] = []
        unknown: UnknownPartition | None = None
        for each, definition in definitions.items():
            keys = await self._record.keys_of(definition)
            try:
                chosen = _chosen(keys, asked)
            except UnknownPartition as error:
                unknown = unknown or error
            else:
                of = tuple(sorted(assets[each]))
                found.append(_Candidate(definition=definition, assets=of, chosen=chosen))
        if len(found) == 1:
            return found[0]
        if unknown is not None and not found:
            message = f"{unknown} Of {_some(selected)}."
            raise UnknownPartitionsError(
                [unknown.key], suggestions=unknown.nearest, message=message
            )
        groups = " and ".join(_some(each.assets) for each in found)
        message = (
            f"The selected assets have several partitions definitions: {groups}. Backfill those of one;"
            " what reads them through a mapping, in a backfill of its own."
        )
        raise NotPartitionedError([each.assets[0] for each in found], message=message)

    async def _wanted(self, one: _Candidate, asked: BackfillRequest) -> KeySet:
        """Return which of the partitions are made: all of them, or what is missing, or failed."""
        if not (asked.missing or asked.failed):
            return one.chosen
        wanted = KeySet(one.chosen.keys)
        for key in one.assets:
            known = await self._record.known_of(key, one.chosen.keys)
            if asked.missing:
                wanted |= known.missing
            if asked.failed:
                wanted |= known.failed
        return one.chosen & wanted

    async def _check_first(self, order: BackfillOrder) -> None:
        """Plan the first run: what it is refused with, all are, unless it is a value that is not there."""
        first = written_ranges(Chunks.of(order).at(0), by_key=order.by_key)
        options = replace(order.options, partitions=first)
        try:
            await self._planner.plan(order.location, order.selection, options)
        except RefusedError as error:
            if error.reason is not Reason.NEVER_MATERIALIZED:
                raise


def _chosen(keys: PartitionKeys, asked: BackfillRequest) -> KeySet:
    return KeySet.of_ranges(keys, asked.partitions) if asked.partitions else KeySet.all(keys)


async def _per_run(where: CodeLocation, assets: Sequence[KeyText]) -> int:
    """Return the fewest partitions that a policy of the assets allows a run; 0: as many as there are."""
    graph = await where.graph()
    said = [graph.partitions_per_run(key) for key in assets]
    return min((each for each in said if each), default=0)


def _nothing(one: _Candidate, asked: BackfillRequest) -> str:
    if not one.chosen:
        return f"{_some(one.assets)} has no partitions yet."
    words = [
        word
        for word, is_asked in (("missing", asked.missing), ("failed", asked.failed))
        if is_asked
    ]
    return f"No partition of {_some(one.assets)} is {' or '.join(words)}, of those that were asked for."


def _some(keys: Sequence[str]) -> str:
    named = ", ".join(keys[:_NAMED])
    return named if len(keys) <= _NAMED else f"{named} and {len(keys) - _NAMED} more"
