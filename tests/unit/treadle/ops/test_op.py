"""An op is what its function's signature and decorator say, and no more can be said of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.authored import refused
from treadle import (
    ArgumentError,
    AssetExecutionContext,
    In,
    Nothing,
    OpDefinition,
    OpExecutionContext,
    Out,
    Output,
    Resource,
    ResourceParam,
    op,
)


class Database(Resource):
    """A resource by its class."""


def test_inputs_are_the_parameters_with_their_types_and_defaults() -> None:
    @op(ins={"y": In(str, default_value="said"), "after": In(Nothing)})
    def made(x: int, y: object, z: float = 0.5) -> None:
        """Nothing."""

    assert list(made.ins) == ["x", "y", "z", "after"]
    assert [each.dagster_type for each in made.ins.values()] == [int, str, float, Nothing]
    assert [each.has_default for each in made.ins.values()] == [False, True, True, False]
    assert made.ins["y"].default_value == "said"


@pytest.mark.parametrize("context_type", [OpExecutionContext, AssetExecutionContext])
def test_the_context_is_told_by_its_name_or_its_type(context_type: type) -> None:
    def by_type(ctx: Any, x: int) -> int:
        return x

    by_type.__annotations__["ctx"] = context_type

    @op
    def by_name(context: Any, x: int) -> int:
        return x

    made = op(by_type)

    assert (made.context_param, list(made.ins)) == ("ctx", ["x"])
    assert (by_name.context_param, list(by_name.ins)) == ("context", ["x"])


def test_resources_are_told_by_their_annotation() -> None:
    @op(required_resource_keys={"settings"})
    def made(database: Database, token: ResourceParam[str], x: int) -> int:
        return x

    assert made.resource_params == {"database": Database, "token": str}
    assert made.resource_keys == ("database", "settings", "token")
    assert list(made.ins) == ["x"]


def test_outputs_are_typed_by_the_return_annotation() -> None:
    @op
    def one() -> int:
        return 1

    @op(out={"a": Out(), "b": Out(str)})
    def two() -> tuple[int, str]:
        return 1, ""

    @op
    def wrapped() -> Output[int]:
        return Output(1)

    @op
    def none() -> None:
        return None

    @op
    def untyped():  # type: ignore[no-untyped-def]  # the case under test
        return None

    assert types(one) == {"result": int}
    assert types(two) == {"a": int, "b": str}
    assert types(wrapped) == {"result": int}
    assert types(none) == {"result": Nothing}
    assert types(untyped) == {"result": Any}


def types(made: OpDefinition) -> dict[str, Any]:
    return {name: out.dagster_type for name, out in made.outs.items()}


def test_the_annotation_of_a_generator_types_no_output() -> None:
    @op
    def made() -> Any:
        yield Output(1)

    made.fn.__annotations__["return"] = int

    assert types(op(made.fn)) == {"result": Any}


def test_an_annotation_that_cannot_be_resolved_is_no_type() -> None:
    def fn(x: Any) -> Any:
        return x

    fn.__annotations__.update(x="Missing", **{"return": "Missing[int]"})

    made = op(fn)

    assert made.ins["x"].dagster_type is Any
    assert types(made) == {"result": Any}


def test_the_docstring_describes_it() -> None:
    @op(tags={"k": {"a": 1}}, code_version="2")
    def made() -> int:
        """Count."""
        return 1

    assert (made.description, made.tags, made.code_version) == ("Count.", {"k": '{"a": 1}'}, "2")


@pytest.mark.parametrize(
    "definition",
    [
        "@op(out=1)  # at\ndef a(): return 1",
        "@op(out={})  # at\ndef a(): return 1",
        "@op(ins={'y': In()})  # at\ndef a(x): return 1",
        "@op(ins={'x': In(Nothing)})  # at\ndef a(x): return 1",
        "@op(required_resource_keys={'x'})  # at\ndef a(x): return 1",
        "@op(ins={'config': In()})  # at\ndef a(config): return 1",
        "@op(config_schema=5)  # at\ndef a(): return 1",
        "@op  # at\ndef a(x, /): return 1",
        "@op(retry_policy=1)  # at\ndef a(x): return 1",
        "@op(tags={'k': object()})  # at\ndef a(x): return 1",
    ],
)
def test_a_wrong_op_is_refused_at_its_line(definition: str) -> None:
    refused(ArgumentError, defs=definition + "\n")
