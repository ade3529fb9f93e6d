"""The store's door to what it keeps of partitions; as `Store`, of which it is a part."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from sqlite3 import Connection

from treadle_contract.backfill import BackfillState
from treadle_contract.ids import KeyText
from treadle_launcher.backfills.backfill import (
    Backfill,
    BackfillCounts,
    BackfillPlace,
    BackfillRunRow,
)
from treadle_launcher.backfills.standing import counted
from treadle_launcher.store import materializations
from treadle_launcher.store.partitions import backfills, dynamic_keys, partition_facts
from treadle_launcher.store.partitions.backfills import NewBackfill
from treadle_launcher.store.partitions.partition_facts import PartitionFacts
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

    async def record_of(self, asset_key: KeyText, since: int = 0) -> PartitionFacts:
        """Return which partitions of an asset were made, and which runs failed to make some.

        Of those that were made, with a store sequence larger than `since`.
        """
        return await self._readers.read(
            lambda each: partition_facts.record_of(each, asset_key, since)
        )

    async def having_failed(self, keys: Sequence[KeyText]) -> frozenset[KeyText]:
        """Return which of these assets a run failed to make, or partitions of them."""
        return await self._readers.read(lambda each: partition_facts.having_failed(each, keys))

    def add_backfill(self, new: NewBackfill) -> asyncio.Future[tuple[Backfill, bool]]:
        """Record a backfill unless its request is known; return it, and whether it was there.

        Raises:
            IdempotencyConflictError: the request's key was used for another one.
        """
        return self._writer().submit(partial(backfills.add, new=new))

    def cancel_backfill(self, backfill_id: str, reason: str) -> asyncio.Future[Backfill]:
        """Record that a backfill is to end, unless it is over.

        Raises:
            UnknownBackfillError: there is no such backfill.
        """
        cancel = partial(backfills.cancel, backfill_id=backfill_id, reason=reason)
        return self._writer().submit(cancel)

    def finish_backfill(self, backfill_id: str, state: BackfillState) -> asyncio.Future[Backfill]:
        """Record how a backfill ended, unless that is recorded. It waits for the database."""
        finish = partial(backfills.finish, backfill_id=backfill_id, state=state)
        return self._writer().submit(finish, waits=True)

    def refuse_backfill_run(self, place: BackfillPlace, message: str) -> asyncio.Future[None]:
        """Record why a part of a backfill has no run. It waits for the database."""
        refuse = partial(backfills.refuse, place=place, message=message)
        return self._writer().submit(refuse, waits=True)

    async def backfill_of_request(self, key: str, asked: Mapping[str, object]) -> Backfill | None:
        """Return the backfill that a named request made, if it is known. Raises as `add_backfill`."""
        return await self._readers.read(lambda each: backfills.of_request(each, key, asked))

    async def backfill(self, backfill_id: str) -> Backfill:
        """Return one backfill.

        Raises:
            UnknownBackfillError: there is no such backfill.
        """
        return await self._readers.read(lambda each: backfills.get(each, backfill_id))

    async def backfills_page(self, page_size: int = 0, page_token: str = "") -> Page[Backfill]:
        """Return backfills, newest first.

        Raises:
            BadPageTokenError: no such call gave this token.
        """
        return await self._readers.read(lambda each: backfills.page(each, page_size, page_token))

    async def unfinished_backfills(self, *, only_ephemeral: bool = False) -> tuple[Backfill, ...]:
        """Return every backfill whose state is not final, oldest first; or those that end with us."""
        return await self._readers.read(
            lambda each: backfills.unfinished(each, only_ephemeral=only_ephemeral)
        )

    async def backfill_rows(
        self, backfill_id: str, begin: int = 0, end: int | None = None
    ) -> Mapping[int, BackfillRunRow]:
        """Return what became of the parts of a backfill, by position; without a run, it is not there."""
        return await self._readers.read(lambda each: backfills.rows(each, backfill_id, begin, end))

    async def backfill_counts(self, backfill: Backfill) -> BackfillCounts:
        """Return how many partitions of a backfill are in each state."""
        last = backfill.order.run_count - 1

        def read(connection: Connection) -> BackfillCounts:
            parts = backfills.part_counts(connection, backfill.backfill_id, last)
            made = backfills.made_all_the_same(connection, backfill)
            return counted(backfill, parts, made.values())

        return await self._readers.read(read)

    async def made_all_the_same(
        self, backfill: Backfill, begin: int, end: int
    ) -> Collection[tuple[int, str]]:
        """Return the partitions, by position and key, that runs made which did not succeed."""
        return await self._readers.read(
            lambda each: backfills.made_all_the_same(each, backfill, begin, end).keys()
        )
