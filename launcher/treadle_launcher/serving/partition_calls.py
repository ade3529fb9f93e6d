"""The calls of launcher.proto about partitions and backfills: a part of its servicer."""

from __future__ import annotations

from treadle_api.handlers import Context
from treadle_contract import launcher
from treadle_launcher.errors import ReadsOnlyError
from treadle_launcher.serving.served_parts import ServedParts


class PartitionCalls:
    """Serves what is asked of partitions."""

    def __init__(self, parts: ServedParts) -> None:
        self._parts = parts

    async def AddDynamicPartitions(
        self, request: launcher.AddDynamicPartitionsRequest, _: Context
    ) -> launcher.AddDynamicPartitionsResponse:
        """Add keys to a dynamic partitions definition."""
        self._check_writes()
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

    def _check_writes(self) -> None:
        """Check that this launcher does more than read the home.

        Raises:
            ReadsOnlyError: it does not.
        """
        if self._parts.launching is None:
            raise ReadsOnlyError
