"""Pages: sizes and tokens."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from treadle_launcher.errors import BadArgumentError, BadPageTokenError
from treadle_launcher.store.pages import (
    cut_page,
    page_limit,
    page_token,
    parse_text_token,
    parse_token,
)


@pytest.mark.parametrize(
    ("asked", "given_"), [(0, 100), (1, 1), (500, 500), (501, 500), (2**31 - 1, 500)]
)
def test_a_size_is_brought_into_its_bounds(asked: int, given_: int) -> None:
    assert page_limit(asked) == given_


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(BadArgumentError, match="page_size is -1"):
        page_limit(-1)


@given(st.text(min_size=1), st.lists(st.text()))
def test_a_token_gives_back_its_position(position: str, filters: list[str]) -> None:
    assert parse_text_token(page_token(position, filters), filters) == position


@given(st.integers(0, 10**18 - 1), st.lists(st.text()))
def test_a_token_gives_back_its_number(position: int, filters: list[str]) -> None:
    assert parse_token(page_token(position, filters), filters) == position


def test_no_token_is_the_first_page() -> None:
    assert parse_token("", ["a"]) is None
    assert parse_text_token("", ["a"]) is None


@pytest.mark.parametrize("filters", [["ab"], ["a", "b", ""], ["b", "a"], []])
def test_a_token_of_other_filters_is_refused(filters: list[str]) -> None:
    with pytest.raises(BadPageTokenError):
        parse_token(page_token(3, ["a", "b"]), filters)


@pytest.mark.parametrize("position", ["", "-1", "x", "٣", "1" * 19])
def test_a_position_that_is_no_number_is_refused(position: str) -> None:
    with pytest.raises(BadPageTokenError):
        parse_token(page_token(position, []), [])


def test_one_item_is_on_a_page_however_large_it_is() -> None:
    page = cut_page([1, 2], 10, [], read=lambda row: (row, 5_000_000, row))

    assert page.items == (1,)
    assert parse_token(page.next_page_token, []) == 1


def test_no_rows_are_an_empty_page_without_a_next_one() -> None:
    page = cut_page([], 10, [], read=lambda row: (row, 1, row))

    assert (page.items, page.next_page_token) == ((), "")
