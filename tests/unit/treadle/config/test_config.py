from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import Field as Bounded
from pydantic import SecretStr, ValidationError

import treadle
from treadle import Array, Config, EnvVar, Field, Noneable, PermissiveConfig, RunConfig, Selector
from treadle.config._op_config import config_type, schema_config_type
from treadle.config._run_config import config_data
from treadle.config.values import MissingVariableError


class Colour(Enum):
    RED = "red"


class Inner(Config):
    x: int = 3


class Outer(Config):
    day: str
    n: int = 3
    word: SecretStr = EnvVar("WORD")
    colour: Colour = Colour.RED
    mode: Literal["a", "b"] = "a"
    inner: Inner = Inner()
    many: list[Inner] = Bounded(default=[])
    path: Path = Path("/tmp")


def test_fields_take_variables_whatever_their_type() -> None:
    made = Outer(day=EnvVar("DAY"), n=EnvVar.int("N"))

    assert config_data(made) == {
        "day": {"env": "DAY"},
        "n": {"env": "N"},
        "word": {"env": "WORD"},
        "colour": "red",
        "mode": "a",
        "inner": {"x": 3},
        "many": (),
        "path": "/tmp",
    }


def test_what_is_not_declared_is_refused_unless_it_is_permitted() -> None:
    class Loose(PermissiveConfig):
        x: int = 1

    with pytest.raises(ValidationError, match="extra"):
        Outer(day="x", dya="y")  # type: ignore[call-arg]
    assert config_data(Loose(y=2)) == {"x": 1, "y": 2}  # type: ignore[call-arg]


def test_a_class_below_another_takes_variables_too() -> None:
    class Below(Outer):
        more: list[int] = Bounded(default=[1])

    assert Below(day="x", more=EnvVar("MORE")).more == "MORE"  # type: ignore[arg-type]
    assert Below(day="x", more=[1, 2]).more == [1, 2]


def test_a_secret_in_python_is_not_written_down() -> None:
    with pytest.raises(ValueError, match="word is a secret"):
        config_data(Outer(day="x", word=SecretStr("hush")))


def test_a_run_config_has_classes_at_any_depth() -> None:
    config = RunConfig(
        ops={
            "one": Inner(x=1),
            "graph": {"ops": {"two": Inner(x=2)}},
            "three": {"config": {"x": 3}},
        }
    )

    assert config.to_config_dict() == {
        "ops": {
            "one": {"config": {"x": 1}},
            "graph": {"ops": {"two": {"config": {"x": 2}}}},
            "three": {"config": {"x": 3}},
        }
    }
    assert RunConfig().to_config_dict() == {}
    with pytest.raises(ValueError, match="The config has a value of type object"):
        RunConfig(ops={"a": {"config": {"x": object()}}}).to_config_dict()
    itself: list[Any] = []
    itself.append(itself)
    with pytest.raises(ValueError, match="The config is nested deeper than 25 levels"):
        RunConfig(ops={"a": {"config": {"x": itself}}}).to_config_dict()


def test_the_schema_says_what_may_stand() -> None:
    schema = config_type(Outer, owner="it").schema

    assert schema["required"] == ["day"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["word"]["default"] == {"env": "WORD"}
    assert schema["properties"]["word"]["writeOnly"] is True


def test_a_variable_is_read_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_TEST_WORD", "hush")

    assert EnvVar("TREADLE_TEST_WORD").value() == "hush"
    assert "TREADLE_TEST_NONE" not in os.environ
    assert EnvVar("TREADLE_TEST_NONE").get_value("other") == "other"
    assert repr(EnvVar("A")) == "EnvVar('A')"
    with pytest.raises(MissingVariableError):
        EnvVar("TREADLE_TEST_NONE").value()


@pytest.mark.parametrize(
    ("schema", "given", "read"),
    [
        (str, "a", "a"),
        ({"a": int}, {"a": 1}, {"a": 1}),
        ({"a": Field(int, default_value=2)}, {}, {"a": 2}),
        ({"a": Field(int, is_required=False)}, {}, {}),
        ({"a": Noneable(int)}, {"a": None}, {"a": None}),
        ({"a": Array(int)}, {"a": (1, 2)}, {"a": [1, 2]}),
        ({"a": [int]}, {"a": (1,)}, {"a": [1]}),
        ({"a": {"b": str}}, {"a": {"b": "c"}}, {"a": {"b": "c"}}),
        (treadle.Shape({"a": int}), {"a": 1}, {"a": 1}),
        (treadle.Permissive({"a": int}), {"a": 1, "b": 2}, {"a": 1, "b": 2}),
        (treadle.Permissive(), {"b": 2}, {"b": 2}),
        (treadle.Map(str, int), {"b": 2}, {"b": 2}),
        (Selector({"a": int, "b": str}), {"b": "x"}, {"b": "x"}),
        ({"a": treadle.Enum("E", ["x", "y"])}, {"a": "x"}, {"a": "x"}),
        ({"a": treadle.StringSource}, {"a": "x"}, {"a": "x"}),
        (
            {"class": int, "_a": int, "copy": int},
            {"class": 3, "_a": 1, "copy": 2},
            {"class": 3, "_a": 1, "copy": 2},
        ),
        (dict, {"any": 1}, {"any": 1}),
    ],
)
def test_each_older_form_of_a_schema_is_read(schema: Any, given: Any, read: Any) -> None:
    found = schema_config_type(schema, owner="it")

    config = found.read(given)
    assert (config.model_dump() if isinstance(config, Config) else config) == read


@pytest.mark.parametrize(
    ("schema", "given"),
    [
        ({"a": int}, {}),
        ({"a": int}, {"a": 1, "b": 2}),
        ({"a": int}, {"a": "x"}),
        ({"a": [int]}, {"a": ("x",)}),
        (Selector({"a": int, "b": str}), {}),
        (Selector({"a": int, "b": str}), {"a": 1, "b": "x"}),
        ({"a": treadle.Enum("E", ["x", "y"])}, {"a": "z"}),
    ],
)
def test_an_older_form_refuses_what_it_always_refused(schema: Any, given: Any) -> None:
    found = schema_config_type(schema, owner="it")

    with pytest.raises(ValidationError):
        found.read(given)


def test_a_schema_beside_a_parameter_is_one_too_many() -> None:
    with pytest.raises(
        treadle.ConflictError, match="has a config_schema, and a parameter 'config'"
    ):

        @treadle.op(config_schema={"n": int})
        def both(config: Inner) -> None: ...


@pytest.mark.parametrize("wrong", [5, [int, str], {"a": 5}, object()])
def test_what_is_no_schema_is_refused(wrong: object) -> None:
    with pytest.raises(treadle.ArgumentError, match="which is no type of config"):
        schema_config_type(wrong, owner="it")
