"""What the record says of steps and of what they read, as far as unchanged work is to be reused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from treadle_contract.codeserver import AssetFact, EarlierStep
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.plan import PlannedPartitions, PlannedSource
from treadle_partitions.versions import loaded_of, of_partitions, together, version_read
from treadle_planner.partitions._record import PartitionRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Facts of assets, and by step the successes of earlier runs, the newest first.

    `any_selection`: it is no change that another part of a block was selected.
    """

    facts: Mapping[KeyText, AssetFact]
    earlier: Mapping[StepKey, Sequence[EarlierStep]]
    partitions: PartitionRecord
    any_selection: bool = False

    def loaded(self, source: PlannedSource) -> str:
        """Return the version of what is loaded for an input, "" where none is known."""
        if of_partitions(source):
            return self.with_loaded(source, None)
        assert source.load_asset_key is not None, "it is loaded"
        return self.version(source.load_asset_key)

    def with_loaded(self, source: PlannedSource, made: str | None) -> str:
        """Return the version of what a step of this run makes, of partitions with those that it does not."""
        if not of_partitions(source):
            return made or ""
        loaded = loaded_of(source)
        key = source.load_asset_key or source.asset_key
        is_none = loaded is None and not source.every_partition
        return version_read(source, made, {} if is_none else self.partitions.versions(key, loaded))

    def version(self, key: KeyText, made: PlannedPartitions | None = None) -> str:
        """Return the version of an asset's latest value, or of partitions; "" where none is known."""
        if made is not None:
            return together(self.partitions.versions(key, made))
        fact = self.facts.get(key)
        return "" if fact is None else fact.version
