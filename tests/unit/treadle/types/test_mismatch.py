"""Whether a value is of a declared type: elements, too, up to a bound, with the place of the first that is not."""

from __future__ import annotations

import collections
import collections.abc
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    Optional,
    Protocol,
    TypedDict,
    TypeVar,
    runtime_checkable,
)

import annotated_types
import pydantic
import pytest

import treadle
from treadle import DagsterType, TypeCheck
from treadle.types._mismatch import LOOKED_AT, mismatch
from treadle.types._told import shown, told


class Sized(Protocol):
    size: int


@runtime_checkable
class Named(Protocol):
    name: str


class Row(TypedDict):
    name: str
    tags: NotRequired[list[str]]


class Model(pydantic.BaseModel):
    n: int


class Point(NamedTuple):
    x: int


class Colour(Enum):
    RED = 1


@dataclass
class Item:
    name: str = "n"


class Rows(list[int]):
    pass


UserId = NewType("UserId", int)
Free = TypeVar("Free")
Bound = TypeVar("Bound", bound=int)
Even = Annotated[int, annotated_types.MultipleOf(2)]


@pytest.mark.parametrize(
    ("value", "declared"),
    [
        (1, int),
        (True, int),
        (1, float),
        (1.5, complex),
        (None, None),
        ("x", Any),
        ("x", object),
        ([1], list[int]),
        ([1, 2.5], list[float]),
        ([], list[int]),
        ({}, dict[str, int]),
        ({"a": [1]}, dict[str, list[int]]),
        ((1, 2), tuple[int, ...]),
        ((1, "x"), tuple[int, str]),
        ((), tuple[()]),
        ({1}, set[int]),
        # The older forms, which users still write.
        ([1, "x"], treadle.List),
        ({1: "x"}, treadle.Dict),
        ((1, "x"), treadle.Tuple),
        ({1, "x"}, treadle.Set),
        ([1, "x"], typing.Sequence),
        (int, typing.Type),  # noqa: UP006 -- as above
        (len, typing.Callable),
        ((), treadle.Tuple[()]),
        ({"a": [1]}, treadle.Dict[str, treadle.List[int]]),
        (frozenset({1}), frozenset[int]),
        (collections.deque([1]), collections.deque[int]),
        (collections.defaultdict(int, a=1), dict[str, int]),
        (collections.Counter("a"), Mapping[str, int]),
        (collections.Counter("a"), collections.Counter[str]),
        (None, Optional[int]),  # noqa: UP045 -- the older form, which users still write
        (None, int | None),
        ([1, None], list[int | None]),
        (1, Annotated[int, "unit"]),
        (4, Even),
        ("x" * 3, Annotated[str, annotated_types.Len(1, 3)]),
        (3, Annotated[int, pydantic.Field(gt=2, le=3)]),
        ([1], Sequence),
        ([1], Sequence[int]),
        ("text", Sequence[str]),
        ({"a": 1}, Iterable[str]),
        (1, UserId),
        ([1], list[UserId]),
        ("a", Literal["a", 1]),
        (Colour.RED, Literal[Colour.RED]),
        (Colour.RED, Colour),
        (int, type[int]),
        (bool, type[int]),
        (int, type[Any]),
        (len, collections.abc.Callable[[str], int]),
        ({"name": "n"}, Row),
        ({"name": "n", "tags": ["t"], "more": 1}, Row),
        (Model(n=1), Model),
        ([Model(n=1)], list[Model]),
        (Item(), Named),
        (Item(), Item),
        (Point(1), Point),
        (Point(1), tuple[int]),
        (Rows([1]), list[int]),
        # What cannot be checked holds.
        (1, Sized),
        ([1], list[Sized]),
        (1, Free),
        (1, "Forward"),
        (iter([1]), Iterator[str]),
        ((1, "x"), tuple[int, *tuple[str, ...]]),
        (3, Annotated[str | int, annotated_types.Len(1)]),
    ],
)
def test_a_value_of_the_type_holds(value: object, declared: object) -> None:
    assert mismatch(value, declared) is None


@pytest.mark.parametrize(
    ("value", "declared", "words"),
    [
        ("1", int, "it is a str: '1'"),
        (1.0, int, "it is a float: 1.0"),
        (None, int, "it is None"),
        (0, None, "it is an int: 0"),
        ((1,), list[int], "it is a tuple: (1,)"),
        ("x", int | None, "it is a str: 'x'"),
        ("x", Annotated[int, "unit"], "it is a str"),
        (1, Sequence, "it is an int"),
        ([1, 2, "x"], list[int], "x[2] is a str: 'x', where int is expected"),
        ([1, None], list[int], "x[1] is None, where int is expected"),
        ([[1], [2, "x"]], list[list[int]], "x[1][1] is a str"),
        ({"a": [1, "x"]}, dict[str, list[int]], "x['a'][1] is a str"),
        ({1: 2}, dict[str, int], "the key 1 of x is an int: 1, where str is expected"),
        ({"a": "b"}, Mapping[str, int], "x['a'] is a str"),
        ({Colour.RED: "b"}, Mapping[Colour, int], "x[<Colour>] is a str"),
        ({1, "x"}, set[int], "an element of x is a str"),
        ((1, 2), tuple[int, str], "x[1] is an int: 2, where str is expected"),
        ((1, "x"), tuple[int, ...], "x[1] is a str"),
        ((1,), tuple[()], "It has 1 of 0 elements"),
        ({1: 2}, treadle.List, "it is a dict"),
        ([1, "x"], treadle.List[int], "x[1] is a str"),
        ((1,), tuple[int, int], "it is a tuple: (1,). It has 1 of 2 elements"),
        ([1, "x"], list[int] | None, "x[1] is a str"),
        ([1, "x"], list[int] | list[str], "it is a list: [1, 'x']"),
        ([1.5], list[int | str], "x[0] is a float: 1.5, where int | str is expected"),
        (Rows(["x"]), list[int], "x[0] is a str"),  # type: ignore[list-item]  # the mistake
        (1, Literal["a"], "it is an int"),
        (True, Literal[1], "it is a bool"),
        ("x", UserId, "it is a str"),
        ("x", Bound, "it is a str"),
        (str, type[int], "it is a type"),
        (1, type[int], "it is an int"),
        (1, collections.abc.Callable[[], int], "it is an int"),
        ({"name": 1}, Row, "x['name'] is an int: 1, where str is expected"),
        ({"name": "n", "tags": ["t", 2]}, Row, "x['tags'][1] is an int"),
        ({}, Row, "it is a dict: {}. It has no key 'name'"),
        (1, Row, "it is an int"),
        (
            [{"name": "n"}, {}],
            list[Row],
            "x[1] is a dict: {}, where Row is expected. It has no key",
        ),
        ({"n": 1}, Model, "it is a dict"),
        (1, Named, "it is an int"),
        ([object()], list[int], "x[0] is an object, where int is expected"),
        (3, Even, "it is an int: 3. It must be a multiple of 2"),
        (2, Annotated[int, annotated_types.Gt(2)], "It must be greater than 2"),
        (4, Annotated[int, pydantic.Field(gt=2, le=3)], "It must be at most 3"),
        (
            [1, 0],
            list[Annotated[int, annotated_types.Ge(1)]],
            "x[1] is an int: 0, where int is exp",
        ),
        ("", Annotated[str, annotated_types.MinLen(1)], "It must be at least 1 long"),
        ("b", Annotated[str, pydantic.Field(pattern="^a")], "It must be text that matches '^a'"),
    ],
)
def test_of_one_that_is_not_the_first_part_is_told(
    value: object, declared: object, words: str
) -> None:
    found = mismatch(value, declared, name="x")

    assert found is not None
    assert words in told(found, name="x", what="it")


def test_elements_are_looked_at_up_to_a_bound() -> None:
    right = [1] * (LOOKED_AT - 1)

    assert mismatch([*right, "x"], list[int]) is not None
    assert mismatch([*right, 1, "x"], list[int]) is None


def test_those_of_containers_in_it_count_too() -> None:
    row = [1] * 99

    rows = [row] * 99

    assert mismatch([*rows, ["x"]], list[list[int]]) is not None
    assert mismatch([*rows, row, row, ["x"]], list[list[int]]) is None


def test_a_generator_is_not_begun() -> None:
    begun = []

    def numbers() -> Iterator[int]:
        begun.append(1)
        yield 1

    assert mismatch(numbers(), Iterable[str]) is None
    assert not begun


def test_a_type_of_the_users_is_asked_wherever_it_stands() -> None:
    positive = DagsterType(lambda _, value: TypeCheck(value > 0, "say more"), name="Positive")
    asked = []

    def check(own: DagsterType, value: object) -> TypeCheck:
        asked.append(value)
        return own.type_check_with(value)

    found = mismatch({"a": [1, -1]}, dict[str, list[positive]], name="x", check=check)  # type: ignore[valid-type]  # a value

    assert asked == [1, -1]
    assert found is not None
    assert told(found, name="x", what="it") == (
        "x['a'][1] is an int: -1, where Positive is expected. say more"
    )


def test_what_a_value_looks_like_is_short_and_never_fails() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise ValueError

    assert len(shown(list(range(1_000_000)))) < 100
    assert len(shown({str(each): "x" * 1000 for each in range(1000)})) <= 81
    assert "Broken" in shown(Broken()) or "cannot be had" in shown(Broken())
