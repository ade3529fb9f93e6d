"""What the garbage collector does while a process imports its modules, and after."""

from __future__ import annotations

import gc

import pytest

from treadle_access.importing import modules_for_good


@pytest.fixture(params=[True, False], ids=["enabled", "disabled"])
def is_enabled(request: pytest.FixtureRequest) -> object:
    before = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if before else gc.disable)()
    gc.unfreeze()


def test_the_collector_rests_meanwhile_and_is_as_it_was_afterwards(is_enabled: bool) -> None:
    with modules_for_good():
        assert not gc.isenabled()

    assert gc.isenabled() == is_enabled


def test_it_never_looks_at_what_was_made(is_enabled: bool) -> None:
    with modules_for_good():
        made = [[] for _ in range(10)]

    assert not any(each is made for each in gc.get_objects())


def test_it_is_as_it_was_when_an_import_fails(is_enabled: bool) -> None:
    with pytest.raises(ModuleNotFoundError), modules_for_good():
        __import__("there_is_no_such_module")

    assert gc.isenabled() == is_enabled
