"""Which steps may be reused at all, and what has to be known of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from treadle import _json as json
from treadle.config.values import variables_in
from treadle.locations.snapshot import AssetSource
from treadle_contract.fan_outs import unexpanded
from treadle_contract.ids import KeyText
from treadle_contract.plan import ChangeKind, PlannedStep, ReuseMode
from treadle_planner._index import SnapshotIndex
from treadle_planner._request import Asked


def variables_of(index: SnapshotIndex, step: PlannedStep) -> tuple[str, ...]:
    """Return the environment variables that a step may read by an `EnvVar`, sorted; "": one without a name.

    Their values are not compared: a plan tells nothing of them, and the code may set them where it runs.
    """
    wired = index.wiring.steps[unexpanded(step.key)]
    told = [(wired.config, step.config), (wired.told_inputs, step.told_inputs)]
    of_resources = {each.key: each.config for each in step.resource_config}
    told += [
        (each.config, of_resources[each.key])
        for each in index.snapshot.resources
        if each.key in of_resources
    ]
    found = set(index.snapshot.reach.variables.get(wired.key, ()))
    for place, value in told:
        if place is not None and value:
            found.update(variables_in(value, json.loads(place.json_schema)))
    return tuple(sorted(found))


def not_compared(index: SnapshotIndex, step: PlannedStep) -> Iterator[tuple[ChangeKind, str, str]]:
    """Yield why a step is never reused, if it is not: the kind, what of the step, and in words."""
    if step.mapped_over:
        over = step.mapped_over[0].step_key
        told = f"it is mapped over {over}, of which the elements are not known yet"
        yield ChangeKind.FAN_OUT, over, told
    else:
        for name in variables_of(index, step):
            what = f"the environment variable {name}" if name else "an EnvVar"
            told = f"it may read {what}, whose value is not compared with earlier runs"
            yield ChangeKind.VARIABLE, name, told


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
