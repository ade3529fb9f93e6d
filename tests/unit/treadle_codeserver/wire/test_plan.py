from __future__ import annotations

import pytest

from treadle.lazy_dataclasses import replace
from treadle_api.v1 import codeserver_pb2, plan_pb2
from treadle_codeserver import defaults
from treadle_codeserver.errors import BadArgumentError
from treadle_codeserver.wire.plan import PlanBodies, decode_plan_request, encode_plan
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import Siblings, UnselectedOutputs
from treadle_planner import (
    Hazard,
    Load,
    Plan,
    PlannedAsset,
    PlannedInput,
    PlannedInputRef,
    PlannedOutput,
    PlannedSource,
    PlannedStep,
    PlannedStepOutput,
    PlanRequest,
    Verdict,
)


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
        selection=("*",),
        job="",
        unselected_outputs=None,
        siblings=None,
        selected_asset_keys=selected,
        missing_asset_keys=(KeyText("m"),),
        notes=("A note.",),
        steps=steps,
        loads=loads,
        hazards=hazards,
    )


def encoded(
    made: Plan, request: codeserver_pb2.PlanRequest | None = None
) -> list[plan_pb2.PlanPart]:
    request = codeserver_pb2.PlanRequest() if request is None else request
    return list(encode_plan("here", request, made, PlanBodies().of(made, brief=request.brief)))


def test_an_empty_request_asks_for_every_asset_as_the_blocks_choose() -> None:
    assert decode_plan_request(codeserver_pb2.PlanRequest()) == PlanRequest()


def test_a_request_is_read_whole() -> None:
    message = codeserver_pb2.PlanRequest(
        selection=plan_pb2.Selection(expressions=["a", "b"], job="j"),
        options=plan_pb2.PlanOptions(
            unselected_outputs=plan_pb2.UNSELECTED_OUTPUTS_FAIL,
            siblings=plan_pb2.SIBLINGS_RUN,
            unrecorded_loads=plan_pb2.UNRECORDED_LOADS_TRY,
        ),
        missing_asset_keys=["c", "c", "d"],
    )

    assert decode_plan_request(message) == PlanRequest(
        selection=("a", "b"),
        job="j",
        unselected_outputs=UnselectedOutputs.FAIL,
        siblings=Siblings.RUN,
        missing=frozenset({KeyText("c"), KeyText("d")}),
    )


@pytest.mark.parametrize("option", ["unselected_outputs", "siblings"])
def test_a_choice_that_is_not_known_is_refused(option: str) -> None:
    message = codeserver_pb2.PlanRequest(options=plan_pb2.PlanOptions(**{option: 99}))

    with pytest.raises(BadArgumentError, match=f"{option} is 99"):
        decode_plan_request(message)


def test_every_choice_of_the_contract_is_known() -> None:
    for number in plan_pb2.UnselectedOutputs.values():
        options = plan_pb2.PlanOptions(unselected_outputs=number)
        assert decode_plan_request(codeserver_pb2.PlanRequest(options=options))
    for number in plan_pb2.Siblings.values():
        options = plan_pb2.PlanOptions(siblings=number)
        assert decode_plan_request(codeserver_pb2.PlanRequest(options=options))


def test_the_header_says_what_was_asked_for() -> None:
    asked = codeserver_pb2.PlanRequest(
        selection=plan_pb2.Selection(job="j"),
        options=plan_pb2.PlanOptions(unrecorded_loads=plan_pb2.UNRECORDED_LOADS_TRY),
    )

    (part,) = encoded(plan(selected=(KeyText("a"),)), asked)

    assert part.header == plan_pb2.PlanHeader(
        location="here",
        digest="d",
        fingerprint="f",
        selection=asked.selection,
        options=asked.options,
        selected_asset_keys=["a"],
        selected_asset_count=1,
        missing_asset_keys=["m"],
        notes=["A note."],
    )


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


def test_a_step_that_runs_is_encoded_whole() -> None:
    made = PlannedStepOutput(step_key=StepKey("s"), output="o")
    asset = PlannedAsset(
        asset_key=KeyText("a"), selected=True, io_manager_key="mine", builtin_manager=False
    )
    step = PlannedStep(
        key=StepKey("b.s"),
        block="b",
        op="s",
        verdict=Verdict.RUN,
        reason="It makes a.",
        selected_outputs=("out",),
        selected_asset_keys=(KeyText("a"),),
        inputs=(
            PlannedInput(
                name="x",
                sources=(
                    PlannedSource(step_output=made, asset_key=KeyText("made")),
                    PlannedSource(step_output=made),
                    PlannedSource(load_asset_key=KeyText("old"), asset_key=KeyText("old")),
                ),
                fan_in=True,
                input_manager_key="theirs",
            ),
            PlannedInput(name="", nothing=True, not_needed=True),
        ),
        outputs=(
            PlannedOutput(
                name="out",
                selected=True,
                is_required=True,
                nothing=False,
                assets=(asset,),
                is_read=True,
                io_manager_key="io_manager",
                builtin_manager=True,
            ),
        ),
        resource_keys=("db",),
        unselected_outputs=UnselectedOutputs.DISCARD,
    )

    (part,) = encoded(plan(steps=(step,)))

    output = plan_pb2.PlannedStepOutput(step_key="s", output="o")
    assert part.steps[0] == plan_pb2.PlannedStep(
        key="b.s",
        block="b",
        op="s",
        verdict=plan_pb2.VERDICT_RUN,
        reason="It makes a.",
        selected_outputs=["out"],
        selected_asset_keys=["a"],
        inputs=[
            plan_pb2.PlannedInput(
                name="x",
                sources=[
                    plan_pb2.PlannedSource(step_output=output, asset_key="made"),
                    plan_pb2.PlannedSource(step_output=output),
                    plan_pb2.PlannedSource(load_asset_key="old", asset_key="old"),
                ],
                fan_in=True,
                input_manager_key="theirs",
            ),
            plan_pb2.PlannedInput(nothing=True, not_needed=True),
        ],
        outputs=[
            plan_pb2.PlannedOutput(
                name="out",
                selected=True,
                is_required=True,
                assets=[plan_pb2.PlannedAsset(asset_key="a", selected=True, io_manager_key="mine")],
                is_read=True,
                io_manager_key="io_manager",
                builtin_manager=True,
            )
        ],
        resource_keys=["db"],
        unselected_outputs=plan_pb2.UNSELECTED_OUTPUTS_DISCARD,
    )


def test_loads_and_hazards_are_encoded_whole() -> None:
    load = Load(
        asset_key=KeyText("old"),
        readers=(PlannedInputRef(step_key=StepKey("s"), input="x"),),
        external=True,
        io_manager_key="io_manager",
        builtin_manager=True,
        sibling=True,
    )
    hazard = Hazard(
        step_key=StepKey("s"),
        output="o",
        asset_keys=(KeyText("a"),),
        unselected_outputs=UnselectedOutputs.MATERIALIZE,
    )

    (part,) = encoded(plan(loads=(load,), hazards=(hazard,)))

    assert list(part.loads) == [
        plan_pb2.Load(
            asset_key="old",
            readers=[plan_pb2.PlannedInputRef(step_key="s", input="x")],
            external=True,
            io_manager_key="io_manager",
            builtin_manager=True,
            sibling=True,
        )
    ]
    assert list(part.hazards) == [
        plan_pb2.Hazard(
            step_key="s",
            output="o",
            asset_keys=["a"],
            unselected_outputs=plan_pb2.UNSELECTED_OUTPUTS_MATERIALIZE,
        )
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

    (part,) = encoded(plan(steps=steps), codeserver_pb2.PlanRequest(brief=True))

    assert part.header.omitted_step_count == 1
    assert [step.key for step in part.steps] == ["g.a", "g.b", "b"]
    assert not any(step.selected_asset_keys for step in part.steps)
    said = [(each.block, list(each.asset_keys)) for each in part.block_selections]
    assert said == [("b", ["x"]), ("g", many[:500]), ("g", many[500:])]


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
    kept = bodies.of(first, brief=False)
    assert bodies.of(first, brief=False) is kept
    assert bodies.of(first, brief=True) != kept

    monkeypatch.setattr(defaults, "KEPT_PLAN_BYTES", kept[0].ByteSize())
    bodies.of(second, brief=False)

    assert bodies.of(first, brief=False) is not kept
    assert bodies.of(first, brief=False) == kept
