"""What a launcher's record says of partitions, as it is asked for while a plan is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from treadle_contract.codeserver import AssetFact, PartitionsQuestion
from treadle_contract.ids import KeyText
from treadle_contract.plan import Load, PlannedPartitions, PlannedStep
from treadle_partitions import KeySet, UnknownPartition, range_text
from treadle_partitions.versions import loaded_of
from treadle_planner._refusals import PlanRefused, RefusalReason
from treadle_planner.partitions._definitions import KeysNow

MOST_LOADED: Final = 10_000
"""How many partitions of an asset a run may load."""


def of_partitions(load: Load) -> bool:
    """Tell whether what is loaded is partitions of an asset."""
    return load.partitions is not None or load.every_partition


def _too_many(load: Load, count: int) -> PlanRefused:
    message = (
        f"{load.readers[0].step_key} reads {count:,} partitions of {load.asset_key}, and a run loads at most"
        f" {MOST_LOADED:,} of an asset. Read fewer, with a partition_mapping, or read them in runs of fewer"
        " partitions."
    )
    return PlanRefused(RefusalReason.BAD_PARTITION, message, names=(load.asset_key,))


class PartitionRecord:
    """What was told so far of partitions, by asset: those that a run made, and why some cannot be read."""

    def __init__(self, now: KeysNow) -> None:
        self._now = now
        self._asked: list[PartitionsQuestion] = []
        self._made: dict[KeyText, KeySet] = {}
        self._gone: dict[KeyText, list[tuple[KeySet, str]]] = {}
        self._versions: dict[KeyText, dict[str, str]] = {}

    def question(self, load: Load) -> PartitionsQuestion:
        """Return what is to be asked about a load."""
        definitions = self._now.definitions
        return PartitionsQuestion(
            asset_key=load.asset_key,
            partitions=None if load.every_partition else load.partitions,
            definition=definitions.by_id[definitions.of_asset[load.asset_key]],
        )

    def questions_of_versions(self, step: PlannedStep) -> Iterator[PartitionsQuestion]:
        """Yield what is to be asked about what a step makes and reads of partitions."""
        asked: list[tuple[KeyText, PlannedPartitions | None]] = []
        if step.partitions is not None:
            asked += [
                (each.asset_key, step.partitions) for out in step.outputs for each in out.assets
            ]
        for source in (source for each in step.inputs for source in each.sources):
            loaded = loaded_of(source)
            if source.every_partition or loaded is not None:
                asked.append((source.load_asset_key or source.asset_key, loaded))
        definitions = self._now.definitions
        for key, partitions in asked:
            if key in definitions.of_asset:
                definition = definitions.by_id[definitions.of_asset[key]]
                yield PartitionsQuestion(
                    asset_key=key, partitions=partitions, definition=definition, versions=True
                )

    def versions(self, key: KeyText, partitions: PlannedPartitions | None) -> Mapping[str, str]:
        """Return the versions of partitions of an asset by their keys, "" where none is known.

        Of None, of all that a run made, as far as they were asked for.
        """
        known = self._versions.get(key, {})
        if partitions is None:
            return known
        return {each: known.get(each, "") for each in self._now.set_of(partitions)}

    def not_asked(self, questions: Iterable[PartitionsQuestion]) -> tuple[PartitionsQuestion, ...]:
        """Return those that were not asked yet."""
        return tuple([each for each in questions if each not in self._asked])

    def told(self, asked: Iterable[PartitionsQuestion], facts: Iterable[AssetFact]) -> None:
        """Take note of answers. A partition that its definition has no more is left out."""
        self._asked += asked
        for fact in facts:
            keys = self._now.of_asset(fact.asset_key)
            for each in fact.partitions:
                if keys is None or each.keys is None:
                    continue
                try:
                    found = KeySet.of_ranges(keys, (each.keys,))
                except UnknownPartition:
                    continue
                self._made[fact.asset_key] = self._made.get(fact.asset_key, KeySet(keys)) | found
                if each.keys.first == each.keys.last:
                    self._versions.setdefault(fact.asset_key, {})[each.keys.first] = each.version
                if each.gone:
                    self._gone.setdefault(fact.asset_key, []).append((found, each.gone))

    def is_stored(self, load: Load) -> bool:
        """Tell whether a run made all that is loaded, and its manager can read it.

        Raises:
            PlanRefused: that is more than one step can be told of.
        """
        made = self._made.get(load.asset_key)
        count = 0 if load.partitions is None else load.partitions.count
        if load.every_partition and made is not None:
            count = max(count, made.count)
        if count > MOST_LOADED:
            raise _too_many(load, count)
        if load.partitions is None:
            return bool(made) and not (load.builtin_manager and self._gone.get(load.asset_key))
        return not self.lacking(load)

    def lacking(self, load: Load) -> KeySet:
        """Return the partitions that are loaded and that nothing stored answers."""
        keys = self._now.of_asset(load.asset_key)
        assert keys is not None, "its asset has partitions"
        needed = KeySet(keys) if load.partitions is None else self._now.set_of(load.partitions)
        lacking = needed - self._made.get(load.asset_key, KeySet(keys))
        if load.builtin_manager:
            for gone, _ in self._gone.get(load.asset_key, ()):
                lacking |= needed & gone
        return lacking

    def gone(self, key: KeyText) -> str:
        """Say why some partition of an asset cannot be read, "" if all can."""
        for keys, why in self._gone.get(key, ()):
            return f"partition {', '.join(map(range_text, keys.ranges()))}: {why}"
        return ""

    def told_lacking(self, loads: Iterable[Load]) -> Mapping[str, str]:
        """Say which partitions are lacking, by asset."""
        found = {
            load.asset_key: self.lacking(load).ranges() for load in loads if of_partitions(load)
        }
        return {key: ", ".join(map(range_text, ranges)) for key, ranges in found.items() if ranges}
