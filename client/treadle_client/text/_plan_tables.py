"""How a plan reads on a page: steps with verdict and reason, loads, hazards."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from treadle_client._config import told_config
from treadle_client._plan_options import ranges_text, told_partitions
from treadle_client.text._table import Page, Table
from treadle_client.text._words import count, moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from treadle_client._messages import Hazard, Load, Plan
    from treadle_client.text._metadata import PlainValue

_HAZARD_ENDS = {
    "materialize": "will be made unexpectedly",
    "discard": "will be discarded",
    "fail": "will fail the step",
}


def plan_page(plan: Plan) -> Page:
    """Lay a plan out: a heading, the steps, then loads, hazards and notes where there are any."""
    verdicts = Counter(step.verdict.value for step in plan.steps)
    reused = f", {verdicts['REUSE']} reused" if verdicts["REUSE"] else ""
    partitions = "".join(f", {told}" for told in told_partitions(plan.options))
    heading = (
        f"Plan of {plan.selection} at {plan.location}{partitions}: {count(plan.selected_asset_count, 'asset')},"
        f"{_checks(plan)} {count(verdicts['RUN'], 'step')} to run{reused}, {verdicts['OMIT']} not needed"
    )
    page: list[str | Table] = [
        heading,
        *([f"Re-execution {plan.reexecution}"] if plan.reexecution else []),
        "",
        _steps_table(plan),
    ]
    if plan.loads:
        page += ["", "Loads", loads_table(plan.loads)]
    if plan.hazards:
        page += ["", "Hazards: outputs that nobody selected and the op must yield"]
        page.append(hazards_table(plan.hazards))
    if plan.missing_asset_keys:
        missing = ", ".join(plan.missing_asset_keys)
        page += ["", f"Nothing is stored of them, so their makers join the plan: {missing}"]
    if any(
        step.config is not None or step.told_inputs is not None or step.resource_config
        for step in plan.steps
    ):
        page += ["", "Config", _config_table(plan)]
    page += ["", *plan.notes] if plan.notes else []
    page += ["", f"digest {plan.digest[:12]}  fingerprint {plan.fingerprint[:12]}"]
    return tuple(page)


def _checks(plan: Plan) -> str:
    observed = plan.observed_asset_keys
    seen = f" {count(len(observed), 'observation')}," if observed else ""
    return f"{seen} {count(len(plan.selected_checks), 'check')}," if plan.selected_checks else seen


def _steps_table(plan: Plan) -> Table:
    # Which steps share a process, where some do.
    tasks = any(step.task for step in plan.steps)
    return Table(
        columns=("step", "verdict", *(["task"] if tasks else []), "selected outputs", "reason"),
        rows=tuple(
            (
                step.key,
                step.verdict.value,
                *([step.task or "-"] if tasks else []),
                ", ".join(step.selected_outputs) or "-",
                step.reason,
            )
            for step in plan.steps
        ),
    )


def _config_table(plan: Plan) -> Table:
    steps = {step.key: step.config for step in plan.steps if step.config is not None}
    inputs = {
        f"{step.key} inputs": step.told_inputs
        for step in plan.steps
        if step.told_inputs is not None
    }
    resources = dict(_told_resources(plan))
    return Table(
        columns=("of", "config"),
        rows=tuple(
            (owner, ", ".join(told_config(config)) or "{}")
            for owner, config in [*steps.items(), *inputs.items(), *resources.items()]
        ),
    )


def _told_resources(plan: Plan) -> Iterator[tuple[str, PlainValue]]:
    """Yield what each resource is told, of which job where jobs have different ones."""
    told: dict[str, dict[str, PlainValue]] = {}
    for step in plan.steps:
        for each in step.resource_config:
            told.setdefault(each.key, {})[step.block] = each.config
    for key in sorted(told):
        first, *rest = told[key].values()
        if all(each == first for each in rest):
            yield f"resource {key}", first
        else:
            yield from (
                (f"resource {key} of {block}", each) for block, each in sorted(told[key].items())
            )


def loads_table(loads: tuple[Load, ...]) -> Table:
    """Lay out what is loaded: which partitions, if any are, who made it, who reads it."""
    has_partitions = any(load.partitions or load.every_partition for load in loads)
    return Table(
        columns=("asset", *(["partitions"] if has_partitions else []), "made by", "at", "read by"),
        rows=tuple(
            (
                load.asset_key,
                *([_partitions(load)] if has_partitions else []),
                _maker(load),
                moment(_made_at(load)),
                ", ".join(map(str, load.readers)),
            )
            for load in loads
        ),
    )


def _partitions(load: Load) -> str:
    told = [ranges_text(load.partitions.ranges)] if load.partitions else []
    return ", ".join([*told, *(["all that were made"] if load.every_partition else [])]) or "-"


def _made_at(load: Load) -> datetime | None:
    """Return when it was made; of several partitions the last."""
    made = (each.materialized_at for each in load.loaded_partitions)
    return max((each for each in made if each is not None), default=load.materialized_at)


def _maker(load: Load) -> str:
    if load.loaded_partitions:
        runs = {each.run_id for each in load.loaded_partitions}
        steps = sorted({each.step_key for each in load.loaded_partitions})
        where = f"run {next(iter(runs))}" if len(runs) == 1 else f"{len(runs)} runs"
        return f"{', '.join(steps)} in {where}"
    if load.state == "RECORDED":
        return f"{load.step_key} in run {load.run_id}"
    if load.gone:
        return load.gone
    if load.builtin_manager:
        return "no run has made it"
    return f"unrecorded: {load.io_manager_key} is tried"


def hazards_table(hazards: tuple[Hazard, ...]) -> Table:
    """Lay out what is made unasked, or what happens to it."""
    return Table(
        columns=("step", "output", "assets", "what happens"),
        rows=tuple(
            (
                hazard.step_key,
                hazard.output,
                ", ".join(hazard.asset_keys),
                _HAZARD_ENDS.get(hazard.unselected_outputs, str(hazard.unselected_outputs)),
            )
            for hazard in hazards
        ),
    )
