from __future__ import annotations

import pytest

from treadle_launcher.planning.selection_text import key_text, union, without


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("a/b", "a/b"),
        ("or", 'key:"or"'),
        ("NOT", 'key:"NOT"'),
        ("with space", 'key:"with space"'),
        ('quo"te\\', 'key:"quo\\"te\\\\"'),
        ("1st", 'key:"1st"'),
    ],
)
def test_a_key_is_written_so_that_it_is_read_as_one(key, text):
    assert key_text(key) == text


def test_what_could_bind_otherwise_is_put_in_parentheses():
    assert union(["a", "b and c", 'key:"d e"']) == 'a or (b and c) or key:"d e"'
    assert without(["a or b"], ["c", "or"]) == '((a or b)) and not (c or key:"or")'
