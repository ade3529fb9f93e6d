"""What became of the partitions of an asset: which were made, which failed, which are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from treadle_contract.backfill import AssetPartitions, PartitionState, PartitionStretch
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.partition import (
    DynamicPartitions,
    MultiPartitions,
    PartitionKeyRange,
    PartitionsDefinition,
)
from treadle_contract.suggestions import nearest
from treadle_launcher.clock import Clock, as_moment
from treadle_launcher.errors import NotPartitionedError, UnknownAssetError
from treadle_launcher.locations.locations import Locations, owners
from treadle_launcher.partitions.found import found_in
from treadle_launcher.store.store import Store
from treadle_partitions import KeySet, PartitionKeys, dynamic_names, keys_of


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPartitions:
    """The partitions of an asset by what became of them: each is in one of the two sets, or missing."""

    keys: PartitionKeys
    made: KeySet
    failed: KeySet

    @property
    def missing(self) -> KeySet:
        """Those that no run made, and none failed to make."""
        return KeySet.all(self.keys) - self.made - self.failed

    def stretches(self) -> Iterator[PartitionStretch]:
        """Go through all of them, in the order of the definition."""
        each = {
            PartitionState.MADE: self.made,
            PartitionState.FAILED: self.failed,
            PartitionState.MISSING: self.missing,
        }
        cut = sorted(
            (begin, end, state) for state, those in each.items() for begin, end in those.stretches
        )
        # Asking for one of them takes the time in which about fifty are gone through.
        is_cut_small = len(self.keys) < 2 * len(cut) * 50
        names: Sequence[str] = tuple(self.keys) if is_cut_small else self.keys
        for begin, end, state in cut:
            keys = PartitionKeyRange(first=names[begin], last=names[end - 1])
            yield PartitionStretch(state=state, keys=keys, count=end - begin)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Which partitions of an asset were made up to a store sequence, by their places in the definition.

    Where keys may be removed, places are not kept: they would mean others.
    """

    of: object
    stretches: tuple[tuple[int, int], ...] = ()
    upto: int = 0


class PartitionRecord:
    """Joins what the locations define with what is on record of partitions.

    What was made is found once, and from then on what was made since.
    """

    def __init__(self, locations: Locations, store: Store, clock: Clock) -> None:
        self.locations = locations
        self.store = store
        self.clock = clock
        self._kept: dict[KeyText, _Kept] = {}

    async def told_of(self, key: KeyText, *, only_counts: bool = False) -> AssetPartitions:
        """Return how many partitions of an asset were made, failed and are missing, and which.

        Raises:
            UnknownAssetError: no location has the asset.
            NotPartitionedError: it has no partitions.
        """
        definition = await self._definition_of(key)
        known = await self.known_of(key, await self.keys_of(definition))
        return AssetPartitions(
            asset_key=key,
            definition_id=definition.id,
            partition_count=len(known.keys),
            made_count=known.made.count,
            failed_count=known.failed.count,
            missing_count=known.missing.count,
            stretches=() if only_counts else tuple(known.stretches()),
        )

    async def known_of(self, key: KeyText, keys: PartitionKeys) -> KnownPartitions:
        """Return what became of the partitions of an asset that has these keys."""
        kept = self._kept.get(key)
        if kept is None or kept.of != keys.of:
            kept = _Kept(of=keys.of)
        facts = await self.store.partitions.record_of(key, kept.upto)
        has_value = KeySet(keys, kept.stretches) | found_in(keys, facts.made)
        if not isinstance(keys.of, DynamicPartitions | MultiPartitions):
            self._kept[key] = _Kept(of=keys.of, stretches=has_value.stretches, upto=facts.upto)
        failed = KeySet(keys)
        for each in facts.failed:
            failed |= _between(keys, each.first, each.last) - found_in(keys, each.made_since)
        return KnownPartitions(keys=keys, made=has_value - failed, failed=failed)

    async def keys_of(self, definition: PartitionsDefinition) -> PartitionKeys:
        """Return the keys that a definition has now."""
        dynamic = await self.dynamic_keys(definition)
        return keys_of(definition, now=as_moment(self.clock.now()), dynamic=dynamic)

    async def dynamic_keys(self, definition: PartitionsDefinition) -> Mapping[str, Sequence[str]]:
        """Return the keys that were added to what a definition rests on, by name."""
        return await self.store.partitions.keys_of(dynamic_names(definition))

    async def _definition_of(self, key: KeyText) -> PartitionsDefinition:
        graphs = await self.locations.graphs()
        having = [name for name, graph in graphs.items() if key in graph.keys]
        if not having:
            known = {each for graph in graphs.values() for each in graph.keys}
            message = f"No location has the asset {key}."
            near = nearest(key, known)
            if near:
                message += f" Did you mean {' or '.join(near)}?"
            raise UnknownAssetError([key], suggestions=near, message=message)
        owner = owners(graphs).get(key, having[0])
        definition = graphs[owner].partitions_of(key)
        if definition is None:
            raise NotPartitionedError([key])
        return definition


def _between(keys: PartitionKeys, first: str, last: str) -> KeySet:
    """Return the keys from one to another; none where the definition has one of them no more."""
    begin, end = keys.find(first), keys.find(last)
    return KeySet(keys) if begin is None or end is None else KeySet(keys, [(begin, end + 1)])
