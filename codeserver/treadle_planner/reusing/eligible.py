"""Which steps may be reused at all, and what has to be known of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from treadle.locations.snapshot import AssetSource
from treadle_contract.fan_outs import unexpanded
from treadle_contract.ids import KeyText
from treadle_contract.plan import PlannedStep, ReuseMode
from treadle_planner._index import SnapshotIndex
from treadle_planner._request import Asked


def has_to_do_with_partitions(step: PlannedStep) -> bool:
    """Tell whether a step makes partitions, or reads some: which value is which one's is not compared.

    This is where the partition would enter what is compared.
    """
    sources = (source for each in step.inputs for source in each.sources)
    return step.partitions is not None or any(
        source.partitions is not None or source.by_partition or source.every_partition
        for source in sources
    )


def may_reuse(index: SnapshotIndex, asked: Asked) -> bool:
    """Tell whether some step may be reused: the run, a block or the job says so."""
    if asked.options.reuse is not None:
        return asked.options.reuse is ReuseMode.UNCHANGED
    of_job = any(job.reuse for job in index.snapshot.jobs if job.name == asked.selection.job)
    return index.has_reuse or of_job


def ordered_keys(index: SnapshotIndex, step: PlannedStep) -> Iterator[KeyText]:
    """Yield the assets that a step waits for, and loads nothing of, that its run does not make."""
    sources = (source for each in step.inputs for source in each.sources)
    here = {source.asset_key for source in sources if source.step_output is not None}
    for each in index.wiring.steps[unexpanded(step.key)].inputs:
        if each.nothing:
            for source in each.sources:
                if isinstance(source, AssetSource) and source.asset_key not in here:
                    yield source.asset_key
