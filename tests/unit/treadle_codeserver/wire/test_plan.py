from __future__ import annotations

from collections.abc import Mapping

from treadle_api.codec import from_proto
from treadle_api.v1 import plan_pb2
from treadle_codeserver.wire.plan import PlanAnswers
from treadle_contract.codeserver import PlanRequest
from treadle_contract.ids import KeyText, StepKey
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
    selections: Mapping[str, tuple[KeyText, ...]] | None = None,
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
        selections=selections or {},
    )


def encoded(made: Plan, request: PlanRequest | None = None) -> list[plan_pb2.PlanPart]:
    return parsed(PlanAnswers(), made, request or PlanRequest())


def parsed(answers: PlanAnswers, made: Plan, request: PlanRequest) -> list[plan_pb2.PlanPart]:
    return list(map(plan_pb2.PlanPart.FromString, answers.of("here", request, made)))


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


MANY = tuple(KeyText(f"k{number:04}") for number in range(501))


MANY = tuple(KeyText(f"k{number:04}") for number in range(501))


def test_a_brief_plan_says_once_what_is_the_same_for_many_steps() -> None:
    omitted = PlannedStep(
        key=StepKey("g.z"), block="g", op="o", verdict=Verdict.OMIT, reason="Not needed."
    )
    steps = (running("g.a"), running("g.b"), omitted, running("b", "x"))

    (part,) = encoded(plan(steps=steps, selections={"g": MANY}), PlanRequest(brief=True))

    assert part.header.omitted_step_count == 1
    assert [step.key for step in part.steps] == ["g.a", "g.b", "b"]
    assert [list(step.selected_asset_keys) for step in part.steps] == [[], [], ["x"]]
    said = [(each.block, list(each.asset_keys)) for each in part.block_selections]
    assert said == [("g", list(MANY[:500])), ("g", list(MANY[500:]))]


def test_a_plan_names_what_is_selected_of_a_block_once_if_that_is_asked_for() -> None:
    made = plan(
        steps=(running("g.a"), running("g.b"), running("b", "z")),
        selections={"g": (KeyText("x"), KeyText("y"))},
    )

    (part,) = encoded(made, PlanRequest(block_selections=True))

    assert [list(step.selected_asset_keys) for step in part.steps] == [[], [], ["z"]]
    assert [(each.block, list(each.asset_keys)) for each in part.block_selections] == [
        ("g", ["x", "y"])
    ]


def test_nothing_is_said_of_a_block_none_of_whose_steps_runs() -> None:
    made = plan(steps=(running("b", "z"),), selections={"g": (KeyText("x"),)})

    (part,) = encoded(made, PlanRequest(block_selections=True))

    assert not part.block_selections


def test_a_plan_that_is_not_brief_says_all_at_each_step() -> None:
    made = plan(steps=(running("g.a"), running("g.b")), selections={"g": (KeyText("x"),)})

    (part,) = encoded(made)

    assert [list(step.selected_asset_keys) for step in part.steps] == [["x"], ["x"]]
    assert not part.block_selections
    assert part.header.omitted_step_count == 0


def test_a_step_is_as_its_plan_has_it_whatever_was_written_before() -> None:
    answers = PlanAnswers()
    first, second = running("a", "x"), running("a", "y")

    for step in (first, second, second, first):
        (part,) = parsed(answers, plan(steps=(step,)), PlanRequest())

        assert from_proto(part.steps[0], PlannedStep) == step
