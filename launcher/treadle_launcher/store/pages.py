"""Pages of lists: how many items one holds, and the token by which the next is asked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from treadle_launcher.errors import BadArgumentError, BadPageTokenError
from treadle_launcher.store.records import Page

T = TypeVar("T")
R = TypeVar("R")

_DEFAULT: Final = 100
_MOST: Final = 500
_MOST_CHARACTERS: Final = 1024 * 1024
_SCOPE_DIGITS: Final = 16
_NUMBER: Final = re.compile("[0-9]{1,18}")


def page_limit(page_size: int) -> int:
    """Return how many items a page holds at most, for the size that a caller asks for.

    Raises:
        BadArgumentError: the size is negative.
    """
    if page_size < 0:
        raise BadArgumentError(
            [str(page_size)], message=f"page_size is {page_size}: give 0 or a positive number."
        )
    return min(page_size or _DEFAULT, _MOST)


def page_token(position: str | int, filters: Sequence[str]) -> str:
    """Return the token of the page that goes on after a position, for a list so filtered."""
    return f"{_scope(filters)}{position}"


def parse_text_token(token: str, filters: Sequence[str]) -> str | None:
    """Return the position after which a page goes on. None: it is the first.

    Raises:
        BadPageTokenError: no list with these filters gave this token.
    """
    if not token:
        return None
    scope, position = token[:_SCOPE_DIGITS], token[_SCOPE_DIGITS:]
    if scope != _scope(filters) or not position:
        raise BadPageTokenError([token])
    return position


def parse_token(token: str, filters: Sequence[str]) -> int | None:
    """Return the position, a number, after which a page goes on. None: it is the first.

    Raises:
        BadPageTokenError: no list with these filters gave this token.
    """
    position = parse_text_token(token, filters)
    if position is None:
        return None
    if not _NUMBER.fullmatch(position):
        raise BadPageTokenError([token])
    return int(position)


def cut_page(
    rows: Sequence[R],
    limit: int,
    filters: Sequence[str],
    *,
    read: Callable[[R], tuple[str | int, int, T]],
) -> Page[T]:
    """Make a page of rows, of which there is one over the limit if there are more.

    `read` returns a row's position, its size in characters, and its item. A page ends before
    1 MiB, so that a message with default limits holds it; one item it has always.
    """
    items: list[T] = []
    size = 0
    last: str | int = 0
    for row in rows[:limit]:
        position, row_size, item = read(row)
        size += row_size
        if items and size > _MOST_CHARACTERS:
            break
        items.append(item)
        last = position
    more = len(rows) > len(items)
    return Page(items=tuple(items), next_page_token=page_token(last, filters) if more else "")


def _scope(filters: Sequence[str]) -> str:
    # With the length of each: ("a", "b") is not ("ab",).
    text = "".join(f"{len(each)}:{each}" for each in filters)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:_SCOPE_DIGITS]
