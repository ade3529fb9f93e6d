"""Expressions print as text that parses back to the same expression."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from treadle.selection import (
    And,
    Check,
    ChecksOf,
    End,
    Ends,
    Everything,
    Expression,
    Group,
    InBlock,
    InGraph,
    Key,
    Kind,
    Not,
    OnRecord,
    Or,
    Owner,
    Pattern,
    Reach,
    Recorded,
    SelectionError,
    Tag,
    WithoutChecks,
    bare_reaches,
    parse,
    union,
)
from treadle_contract.ids import KeyText

WORDS = st.sampled_from(
    ["a", "b/c", "and", "NOT", "or", "2", "sinks", "key", "group", "a-b.c", "-"]
)
TEXTS = WORDS | st.text(min_size=1, max_size=8)
KEY_TEXTS = TEXTS.filter(lambda text: "*" not in text)
LEVELS = st.none() | st.integers(0, 20)
ATOMS = st.one_of(
    st.builds(lambda text: Key(key=KeyText(text)), KEY_TEXTS),
    st.builds(lambda parts: Pattern(pattern="*".join(parts)), st.lists(KEY_TEXTS, min_size=2)),
    st.builds(lambda name: Group(name=name), TEXTS),
    st.builds(lambda name: Kind(name=name), TEXTS),
    st.builds(lambda name: Owner(name=name), TEXTS),
    st.builds(lambda name, value: Tag(name=name, value=value), TEXTS, TEXTS | st.just("")),
    st.builds(lambda name: InBlock(name=name), TEXTS),
    st.builds(lambda path: InGraph(path=path), TEXTS),
    st.builds(lambda asset, name: Check(asset=asset, name=name), TEXTS, TEXTS | st.just("*")),
    st.builds(lambda state: Recorded(state=state), st.sampled_from(list(OnRecord))),
    st.just(Everything()),
)


def compound(of: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    parts = st.lists(of, min_size=2, max_size=3).map(tuple)
    reaches = st.builds(lambda of, up, down: Reach(of=of, up=up, down=down), of, LEVELS, LEVELS)
    return st.one_of(
        st.builds(lambda of: Not(of=of), of),
        st.builds(lambda of: ChecksOf(of=of), of),
        st.builds(lambda of: WithoutChecks(of=of), of),
        st.builds(lambda parts: And(parts=parts), parts),
        st.builds(lambda parts: Or(parts=parts), parts),
        st.builds(lambda end, of: Ends(end=end, of=of), st.sampled_from(End), of),
        reaches.filter(lambda reach: (reach.up, reach.down) != (0, 0)),
    )


EXPRESSIONS = st.recursive(ATOMS, compound, max_leaves=8)


# Of its own reports, which a deep expression makes long; nothing of ours warns so.
@pytest.mark.filterwarnings("ignore:.*overly large repr")
@given(EXPRESSIONS)
@example(Reach(of=Reach(of=Key(key=KeyText("a")), up=None), down=None))
@example(Reach(of=Key(key=KeyText("2")), up=3))
@example(And(parts=(And(parts=(Everything(), Everything())), Everything())))
@example(Not(of=Or(parts=(Everything(), Everything()))))
def test_an_expression_prints_as_text_that_parses_back(expression: Expression) -> None:
    assert parse(str(expression)) == expression


@given(st.text(alphabet='ab2+*()/ not or key:"=,', max_size=12))
def test_text_is_accepted_or_refused_and_prints_in_one_form(text: str) -> None:
    try:
        expression = parse(text)
    except SelectionError:
        return

    assert parse(str(expression)) == expression


def test_a_union_of_unions_is_flat() -> None:
    assert str(union([parse("a or b"), parse("c and d"), parse("+e")])) == "a or b or c and d or +e"


def test_what_is_there_twice_counts_once_in_a_union() -> None:
    assert str(union([parse("a or +b"), parse("a"), parse("+b")])) == "a or +b"


def test_a_union_of_one_is_itself() -> None:
    assert union([parse("a")]) == parse("a")


def test_reaches_of_plain_keys_that_meant_one_level_in_dagster_are_found() -> None:
    expression = parse('b+ or (+"c" and d+1) or +e+ or key:f*+ or not 2+g'.replace('"c"', "c"))

    assert bare_reaches(expression) == ("b+", "+c", "+e+")
