"""AssetSelection says what the language says: each way to write one has its text, which reads back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import treadle
from tests.unit.treadle.selection.test_expression import EXPRESSIONS
from treadle import (
    ArgumentError,
    AssetKey,
    AssetSelection,
    AssetSpec,
    Definitions,
    SourceAsset,
    asset,
    define_asset_job,
)
from treadle.selection import Expression, evaluate, parse
from treadle.selection._evaluation import AssetGraph

A, B = AssetSelection.assets("a"), AssetSelection.keys(AssetKey("b"))


@asset(key_prefix="x")
def made() -> None: ...


@pytest.mark.parametrize(
    ("selection", "text"),
    [
        (AssetSelection.all(), "*"),
        (AssetSelection.assets("a", ["p", "b"], made), "a or p/b or x/made"),
        (AssetSelection.keys(AssetKey("b")), "b"),
        (AssetSelection.key_prefixes("p", ["q", "r"]), "key:p/* or key:q/r/*"),
        (AssetSelection.key_substring("at"), "key:*at*"),
        (AssetSelection.groups("g", "h"), "group:g or group:h"),
        (AssetSelection.tag("k", "v"), "tag:k=v"),
        (AssetSelection.tag("k"), "tag:k"),
        (AssetSelection.tag_string("k=v=w"), 'tag:k="v=w"'),
        (AssetSelection.kind("csv"), "kind:csv"),
        (AssetSelection.blocks("one", "two"), "block:one or block:two"),
        (AssetSelection.graphs("outer.inner"), "graph:outer.inner"),
        (AssetSelection.owner("me@x.org"), 'owner:"me@x.org"'),
        (A.upstream(), "+a"),
        (A.upstream(depth=2), "2+a"),
        (A.upstream(depth=0), "a"),
        (A.downstream(depth=1, include_self=False), "a+1 and not a"),
        ((A | B).downstream(), "(a or b)+"),
        (A.sinks(), "sinks(a)"),
        ((A | B).roots(), "roots(a or b)"),
        (A | B | A, "a or b"),
        (A & B & A, "a and b"),
        (A - B, "a and not b"),
        (A - (B | A), "a and not (b or a)"),
        (~A, "not a"),
    ],
)
def test_each_way_to_write_one_has_its_text(selection: AssetSelection, text: str) -> None:
    assert str(selection) == selection.to_selection_str() == text
    assert AssetSelection.from_string(text) == selection
    assert eval(repr(selection)) == selection


@given(EXPRESSIONS)
def test_any_selection_reads_back_from_its_text(expression: Expression) -> None:
    selection = AssetSelection(expression)

    assert AssetSelection.from_string(str(selection)) == selection
    assert hash(AssetSelection.from_string(str(selection))) == hash(selection)


SELECTIONS = st.recursive(
    st.sampled_from("abcde").map(AssetSelection.assets) | st.just(AssetSelection.all()),
    lambda of: st.one_of(
        st.builds(lambda x, y: x | y, of, of),
        st.builds(lambda x, y: x & y, of, of),
        st.builds(lambda x, y: x - y, of, of),
        st.builds(lambda x: ~x, of),
        st.builds(
            lambda x, n, s: x.upstream(n, s), of, st.none() | st.integers(0, 3), st.booleans()
        ),
        st.builds(
            lambda x, n, s: x.downstream(n, s), of, st.none() | st.integers(0, 3), st.booleans()
        ),
        st.builds(lambda x: x.sinks(), of),
        st.builds(lambda x: x.roots(), of),
    ),
    max_leaves=6,
)


def chain() -> AssetGraph:
    @asset
    def a(): ...

    @asset(deps=["a"])
    def b(): ...

    @asset(deps=["a"])
    def c(): ...

    @asset(deps=["b", "c"])
    def d(): ...

    @asset(deps=["d"])
    def e(): ...

    return AssetGraph.of(Definitions(assets=[a, b, c, d, e]).built.snapshot.assets)


GRAPH = chain()


@given(SELECTIONS)
def test_what_is_composed_selects_what_its_text_selects(selection: AssetSelection) -> None:
    assert evaluate(parse(str(selection)), GRAPH) == evaluate(selection.expression, GRAPH)


def test_a_job_takes_one_alone_and_in_a_list() -> None:
    @asset
    def a() -> None: ...

    @asset
    def b() -> None: ...

    defs = Definitions(
        assets=[a, b],
        jobs=[
            define_asset_job("one", AssetSelection.assets(a)),
            define_asset_job("two", [AssetSelection.assets("a"), "b"]),
        ],
    )

    assert [str(job.job.selection) for job in defs.selected_jobs] == ["a", "a or b"]


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (AssetSelection.assets, "selects nothing"),
        (AssetSelection.groups, "selects nothing"),
        (lambda: AssetSelection.assets(5), "5, which names no asset"),
        (lambda: AssetSelection.from_string("a b"), "AssetSelection.from_string"),
        (lambda: A.upstream(depth=-1), "depth=-1 is no number of levels"),
        (lambda: A.downstream(depth=True), "depth=True is no number of levels"),
        (lambda: AssetSelection.all(include_sources=True), "takes no argument 'include_sources'"),
    ],
)
def test_what_cannot_be_meant_is_refused(write: Any, words: str) -> None:
    with pytest.raises(treadle.ArgumentError, match=words):
        write()


@pytest.mark.parametrize("write", [lambda: A | "b", lambda: A & 5, lambda: A - None])
def test_what_is_no_selection_is_not_joined(write: Any) -> None:
    with pytest.raises(TypeError):
        write()


@pytest.mark.parametrize(
    ("given", "text"),
    [("a+", "a+"), (["a", "b/c"], "a or b/c"), (treadle.AssetKey("a"), "a"), (A, str(A))],
)
def test_what_may_be_given_for_a_selection_becomes_one(given: Any, text: str) -> None:
    assert str(AssetSelection.from_coercible(given)) == text


@pytest.mark.parametrize(
    "make",
    [
        lambda: AssetSelection.all(include_sources=True),  # type: ignore[call-arg]
        lambda: AssetSelection.kind("k", include_sources=True),  # type: ignore[call-arg]
    ],
)
def test_what_is_made_elsewhere_is_not_selected_and_said_so(
    make: Callable[[], AssetSelection],
) -> None:
    with pytest.raises(ArgumentError, match="read, and never selected: leave it out") as error:
        make()

    assert __file__ in str(error.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: AssetSelection.groups("a", include_sources=True), "never selected: leave it out"),  # type: ignore[call-arg]
        (lambda: AssetSelection.key_prefixes("a", deep=True), "takes no argument 'deep'"),  # type: ignore[call-arg]
        (lambda: AssetSelection.assets("a", key="b"), "takes no argument 'key'"),  # type: ignore[call-arg]
    ],
)
def test_an_argument_that_there_is_none_of_is_refused_at_its_line(call: Any, words: str) -> None:
    with pytest.raises(ArgumentError, match=words) as refused:
        call()

    assert __file__ in str(refused.value)


def test_what_is_made_elsewhere_is_named_by_its_spec() -> None:
    assert str(AssetSelection.assets(AssetSpec("far"), SourceAsset("near"))) == "far or near"
