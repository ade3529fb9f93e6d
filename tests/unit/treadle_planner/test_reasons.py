from __future__ import annotations

from tests.model.build import graph, location, op, single
from tests.model.plans import planned, step_of
from treadle_contract.codeserver import PlanRequest
from treadle_contract.ids import KeyText
from treadle_contract.plan import Selection, Siblings
from treadle_planner import Plan, plan

STEPS = {
    "raw": op({}, "r"),
    "base": op({"x": "raw.r"}, "r -> base"),
    "top": op({"x": "base.r"}, "r -> top"),
    "side": op({}, "r -> left, right"),
    "log": op({"x": "base.r"}, "done~"),
    "hello": op({"x": "@up"}, "done~"),
}
SNAPSHOT = location(graph("g", STEPS, can_subset=True), external=["up"])


def reasons(made: Plan) -> dict[str, str]:
    return {step.key.removeprefix("g."): step.reason for step in made.steps}


def test_what_is_not_needed_says_why() -> None:
    assert reasons(planned(SNAPSHOT, "top")) == {
        "raw": "Not needed: no selected asset is made from it.",
        "base": "Not needed: what is stored of base feeds g.top.",
        "top": "Makes top.",
        "side": "Not needed: left and right are not selected.",
        "log": "An effect of g.base, not run here.",
        "hello": "An effect of its whole block, which is selected in part.",
    }


def test_what_runs_says_for_whom() -> None:
    assert reasons(planned(SNAPSHOT)) == {
        "raw": "Feeds g.base.",
        "base": "Makes base and feeds g.log and g.top.",
        "top": "Makes top.",
        "side": "Makes left and right.",
        "log": "An effect: it follows g.base.",
        "hello": "An effect: its block is selected whole.",
    }


def test_a_sibling_that_runs_says_at_whose_word() -> None:
    by_mode = planned(SNAPSHOT, "top", siblings=Siblings.RUN)
    never_stored = planned(SNAPSHOT, "top", missing=["base"])

    assert step_of(by_mode, "g.base").reason == (
        'Feeds g.log and g.top: siblings="run" makes base again.'
    )
    assert step_of(never_stored, "g.base").reason == (
        "Feeds g.log and g.top: no run has stored base."
    )


def test_a_sibling_whose_value_cannot_be_read_says_why() -> None:
    request = PlanRequest(
        selection=Selection(expressions=("top",)),
        missing_asset_keys=(KeyText("base"),),
        gone_values={KeyText("base"): "its value is damaged (/v/base has 3 bytes instead of 5)"},
    )

    assert step_of(plan(SNAPSHOT, request), "g.base").reason == (
        "Feeds g.log and g.top: its value is damaged (/v/base has 3 bytes instead of 5)."
    )


def test_many_readers_are_not_all_named() -> None:
    snapshot = location(
        single("a", op({}, "r -> a")),
        *(single(f"b{number}", op({"x": "@a"}, f"r -> b{number}")) for number in range(9)),
    )

    reason = step_of(planned(snapshot), "a").reason

    assert reason == "Makes a and feeds b0, b1, b2, b3 and 5 more."
