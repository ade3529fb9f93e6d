"""Ops and assets that a test calls as the functions that they are."""

from __future__ import annotations

import pytest

from treadle import (
    AssetExecutionContext,
    Config,
    OpExecutionContext,
    Resource,
    asset,
    build_asset_context,
    build_op_context,
    op,
)


class Bell(Resource):
    def __init__(self, tone: str) -> None:
        self.tone = tone


class Times(Config):
    factor: int = 1


@op
def rings(
    context: OpExecutionContext, bell: Bell, number: int, config: Times, more: int = 0
) -> str:
    return f"{bell.tone} {number * config.factor + more}"


@asset
def rung(context: AssetExecutionContext, number: int, bell: Bell) -> str:
    return f"{bell.tone} {number}"


def test_what_the_context_has_is_not_given() -> None:
    context = build_op_context({"bell": Bell("ding")}, op_config={"factor": 3})

    assert rings(context, 2) == "ding 6"
    assert rings(context, 2, 1) == "ding 7"
    assert rings(context, number=2, more=1) == "ding 7"
    assert rings(context=context, number=2) == "ding 6"


def test_config_may_be_an_instance_of_its_class() -> None:
    context = build_op_context({"bell": Bell("ding")}, op_config=Times(factor=5))

    assert rings(context, 2) == "ding 10"


def test_what_is_given_goes_before_what_the_context_has() -> None:
    context = build_op_context({"bell": Bell("ding")})

    assert rings(context, number=2, bell=Bell("dong"), config=Times()) == "dong 2"
    assert rings(context, Bell("dong"), 2, Times(), 0) == "dong 2"


def test_an_asset_of_one_op_is_called_likewise() -> None:
    assert rung(build_asset_context({"bell": Bell("ding")}), 4) == "ding 4"


def test_what_nobody_gives_is_missing_as_python_says_it() -> None:
    with pytest.raises(TypeError, match="bell"):
        rings(build_op_context(), number=1, config=Times())
