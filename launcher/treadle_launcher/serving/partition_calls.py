"""The calls of launcher.proto about partitions and backfills: a part of its servicer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import partial

from treadle_api.handlers import Context
from treadle_api.parts import in_parts
from treadle_api.v1 import backfill_pb2, launcher_pb2
from treadle_contract import backfill as contract
from treadle_contract import launcher
from treadle_contract.ids import KeyText
from treadle_launcher.backfills.backfill import Backfill, BackfillOrder
from treadle_launcher.backfills.desk import BackfillDesk
from treadle_launcher.backfills.ordering import BackfillLimits
from treadle_launcher.errors import BackfillNotFinishedError, BadArgumentError, ReadsOnlyError
from treadle_launcher.serving.served_parts import ServedParts
from treadle_launcher.store.pages import page_limit, page_token, parse_token
from treadle_launcher.wire.backfill import (
    backfill_of,
    fields_of,
    known_request,
    partitions_of,
    plan_of,
)
from treadle_partitions import key_problem


class PartitionCalls:
    """Serves what is asked of partitions."""

    def __init__(self, parts: ServedParts) -> None:
        self._parts = parts

    async def AddDynamicPartitions(
        self, request: launcher.AddDynamicPartitionsRequest, _: Context
    ) -> launcher.AddDynamicPartitionsResponse:
        """Add keys to a dynamic partitions definition."""
        self._check_writes()
        for key in request.partition_keys:
            problem = key_problem(key)
            if problem:
                message = f"AddDynamicPartitionsRequest.partition_keys: the key {key!r} {problem}. Give it another."
                raise BadArgumentError(["partition_keys"], message=message)
        added = await self._parts.store.partitions.add_keys(request.name, request.partition_keys)
        return launcher.AddDynamicPartitionsResponse(added_keys=added)

    async def RemoveDynamicPartitions(
        self, request: launcher.RemoveDynamicPartitionsRequest, _: Context
    ) -> launcher.RemoveDynamicPartitionsResponse:
        """Remove keys of a dynamic partitions definition."""
        self._check_writes()
        keys = request.partition_keys
        removed = await self._parts.store.partitions.remove_keys(request.name, keys)
        return launcher.RemoveDynamicPartitionsResponse(removed_keys=removed)

    async def ListDynamicPartitions(
        self, request: launcher.ListDynamicPartitionsRequest, _: Context
    ) -> launcher.ListDynamicPartitionsResponse:
        """List the keys of a dynamic partitions definition."""
        page = await self._parts.store.partitions.keys_page(
            request.name, request.page_size, request.page_token
        )
        return launcher.ListDynamicPartitionsResponse(
            partition_keys=page.items, next_page_token=page.next_page_token
        )

    async def GetAssetPartitions(
        self, request: launcher.GetAssetPartitionsRequest, _: Context
    ) -> AsyncIterator[launcher_pb2.GetAssetPartitionsResponse]:
        """Stream what became of the partitions of an asset."""
        told = await self._parts.partitions.told_of(
            KeyText(request.asset_key), only_counts=request.only_counts
        )
        for part in in_parts(told, backfill_pb2.AssetPartitions):
            yield launcher_pb2.GetAssetPartitionsResponse(part=part)

    async def PlanBackfill(
        self, request: launcher.PlanBackfillRequest, _: Context
    ) -> launcher.PlanBackfillResponse:
        """Say which runs a backfill would launch."""
        asked = known_request(request.backfill)
        order = await self._parts.orders.order(asked, BackfillLimits())
        return launcher.PlanBackfillResponse(plan=plan_of(order))

    async def LaunchBackfill(
        self, request: launcher.LaunchBackfillRequest, _: Context
    ) -> launcher.LaunchBackfillResponse:
        """Record a backfill and have it go on by itself."""
        asked, fields = known_request(request.backfill), fields_of(request)
        limits = BackfillLimits(
            tags=request.tags,
            idempotency_key=request.idempotency_key,
            max_runs=request.max_runs,
            priority=request.priority,
        )
        ordering = partial(self._parts.orders.order, asked, limits)
        backfill, existed = await self._begun(request.idempotency_key, fields, ordering)
        return launcher.LaunchBackfillResponse(backfill=backfill, existed=existed)

    async def RetryBackfill(
        self, request: launcher.RetryBackfillRequest, _: Context
    ) -> launcher.RetryBackfillResponse:
        """Record a backfill of what another one did not make."""
        self._check_writes()
        earlier = await self._parts.store.partitions.backfill(request.backfill_id)
        if not earlier.is_over:
            raise BackfillNotFinishedError([request.backfill_id])
        key, fields = request.idempotency_key, fields_of(request)
        ordering = partial(self._parts.orders.retry, earlier, key)
        backfill, existed = await self._begun(key, fields, ordering)
        return launcher.RetryBackfillResponse(backfill=backfill, existed=existed)

    async def _begun(
        self,
        key: str,
        fields: Mapping[str, object],
        ordering: Callable[[], Awaitable[BackfillOrder]],
    ) -> tuple[contract.Backfill, bool]:
        """Begin a backfill, unless its request is known."""
        desk = self._desk
        # Before planning: what is missing may have changed since, the answer must not.
        earlier = await self._parts.store.partitions.backfill_of_request(key, fields)
        if earlier is not None:
            return await self._told(earlier), True
        backfill, existed = await desk.launch(await ordering(), fields)
        return await self._told(backfill), existed

    async def GetBackfill(
        self, request: launcher.GetBackfillRequest, _: Context
    ) -> launcher.GetBackfillResponse:
        """Return one backfill."""
        backfill = await self._parts.store.partitions.backfill(request.backfill_id)
        return launcher.GetBackfillResponse(backfill=await self._told(backfill))

    async def ListBackfills(
        self, request: launcher.ListBackfillsRequest, _: Context
    ) -> launcher.ListBackfillsResponse:
        """List backfills."""
        page = await self._parts.store.partitions.backfills_page(
            request.page_size, request.page_token
        )
        told = [await self._told(each) for each in page.items]
        return launcher.ListBackfillsResponse(
            backfills=tuple(told), next_page_token=page.next_page_token
        )

    async def ListBackfillPartitions(
        self, request: launcher.ListBackfillPartitionsRequest, _: Context
    ) -> launcher.ListBackfillPartitionsResponse:
        """List the partitions of a backfill."""
        store = self._parts.store.partitions
        backfill = await store.backfill(request.backfill_id)
        filters = ("backfill_partitions", request.backfill_id)
        rank, limit = parse_token(request.page_token, filters) or 0, page_limit(request.page_size)
        per_run = backfill.order.per_run
        begin, end = rank // per_run, (rank + limit - 1) // per_run + 1
        rows = await store.backfill_rows(backfill.backfill_id, begin, end)
        made = await store.made_all_the_same(backfill, begin, end)
        until = rank + limit
        is_last = until >= backfill.order.partition_count
        return launcher.ListBackfillPartitionsResponse(
            partitions=tuple(partitions_of(backfill, rows, made, rank, limit)),
            next_page_token="" if is_last else page_token(until, filters),
        )

    async def WatchBackfill(
        self, request: launcher.WatchBackfillRequest, _: Context
    ) -> AsyncIterator[launcher.WatchBackfillResponse]:
        """Stream how a backfill stands, until it is over."""
        desk = self._parts.backfills
        if desk is None:
            backfill = await self._parts.store.partitions.backfill(request.backfill_id)
            yield launcher.WatchBackfillResponse(backfill=await self._told(backfill))
            if not backfill.is_over:
                raise ReadsOnlyError(
                    message=f"Backfill {request.backfill_id} is not over, and no launcher runs on its"
                    " home that would go on with it: start `treadle launcher`."
                )
            return
        async with aclosing(desk.watch(request.backfill_id)) as watched:
            async for each in watched:
                yield launcher.WatchBackfillResponse(backfill=await self._told(each))

    async def CancelBackfill(
        self, request: launcher.CancelBackfillRequest, _: Context
    ) -> launcher.CancelBackfillResponse:
        """Ask for a backfill's end."""
        backfill = await self._desk.cancel(request.backfill_id, request.reason)
        return launcher.CancelBackfillResponse(backfill=await self._told(backfill))

    async def _told(self, backfill: Backfill) -> contract.Backfill:
        counts = await self._parts.store.partitions.backfill_counts(backfill)
        desk = self._parts.backfills
        because = "" if desk is None else desk.waits_because(backfill.backfill_id)
        return backfill_of(backfill, counts, because)

    @property
    def _desk(self) -> BackfillDesk:
        """Who drives backfills.

        Raises:
            ReadsOnlyError: nobody does here.
        """
        if self._parts.backfills is None:
            raise ReadsOnlyError
        return self._parts.backfills

    def _check_writes(self) -> None:
        """Check that this launcher does more than read the home.

        Raises:
            ReadsOnlyError: it does not.
        """
        if self._parts.launching is None:
            raise ReadsOnlyError
