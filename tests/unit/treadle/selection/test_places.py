"""Blocks and graphs are selected by their names, with all assets and checks that are made there."""

from __future__ import annotations

import pytest

from treadle import (
    AssetCheckResult,
    AssetOut,
    AssetsDefinition,
    Definitions,
    asset,
    asset_check,
    graph,
    graph_multi_asset,
    multi_asset,
    op,
)
from treadle.selection import AssetGraph, UnknownAssetError, parse, select, select_checks


def location() -> AssetGraph:
    @op
    def one() -> int:
        return 1

    @graph
    def inner():
        return one()

    @graph_multi_asset(outs={"a": AssetOut(), "b": AssetOut()}, can_subset=True)
    def outer():
        return {"a": inner(), "b": one()}

    @multi_asset(outs={"c": AssetOut(), "d": AssetOut()})
    def pair():
        return 1, 2

    @graph
    def shared():
        return one()

    @asset(key_prefix="x")
    def plain(a): ...

    @asset_check(asset=plain)
    def rows() -> AssetCheckResult:
        return AssetCheckResult(passed=True)

    built = Definitions(
        assets=[
            outer,
            pair,
            plain,
            AssetsDefinition.from_graph(shared, keys_by_output_name={"result": "e"}),
            AssetsDefinition.from_graph(shared, keys_by_output_name={"result": "p/f"}),
        ],
        asset_checks=[rows],
    ).built.snapshot
    return AssetGraph.of(built.assets, built.checks, built.blocks)


GRAPH = location()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("block:outer", "a b"),
        ("graph:outer", "a b"),
        ("graph:outer.inner", "a"),
        ("block:pair", "c d"),
        ("block:x__plain", "x/plain"),
        ("graph:shared", "e p/f"),
        ("block:shared", "e p/f"),
        ("graph:shared__p__f", "p/f"),
        ("graph:outer.inner+", "a x/plain"),
        ("block:outer and not graph:outer.inner", "b"),
    ],
)
def test_a_place_selects_what_is_made_in_it(text: str, expected: str) -> None:
    assert " ".join(sorted(select(parse(text), GRAPH))) == expected


def test_a_block_of_a_check_selects_the_check_and_one_of_assets_its_checks() -> None:
    checks = {"x/plain:rows"}

    assert select_checks(parse("block:x__plain"), GRAPH) == checks
    own = next(check.block for check in GRAPH.checks["x/plain"])
    assert select_checks(parse(f"block:{own}"), GRAPH) == checks
    assert select(parse(f"block:{own}"), GRAPH) == frozenset()


@pytest.mark.parametrize(
    ("text", "words", "suggestions"),
    [
        ("block:oute", "Did you mean block:outer", ("block:outer",)),
        ("graph:pair", "'pair' is a function; write block:pair", ("block:pair",)),
        ("graph:outer.iner", "Did you mean graph:outer.inner", ("graph:outer.inner",)),
        ("graph:outer.one", "no op makes an asset or a check in such a graph", None),
    ],
)
def test_a_place_that_is_not_there_is_refused(
    text: str, words: str, suggestions: tuple[str, ...] | None
) -> None:
    with pytest.raises(UnknownAssetError, match=words) as caught:
        select(parse(text), GRAPH)

    assert suggestions is None or caught.value.suggestions[:1] == suggestions
