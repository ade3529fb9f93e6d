"""MaterializeResult: that an asset was made, with what is said of it, in each way to hand it over."""

from __future__ import annotations

from typing import Any

import pytest

import treadle
from treadle import AssetOut, AssetSpec, MaterializeResult, Output, asset, multi_asset
from treadle_contract.run import FailureWhere

TWO = {"one": AssetOut(), "two": AssetOut()}


def said(result: Any) -> dict[str, dict[str, Any]]:
    return {
        each.asset_key: {entry.name: entry.value for entry in each.metadata}
        for each in result.stored
    }


def test_one_without_value_says_what_it_says(bench):
    @asset
    def rows() -> MaterializeResult:
        return MaterializeResult(metadata={"rows": 3})

    result = bench.run(rows, step="rows")

    assert said(result) == {"rows": {"rows": 3}}
    assert result.stored[0].value_ref is None


def test_one_with_a_value_stores_it(bench):
    @asset
    def number():
        return MaterializeResult(value=7, metadata={"k": "v"})

    @asset
    def typed() -> MaterializeResult[int]:
        return MaterializeResult(value=8)

    result = bench.run(number, step="number")
    assert (bench.values(result), said(result)) == ({"number": 7}, {"number": {"k": "v"}})
    assert bench.values(bench.run(typed, step="typed")) == {"typed": 8}


def test_of_several_each_says_which_it_is(bench):
    @multi_asset(outs=TWO)
    def both():
        yield MaterializeResult(asset_key="two", value=2, metadata={"n": 2})
        yield Output(1, "one")

    result = bench.run(both, step="both")

    assert bench.values(result) == {"one": 1, "two": 2}
    assert said(result) == {"one": {}, "two": {"n": 2}}


def test_in_a_tuple_its_place_says_which_it_is(bench):
    @multi_asset(outs=TWO)
    def both():
        return MaterializeResult(value=1), MaterializeResult(asset_key="two", value=2)

    assert bench.values(bench.run(both, step="both")) == {"one": 1, "two": 2}


def test_a_class_declared_nothing_takes_no_value(bench):
    @asset
    def rows() -> MaterializeResult:
        return MaterializeResult(value=3)

    assert "is Nothing, but the value is an int" in bench.failure(rows, step="rows").message


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (MaterializeResult(), "without an asset_key, and makes 'one', 'two'"),
        (
            MaterializeResult(asset_key="tow"),
            "of 'tow', which it does not make. Did you mean 'two'?",
        ),
        ((MaterializeResult(asset_key="two"), 2), "which is that of 'one'"),
    ],
)
def test_one_of_nobody_is_refused(bench, given, words):
    @multi_asset(outs=TWO)
    def both():
        return given

    failure = bench.failure(both, step="both")

    assert words in failure.message
    assert failure.where is FailureWhere.OUTPUT


@pytest.mark.parametrize("name", ["tags"])
def test_what_is_not_there_yet_is_refused(name):
    with pytest.raises(
        treadle.ArgumentError, match=f"MaterializeResult\\({name}=…\\) is not supported"
    ):
        MaterializeResult(**{name: 1})


def test_specs_are_assets_that_the_function_makes_itself(bench):
    @multi_asset(
        specs=[
            AssetSpec("a", deps=["up"]),
            AssetSpec("b", deps=["a"], skippable=True),
            AssetSpec(["p", "c"]),
        ],
        can_subset=True,
    )
    def made(context):
        for key in sorted(context.selected_asset_keys):
            if key.text != "b":
                yield MaterializeResult(asset_key=key, metadata={"key": key.text})

    snapshot = treadle.Definitions(assets=[made, AssetSpec("up")]).built.snapshot
    lineage = {each.key: each.upstream_keys for each in snapshot.assets if not each.is_external}
    assert lineage == {"a": ("up",), "b": ("a",), "p/c": ()}
    assert [(out.is_required, out.nothing) for out in snapshot.steps[0].outputs] == [
        (True, True),
        (False, True),
        (True, True),
    ]


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"specs": [AssetSpec("a")], "outs": TWO}, treadle.ConflictError, "has specs and outs"),
        ({"specs": [AssetSpec("a")], "deps": ["b"]}, treadle.ConflictError, "has specs and deps"),
        ({"specs": [AssetSpec("a"), AssetSpec("a")]}, treadle.DuplicateError, "has 'a' twice"),
        ({"specs": ["a"]}, treadle.ArgumentError, "specs has 'a', which is no AssetSpec"),
        ({"specs": []}, treadle.ArgumentError, "names no output"),
    ],
)
def test_specs_that_cannot_be_are_refused(arguments, kind, words):
    with pytest.raises(kind, match=words):
        multi_asset(**arguments)(lambda: None)
