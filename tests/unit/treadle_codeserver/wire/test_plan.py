from __future__ import annotations

import pytest

from treadle_api.v1 import plan_pb2
from treadle_codeserver import defaults
from treadle_codeserver.wire.plan import PlanBodies, answer_of
from treadle_contract.codeserver import PlanRequest
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import (
    Hazard,
    Load,
    PlannedStep,
    PlanOptions,
    Selection,
    UnrecordedLoads,
    UnselectedOutputs,
    Verdict,
)
from treadle_planner import Plan


def plan(
    *,
    selected: tuple[KeyText, ...] = (),
    steps: tuple[PlannedStep, ...] = (),
    loads: tuple[Load, ...] = (),
    hazards: tuple[Hazard, ...] = (),
) -> Plan:
    return Plan(
        digest="d",
        fingerprint="f",
        selected_asset_keys=selected,
        missing_asset_keys=(KeyText("m"),),
        notes=("A note.",),
        steps=steps,
        loads=loads,
        hazards=hazards,
    )


def encoded(made: Plan, request: PlanRequest | None = None) -> list[plan_pb2.PlanPart]:
    request = request or PlanRequest()
    return list(answer_of("here", request, made, PlanBodies().of(made, request)))


def test_the_header_says_what_was_asked_for() -> None:
    asked = PlanRequest(
        selection=Selection(job="j"), options=PlanOptions(unrecorded_loads=UnrecordedLoads.TRY)
    )

    (part,) = encoded(plan(selected=(KeyText("a"),)), asked)

    assert part.header == plan_pb2.PlanHeader(
        location="here",
        digest="d",
        fingerprint="f",
        selection=plan_pb2.Selection(job="j"),
        options=plan_pb2.PlanOptions(unrecorded_loads=plan_pb2.UNRECORDED_LOADS_TRY),
        selected_asset_keys=["a"],
        selected_asset_count=1,
        missing_asset_keys=["m"],
        notes=["A note."],
    )


def test_the_header_has_a_selection_and_options_also_when_none_was_asked_for() -> None:
    (part,) = encoded(plan())

    assert part.header.HasField("selection")
    assert part.header.HasField("options")


def test_the_header_lists_no_more_keys_than_it_holds() -> None:
    keys = tuple(KeyText(f"{index:04}") for index in range(600))

    (part,) = encoded(plan(selected=keys))

    assert list(part.header.selected_asset_keys) == list(keys[:500])
    assert part.header.selected_asset_count == 600


def test_a_long_plan_comes_in_parts_with_one_header() -> None:
    steps = tuple(
        PlannedStep(
            key=StepKey(str(index)), block="b", op="o", verdict=Verdict.OMIT, reason="not needed"
        )
        for index in range(501)
    )

    first, second = encoded(plan(steps=steps))

    assert first.HasField("header")
    assert not second.HasField("header")
    assert [step.key for part in (first, second) for step in part.steps] == [
        step.key for step in steps
    ]


def running(key: str, *selected: str) -> PlannedStep:
    return PlannedStep(
        key=StepKey(key),
        block=key.partition(".")[0],
        op="o",
        verdict=Verdict.RUN,
        reason="Makes it.",
        selected_asset_keys=tuple(map(KeyText, selected)),
        unselected_outputs=UnselectedOutputs.FAIL,
    )


def test_a_brief_plan_says_once_what_is_the_same_for_many_steps() -> None:
    omitted = PlannedStep(
        key=StepKey("g.z"), block="g", op="o", verdict=Verdict.OMIT, reason="Not needed."
    )
    many = [f"k{number:04}" for number in range(501)]
    steps = (running("g.a", *many), running("g.b", *many), omitted, running("b", "x"))

    (part,) = encoded(plan(steps=steps), PlanRequest(brief=True))

    assert part.header.omitted_step_count == 1
    assert [step.key for step in part.steps] == ["g.a", "g.b", "b"]
    assert not any(step.selected_asset_keys for step in part.steps)
    said = [(each.block, list(each.asset_keys)) for each in part.block_selections]
    assert said == [("b", ["x"]), ("g", many[:500]), ("g", many[500:])]


def test_a_plan_names_what_is_selected_of_a_block_once_if_that_is_asked_for() -> None:
    steps = (running("g.a", "x", "y"), running("g.b", "x", "y"), running("b", "z"))

    (part,) = encoded(plan(steps=steps), PlanRequest(block_selections=True))

    assert [list(step.selected_asset_keys) for step in part.steps] == [[], [], ["z"]]
    assert [(each.block, list(each.asset_keys)) for each in part.block_selections] == [
        ("g", ["x", "y"])
    ]


def test_a_plan_that_is_not_brief_says_all_at_each_step() -> None:
    (part,) = encoded(plan(steps=(running("g.a", "x"), running("g.b", "x"))))

    assert [list(step.selected_asset_keys) for step in part.steps] == [["x"], ["x"]]
    assert not part.block_selections
    assert part.header.omitted_step_count == 0


def test_plans_that_are_kept_are_the_last_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = PlanBodies()
    first, second = (
        replace(plan(steps=(running(f"{name}.x", name),)), fingerprint=name) for name in "ab"
    )
    kept = bodies.of(first, PlanRequest())
    assert bodies.of(first, PlanRequest()) is kept
    assert bodies.of(first, PlanRequest(brief=True)) != kept

    monkeypatch.setattr(defaults, "KEPT_PLAN_BYTES", kept[0].ByteSize())
    bodies.of(second, PlanRequest())

    assert bodies.of(first, PlanRequest()) is not kept
    assert bodies.of(first, PlanRequest()) == kept
