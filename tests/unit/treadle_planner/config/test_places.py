"""Config in a plan: what each step is told, and each thing that can be wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.model.build import graph, location, op, single
from treadle.locations.snapshot import Job, Snapshot
from treadle_contract.codeserver import PlanRequest
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import PlanOptions, Selection
from treadle_contract.value import ConfigPlace
from treadle_planner import Planner, PlanRefused, RefusalReason
from treadle_planner._plan import Plan

OBJECT: dict[str, Any] = {
    "$defs": {"Colour": {"enum": ["red", "green"], "type": "string"}},
    "type": "object",
    "additionalProperties": False,
    "required": ["day"],
    "properties": {
        "day": {"type": "string", "minLength": 2, "maxLength": 9, "pattern": "^[a-z]+$"},
        "n": {"type": "integer", "default": 3, "minimum": 1, "maximum": 9},
        "share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "is_on": {"type": "boolean"},
        "colour": {"$ref": "#/$defs/Colour"},
        "many": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2},
        "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "word": {"type": "string", "writeOnly": True, "minLength": 3},
        "one": {"const": 1},
        "form": {
            "oneOf": [
                {
                    "type": "object",
                    "properties": {"kind": {"const": kind}, "by": {"type": "integer"}},
                    "required": ["kind", "by"],
                }
                for kind in ("a", "b")
            ]
        },
        "pair": {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
    },
}
PLAIN = {"type": "integer"}


def with_config(snapshot: Snapshot, **schemas: Mapping[str, Any]) -> Snapshot:
    """Give steps config, by their keys with "__" for "."."""
    by_key = {key.replace("__", "."): schema for key, schema in schemas.items()}

    def place(key: str) -> ConfigPlace:
        path = [part for name in key.split(".") for part in ("ops", name)]
        return ConfigPlace(path=(*path, "config"), json_schema=json.dumps(by_key[key]))

    steps = tuple(
        replace(step, config=place(step.key)) if step.key in by_key else step
        for step in snapshot.steps
    )
    return replace(snapshot, steps=steps)


@pytest.fixture
def snapshot() -> Snapshot:
    steps = {"get": op({}, "x"), "put": op({"x": "get.x"}, "result -> made")}
    whole = location(
        graph("g", steps),
        single("alone", op({}, "result -> alone")),
        single("number", op({}, "result -> number")),
    )
    return with_config(whole, g__get=OBJECT, alone=OBJECT, number=PLAIN)


def asked(expression: str, config: Any, job: str = "") -> PlanRequest:
    expressions = () if job else (expression,)
    return PlanRequest(
        selection=Selection(expressions=expressions, job=job), options=PlanOptions(config=config)
    )


def planned(snapshot: Snapshot, expression: str, config: Any, job: str = "") -> Plan:
    return Planner(snapshot).plan(asked(expression, config, job))


def told(plan: Plan) -> dict[str, Any]:
    return {step.key: step.config for step in plan.steps}


def alone(**config: Any) -> dict[str, Any]:
    return {"ops": {"alone": {"config": config}}}


def test_a_step_is_told_what_stands_at_its_place_with_defaults(snapshot: Snapshot) -> None:
    config = {"ops": {"g": {"ops": {"get": {"config": {"day": "monday"}}}}}}

    assert told(planned(snapshot, "made", config)) == {
        "g.get": {"day": "monday", "n": 3},
        "g.put": None,
    }


def test_what_a_job_says_lies_under_what_the_run_says(snapshot: Snapshot) -> None:
    snapshot = replace(
        snapshot, jobs=(Job(name="j", selection="alone", config=alone(day="tue", n=5)),)
    )

    assert told(planned(snapshot, "", None, job="j")) == {"alone": {"day": "tue", "n": 5}}
    assert told(planned(snapshot, "", alone(n=6), job="j")) == {"alone": {"day": "tue", "n": 6}}


def test_config_for_what_does_not_run_is_checked_and_reported(snapshot: Snapshot) -> None:
    config = {"ops": {"number": {"config": 1}, **alone(day="monday")["ops"]}}

    assert planned(snapshot, "number", config).notes == (
        "Nothing that runs takes the config at ops.alone.config.",
    )
    config["ops"]["alone"]["config"]["day"] = 5
    with pytest.raises(PlanRefused, match=r"ops\.alone\.config\.day: expected text, got 5"):
        planned(snapshot, "number", config)


def test_a_plan_is_another_for_other_config(snapshot: Snapshot) -> None:
    planner = Planner(snapshot)
    plans = [planner.plan(asked("number", {"ops": {"number": {"config": n}}})) for n in (1, 2, 1)]

    assert plans[0].fingerprint == plans[2].fingerprint != plans[1].fingerprint
    assert [plan.steps[0].config for plan in plans] == [1, 2, 1]


def test_equal_numbers_of_other_types_are_other_config() -> None:
    free = with_config(location(single("free", op({}, "result -> free"))), free={})
    planner = Planner(free)

    found = [
        planner.plan(asked("free", {"ops": {"free": {"config": {"x": x}}}})).steps[0].config
        for x in (1, True, 1.0)
    ]

    assert [type(each["x"]) for each in found] == [int, bool, float]  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (alone(), "ops.alone.config.day: it must be given: text."),
        (alone(day=1), "config.day: expected text, got 1."),
        (alone(day="x"), "config.day: expected text of at least 2 characters, got 'x'."),
        (alone(day="x" * 200), f"config.day: expected text of at most 9 characters, got '{'x' * 79}…."),
        (alone(day="A B"), "config.day: expected text like ^[a-z]+$, got 'A B'."),
        (alone(day="monday", n=0), "config.n: expected a number from 1 on, got 0."),
        (alone(day="monday", n=10), "config.n: expected a number up to 9, got 10."),
        (alone(day="monday", n="3"), "config.n: expected a whole number, got '3'."),
        (alone(day="monday", n=True), "config.n: expected a whole number, got True."),
        (alone(day="monday", share=0), "config.share: expected a number above 0, got 0."),
        (alone(day="monday", share=1), "config.share: expected a number below 1, got 1."),
        (alone(day="monday", is_on=1), "config.is_on: expected true or false, got 1."),
        (alone(day="monday", colour="blue"), "config.colour: expected one of 'red', 'green', got 'blue'."),
        (alone(day="monday", many=()), "config.many: expected at least 1 entries, got []."),
        (alone(day="monday", many=(1, 2, 3)), "config.many: expected at most 2 entries, got [1, 2, 3]."),
        (alone(day="monday", many=(1, "x")), "config.many.1: expected a whole number, got 'x'."),
        (alone(day="monday", maybe="x"), "config.maybe: expected null or a whole number, got 'x'."),
        (alone(day="monday", form={"kind": "a"}), "config.form.by: it must be given: a whole number."),
        (alone(day="monday", form={"kind": "b", "by": "x"}), "config.form.by: expected a whole number, got 'x'."),
        (alone(day="monday", form={"by": 1}), "config.form: expected a map, got {'by': 1}."),
        (alone(day="monday", pair=("x",)), "config.pair.0: expected a whole number, got 'x'."),
        (alone(day="monday", one=2), "config.one: expected 1, got 2."),
        (alone(day="monday", dya=1), "config.dya: there is no 'dya' here; there is day, n, share,"),
        (alone(day="monday", word="hush"), "config.word: it is a secret, which the run would write down"),
        ({"ops": {"number": {}}}, "ops.number.config: it must be given: a whole number."),
        ({"ops": {"number": {"config": "x"}}}, "ops.number.config: expected a whole number, got 'x'."),
        ({"ops": {"nobody": {"config": 1}}}, "ops.nobody: there is no 'nobody' here; there is alone, g, number."),
        ({"ops": {"g": {"config": {"a": 1}}}}, "ops.g.config: it takes no config."),
        ({"ops": {"alone": {"ops": {"a": 1}}}}, "ops.alone.ops: it takes no ops."),
        ({"ops": {"alone": {"confgi": 1}}}, "ops.alone.confgi: there is no 'confgi' here; there is config."),
        ({"ops": {"g": {"ops": {"put": {"x": 1}}}}}, "ops.g.ops.put.x: nothing is told here."),
        ({"ops": {"g": 1}}, "ops.g: it is no map such as"),
        ({"ops": 1}, "ops: it is no map of names."),
        ({"execution": {}}, "execution: it is no config here: how steps run is said by isolation, limits and the launcher."),
    ],
)  # fmt: skip
def test_each_thing_that_is_wrong_is_said_with_its_path(
    snapshot: Snapshot, config: Any, problem: str
) -> None:
    selection = "number" if "number" in str(config) else "alone"
    with pytest.raises(PlanRefused) as refused:
        planned(snapshot, selection, config)

    assert refused.value.reason is RefusalReason.BAD_CONFIG
    assert problem in refused.value.message
    assert "hush" not in refused.value.message
    assert refused.value.names


def test_all_that_is_wrong_is_said_at_once(snapshot: Snapshot) -> None:
    with pytest.raises(PlanRefused) as refused:
        planned(snapshot, "alone", {"oops": 1, **alone(day=1, n="x", dya=2)})

    assert refused.value.names == (
        "oops",
        "ops.alone.config.dya",
        "ops.alone.config.day",
        "ops.alone.config.n",
    )
    assert refused.value.suggestions == ("ops",)


def test_a_variable_stands_for_any_plain_value(snapshot: Snapshot) -> None:
    env = {"env": "SOME"}
    config = alone(
        day=env, n=env, share=env, is_on=env, colour=env, maybe=env, word=env, many=(env,)
    )

    assert told(planned(snapshot, "alone", config)) == {"alone": config["ops"]["alone"]["config"]}
    with pytest.raises(PlanRefused, match=r"config\.many: expected a list, got \{'env': 'SOME'\}"):
        planned(snapshot, "alone", alone(day="monday", many=env))


def test_a_hundred_problems_are_cut(snapshot: Snapshot) -> None:
    with pytest.raises(PlanRefused) as refused:
        planned(snapshot, "alone", {"ops": {f"a{n}": 1 for n in range(100)}})

    assert "… and 81 more." in refused.value.message
    assert len(refused.value.message) < 5000
