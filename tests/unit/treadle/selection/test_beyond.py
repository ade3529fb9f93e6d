"""Where a selection goes on beyond its location."""

from __future__ import annotations

import pytest

from tests.unit.treadle.selection.test_evaluation import GRAPH
from treadle.selection import beyond, parse


@pytest.mark.parametrize(
    ("text", "above", "below"),
    [
        ("a", "", ""),
        ("*", "", ""),
        ("+a", "ext", ""),
        ("1+b", "", ""),
        ("2+b", "ext", ""),
        ("+a or b", "ext", ""),
        ("+a and group:sales or a", "", ""),
        ("a and not +ext", "", ""),
        ("a+", "", "a b mart/c mart/d"),
        ("a+1", "", "a"),
        ("a+2", "", "a b mart/d"),
        ("a+ and group:sales", "", "mart/c mart/d"),
        ("+b+", "ext", "b mart/c mart/d"),
        ("ext+", "", "a b ext mart/c mart/d"),
    ],
)
def test_a_plus_goes_on_where_the_selection_does(text, above, below):
    found = beyond(parse(text), GRAPH)

    assert (" ".join(found.above), " ".join(found.below)) == (above, below)
