from __future__ import annotations

from treadle_contract.block_selections import put_back, taken_out
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import BlockSelection, PlannedStep, Verdict


def step(key: str, *selected: str, verdict: Verdict = Verdict.RUN) -> PlannedStep:
    return PlannedStep(
        key=StepKey(key),
        block=key.partition(".")[0],
        verdict=verdict,
        selected_asset_keys=tuple(map(KeyText, selected)),
    )


MANY = tuple(f"k{number:04}" for number in range(501))
STEPS = (
    step("g.a", *MANY),
    step("g.b", *MANY, verdict=Verdict.REUSE),
    step("g.c", verdict=Verdict.OMIT),
    step("alone", "alone"),
)


def test_what_several_steps_say_is_said_once() -> None:
    steps, selections = taken_out(STEPS)

    keys = tuple(map(KeyText, MANY))
    assert selections == (
        BlockSelection(block="g", asset_keys=keys[:500]),
        BlockSelection(block="g", asset_keys=keys[500:]),
    )
    assert [len(each.selected_asset_keys) for each in steps] == [0, 0, 0, 1]


def test_what_was_taken_out_is_put_back() -> None:
    assert put_back(*taken_out(STEPS)) == STEPS
    assert put_back(*taken_out(STEPS, least=1)) == STEPS
    assert put_back(STEPS, ()) == STEPS
