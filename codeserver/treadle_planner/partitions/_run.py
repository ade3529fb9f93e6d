"""The partitions that each block of a run makes: what was asked for, and what follows by the mappings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.partition import PartitionKeyRange, PartitionMapping
from treadle_contract.plan import PlannedPartitions
from treadle_partitions import (
    KeySet,
    NoMapping,
    NoUpstreamPartition,
    PartitionKeys,
    UnknownPartition,
    default_mapping,
    downstream_keys,
    range_text,
    upstream_keys,
)
from treadle_planner._index import SnapshotIndex
from treadle_planner._refusals import PlanRefused, RefusalReason
from treadle_planner._walk import Kept
from treadle_planner._wired import Read, WiredStep
from treadle_planner._words import named
from treadle_planner.partitions._definitions import KeysNow

Edge: TypeAlias = "tuple[str, KeyText, PartitionMapping]"
"""A block, an asset that it reads, and the mapping by which."""

_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPartitions:
    """What each block of a run makes. `made` are the sets of keys by block, `now` all keys there are."""

    now: KeysNow
    made: Mapping[str, KeySet]

    def of_block(self, name: str) -> PlannedPartitions | None:
        """Return what a block makes as a plan names it; None: it has no partitions."""
        keys = self.made.get(name)
        return None if keys is None else self._planned(self.now.definitions.of_block[name], keys)

    def of_asset(self, key: KeyText, block: str) -> PlannedPartitions | None:
        """Return what is made of an asset of a block; None: it has no partitions."""
        return self.of_block(block) if key in self.now.definitions.of_asset else None

    def _planned(self, definition_id: str, keys: KeySet) -> PlannedPartitions:
        return self.now.planned(definition_id, keys)


def run_partitions(
    index: SnapshotIndex,
    now: KeysNow,
    kept: Kept,
    asked: Collection[PartitionKeyRange],
    of_job: str = "",
) -> RunPartitions:
    """Return what the blocks of a run make of partitions. `of_job` is the definition that its job names.

    Raises:
        PlanRefused: partitions are to be named, or not, or there are none of that name.
    """
    of_block = now.definitions.of_block
    blocks = [name for name in sorted(kept.blocks) if name in of_block]
    if blocks:
        return _Finding(index, now, kept, blocks, of_job).found(asked)
    if asked:
        message = f"{_told(asked)} was asked for, and nothing that is selected has partitions. Leave it out."
        raise _refused(RefusalReason.NOT_PARTITIONED, message, asked)
    return RunPartitions(now=now, made={})


def mapping_of(now: KeysNow, wired: WiredStep, read: Read, key: KeyText) -> PartitionMapping:
    """Return how a step reads the partitions of an asset.

    Raises:
        PlanRefused: nothing says how.
    """
    if read.mapping is not None:
        return read.mapping
    definitions = now.definitions
    block, asset = definitions.of_block.get(wired.block.name), definitions.of_asset.get(key)
    try:
        return default_mapping(
            None if block is None else definitions.by_id[block],
            None if asset is None else definitions.by_id[asset],
        )
    except NoMapping as error:
        message = f"{wired.step.key} reads {key}: {error}"
        raise PlanRefused(RefusalReason.BAD_PARTITION, message, names=(key,)) from error


def needed_keys(  # noqa: PLR0913, PLR0917 -- both sides, by name and by key
    now: KeysNow,
    mapping: PartitionMapping,
    readers: KeySet,
    keys: PartitionKeys,
    reader: str,
    key: KeyText,
) -> KeySet:
    """Return the partitions of an asset that those of a reader need.

    Raises:
        PlanRefused: one of them does not exist, or a mapping of the user's gave no answer.
    """
    try:
        return upstream_keys(mapping, readers, keys, ask=now.ask)
    except NoUpstreamPartition as error:
        message = f"{reader} reads {key}: {error}"
        raise PlanRefused(RefusalReason.BAD_PARTITION, message, names=(key,)) from error


class _Finding:
    """Finds what each block makes, from those whose definition has what was asked for."""

    def __init__(
        self,
        index: SnapshotIndex,
        now: KeysNow,
        kept: Kept,
        blocks: Sequence[str],
        of_job: str,
    ) -> None:
        self._index = index
        self._now = now
        self._kept = kept
        self._blocks = blocks
        self._of_block = now.definitions.of_block
        # In the order of the blocks; a job may say which of several.
        ids = dict.fromkeys(self._of_block[name] for name in blocks)
        self._ids = (of_job,) if of_job in ids else tuple(ids)

    def found(self, asked: Collection[PartitionKeyRange]) -> RunPartitions:
        if not asked:
            raise self._none_named()
        target, keys = self._target(asked)
        made = {name: keys for name in self._blocks if self._of_block[name] == target}
        edges = list(self._edges()) if len(made) < len(self._blocks) else []
        while len(made) < len(self._blocks):
            found = self._read_from(made, edges) or self._reading(made, edges)
            if not found or not all(found.values()):
                raise self._no_way([each for each in self._blocks if each not in made], target)
            made |= found
        return RunPartitions(now=self._now, made=made)

    def _edges(self) -> Iterator[Edge]:
        """Yield what the blocks that have partitions read of each other in this run."""
        for step_key in sorted(self._kept.selected):
            wired = self._index.wired[step_key]
            for read in wired.reads if wired.block.name in self._blocks else ():
                for key in read.keys if not read.is_own else ():
                    if key in self._kept.keys and self._block_of(key) in self._blocks:
                        mapping = mapping_of(self._now, wired, read, key)
                        yield wired.block.name, key, mapping

    def _block_of(self, key: KeyText) -> str:
        return self._index.wiring.assets[key].block or ""

    def _read_from(self, made: Mapping[str, KeySet], edges: Sequence[Edge]) -> dict[str, KeySet]:
        """Return what blocks make whose readers are known."""
        found: dict[str, KeySet] = {}
        for reader, key, mapping in edges:
            block = self._block_of(key)
            if reader in made and block not in made:
                keys = self._now.keys(self._of_block[block])
                needed = needed_keys(self._now, mapping, made[reader], keys, reader, key)
                found[block] = found[block] | needed if block in found else needed
        return found

    def _reading(self, made: Mapping[str, KeySet], edges: Sequence[Edge]) -> dict[str, KeySet]:
        """Return what blocks make that read from those that are known."""
        found: dict[str, KeySet] = {}
        for reader, key, mapping in edges:
            block = self._block_of(key)
            if block in made and reader not in made:
                keys = self._now.keys(self._of_block[reader])
                fed = downstream_keys(mapping, made[block], keys, ask=self._now.ask)
                found[reader] = found[reader] | fed if reader in found else fed
        return found

    def _target(self, asked: Collection[PartitionKeyRange]) -> tuple[str, KeySet]:
        """Return the definition that has all partitions that were asked for, and them."""
        found: dict[str, KeySet] = {}
        unknown: UnknownPartition | None = None
        for definition_id in self._ids:
            try:
                found[definition_id] = KeySet.of_ranges(self._now.keys(definition_id), asked)
            except UnknownPartition as error:
                unknown = unknown or error
        if len(found) == 1:
            return next(iter(found.items()))
        if found:
            told = " and ".join(map(self._having, found))
            message = (
                f"{_told(asked)} is a partition of several definitions: of {told}. Select them in runs of"
                " their own."
            )
            raise _refused(RefusalReason.NOT_PARTITIONED, message, asked)
        assert unknown is not None, "no definition has it"
        definition_id = self._ids[0]
        keys = self._now.keys(definition_id)
        there = f"{len(keys)}, {keys[0]} to {keys[-1]}" if len(keys) else "none yet"
        message = f"{unknown} The partitions of {self._having(definition_id)}: {there}."
        raise _refused(RefusalReason.UNKNOWN_PARTITIONS, message, asked, unknown.nearest)

    def _none_named(self) -> PlanRefused:
        keys = self._now.keys(self._ids[0])
        having = [key for key in self._kept.in_order if key in self._now.definitions.of_asset]
        verb = "has" if len(having or self._blocks) == 1 else "have"
        told = f"{named((having or self._blocks)[:_NAMED])} {verb} partitions, and none was named."
        if not len(keys):
            return _refused(RefusalReason.BAD_PARTITION, f"{told} There is none yet.", ())
        last = keys[-1]
        return _refused(
            RefusalReason.BAD_PARTITION,
            f"{told} Name one, for example the last: --partition {last}, in Python"
            f" partition={last!r} (in process partition_key={last!r}).",
            (),
        )

    def _no_way(self, blocks: Sequence[str], target: str) -> PlanRefused:
        others = [key for name in blocks for key in self._assets_of(name)]
        message = (
            f"{named(others[:_NAMED])}: nothing says which partitions go with those of"
            f" {self._having(target)}, as no asset that is selected reads the one from the other. Select them in"
            " runs of their own, each with its partition, or select what lies between too."
        )
        return PlanRefused(RefusalReason.BAD_PARTITION, message, names=tuple(others))

    def _having(self, definition_id: str) -> str:
        """Return the selected assets of a definition, the first few."""
        names = [each for each in self._blocks if self._of_block[each] == definition_id]
        return named([key for name in names for key in self._assets_of(name)][:_NAMED])

    def _assets_of(self, name: str) -> Sequence[str]:
        keys = self._index.wiring.blocks[name].asset_keys
        return [key for key in keys if key in self._kept.keys] or [name]


def _told(asked: Collection[PartitionKeyRange]) -> str:
    return f"Partition {', '.join(map(range_text, asked))}"


def _refused(
    reason: RefusalReason,
    message: str,
    asked: Collection[PartitionKeyRange],
    suggestions: Sequence[str] = (),
) -> PlanRefused:
    return PlanRefused(
        reason,
        message,
        names=tuple(map(range_text, asked)),
        suggestions=tuple(suggestions),
    )
