"""Which part of an expression takes an asset in, by which way, and what leaves it out."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.unit.treadle.selection.test_asset_selection import GRAPH as CHAIN
from tests.unit.treadle.selection.test_asset_selection import SELECTIONS
from tests.unit.treadle.selection.test_evaluation import GRAPH, asset
from treadle import AssetSelection
from treadle.selection import Or, evaluate, explain_assets, parse, select
from treadle.selection._evaluation import AssetGraph


def told(text: str) -> dict[str, tuple[str, ...]]:
    return {
        each.key: each.taken_in_by if each.selected else ("-", *each.left_out_by)
        for each in explain_assets(parse(text), GRAPH)
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a or group:sales", {"a": ("a",), "mart/c": ("group:sales",), "mart/d": ("group:sales",)}),
        ("a or a+1", {"a": ("a",), "b": ("a+1: a → b",), "mart/d": ("a+1: a → mart/d",)}),
        (
            "1+b and not a",
            {"a": ("-", "not a"), "b": ("b",)},
        ),
        (
            "+mart/c",
            {
                "a": ("+mart/c: a → b → mart/c",),
                "b": ("+mart/c: b → mart/c",),
                "ext": ("-", "nothing here makes it: it is declared with AssetSpec"),
                "mart/c": ("mart/c",),
            },
        ),
        ("sinks(a or b)", {"a": ("-", "it is not of sinks(a or b)"), "b": ("b",)}),
        ("(a or b) and b", {"a": ("-", "it is not in b"), "b": ("b",)}),
        ("without_checks(b)", {"b": ("b",)}),
        ("not a and not group:sales", {"b": ("not a and not group:sales",)}),
    ],
)
def test_each_asset_says_what_takes_it_in(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    found = told(text)
    if text.startswith("not"):
        del found["ext"]

    assert found == expected


@given(SELECTIONS)
def test_what_is_explained_as_selected_is_what_is_selected(selection: AssetSelection) -> None:
    explained = explain_assets(selection.expression, CHAIN)

    assert {each.key for each in explained if each.selected} == evaluate(
        selection.expression, CHAIN
    )
    assert all(bool(each.left_out_by) is not each.selected for each in explained)


def test_a_union_of_many_keys_is_explained_at_once() -> None:
    graph = AssetGraph.of(asset(f"a{number}") for number in range(5000))
    every = Or(parts=tuple(parse(f"a{number}") for number in range(5000)))

    assert len(explain_assets(every, graph)) == len(select(every, graph)) == 5000
