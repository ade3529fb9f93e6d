"""@io_manager and @input_manager: in graphs, in assets, with config and resources of their own."""

from __future__ import annotations

from typing import Any

import pytest

import treadle
from treadle import (
    ArgumentError,
    AssetIn,
    Definitions,
    In,
    InputContext,
    IOManager,
    MissingError,
    OutputContext,
    StepFailedError,
    asset,
    build_input_context,
    graph_asset,
    op,
)
from treadle.io._io_manager import NothingUpstreamError


@treadle.input_manager
def seven() -> int:
    return 7


@op
def same(value):
    return value


def test_an_input_that_nothing_is_connected_to_is_what_its_manager_says() -> None:
    asked: list[InputContext] = []

    @treadle.input_manager(config_schema={"more": int}, required_resource_keys={"base"})
    def sum_of(context):
        asked.append(context)
        return context.resources.base + context.resource_config["more"]

    @op(
        ins={
            "x": In(int, input_manager_key="seven"),
            "y": In(input_manager_key="told", metadata={"k": 1}),
        }
    )
    def both(x, y):
        return x, y

    @graph_asset
    def made():
        return both()

    resources = {"seven": seven, "told": sum_of, "base": 10}
    config = {"resources": {"told": {"config": {"more": 5}}}}
    result = treadle.materialize([made], resources=resources, run_config=config)

    assert result.asset_value("made") == (7, 15)
    (context,) = asked
    assert context.upstream_output is None
    assert not context.has_asset_key
    assert (context.name, context.step_key, context.metadata) == ("y", "made.both", {"k": 1})
    with pytest.raises(NothingUpstreamError, match=r"upstream_output is None"):
        context.get_identifier()


def test_an_input_manager_loads_in_the_place_of_who_stored_on_assets_and_graphs() -> None:
    seen = []

    @treadle.input_manager
    def instead(context):
        seen.append((context.asset_key.text, context.upstream_output.step_key))
        return "instead"

    @asset
    def up():
        return "stored"

    @asset(ins={"up": AssetIn(input_manager_key="instead")})
    def down(up):
        return up

    @graph_asset(ins={"x": AssetIn("up", input_manager_key="instead")})
    def below(x):
        return same(x)

    result = treadle.materialize([up, down, below], resources={"instead": instead})

    assert (result.asset_value("down"), result.asset_value("below")) == ("instead", "instead")
    assert seen == [("up", "up"), ("up", "up")]


def test_what_an_input_manager_returns_may_be_one() -> None:
    class Other(treadle.InputManager):
        def load_input(self, context):
            return f"for {context.name}"

    @treadle.input_manager
    def passing_on(context):
        return Other()

    @op(ins={"x": In(input_manager_key="a"), "y": In(input_manager_key="b")})
    def both(x, y):
        return x, y

    @graph_asset
    def made():
        return both()

    result = treadle.materialize(
        [made], resources={"a": passing_on, "b": treadle.InputManagerDefinition(lambda _: Other())}
    )

    assert result.asset_value("made") == ("for x", "for y")


def test_an_input_manager_is_checked_where_the_definitions_are_made() -> None:
    @op(ins={"x": In(input_manager_key="sevn")})
    def read(x):
        return x

    @graph_asset
    def made():
        return read()

    with pytest.raises(MissingError, match=r"input manager 'sevn'.*Did you mean 'seven'"):
        Definitions(assets=[made], resources={"seven": seven})
    with pytest.raises(
        ArgumentError, match=r"(?s)as its input manager, which is 5.*derives from InputManager"
    ):
        Definitions(assets=[made], resources={"sevn": 5})


def test_an_input_manager_stores_nothing() -> None:
    @asset(io_manager_key="seven")
    def made():
        return 1

    with pytest.raises(
        ArgumentError,
        match=r"(?s)as its IO manager, which is an? InputManagerDefinition.*derives from IOManager",
    ):
        Definitions(assets=[made], resources={"seven": seven})


def test_what_a_manager_gives_is_of_the_declared_type() -> None:
    @op(ins={"x": In(str, input_manager_key="seven")})
    def read(x):
        return x

    @graph_asset
    def made():
        return read()

    with pytest.raises(StepFailedError, match=r"declared str.*input manager 'seven'.* is an int"):
        treadle.materialize([made], resources={"seven": seven})


def test_io_managers_are_told_their_config() -> None:
    told: list[Any] = []

    class Noting(IOManager):
        def handle_output(self, context: OutputContext, obj: Any) -> None:
            told.append(("out", context.resource_config))

        def load_input(self, context: InputContext) -> Any:
            told.append(("in", context.resource_config))
            return 2

    @treadle.io_manager(config_schema={"folder": str})
    def noting(context):
        return Noting()

    @asset(io_manager_key="m")
    def up():
        return 1

    @asset
    def down(up):
        return up

    treadle.materialize([up, down], resources={"m": noting.configured({"folder": "f"})})

    assert told == [("out", {"folder": "f"}), ("in", {"folder": "f"})]
    assert treadle.IOManagerDefinition.hardcoded_io_manager(Noting()).made_type is IOManager
    with pytest.raises(ArgumentError, match="hardcoded_io_manager got 5"):
        treadle.IOManagerDefinition.hardcoded_io_manager(5)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["input_config_schema", "output_config_schema", "version"])
def test_what_nothing_would_read_is_refused(name: str) -> None:
    with pytest.raises(ArgumentError, match=name):
        treadle.io_manager(**{name: {"a": int}})(lambda _: None)


def test_a_resource_definition_takes_what_the_field_gives_it() -> None:
    made = treadle.ResourceDefinition(
        lambda context: context.resource_config["n"], {"n": int}, "Ours."
    )

    @asset(required_resource_keys={"r"})
    def read(context):
        return context.resources.r

    result = treadle.materialize([read], resources={"r": made.configured({"n": 4})})

    assert (result.asset_value("read"), made.description) == (4, "Ours.")
    with pytest.raises(ArgumentError, match="hardcoded_resource"):
        treadle.ResourceDefinition(5)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="nothing reads the version"):
        treadle.ResourceDefinition(lambda _: 5, version="1")


def test_a_context_is_made_by_hand() -> None:
    context = build_input_context(name="x", resources={"base": 1})

    assert context.resources.base == 1
