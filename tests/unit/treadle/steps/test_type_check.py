"""Types as they are declared: whether two can both hold, and what they are called."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Optional

import pytest

from treadle import DagsterType
from treadle.steps._type_check import can_both_hold, could_be, type_name

POSITIVE = DagsterType(lambda _, value: value > 0, name="Positive")


def test_types_are_called_what_people_call_them() -> None:
    assert type_name(int) == "int"
    assert type_name(list[int]) == "list[int]"
    assert type_name(Optional[int]) == "Optional[int]"  # noqa: UP045 -- the older form, which users still write
    assert type_name(POSITIVE) == "Positive"
    assert type_name(list[POSITIVE]) == "list[Positive]"  # type: ignore[valid-type]  # a value in its place


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [
        (int, float, True),
        (int, str, False),
        (POSITIVE, str, True),
        (Annotated[int, POSITIVE], int, True),
        (Annotated[int, POSITIVE], str, False),
        (Literal["a"], str, True),
        (Any, str, True),
    ],
)
def test_two_can_both_hold_or_cannot(first: object, second: object, *, holds: bool) -> None:
    assert can_both_hold(first, second) is holds
    assert can_both_hold(second, first) is holds


@pytest.mark.parametrize(
    ("value", "declared", "holds"),
    [
        ([None, 1], list[int], True),
        ([None, "x"], list[int], False),
        ({"a": None}, dict[str, int], True),
        (None, int, False),
        (-1, POSITIVE, True),
    ],
)
def test_a_default_may_leave_a_part_open(value: object, declared: object, *, holds: bool) -> None:
    assert could_be(value, declared) is holds
