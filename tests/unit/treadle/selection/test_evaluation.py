"""What an expression selects among the assets of a location."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.locations.snapshot import Asset
from treadle.selection import (
    AssetGraph,
    EmptySelectionError,
    Pattern,
    SelectionSyntaxError,
    UnknownAssetError,
    evaluate,
    parse,
    select,
    union,
)
from treadle_contract.ids import KeyText


def asset(key: str, *upstream: str, external: bool = False, group: str = "default") -> Asset:
    return Asset(
        key=KeyText(key),
        block=None if external else key,
        upstream_keys=tuple(KeyText(each) for each in upstream),
        group=group,
        tags={"tier": key[-1]},
        kinds=("sql",) if group == "sales" else ("python",),
        owners=("team:x",) if key == "b" else (),
    )


#: ext -> a -> b -> mart/c -> mart/d, and a -> mart/d.
GRAPH = AssetGraph.of(
    [
        asset("ext", external=True),
        asset("a", "ext"),
        asset("b", "a"),
        asset("mart/c", "b", group="sales"),
        asset("mart/d", "a", "mart/c", group="sales"),
    ]
)


def selected(text: str) -> str:
    return " ".join(sorted(select(parse(text), GRAPH)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "a"),
        ("a or b", "a b"),
        ("not a", "b mart/c mart/d"),
        ("* and not mart/c", "a b mart/d"),
        ("*", "a b mart/c mart/d"),
        ("+b", "a b"),
        ("b+", "b mart/c mart/d"),
        ("+b+", "a b mart/c mart/d"),
        ("1+mart/d", "a mart/c mart/d"),
        ("2+mart/d", "a b mart/c mart/d"),
        ("a+1", "a b mart/d"),
        ("99+mart/d", "a b mart/c mart/d"),
        ("ext+", "a b mart/c mart/d"),
        ("ext+1", "a"),
        ("not ext", "a b mart/c mart/d"),
        ("key:mart/*", "mart/c mart/d"),
        ("key:*t*", "mart/c mart/d"),
        ("key:e* or a", "a"),
        ("group:sales", "mart/c mart/d"),
        ("kind:sql and not tag:tier=c", "mart/d"),
        ('owner:"team:x"', "b"),
        ("sinks(*)", "mart/d"),
        ("roots(*)", "a"),
        ("sinks(a or b)", "b"),
        ("roots(key:mart/* or b)", "b"),
        ("roots(b or mart/d)", "b"),
        ("sinks(a or mart/c)", "mart/c"),
        ("sinks(ext or a)", "a"),
        ("roots(key:mart/*)+1", "mart/c mart/d"),
    ],
)
def test_an_expression_selects(text: str, expected: str) -> None:
    assert selected(text) == expected


@pytest.mark.parametrize(
    ("text", "names", "suggestions"),
    [
        ("bb", ("bb",), ("b",)),
        ("a or not mart/cc", ("mart/cc",), ("mart/c", "mart/d")),
        ("c", ("c",), ("mart/c",)),
        ("xx or yy or xx", ("xx", "yy"), ()),
        ("key:marts/*", ("key:marts/*",), ("mart/d", "mart/c")),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(
    text: str, names: tuple[str, ...], suggestions: tuple[str, ...]
) -> None:
    with pytest.raises(UnknownAssetError) as caught:
        selected(text)

    assert (caught.value.names, caught.value.suggestions) == (names, suggestions)


@pytest.mark.parametrize(
    ("text", "suggestions"),
    [
        ("group:sale", ("sales",)),
        ("kind:pyton", ("python",)),
        ('owner:"team:y"', ("team:x",)),
        ("tag:tier", ("tier=t", "tier=d", "tier=c")),
        ("a or group:x", ()),
        ("not group:sale", ("sales",)),
    ],
)
def test_an_attribute_that_matches_nothing_is_refused_with_the_nearest(
    text: str, suggestions: tuple[str, ...]
) -> None:
    with pytest.raises(EmptySelectionError) as caught:
        selected(text)

    assert caught.value.suggestions == suggestions


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a AND b", "'a and b' selects nothing that is made here. `and` keeps only"),
        ("not *", "'not *' selects nothing that is made here. Widen it; * is every asset."),
    ],
)
def test_a_selection_of_nothing_is_refused(text: str, said: str) -> None:
    with pytest.raises(EmptySelectionError) as caught:
        selected(text)

    assert caught.value.message.startswith(said)


def test_a_location_without_assets_says_so() -> None:
    with pytest.raises(EmptySelectionError, match="makes no asset"):
        select(parse("*"), AssetGraph.of([asset("ext", external=True)]))


@pytest.mark.parametrize("text", ["ext", "a or ext", "a or (b or key:ext)"])
def test_an_external_asset_by_name_is_refused(text: str) -> None:
    with pytest.raises(UnknownAssetError, match="AssetSpec") as caught:
        selected(text)

    assert (caught.value.names, caught.value.suggestions) == (("ext",), ("ext+",))


def test_evaluation_keeps_external_assets() -> None:
    assert evaluate(parse("+a"), GRAPH) == {"ext", "a"}


def test_an_upstream_that_is_no_asset_is_passed_over() -> None:
    graph = AssetGraph.of([asset("x", "gone")])

    assert select(parse("+x"), graph) == {"x"}


@st.composite
def chains(draw: st.DrawFn) -> list[Asset]:
    """Up to eight assets, each made from some of the earlier ones."""
    count = draw(st.integers(1, 8))
    assets = []
    for number in range(count):
        upstream = draw(st.sets(st.integers(0, number - 1))) if number else set()
        assets.append(asset(f"k{number}", *(f"k{each}" for each in sorted(upstream))))
    return assets


@given(chains(), st.data())
def test_levels_are_lengths_of_shortest_paths(assets: list[Asset], data: st.DataObject) -> None:
    graph = AssetGraph.of(assets)
    start = data.draw(st.sampled_from(sorted(graph.assets)))
    levels = data.draw(st.integers(1, 4))

    found = select(parse(f"{levels}+{start}"), graph)

    expected = {start}
    for _ in range(levels):
        expected |= {up for key in expected for up in graph.assets[KeyText(key)].upstream_keys}
    assert found == expected


@given(chains(), st.data())
def test_not_is_the_complement_and_and_the_dual_of_or(
    assets: list[Asset], data: st.DataObject
) -> None:
    graph = AssetGraph.of(assets)
    keys = st.sampled_from(sorted(graph.assets))
    left, right = data.draw(keys), data.draw(keys)

    both = evaluate(parse(f"+{left} and {right}+"), graph)

    assert both == evaluate(parse(f"not (not +{left} or not {right}+)"), graph)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*" * 40 + "!*", ""),
        ("*a" * 36, ""),
        ("*a" * 35 + "*b", "long"),
        ("a*a", ""),
        ("*a*", "long short"),
        ("**", "long short"),
        ("a*b", "long"),
    ],
)
def test_a_pattern_of_many_stars_is_matched_at_once(pattern: str, expected: str) -> None:
    names = {"a": "short", "a" * 35 + "b": "long"}
    graph = AssetGraph.of(asset(key) for key in names)

    try:
        found = evaluate(Pattern(pattern=pattern), graph)
    except UnknownAssetError:
        found = frozenset()

    assert " ".join(sorted(names[key] for key in found)) == expected


def test_a_selection_of_more_parts_than_can_be_looked_up_in_time_is_refused() -> None:
    graph = AssetGraph.of(asset(f"a{number}") for number in range(1000))
    many = union(parse(f"key:a{number}*") for number in range(10_001))

    with pytest.raises(SelectionSyntaxError, match="fewer parts"):
        evaluate(many, graph)

    by_key = union(parse(f"a{number}") for number in range(1000))
    assert len(evaluate(by_key, graph)) == 1000
