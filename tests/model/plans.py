"""Plans in short, for tests that write down what is to be in one."""

from __future__ import annotations

from collections.abc import Iterable

from treadle.locations.snapshot import Snapshot
from treadle_contract.codeserver import PlanRequest
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import (
    PlannedInput,
    PlannedSource,
    PlannedStep,
    PlanOptions,
    Selection,
    Siblings,
    UnselectedOutputs,
    Verdict,
)
from treadle_planner import Plan, plan


def planned(
    snapshot: Snapshot,
    *selection: str,
    siblings: Siblings | None = None,
    unselected_outputs: UnselectedOutputs | None = None,
    missing: Iterable[str] = (),
) -> Plan:
    """Plan a selection, everything without one."""
    request = PlanRequest(
        selection=Selection(expressions=selection),
        options=PlanOptions(siblings=siblings, unselected_outputs=unselected_outputs),
        missing_asset_keys=tuple(map(KeyText, missing)),
    )
    return plan(snapshot, request)


def runs(made: Plan) -> dict[str, str]:
    """Return the selected outputs, spaced, of each step that runs, in plan order."""
    return {
        step.key: " ".join(step.selected_outputs)
        for step in made.steps
        if step.verdict is Verdict.RUN
    }


def step_of(made: Plan, key: str) -> PlannedStep:
    """Return a step."""
    return {step.key: step for step in made.steps}[StepKey(key)]


def input_of(made: Plan, key: str, name: str) -> PlannedInput:
    """Return an input of a step."""
    return {each.name: each for each in step_of(made, key).inputs}[name]


def reads(made: Plan, key: str, name: str) -> list[str]:
    """Return what an input reads: "load a", "step.output", "step.output as a"."""
    return [_text(source) for source in input_of(made, key, name).sources]


def loads(made: Plan) -> dict[str, list[str]]:
    """Return who reads each asset that is loaded."""
    return {
        load.asset_key: [f"{reader.step_key}.{reader.input}" for reader in load.readers]
        for load in made.loads
    }


def hazards(made: Plan) -> dict[str, UnselectedOutputs]:
    """Return each hazard with what becomes of it."""
    return {
        f"{hazard.step_key}.{hazard.output}": hazard.unselected_outputs for hazard in made.hazards
    }


def _text(source: PlannedSource) -> str:
    if source.step_output is None:
        return f"load {source.load_asset_key}"
    asset = f" as {source.asset_key}" if source.asset_key else ""
    return f"{source.step_output.step_key}.{source.step_output.output}{asset}"
