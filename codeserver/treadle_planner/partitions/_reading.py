"""What each input of a step that runs reads of partitions: those that the run makes, and those stored."""

from __future__ import annotations

from treadle.locations.snapshot import AssetSource
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.partition import MappingRule, PlainMapping
from treadle_contract.plan import PlannedPartitions
from treadle_partitions import KeySet, reads_one
from treadle_planner._refusals import PlanRefused, RefusalReason
from treadle_planner._wired import Place, Read, WiredStep
from treadle_planner.partitions._definitions import WHOLE
from treadle_planner.partitions._run import RunPartitions, mapping_of, needed_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is read of an asset with partitions.

    `partitions` are those that are needed; None: with `every`, all that a run has made. `loaded` are
    those of them that are stored. `by_partition`: the op gets a mapping of key to value.
    """

    partitions: PlannedPartitions | None
    loaded: PlannedPartitions | None
    by_partition: bool
    every: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is needed: the op gets a mapping of none."""
        return not self.every and self.loaded is None


def reading(
    run: RunPartitions, wired: WiredStep, read: Read, place: Place, maker: str
) -> tuple[Place, Reading | None]:
    """Return what a step reads of an asset, and where: what the run makes of it may not be needed.

    `maker` is the asset's block, "" of an external one.

    Raises:
        PlanRefused: it needs a partition that does not exist, or none where it takes the value of one.
    """
    ref, key = place
    definition_id = run.now.definitions.of_asset.get(key)
    if definition_id is None or read.definition.nothing:
        return place, None
    by_id = run.now.definitions.by_id
    readers = run.made.get(wired.block.name)
    reader_id = run.now.definitions.of_block.get(wired.block.name)
    mapping = mapping_of(run.now, wired, read, key)
    if isinstance(mapping.of, PlainMapping) and mapping.of.rule is MappingRule.ALL:
        return place, Reading(partitions=None, loaded=None, by_partition=True, every=True)
    keys = run.now.keys(definition_id)
    reader_keys = run.now.whole() if readers is None else readers
    needed = needed_keys(run.now, mapping, reader_keys, keys, wired.step.key, key)
    if readers is not None and isinstance(read.source, AssetSource) and read.source.is_earlier:
        # What this very step makes, nobody has made before it, whatever is stored of earlier runs.
        needed -= readers
    of_reader = WHOLE if reader_id is None else by_id[reader_id]
    is_one = reads_one(mapping, of_reader, by_id[definition_id])
    several = readers is not None and readers.count > 1
    if is_one and not several and not needed:
        message = (
            f"{wired.step.key} reads {key}: by its partition mapping {next(iter(reader_keys))} needs no partition"
            " of it, and the argument is the value of one. Name in the mapping the one that it"
            " needs, or make other partitions."
        )
        raise PlanRefused(RefusalReason.BAD_PARTITION, message, names=(key,))
    rest = needed if ref is None else needed - run.made.get(maker, KeySet(keys))
    # What the run makes of it, if anything, is none that is needed; that may be none at all.
    is_apart = rest.count == needed.count
    found = Reading(
        partitions=run.now.planned(definition_id, needed),
        loaded=run.now.planned(definition_id, rest) if rest or is_apart else None,
        by_partition=several or not is_one,
    )
    return ((None, key) if is_apart else place), found
