"""An earlier run made up from its plan: which steps failed, which outputs were left out or lost."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

from treadle.locations.snapshot import Snapshot
from treadle_contract.codeserver import EarlierRead, EarlierStep, PlanRequest
from treadle_contract.ids import StepKey
from treadle_contract.plan import PlannedStep, Reexecution, ReexecutionKind, Verdict
from treadle_contract.run import StepState
from treadle_planner import Plan, Planner, Rerun

PARENT = "R1"


def asked(
    kind: ReexecutionKind = ReexecutionKind.FROM_FAILURE,
    *steps: str,
    rerun_changed: bool = False,
) -> Reexecution:
    """Return what is asked of the earlier run."""
    return Reexecution(
        parent_run_id=PARENT, kind=kind, step_expressions=steps, rerun_changed=rerun_changed
    )


def ran(
    plan: Plan,
    *,
    failed: Iterable[str] = (),
    left_out: Mapping[str, Iterable[str]] | None = None,
    lost: Mapping[str, Iterable[str]] | None = None,
) -> dict[StepKey, EarlierStep]:
    """Return what became of a plan's steps: what is below a failure did not run, as in a run."""
    states: dict[str, EarlierStep] = {}
    absent = {key: set(names) for key, names in (left_out or {}).items()}
    for step in plan.steps:
        if step.verdict is not Verdict.RUN:
            state = StepState.NOT_RUN
        else:
            state, dropped = _state(step, states, absent, set(failed))
            absent.setdefault(step.key, set()).update(dropped)
        states[step.key] = _step(
            step, state, absent.get(step.key, set()), set((lost or {}).get(step.key, ()))
        )
    return {StepKey(key): step for key, step in states.items()}


def drawn(plan: Plan, seed: int) -> dict[StepKey, EarlierStep]:
    """Return an earlier run in which, here and there, steps failed and values were lost."""
    rng = random.Random(seed)
    running = [step for step in plan.steps if step.verdict is Verdict.RUN]
    failing = [step.key for step in running if rng.random() < 0.2]
    left_out = {
        step.key: [out.name for out in step.outputs if not out.is_required and rng.random() < 0.4]
        for step in running
    }
    lost = {
        step.key: [out.name for out in step.outputs if not out.nothing and rng.random() < 0.15]
        for step in running
    }
    return ran(plan, failed=failing, left_out=left_out, lost=lost)


def again(
    snapshot: Snapshot,
    earlier: Mapping[StepKey, EarlierStep],
    reexecution: Reexecution | None = None,
    request: PlanRequest | None = None,
) -> Plan:
    """Plan the re-execution."""
    rerun = Rerun(reexecution=reexecution or asked(), earlier=earlier)
    return Planner(snapshot).plan_again(request or PlanRequest(), rerun)


def _state(
    step: PlannedStep,
    states: Mapping[str, EarlierStep],
    absent: Mapping[str, set[str]],
    failed: set[str],
) -> tuple[StepState, set[str]]:
    """Return how a step ends, and which of its outputs what it lacks takes away."""
    dropped: set[str] = set()
    lacking = False
    for planned in step.inputs:
        made = [source.step_output for source in planned.sources if source.step_output is not None]
        if planned.not_needed:
            continue
        above = [states[each.step_key].state for each in made]
        if StepState.FAILED in above or StepState.NOT_RUN in above:
            return StepState.NOT_RUN, set()
        gone = [
            each
            for each in made
            if states[each.step_key].state is StepState.SKIPPED
            or each.output in absent.get(each.step_key, ())
        ]
        if gone and (not planned.fan_in or len(gone) == len(planned.sources)):
            lacking = True
            dropped.update(planned.needed_by or step.selected_outputs)
    if lacking and dropped.issuperset(step.selected_outputs):
        return StepState.SKIPPED, set()
    return StepState.FAILED if step.key in failed else StepState.SUCCEEDED, dropped


def _step(step: PlannedStep, state: StepState, left_out: set[str], lost: set[str]) -> EarlierStep:
    reads = tuple(
        EarlierRead(input=planned.name, sources=planned.sources)
        for planned in step.inputs
        if planned.sources and not planned.not_needed
    )
    if state is not StepState.SUCCEEDED:
        return EarlierStep(key=step.key, state=state, from_run_id=PARENT, reads=reads)
    # What is not selected and optional is not yielded: a well-behaved op.
    yielded = {
        out.name: out
        for out in step.outputs
        if (out.selected or out.is_required) and out.name not in left_out
    }
    return EarlierStep(
        key=step.key,
        state=state,
        from_run_id=PARENT,
        stored_outputs=tuple(sorted(yielded.keys() - lost)),
        lost_outputs=tuple(sorted(yielded.keys() & lost)),
        left_out_outputs=tuple(
            out.name for out in step.outputs if out.selected and out.name in left_out
        ),
        asset_keys=tuple(
            asset.asset_key
            for name, out in yielded.items()
            if name not in lost
            for asset in out.assets
        ),
        op_digest="",
        reads=reads,
    )
