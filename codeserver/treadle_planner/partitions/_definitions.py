"""The definitions of partitions in a snapshot: which asset has which, at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from treadle.locations.snapshot import Snapshot
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.partition import (
    PartitionKeyRange,
    PartitionsDefinition,
    StaticPartitions,
)
from treadle_contract.plan import PlannedPartitions
from treadle_partitions import AskUser, KeySet, PartitionKeys, dynamic_names, keys_of

#: What stands for the partitions of a reader that has none: one, of no name.
WHOLE: Final = PartitionsDefinition(id="whole", of=StaticPartitions(keys=("",)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """The definitions by id, and the id of each asset's and block's.

    A block has one if all its assets have it, or those that its checks are of; a job of ops if the job
    says so.
    """

    by_id: Mapping[str, PartitionsDefinition]
    of_asset: Mapping[KeyText, str]
    of_block: Mapping[str, str]
    dynamic_names: tuple[str, ...]

    @classmethod
    def of(cls, snapshot: Snapshot) -> Definitions:
        """Look them up."""
        by_id = {each.id: each for each in snapshot.partitions}
        of_asset = {each.key: each.partitions for each in snapshot.assets if each.partitions}
        checked = {each.text: each.asset_key for each in snapshot.checks}
        of_block: dict[str, str] = {}
        of_job = {job.name: job.partitions for job in snapshot.jobs}
        for block in snapshot.blocks if by_id else ():
            if block.is_op_job:
                if of_job.get(block.name):
                    of_block[block.name] = of_job[block.name]
                continue
            keys = block.asset_keys or [checked[each] for each in block.checks]
            ids = {of_asset.get(key, "") for key in keys}
            if len(ids) == 1 and ids != {""}:
                of_block[block.name] = ids.pop()
        names = {name for each in by_id.values() for name in dynamic_names(each)}
        return cls(
            by_id=by_id,
            of_asset=of_asset,
            of_block=of_block,
            dynamic_names=tuple(sorted(names)),
        )

    def __bool__(self) -> bool:
        return bool(self.of_asset or self.of_block)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysNow:
    """The keys of the definitions at one moment. `ask` answers for mappings of the user's."""

    definitions: Definitions
    now: datetime
    dynamic: Mapping[str, Sequence[str]]
    ask: AskUser | None = None
    _found: dict[str, PartitionKeys] = field(default_factory=dict)

    def keys(self, definition_id: str) -> PartitionKeys:
        """Return all keys of a definition."""
        if definition_id not in self._found:
            definition = self.definitions.by_id[definition_id]
            self._found[definition_id] = keys_of(definition, now=self.now, dynamic=self.dynamic)
        return self._found[definition_id]

    def of_asset(self, key: KeyText) -> PartitionKeys | None:
        """Return all keys of an asset; None: it has no partitions."""
        definition_id = self.definitions.of_asset.get(key)
        return None if definition_id is None else self.keys(definition_id)

    def whole(self) -> KeySet:
        """Return what stands for the partitions of a reader that has none."""
        return KeySet.all(keys_of(WHOLE, now=self.now))

    def set_of(self, planned: PlannedPartitions) -> KeySet:
        """Return the partitions that a plan names."""
        return KeySet.of_ranges(self.keys(planned.definition_id), planned.ranges)

    def planned(self, definition_id: str, keys: KeySet) -> PlannedPartitions:
        """Return some partitions as a plan names them."""
        ranges: Sequence[PartitionKeyRange] = keys.ranges()
        if dynamic_names(self.definitions.by_id[definition_id]):
            # Who reads the plan does not know their order.
            ranges = [PartitionKeyRange(first=key, last=key) for key in keys]
        return PlannedPartitions(
            definition_id=definition_id, ranges=tuple(ranges), count=keys.count
        )
