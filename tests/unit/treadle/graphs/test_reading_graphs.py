"""What ops and graphs say of themselves, and assets from outside that a graph's body names itself."""

from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    Definitions,
    In,
    InputContext,
    IOManager,
    MissingError,
    Out,
    OutputContext,
    SourceAsset,
    graph,
    graph_asset,
    materialize,
    op,
)


class Named(IOManager):
    def handle_output(self, context: OutputContext, obj: object) -> None:
        raise AssertionError("nothing is stored here")

    def load_input(self, context: InputContext) -> Any:
        return context.asset_key.path[-1]


RAW = SourceAsset("raw", io_manager_def=Named())


@op(ins={"x": In(description="in")}, out=Out(str, io_manager_key="m"), code_version="2")
def same(x: str, suffix: str = "") -> str:
    return x + suffix


@op
def again(x):
    return x


@op
def joined(parts: list) -> str:
    return "+".join(parts)


@graph
def inner(x):
    return joined([again.alias("first")(x), RAW])


def test_an_op_says_what_goes_in_and_out() -> None:
    first, second = same.input_defs

    assert (first.name, first.dagster_type, first.description) == ("x", str, "in")
    assert not first.has_default_value
    assert (second.has_default_value, second.default_value) == (True, "")
    (out,) = same.output_defs
    assert (out.name, out.dagster_type, out.io_manager_key) == ("result", str, "m")
    assert (out.is_required, out.optional, same.version) == (True, False, "2")
    assert same.has_input("x")
    assert not same.has_output("x")
    with pytest.raises(ArgumentError, match=r"'same' has no input 'sufix'\. Did you mean 'suffix'"):
        same.input_def_named("sufix")


def test_a_graph_says_what_it_is_made_of() -> None:
    @graph
    def outer(x):
        return same(inner(x))

    assert outer.node_names == ("inner", "same")
    assert outer.node_defs == (inner, same)
    assert outer.node_named("inner").definition is inner
    assert inner.node_names == ("first", "joined")
    assert list(outer.iterate_op_defs()) == [again, joined, same]
    assert outer.output_def_named("result").dagster_type is str
    assert outer.has_node_named("same")
    with pytest.raises(ArgumentError, match="has no node 'sam'"):
        outer.node_named("sam")


def test_an_asset_from_outside_is_read_where_the_body_names_it() -> None:
    @graph_asset
    def made():
        return inner(again(RAW))

    result = materialize([made, RAW])

    assert result.asset_value("made") == "raw+raw"
    assert made.asset_deps == {AssetKey("made"): {AssetKey("raw")}}


def test_an_argument_of_its_name_is_another_one() -> None:
    other = AssetSpec("other").with_io_manager_key("m")

    @graph_asset
    def made(other):
        return joined([other, AssetSpec("p/other"), RAW])

    given = [made, RAW, other, AssetSpec("p/other").with_io_manager_key("m")]
    result = materialize(given, resources={"m": Named()})

    assert result.asset_value("made") == "other+other+raw"
    assert made.asset_deps[AssetKey("made")] == {*map(AssetKey, ("raw", "other", "p/other"))}


def test_it_has_to_be_declared() -> None:
    @graph_asset
    def made():
        return joined([RAW])

    with pytest.raises(MissingError, match="'raw', which is not defined"):
        Definitions(assets=[made])


def test_it_is_no_input_that_from_graph_names() -> None:
    made = AssetsDefinition.from_graph(inner, keys_by_input_name={"x": AssetKey("other")})

    assert made.asset_deps == {AssetKey("inner"): {AssetKey("other"), AssetKey("raw")}}
