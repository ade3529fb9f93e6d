"""Whose a run is, from what each location says that a selection names of it."""

from __future__ import annotations

import asyncio

import pytest

from treadle_contract.plan import Selection
from treadle_launcher.errors import (
    CodeServerRefusedError,
    ForeignRefusal,
    LocationUnreachableError,
    Reason,
    RefusedError,
    SpansLocationsError,
)
from treadle_launcher.planning.routing import owner_of

UNKNOWN = CodeServerRefusedError(
    ForeignRefusal(
        reason=Reason.UNKNOWN_ASSET, message="no", names=("sale",), suggestions=("sales",)
    )
)
EMPTY = CodeServerRefusedError(ForeignRefusal(reason=Reason.EMPTY_SELECTION, message="empty"))
SYNTAX = CodeServerRefusedError(ForeignRefusal(reason=Reason.SELECTION_SYNTAX, message="no text"))
AWAY = LocationUnreachableError(["b"])


class Location:
    is_silent = False

    def __init__(self, name, outcome):
        self.name = name
        self._outcome = outcome

    async def select(self, selection):
        if isinstance(self._outcome, RefusedError):
            raise self._outcome
        return self._outcome


class Locations:
    """Locations by name, each with what it selects or refuses; `owned` are keys that "a" owns."""

    def __init__(self, owned=(), **outcomes):
        self._all = [Location(*each) for each in outcomes.items()]
        self._owned = frozenset(owned)

    def all(self):
        return self._all

    async def refresh(self):
        pass

    async def owned_beside(self, name):
        return dict.fromkeys(self._owned, "a") if name != "a" else {}


def owner(locations):
    return asyncio.run(owner_of(locations, Selection())).name


def refusal(locations):
    with pytest.raises(RefusedError) as caught:
        owner(locations)
    return caught.value


@pytest.mark.parametrize("other", [UNKNOWN, EMPTY, AWAY])
def test_a_run_is_of_the_location_that_has_what_is_selected(other):
    assert owner(Locations(a=other, b=("sales",))) == "b"


def test_a_run_is_of_the_owner_of_what_two_locations_define():
    assert owner(Locations(owned=["taken"], a=("taken",), b=("taken",))) == "a"


def test_a_run_is_of_the_maker_of_what_another_location_observes():
    assert owner(Locations(owned=["seen", "more"], a=("seen",), b=("seen",))) == "a"


def test_a_selection_of_assets_that_several_locations_own_is_refused():
    error = refusal(Locations(owned=["taken"], a=("taken",), b=("taken", "sales")))

    assert isinstance(error, SpansLocationsError)
    assert error.names == ("a", "b")


def test_what_nobody_has_is_unknown_everywhere():
    error = refusal(Locations(a=UNKNOWN, b=UNKNOWN))

    assert (error.reason, error.names, error.suggestions) == (
        Reason.UNKNOWN_ASSET,
        ("sale",),
        ("sales",),
    )
    assert error.message == "No location has sale. Did you mean sales?"


def test_names_that_no_location_has_all_of_span_them():
    other = CodeServerRefusedError(
        ForeignRefusal(reason=Reason.UNKNOWN_ASSET, message="no", names=("cost",))
    )

    assert refusal(Locations(a=UNKNOWN, b=other)).reason is Reason.SPANS_LOCATIONS


def test_what_may_be_in_a_location_that_does_not_answer_is_not_unknown():
    assert refusal(Locations(a=UNKNOWN, b=AWAY)) is AWAY


def test_what_is_no_selection_is_so_in_every_location():
    assert refusal(Locations(a=SYNTAX, b=("sales",))) is SYNTAX


@pytest.mark.parametrize(
    ("refusals", "reason"), [((EMPTY, EMPTY), None), ((SYNTAX, EMPTY), SYNTAX)]
)
def test_a_selection_of_nothing_is_of_any_location(refusals, reason):
    locations = Locations(a=refusals[0], b=refusals[1])
    asked = Selection(expressions=("group:none",), allow_empty=True)

    if reason is None:
        assert asyncio.run(owner_of(locations, asked)).name == "a"
    else:
        with pytest.raises(RefusedError):
            asyncio.run(owner_of(locations, asked))


def test_a_selection_that_may_be_nothing_is_of_the_location_that_has_some_of_it():
    locations = Locations(a=EMPTY, b=("x",))

    asked = Selection(expressions=("group:some",), allow_empty=True)

    assert asyncio.run(owner_of(locations, asked)).name == "b"
