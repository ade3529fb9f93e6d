from __future__ import annotations

import collections.abc
from typing import Annotated, Any, Literal, NewType, Optional, Protocol, TypedDict

import pytest

from treadle.steps._type_check import is_of_type, type_name


class Sized(Protocol):
    size: int


class Row(TypedDict):
    name: str


UserId = NewType("UserId", int)


@pytest.mark.parametrize(
    ("value", "declared"),
    [
        (1, int),
        (True, int),
        (1, float),
        (1.5, complex),
        (None, None),
        ("x", Any),
        ([1], list[int]),
        (["not looked into"], list[int]),
        ({}, dict[str, int]),
        ((1,), tuple[int, ...]),
        (None, Optional[int]),  # noqa: UP045 -- the older form, which users still write
        (None, int | None),
        (1, Annotated[int, "unit"]),
        ([1], collections.abc.Sequence),
        # What cannot be checked holds.
        (1, Literal["a"]),
        (1, UserId),
        (1, Sized),
        (1, Row),
        (1, collections.abc.Iterator[int]),
    ],
)
def test_a_value_that_may_be_of_the_type_holds(value, declared):
    assert is_of_type(value, declared)


@pytest.mark.parametrize(
    ("value", "declared"),
    [
        ("1", int),
        (1.0, int),
        (None, int),
        (0, None),
        ((1,), list[int]),
        ("x", int | None),
        ("x", Annotated[int, "unit"]),
        (1, collections.abc.Sequence),
    ],
)
def test_a_value_of_another_type_does_not(value, declared):
    assert not is_of_type(value, declared)


def test_types_are_called_what_people_call_them():
    assert type_name(int) == "int"
    assert type_name(list[int]) == "list[int]"
