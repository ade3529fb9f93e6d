"""Whether a value that is on record can be read: the file store's folder, asked by name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.value import ValueRef
from treadle_launcher.store.errors import StoreError
from treadle_launcher.store.records import REMOVED, Materialization
from treadle_launcher.store.store import Store
from treadle_launcher.values.file_problems import file_problem


class StoredValues:
    """The file store of a home. Another store is another's: only reading tells of its values.

    Every method that is no coroutine blocks, and none of these is used on the event loop.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def problem(self, ref: ValueRef, *, doubted: bool = False) -> str:
        """Say in a clause why the value cannot be read, "" when it can.

        A file that is there and as long as it was is good, unless it is `doubted`: then it is
        read.
        """
        return file_problem(self._root, ref, doubted=doubted)

    async def marked(self, made: Iterable[Materialization]) -> tuple[Materialization, ...]:
        """Return materializations, each with why its value cannot be read, if that is so."""
        found = tuple(made)
        if not any(each.value_ref is not None for each in found):
            return found
        # Beside the loop: it looks at every file.
        return await asyncio.to_thread(self._marked, found)

    def _marked(self, made: Iterable[Materialization]) -> tuple[Materialization, ...]:
        return tuple(replace(each, gone=self._gone(each)) for each in made)

    def _gone(self, made: Materialization) -> str:
        if made.value_ref is None:
            return ""
        if made.removed:
            return REMOVED
        return self.problem(made.value_ref, doubted=made.doubted)


class LatestValues:
    """What is on record as made last, and whether it can be read."""

    def __init__(self, store: Store, values: StoredValues) -> None:
        self._store = store
        self._values = values

    async def of(self, keys: Sequence[KeyText]) -> Mapping[KeyText, Materialization]:
        """Return the latest materialization of each asset that has one.

        Values that are doubted are read, and are doubted no more if they are whole.
        """
        if not keys:
            return {}
        latest = await self._store.latest_materializations(keys)
        marked = await self._looked_at(latest.values())
        return {made.asset_key: made for made in marked}

    async def of_partitions(
        self, key: KeyText, partitions: Sequence[str] | None
    ) -> Mapping[str, Materialization]:
        """Return the latest materialization of each of these partitions that has one; None: of all.

        Values that are doubted are read as in `of`.
        """
        latest = await self._store.partitions.latest(key, partitions)
        marked = await self._looked_at(latest.values())
        return {made.partition_key: made for made in marked}

    async def dynamic_keys(self, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the keys of dynamic partitions, by the name of their definition."""
        return await self._store.partitions.keys_of(names)

    async def _looked_at(self, made: Iterable[Materialization]) -> tuple[Materialization, ...]:
        marked = await self._values.marked(made)
        whole = [
            made.value_ref.key
            for made in marked
            if made.value_ref is not None and made.doubted and not made.gone
        ]
        if whole:
            # They are only read once more where it cannot be recorded.
            with suppress(StoreError):
                await self._store.trust_values(whole)
        return marked
