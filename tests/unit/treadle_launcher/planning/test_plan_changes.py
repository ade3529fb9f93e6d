from __future__ import annotations

from dataclasses import replace

from treadle_contract.ids import KeyText, StepKey
from treadle_contract.plan import (
    Hazard,
    Load,
    PlanHeader,
    PlannedStep,
    Selection,
    UnselectedOutputs,
    Verdict,
)
from treadle_launcher.planning.manifest import CodeManifest
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.plan_changes import manifest_changes, plan_changes


def plan(
    selection: Selection | None = None, selected: tuple[KeyText, ...] = (), **parts: object
) -> Plan:
    header = PlanHeader(
        location="here",
        digest="d",
        fingerprint="f",
        selection=selection,
        selected_asset_keys=selected,
    )
    return Plan(header=header, **parts)  # type: ignore[arg-type]  # a test's


def step(key: str, verdict: Verdict = Verdict.RUN, **fields: object) -> PlannedStep:
    return PlannedStep(key=StepKey(key), block="b", verdict=verdict, **fields)  # type: ignore[arg-type]  # a test's


def test_equal_plans_and_manifests_have_no_changes():
    assert plan_changes(plan(), plan()) == ()
    assert manifest_changes(CodeManifest(), CodeManifest()) == ()


def test_what_is_new_gone_and_changed_is_named_by_kind():
    before = CodeManifest(ops={"a": "1", "b": "1"}, distributions={"numpy": "1.0"})
    now = CodeManifest(ops={"b": "2", "c": "1"}, distributions={"numpy": "2.0"}, files={"f": "1"})
    assert manifest_changes(before, now) == (
        "op a is gone",
        "op b changed",
        "op c is new",
        "file f is new",
        "distribution numpy changed from 1.0 to 2.0",
    )


def test_of_a_definition_that_changed_in_one_part_that_part_is_named():
    before = CodeManifest(
        ops={"f": "1"},
        definitions={"asset a": "1", "asset b": "1"},
        details={"asset a: metadata 'at'": "1", "op f: default of 'x'": "1"},
    )
    now = CodeManifest(
        ops={"f": "2"},
        definitions={"asset a": "2", "asset c": "1"},
        details={
            "asset a: metadata 'at'": "2",
            "asset c: description": "1",
            "op f: default of 'x'": "2",
        },
    )
    assert manifest_changes(before, now) == (
        "definition asset b is gone",
        "definition asset c is new",
        "asset a: metadata 'at' changed",
        "op f: default of 'x' changed",
    )
    assert manifest_changes(replace(before, details={}), now) == (
        "op f changed",
        "definition asset a changed",
        "definition asset b is gone",
        "definition asset c is new",
    )


def test_what_two_plans_do_differently_is_named():
    before = plan(
        selection=Selection(expressions=("a",)),
        selected=(KeyText("a"),),
        steps=(step("s"), step("t"), step("u")),
        loads=(Load(asset_key=KeyText("l"), io_manager_key="io_manager", builtin_manager=True),),
    )
    now = plan(
        selection=Selection(expressions=("b",)),
        selected=(KeyText("b"),),
        steps=(step("t", Verdict.OMIT), step("u", op="x"), step("v")),
        hazards=(
            Hazard(
                step_key=StepKey("v"),
                output="o",
                asset_keys=(KeyText("h"),),
                unselected_outputs=UnselectedOutputs.MATERIALIZE,
            ),
        ),
    )
    assert plan_changes(before, now) == (
        "the selection is another",
        "asset a is selected no more",
        "asset b is selected now",
        "step s is gone",
        "step t: run became omit",
        "step u reads or makes something else",
        "step v is new",
        "load of l is gone",
        "hazard v.o is new",
    )
