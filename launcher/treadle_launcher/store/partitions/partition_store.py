"""The store's door to what it keeps of partitions; as `Store`, of which it is a part."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from treadle_contract.ids import KeyText
from treadle_launcher.store import materializations
from treadle_launcher.store.partitions import dynamic_keys
from treadle_launcher.store.readers import Readers
from treadle_launcher.store.records import Materialization, Page
from treadle_launcher.store.writer import Writer


class PartitionStore:
    """Keys of dynamic definitions, what became of partitions, and backfills. Raises as `Store`."""

    def __init__(self, writer: Callable[[], Writer], readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def add_keys(self, name: str, keys: Sequence[str]) -> asyncio.Future[tuple[str, ...]]:
        """Add keys to a dynamic definition; those that were not there are returned, in order."""
        add = partial(dynamic_keys.add, name=name, keys=tuple(keys))
        return self._writer().submit(add)

    def remove_keys(self, name: str, keys: Sequence[str]) -> asyncio.Future[tuple[str, ...]]:
        """Remove keys of a dynamic definition; those that were there are returned."""
        remove = partial(dynamic_keys.remove, name=name, keys=tuple(keys))
        return self._writer().submit(remove)

    async def keys_page(self, name: str, page_size: int = 0, page_token: str = "") -> Page[str]:
        """Return keys of a dynamic definition, in the order in which they were added.

        Raises:
            BadPageTokenError: no call with this name gave this token.
        """
        return await self._readers.read(
            lambda each: dynamic_keys.page(each, name, page_size, page_token)
        )

    async def keys_of(self, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return all keys of these dynamic definitions, by name, in the order of their addition."""
        return await self._readers.read(lambda each: dynamic_keys.every(each, names))

    async def latest(
        self, asset_key: KeyText, keys: Sequence[str] | None
    ) -> Mapping[str, Materialization]:
        """Return the latest materialization of each of these partitions that has one; None: of all."""
        return await self._readers.read(
            lambda each: materializations.latest_partitions(each, asset_key, keys)
        )
