"""Dataclasses that compile their methods late are dataclasses: checked beside the real ones."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from treadle.locations.snapshot import SourceLine
from treadle_contract import lazy_dataclasses
from treadle_contract.lazy_dataclasses import compile_all, dataclass, defaults, field_names, replace


def both(**options: bool) -> list[type[Any]]:
    """Make one class with either module."""
    return [_made(each, **options) for each in (lazy_dataclasses, dataclasses)]


def _made(module: Any, **options: bool) -> type[Any]:
    class Thing:
        name: str
        size: int = 1
        parts: list[str] = module.field(default_factory=list)
        hidden: str = module.field(default="h", repr=False, compare=False)

        def double(self) -> int:
            return self.size * 2

    made: type[Any] = module.dataclass(slots=True, **options)(Thing)
    return made


OPTIONS = [{}, {"frozen": True}, {"kw_only": True}, {"frozen": True, "kw_only": True}]


@pytest.mark.parametrize("options", OPTIONS)
def test_instances_are_made_shown_and_compared_alike(options: dict[str, bool]) -> None:
    def told(cls: type[Any]) -> list[object]:
        first, second = cls(name="a", parts=["x"]), cls(name="a", parts=["x"], hidden="other")
        return [repr(first), first == second, first == cls(name="b"), first.double(), first == 1]

    lazy, real = both(**options)

    assert told(lazy) == told(real)


@pytest.mark.parametrize(
    "act",
    [
        lambda cls: cls(),
        lambda cls: cls("a", 1, [], "h", "more"),
        lambda cls: cls("a", nonsense=1),
        lambda cls: setattr(cls("a"), "name", "b"),
        lambda cls: delattr(cls("a"), "name"),
        lambda cls: hash(cls("a")),
        lambda cls: cls("a") < cls("b"),
        lambda cls: dataclasses.replace(cls("a"), nonsense=1),
    ],
)
def test_what_is_refused_is_refused_alike(act: Callable[[type[Any]], object]) -> None:
    lazy, real = both(frozen=True)
    with pytest.raises(Exception) as expected:  # noqa: PT011 -- whatever it is
        act(real)

    with pytest.raises(expected.type):
        act(lazy)


def test_the_standard_library_takes_them_for_dataclasses() -> None:
    lazy, real = both(frozen=True)

    assert dataclasses.is_dataclass(lazy)
    assert [(each.name, each.type, each.repr) for each in dataclasses.fields(lazy)] == [
        (each.name, each.type, each.repr) for each in dataclasses.fields(real)
    ]
    assert dataclasses.replace(lazy("a"), size=3) == lazy("a", 3)
    assert dataclasses.asdict(lazy("a")) == dataclasses.asdict(real("a"))


def test_replace_changes_a_copy_alone() -> None:
    lazy, real = both(frozen=True)
    first = lazy("a", parts=["x"])

    assert lazy_dataclasses.replace(first, size=2) == lazy("a", 2, ["x"])
    assert first == lazy("a", 1, ["x"])
    assert lazy_dataclasses.replace(real("a"), size=2) == real("a", 2)
    with pytest.raises(TypeError, match="nonsense"):
        lazy_dataclasses.replace(first, nonsense=1)


def test_a_class_that_derives_from_one_has_its_fields_too() -> None:
    (base, _) = both()

    class Derived(base):  # type: ignore[misc, valid-type] -- a class that mypy cannot see
        more: int = 5

    derived = lazy_dataclasses.dataclass(slots=True)(Derived)

    assert field_names(derived) == ("name", "size", "parts", "hidden", "more")
    assert defaults(derived) == {"size": 1, "parts": [], "hidden": "h", "more": 5}
    assert derived("a", more=6).more == 6


def test_ordered_ones_are_ordered_by_their_fields() -> None:
    lazy, _ = both(order=True)

    assert sorted([lazy("b"), lazy("a", 2), lazy("a", 1)]) == [lazy("a"), lazy("a", 2), lazy("b")]


@pytest.mark.parametrize("act", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_and_pickles_are_equal(act: Callable[[SourceLine], SourceLine]) -> None:
    line = SourceLine(file="/a.py", line=3)

    assert act(line) == line
    assert hash(act(line)) == hash(line)


def test_all_can_be_compiled_ahead() -> None:
    lazy, _ = both()

    compile_all()

    assert vars(lazy)["__init__"].__code__.co_varnames[:2] == ("self", "name")
    assert lazy("a").name == "a"


@dataclass(frozen=True, slots=True)
class Checked:
    """It checks what it is made of, also when it is a copy."""

    size: int

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError("less than nothing")


def test_what_a_class_checks_is_checked_of_each_instance() -> None:
    checked = Checked(1)

    for make in (lambda: Checked(-1), lambda: replace(checked, size=-1)):
        with pytest.raises(ValueError, match="less than nothing"):
            make()
    assert replace(checked, size=2) == Checked(2)
