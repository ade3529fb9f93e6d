"""A step of an earlier run with all that has to be the same for it to be unchanged. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from treadle_contract.codeserver import EarlierStep
from treadle_contract.fan_outs import element, unexpanded, version_in
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import PlannedSource, PlannedStep, PlannedStepOutput
from treadle_launcher.planning.earlier_steps import Origins
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.store.records import Success
from treadle_launcher.values.versions import (
    version_of_load,
    version_of_output,
    versions_of_partitions,
)
from treadle_partitions import planned_keys
from treadle_partitions.versions import loaded_of, of_partitions, version_read


def with_versions(
    origins: Origins, planned: PlannedStep, step: EarlierStep, success: Success
) -> EarlierStep:
    """Return a step with all that has to be the same for it to be unchanged."""
    view = origins.parent
    manifest = origins.manifests.get(view.run_id)
    reached = None if manifest is None else manifest.reached.get(unexpanded(planned.key))
    is_known = reached is not None and reached.digest == planned.code_digest
    outputs = view.steps[planned.key].outputs
    return replace(
        step,
        reads=tuple(
            replace(
                read,
                versions=tuple(_version(view, each) for each in view.index.all_of(read.sources)),
            )
            for read in step.reads
        ),
        code_digest=planned.code_digest,
        code_parts=reached.parts if reached is not None and is_known else {},
        resource_config=planned.resource_config,
        selected_outputs=planned.selected_outputs,
        selected_asset_keys=planned.selected_asset_keys,
        selected_checks=planned.selected_checks,
        output_versions={
            name: version_of_output(stored, view.run_id, planned.key)
            for name, stored in outputs.items()
        },
        began_sequence=success.began_sequence,
        ended_sequence=success.store_sequence,
    )


def _version(view: RunView, source: PlannedSource) -> str:
    if of_partitions(source):
        made = None if source.step_output is None else _version_made(view, source.step_output)
        return version_read(source, made, _loaded(view, source))
    if source.load_asset_key is not None:
        load = view.index.loads.get(source.load_asset_key)
        return "" if load is None else version_of_load(load)
    assert source.step_output is not None, "a source is one of two"
    return _version_made(view, source.step_output)


def _loaded(view: RunView, source: PlannedSource) -> Mapping[str, str]:
    """Return the versions of the partitions that were loaded of what was read."""
    load = view.index.loads.get(source.load_asset_key or source.asset_key)
    found = {} if load is None else versions_of_partitions(load)
    if source.every_partition:
        return found
    definitions = view.plan.header.partitions_definitions
    return {key: found.get(key, "") for key in planned_keys(loaded_of(source), definitions)}


def _version_made(view: RunView, made: PlannedStepOutput) -> str:
    reuse = view.reuses.get(made.step_key)
    run_id = view.run_id if reuse is None else reuse.from_run_id
    step = view.steps.get(made.step_key)
    if step is None:
        # Mapped over a fan-out that yielded nothing: it was not expanded.
        return ""
    stored = step.outputs.get(element(made.output, made.mapping_key), ())
    return version_in(made, version_of_output(stored, run_id, made.step_key))
