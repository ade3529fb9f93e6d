"""What text means, and what is said of text that means nothing."""

from __future__ import annotations

import pytest

from treadle.selection import (
    AmbiguousSelectionError,
    And,
    End,
    Ends,
    Everything,
    Expression,
    Group,
    Key,
    Kind,
    Not,
    OnRecord,
    Or,
    Owner,
    Pattern,
    Reach,
    Recorded,
    SelectionSyntaxError,
    Tag,
    parse,
)
from treadle_contract.ids import KeyText


def key(text: str) -> Key:
    return Key(key=KeyText(text))


A, B, C = key("a"), key("b"), key("c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("foo_asset", key("foo_asset")),
        ("a/b", key("a/b")),
        ("slack-files.v2", key("slack-files.v2")),
        ("2", key("2")),
        ("sinks", key("sinks")),
        ("key", key("key")),
        ('key:"named/shared"', key("named/shared")),
        ("key:named/shared", key("named/shared")),
        ('key:"and"', key("and")),
        (r'key:"a \"b\" \\"', key('a "b" \\')),
        ("key:a*", Pattern(pattern="a*")),
        ("key:*a*b", Pattern(pattern="*a*b")),
        ('key:"a b*"', Pattern(pattern="a b*")),
        ("*", Everything()),
        ("group:sales/eu", Group(name="sales/eu")),
        ('group:"a b"', Group(name="a b")),
        ("kind:sql", Kind(name="sql")),
        ('owner:"team:x"', Owner(name="team:x")),
        ("tag:k=v", Tag(name="k", value="v")),
        ('tag:"k:1"="v 2"', Tag(name="k:1", value="v 2")),
        ("tag:k", Tag(name="k", value="")),
        ("+a", Reach(of=A, up=None)),
        ("a+", Reach(of=A, down=None)),
        ("+a+", Reach(of=A, up=None, down=None)),
        ("2+a", Reach(of=A, up=2)),
        ("a+1", Reach(of=A, down=1)),
        ("2+a+10", Reach(of=A, up=2, down=10)),
        ("+*", Reach(of=Everything(), up=None)),
        ("2+", Reach(of=key("2"), down=None)),
        ("2+3", Reach(of=key("3"), up=2)),
        ("+(a or b)", Reach(of=Or(parts=(A, B)), up=None)),
        ("2+(a)", Reach(of=A, up=2)),
        ("+key:a*", Reach(of=Pattern(pattern="a*"), up=None)),
        ("sinks(*)", Ends(end=End.SINKS, of=Everything())),
        ("roots(a or b)+", Reach(of=Ends(end=End.ROOTS, of=Or(parts=(A, B))), down=None)),
        ("missing()", Recorded(state=OnRecord.MISSING)),
        ("a+ and failed()", And(parts=(Reach(of=A, down=None), Recorded(state=OnRecord.FAILED)))),
        ("missing", key("missing")),
        ("a or b or c", Or(parts=(A, B, C))),
        ("a and b and c", And(parts=(A, B, C))),
        ("not a", Not(of=A)),
        ("not not a", Not(of=Not(of=A))),
        ("a OR NOT b", Or(parts=(A, Not(of=B)))),
        ("a or b and c", Or(parts=(A, And(parts=(B, C))))),
        ("(a or b) and c", And(parts=(Or(parts=(A, B)), C))),
        ("not a and b", And(parts=(Not(of=A), B))),
        ("not +a", Not(of=Reach(of=A, up=None))),
        ("+a or b", Or(parts=(Reach(of=A, up=None), B))),
        ("a or (b or c)", Or(parts=(A, Or(parts=(B, C))))),
        ("\ta\n or  b ", Or(parts=(A, B))),
        ("((a))", A),
    ],
)
def test_text_means(text: str, expected: Expression) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "empty"),
        ("  ", 2, "empty"),
        ("a b", 2, "Write `or`"),
        ("a,b", 1, "Write `or`"),
        ("a | b", 2, "Write `or`"),
        ("a & b", 2, "Write `and`"),
        ("a - b", 2, "Write `and not`"),
        ("a not b", 2, "Write `and not`"),
        ("!a", 0, "Write `not`"),
        ("a or", 4, "missing at the end"),
        ("or a", 0, "joins selections"),
        ("a and or b", 6, "joins selections"),
        ("(a", 0, "not closed"),
        ("(a b)", 3, "Write `or`"),
        ("a)", 1, "No parenthesis is open"),
        ("()", 1, "not expected"),
        ("sinks()", 0, "sinks(*)"),
        ("sink(a)", 0, "sinks(…)"),
        ("a or missing(b)", 5, "missing() takes nothing"),
        ("grup:x", 0, "group:"),
        ("column:x", 0, "not of the selection language"),
        ('"a b"', 0, 'key:"a b"'),
        ('key:"a', 4, "not closed"),
        ("key:", 4, "A key is expected"),
        ('key:""', 6, "A key is expected"),
        ("group:", 6, "group:name"),
        ("owner:team:x", 10, "double quotes"),
        ("a@b", 1, "double quotes"),
        ("0+a", 0, "from 1"),
        ("a+0", 2, "from 1"),
        ("a+b", 2, "Write `or`"),
        ("a*b", 1, "key:a*b"),
        ("=a", 0, "not expected"),
        ("9" * 5000 + "+a", 0, "all the way"),
        ("a+" + "9" * 10, 2, "all the way"),
        ("(" * 51 + "a" + ")" * 51, 51, "nested"),
        ("not " * 51 + "a", 204, "nested"),
    ],
)
def test_other_text_is_refused_at_its_place(text: str, position: int, words: str) -> None:
    with pytest.raises(SelectionSyntaxError) as caught:
        parse(text)

    assert (caught.value.position, words in caught.value.message) == (position, True)


def test_the_place_is_pointed_at() -> None:
    with pytest.raises(SelectionSyntaxError) as caught:
        parse("first or secnd  third")

    assert caught.value.message.splitlines()[1:] == [
        "  first or secnd  third",
        "                  ^",
    ]


def test_the_place_in_a_long_text_is_pointed_at_within_a_window() -> None:
    text = " or ".join(f"asset_{number}" for number in range(100))

    with pytest.raises(SelectionSyntaxError) as caught:
        parse(text + " or or")

    line, caret = caught.value.message.splitlines()[1:]
    assert line[caret.index("^") :] == "or"
    assert len(line) < 70


@pytest.mark.parametrize(
    ("text", "form", "meanings"),
    [
        ("b*", "b*", ("b+", "key:b*")),
        ("*b", "*b", ("+b", "key:*b")),
        ("*b*", "*b*", ("+b+", "key:*b*")),
        ("++b", "++b", ("2+b", "+b")),
        ("+++b", "+++b", ("3+b", "+b")),
        ("b++", "b++", ("b+2", "b+")),
        ("a or b++", "b++", ("b+2", "b+")),
        ("++(a or b)", "++(a or b)", ("2+(a or b)", "+(a or b)")),
        ('key:"x y"++', 'key:"x y"++', ('key:"x y"+2', 'key:"x y"+')),
        ("named/b*", "named/b*", ("named/b+", "key:named/b*")),
    ],
)
def test_an_older_form_is_refused_with_both_meanings(
    text: str, form: str, meanings: tuple[str, str]
) -> None:
    with pytest.raises(AmbiguousSelectionError) as caught:
        parse(text)

    assert caught.value.names == (form,)
    assert caught.value.suggestions == meanings
    assert all(meaning in caught.value.message for meaning in meanings)
    assert [str(parse(meaning)) for meaning in meanings] == list(meanings)


def test_ten_thousand_keys_in_one_union_are_parsed() -> None:
    text = " or ".join(f"prefix/asset_{number}" for number in range(10_000))

    expression = parse(text)

    assert isinstance(expression, Or)
    assert len(expression.parts) == 10_000
