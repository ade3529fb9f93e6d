"""Values of config as users tell them: members of enums by name, entries that a class does not declare."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict
from typing_extensions import TypedDict

from treadle import (
    AssetsDefinition,
    Config,
    Enum,
    EnumValue,
    EnvVar,
    Field,
    OpExecutionContext,
    PlanRefused,
    asset,
    materialize,
)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Swapped(enum.Enum):
    one = "two"
    two = "one"


class Paint(Config):
    color: Color = Color.RED
    swapped: Swapped = Swapped.one
    more: tuple[Color, ...] = ()


class Plain(BaseModel):
    n: int = 1


class Ignoring(BaseModel):
    model_config = ConfigDict(extra="ignore")
    n: int = 1


@dataclass
class Data:
    n: int = 1


class Typed(TypedDict):
    n: int


def told(made: AssetsDefinition, config: Any) -> Any:
    result = materialize([made], run_config={"ops": {made.key.text: {"config": config}}})
    return result.asset_value(made.key)


@asset
def paint(config: Paint) -> Paint:
    return config


@asset(
    config_schema={
        "color": Enum("Color", [EnumValue("RED", Color.RED), EnumValue("BLUE", Color.BLUE)]),
        "again": Field(Enum("Word", ["a", "b"]), default_value="b"),
        "other": Field(Enum("Color", [EnumValue("RED", Color.RED)]), default_value="RED"),
    }
)
def older(context: OpExecutionContext) -> Any:
    return dict(context.op_config)


def test_a_member_of_an_enum_is_told_by_value_or_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_TEST_COLOR", "BLUE")

    assert told(paint, {"color": "blue"}).color is Color.BLUE
    assert told(paint, {"color": "BLUE", "more": ["RED", "blue"]}).more == (Color.RED, Color.BLUE)
    assert told(paint, {"color": EnvVar("TREADLE_TEST_COLOR")}).color is Color.BLUE
    with pytest.raises(PlanRefused, match="expected one of 'red', 'blue', 'RED', 'BLUE', got 'x'"):
        told(paint, {"color": "x"})


def test_a_text_that_is_a_value_and_another_members_name_is_the_value() -> None:
    assert told(paint, {"swapped": "two"}).swapped is Swapped.one


def test_a_word_of_the_older_enum_gives_its_value_of_pythons() -> None:
    assert told(older, {"color": "BLUE"}) == {"color": Color.BLUE, "again": "b", "other": Color.RED}
    with pytest.raises(PlanRefused, match="expected one of 'RED', 'BLUE', got 'blue'"):
        told(older, {"color": "blue"})


@pytest.mark.parametrize("kind", [Plain, Data, Typed])
def test_what_a_class_does_not_declare_is_refused(kind: Any) -> None:
    @asset
    def takes(config: kind) -> Any:
        return config

    told(takes, {"n": 2})
    with pytest.raises(
        PlanRefused, match=r"ops\.takes\.config\.m: there is no 'm' here; there is n"
    ):
        told(takes, {"n": 2, "m": 2})


def test_a_class_that_says_that_it_ignores_more_does() -> None:
    @asset
    def takes(config: Ignoring) -> int:
        return config.n

    assert told(takes, {"n": 2, "m": 3}) == 2
