from __future__ import annotations

from treadle_contract.codeserver import EarlierStep
from treadle_contract.fan_outs import version_in
from treadle_contract.ids import StepKey
from treadle_contract.plan import FannedOut, PlannedStep, PlannedStepOutput, Verdict
from treadle_contract.run import StepState
from treadle_planner.reusing.elements import mapped_keys

FAN, INNER, WORK = StepKey("a.fan"), StepKey("a.inner[?]"), StepKey("a.work[?][?]")


def step(key: StepKey, *over: tuple[StepKey, str]) -> PlannedStep:
    return PlannedStep(
        key=key,
        block="a",
        verdict=Verdict.RUN,
        mapped_over=tuple(
            PlannedStepOutput(step_key=made, output=output, mapping_key="?")
            for made, output in over
        ),
    )


def success(key: StepKey, *keys: str) -> EarlierStep:
    fanned_out = (FannedOut(output="result", mapping_keys=keys),)
    return EarlierStep(key=key, state=StepState.SUCCEEDED, fanned_out=fanned_out)


STEPS = (
    step(FAN),
    step(INNER, (FAN, "result")),
    step(WORK, (FAN, "result"), (INNER, "result")),
)


def test_keys_of_every_success_are_told_level_by_level() -> None:
    earlier = {FAN: [success(FAN, "x", "y"), success(FAN, "y", "z")]}

    outer = mapped_keys(STEPS, earlier)
    inner = StepKey("a.inner[y]")
    both = mapped_keys(STEPS, earlier | {inner: [success(inner, "i")]})

    assert outer == {"a.inner[x]", "a.inner[y]", "a.inner[z]"}
    assert both == outer | {"a.work[y][i]"}


def test_what_no_run_expanded_has_no_elements() -> None:
    assert mapped_keys(STEPS, {}) == frozenset()


def test_a_version_names_the_keys_under_which_a_value_is_read() -> None:
    made = PlannedStepOutput(step_key=StepKey("a.inner[x]"), output="result", mapping_key="i")
    plain = PlannedStepOutput(step_key=FAN, output="result")

    assert version_in(made, "v") == "x/i: v"
    assert version_in(plain, "v") == "v"
    assert version_in(made, "") == ""
