"""Ops and assets that a test calls as the functions that they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from treadle import (
    ArgumentError,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetOut,
    Config,
    ConfigurableResource,
    OpExecutionContext,
    Out,
    Resource,
    asset,
    build_asset_context,
    build_op_context,
    multi_asset,
    op,
    resource,
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


@op(out={"left": Out(), "right": Out()})
def halves(context: OpExecutionContext) -> tuple[int, int]:
    context.add_output_metadata({"rows": len(context.op_def.outs)}, "left")
    return 1, 2


def test_the_context_knows_the_op_that_is_called() -> None:
    context = build_op_context()

    assert halves(context) == (1, 2)
    assert context.get_output_metadata("left") == {"rows": 2}


def test_a_context_serves_one_op_after_the_other() -> None:
    @op
    def named(context: OpExecutionContext) -> str:
        return context.op_def.name

    @op
    def other(*, context: OpExecutionContext) -> str:
        return context.op_def.name

    context = build_op_context()

    assert (named(context), other(context=context), named(context)) == ("named", "other", "named")


def test_the_context_knows_the_assets_that_are_called() -> None:
    @asset(key_prefix="shop")
    def orders(context: AssetExecutionContext) -> str:
        context.add_asset_metadata({"rows": 3}, ["shop", "orders"])
        return context.asset_key.to_user_string()

    @asset
    def sales(context: AssetExecutionContext) -> str:
        return context.asset_key_for_output().to_user_string()

    context = build_asset_context()

    assert (orders(context), sales(context)) == ("shop/orders", "sales")
    assert context.get_output_metadata() == {"rows": 3}


def test_all_of_a_block_is_selected_unless_the_test_says_less() -> None:
    @multi_asset(
        outs={"a": AssetOut(is_required=False), "b": AssetOut(is_required=False)},
        check_specs=[AssetCheckSpec("full", asset="a")],
        can_subset=True,
    )
    def both(context: AssetExecutionContext) -> Iterator[str]:
        yield from sorted(context.selected_output_names)
        yield from sorted(key.text for key in context.selected_asset_keys)
        yield from sorted(key.text for key in context.selected_asset_check_keys)

    assert list(both(build_asset_context())) == ["a", "a_full", "b", "a", "b", "a:full"]
    assert list(both(build_asset_context(selected_asset_keys=["b"]))) == ["b", "b"]


PUT_AWAY: list[int] = []


@resource(config_schema={"size": int})
def shelf(context):
    yield context.resource_config["size"]
    PUT_AWAY.append(context.resource_config["size"])


class Door(ConfigurableResource):
    width: int
    is_open: bool = False

    def setup_for_execution(self, context: object) -> None:
        object.__setattr__(self, "is_open", True)


@asset(required_resource_keys={"shelf", "door"})
def stored(context: AssetExecutionContext) -> tuple[int, int, bool]:
    door = context.resources.door
    return context.resources.shelf, door.width, door.is_open


def test_resources_are_made_for_the_op_and_put_away_after_it() -> None:
    PUT_AWAY.clear()
    given = {"shelf": shelf, "door": Door(width=2)}

    with build_asset_context(given, resources_config={"shelf": {"config": {"size": 4}}}) as context:
        assert stored(context) == (4, 2, True)
        assert PUT_AWAY == []

    assert PUT_AWAY == [4]
    assert stored(build_asset_context({"shelf": 5, "door": Door(width=3)})) == (5, 3, True)


def test_a_resource_that_its_op_does_not_ask_for_is_not_made() -> None:
    @resource
    def broken():
        raise NotImplementedError

    @asset
    def plain(context: AssetExecutionContext) -> list[str]:
        return list(context.resources)

    assert plain(build_asset_context({"broken": broken})) == ["broken"]


def test_config_has_the_names_that_the_field_gives_it() -> None:
    @asset
    def timed(context: AssetExecutionContext, config: Times) -> int:
        return config.factor

    assert timed(build_asset_context(asset_config={"factor": 3})) == 3
    assert timed(build_op_context(config=Times(factor=4))) == 4
    with pytest.raises(ArgumentError, match="given as 'op_config', 'asset_config'"):
        build_asset_context(op_config={"factor": 3}, asset_config={"factor": 3})
    with pytest.raises(
        ArgumentError, match=r"names 'shlef', which is not given\. Did you mean 'shelf'"
    ):
        build_asset_context({"shelf": shelf}, resources_config={"shlef": {}})
