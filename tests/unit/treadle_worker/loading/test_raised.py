"""What an exception is and comes of, whatever the user's class makes of its attributes."""

from __future__ import annotations

import pytest

from treadle_worker.loading.raised import chain, class_name, led_to, members_of


def test_a_class_is_named_with_its_module() -> None:
    assert class_name(ValueError()) == "builtins.ValueError"


def test_of_a_name_without_end_the_ends_are_kept() -> None:
    name = class_name(type("E" * 6_000_000 + "nd", (Exception,), {"__module__": "m"})())

    assert len(name) < 1000
    assert name.startswith("m.EEE")
    assert name.endswith("End")


def test_a_metaclass_has_no_say_in_the_name() -> None:
    class Meta(type):
        def __getattribute__(cls, name: str) -> object:
            raise RuntimeError(f"no {name}")

    assert class_name(Meta("Odd", (Exception,), {"__module__": 3})()) == "Odd"


def test_a_chain_is_causes_contexts_and_members_each_once() -> None:
    inner, cause = MemoryError("inner"), KeyError("cause")
    group = ExceptionGroup("outer", [ExceptionGroup("nested", [inner]), cause])
    inner.__context__ = group
    group.__cause__ = cause

    found = list(chain(group))

    assert len(found) == 4
    assert {id(each) for each in found} >= {id(group), id(inner), id(cause)}


def test_a_chain_of_thousands_is_walked() -> None:
    error: Exception = ValueError("inner")
    for _ in range(3000):
        error = ExceptionGroup("outer", [error])

    assert len(list(chain(error))) == 3001


def test_properties_of_the_users_are_not_asked() -> None:
    class Evil(Exception):
        @property
        def __cause__(self) -> None:  # type: ignore[override]  # that is the point
            raise RuntimeError("no cause")

        exceptions = __cause__

    with pytest.raises(Evil) as caught:
        raise Evil from KeyError("why")

    assert isinstance(led_to(caught.value), KeyError)
    assert members_of(caught.value) == ()
