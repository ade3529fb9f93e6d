"""A plan that does not hold together is refused, naming the field, before anything is done with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from treadle_contract.codeserver import EarlierStep
from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.plan import (
    Hazard,
    Load,
    PlanHeader,
    PlannedAsset,
    PlannedInput,
    PlannedInputRef,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    PlanOptions,
    Reexecution,
    ReexecutionKind,
    Reuse,
    ReuseMode,
    UnselectedOutputs,
    Verdict,
)
from treadle_contract.run import StepState
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.plan_check import BadPlanError, check_plan, check_reused


def reads(*sources: PlannedSource) -> tuple[PlannedInput, ...]:
    return (PlannedInput(name="x", sources=sources),)


def of_step(key: str, output: str = "result") -> PlannedSource:
    return PlannedSource(step_output=PlannedStepOutput(step_key=StepKey(key), output=output))


def of_load(key: str) -> PlannedSource:
    return PlannedSource(load_asset_key=KeyText(key), asset_key=KeyText(key))


def step(
    key: str, verdict: Verdict = Verdict.RUN, inputs: tuple[PlannedInput, ...] = ()
) -> PlannedStep:
    asset = PlannedAsset(
        asset_key=KeyText(key), selected=True, io_manager_key="io_manager", builtin_manager=True
    )
    return PlannedStep(
        key=StepKey(key),
        block=key,
        verdict=verdict,
        selected_outputs=("result",),
        inputs=inputs,
        outputs=(
            PlannedOutput(
                name="result",
                selected=True,
                assets=(asset,),
                is_required=True,
                io_manager_key="io_manager",
                builtin_manager=True,
            ),
        ),
    )


READER = PlannedInputRef(step_key=StepKey("a"), input="x")
PLAN = Plan(
    header=PlanHeader(location="here", digest="d", fingerprint="f"),
    steps=(step("a", inputs=reads(of_load("u"))), step("b", inputs=reads(of_step("a")))),
    loads=(
        Load(
            asset_key=KeyText("u"),
            readers=(READER,),
            io_manager_key="io_manager",
            builtin_manager=True,
        ),
    ),
)
AGAIN = Reexecution(parent_run_id=RunId("r"), kind=ReexecutionKind.ALL)
REUSED = replace(
    PLAN,
    steps=(step("a", Verdict.REUSE), PLAN.steps[1]),
    loads=(),
    header=replace(PLAN.header, reexecution=AGAIN),
    reuses=(Reuse(step_key=StepKey("a"), from_run_id=RunId("r")),),
)


def with_step(number: int, **fields: object) -> Plan:
    steps = list(PLAN.steps)
    steps[number] = replace(steps[number], **fields)  # type: ignore[arg-type]  # a test's
    return replace(PLAN, steps=tuple(steps))


FAULTS: dict[str, tuple[Plan, str]] = {
    "twice": (with_step(1, key=StepKey("a")), "steps[1].key is 'a'"),
    "unknown upstream": (
        with_step(1, inputs=reads(of_step("c"))),
        "steps[1].inputs[0].sources[0].step_output.step_key is 'c'",
    ),
    "unknown output": (
        with_step(1, inputs=reads(of_step("a", "other"))),
        "steps[1].inputs[0].sources[0].step_output.output is 'other'",
    ),
    "circle": (
        replace(PLAN, steps=(step("a", inputs=reads(of_step("b"))), PLAN.steps[1]), loads=()),
        "steps[0].inputs[0].sources[0].step_output.step_key is 'b'",
    ),
    "itself": (with_step(1, inputs=reads(of_step("b"))), "step_output.step_key is 'b'"),
    "omitted upstream": (
        with_step(0, verdict=Verdict.OMIT, inputs=()),
        "steps[1].inputs[0].sources[0].step_output.step_key is 'a'",
    ),
    "input that is read and not needed": (
        with_step(1, inputs=(PlannedInput(name="x", sources=(of_step("a"),), not_needed=True),)),
        "steps[1].inputs[0].not_needed is true, and the input has sources",
    ),
    "load that is not there": (replace(PLAN, loads=()), "load_asset_key is 'u'"),
    "load that nobody reads": (
        with_step(0, inputs=()),
        "loads[0].asset_key is 'u', which no input reads",
    ),
    "load twice": (replace(PLAN, loads=PLAN.loads * 2), "loads[1].asset_key is 'u'"),
    "reader that is none": (
        replace(
            PLAN,
            loads=(
                Load(
                    asset_key=KeyText("u"),
                    readers=(replace(READER, input="y"),),
                    io_manager_key="io_manager",
                    builtin_manager=True,
                ),
            ),
        ),
        "loads[0].readers[0] is 'y' of 'a'",
    ),
    "input twice": (with_step(0, inputs=reads(of_load("u")) * 2), "steps[0].inputs[1].name is 'x'"),
    "output twice": (
        with_step(0, outputs=PLAN.steps[0].outputs * 2),
        "steps[0].outputs[1].name is 'result'",
    ),
    "made twice": (
        with_step(1, outputs=PLAN.steps[0].outputs),
        "steps[1].outputs[0].assets has 'a', which a.result makes",
    ),
    "selected output that is none": (
        with_step(0, selected_outputs=("other",)),
        "steps[0].selected_outputs has 'other'",
    ),
    "hazard of nothing": (
        replace(
            PLAN,
            hazards=(
                Hazard(
                    step_key=StepKey("a"),
                    output="other",
                    asset_keys=(),
                    unselected_outputs=UnselectedOutputs.FAIL,
                ),
            ),
        ),
        "hazards[0] is of 'other' of 'a'",
    ),
    "reuse of what runs": (
        replace(PLAN, header=REUSED.header, reuses=REUSED.reuses),
        "reuses[0].step_key is 'a'",
    ),
    "reused without a reuse": (replace(REUSED, reuses=()), "steps[0].verdict is REUSE"),
    "reuse twice": (replace(REUSED, reuses=REUSED.reuses * 2), "reuses[1].step_key is 'a'"),
    "reuse that was not asked for": (
        replace(REUSED, header=replace(PLAN.header, options=PlanOptions(reuse=ReuseMode.NEVER))),
        "header.options.reuse is NEVER",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_plan_that_does_not_hold_together_is_refused(fault: str) -> None:
    plan, said = FAULTS[fault]

    with pytest.raises(BadPlanError, match=re.escape(said)):
        check_plan(plan)


@pytest.mark.parametrize(
    "plan",
    [
        PLAN,
        REUSED,
        # What is omitted is not looked into.
        with_step(1, inputs=(PlannedInput(name="y", not_needed=True),)),
        replace(
            PLAN,
            steps=(*PLAN.steps, PlannedStep(key=StepKey("c"), block="c", verdict=Verdict.OMIT)),
        ),
    ],
)
def test_a_plan_that_holds_together_is_taken(plan: Plan) -> None:
    check_plan(plan)


@pytest.mark.parametrize(("key", "run"), [("other", "r"), ("a", "other")])
def test_nothing_is_reused_that_the_earlier_run_does_not_have(key: str, run: str) -> None:
    earlier: Callable[[str, str], EarlierStep] = lambda key, run: EarlierStep(
        key=StepKey(key), state=StepState.SUCCEEDED, from_run_id=RunId(run)
    )

    check_reused(REUSED, [earlier("a", "r")])
    with pytest.raises(BadPlanError, match=r"reuses\[0\] is of 'a' of run 'r'"):
        check_reused(REUSED, [earlier(key, run)])


FAN = PlannedStep(
    key=StepKey("fan"),
    block="g",
    verdict=Verdict.RUN,
    selected_outputs=("out",),
    outputs=(PlannedOutput(name="out", selected=True, dynamic=True),),
)
ELEMENT = PlannedStepOutput(step_key=StepKey("fan"), output="out", mapping_key="?")
OVER = (PlannedStepOutput(step_key=StepKey("fan"), output="out"),)
MAPPED = PlannedStep(
    key=StepKey("work[?]"),
    block="g",
    verdict=Verdict.RUN,
    selected_outputs=("out",),
    outputs=(PlannedOutput(name="out", selected=True),),
    inputs=(PlannedInput(name="x", sources=(PlannedSource(step_output=ELEMENT),)),),
    mapped_over=OVER,
)


def collecting(levels: int) -> PlannedStep:
    made = PlannedStepOutput(step_key=StepKey("work[?]"), output="out", collected=levels)
    planned = PlannedInput(name="x", fan_in=True, sources=(PlannedSource(step_output=made),))
    return PlannedStep(key=StepKey("last"), block="g", verdict=Verdict.RUN, inputs=(planned,))


def fanned_out(*steps: PlannedStep) -> Plan:
    return Plan(header=PlanHeader(location="here", digest="d", fingerprint="f"), steps=steps)


def test_a_fan_out_holds_together() -> None:
    check_plan(fanned_out(FAN, MAPPED, collecting(1)))


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ((FAN, replace(MAPPED, key=StepKey("work"))), "steps[1].mapped_over has 1 outputs"),
        ((FAN, replace(MAPPED, mapped_over=())), "steps[1].mapped_over has 0 outputs"),
        ((MAPPED,), "steps[0].mapped_over[0].step_key is 'fan', and no step before it"),
        (
            (replace(FAN, outputs=(PlannedOutput(name="out", selected=True),)), MAPPED),
            "steps[1].mapped_over[0].output is 'out', which is not dynamic",
        ),
        (
            (FAN, replace(MAPPED, key=StepKey("work[?][?]"), mapped_over=(*OVER, *OVER))),
            "steps[1].mapped_over[1].step_key is 'fan', which is mapped otherwise",
        ),
        ((FAN, MAPPED, collecting(0)), "steps[2].inputs reads 'out' of 'work[?]' as one value"),
        (
            (FAN, replace(MAPPED, task=StepKey("fan"))),
            "steps[1].task is 'fan', and the step is mapped",
        ),
        (
            (FAN, replace(MAPPED, outputs=step("made").outputs, selected_outputs=("result",))),
            "steps[1].outputs has an asset or a check, and the step is mapped",
        ),
    ],
)
def test_a_fan_out_that_does_not_is_refused(steps: tuple[PlannedStep, ...], problem: str) -> None:
    with pytest.raises(BadPlanError, match=re.escape(problem)):
        check_plan(fanned_out(*steps))
