from __future__ import annotations

import pytest

from tests.model.build import graph, location, op, single
from tests.model.plans import hazards, input_of, loads, planned, reads, runs, step_of
from treadle.locations.snapshot import Snapshot
from treadle_contract.plan import Siblings, UnselectedOutputs

MATERIALIZE, DISCARD, FAIL = UnselectedOutputs


@pytest.fixture
def unexpected() -> Snapshot:
    """The seed's last graph: foo returns both outputs, whatever was selected."""
    steps = {
        "foo": op({}, "foo_1 -> foo_asset", "foo_2"),
        "baz": op({"foo_2": "foo.foo_2"}, "r -> baz_asset"),
        "also": op({"foo_1": "foo.foo_1"}, "r -> also_asset"),
    }
    return location(
        graph("g", steps, can_subset=True),
        single("below", op({"x": "@foo_asset", "~": ["@foo_asset"]}, "r -> below")),
    )


def test_a_required_unselected_output_is_a_hazard(unexpected: Snapshot) -> None:
    made = planned(unexpected, "baz_asset")

    (hazard,) = made.hazards
    assert (hazard.step_key, hazard.output) == ("g.foo", "foo_1")
    assert hazard.asset_keys == ("foo_asset",)
    assert hazard.unselected_outputs is MATERIALIZE
    assert runs(made)["g.foo"] == "foo_2"


def test_readers_of_a_hazard_in_any_block_read_the_fresh_value(unexpected: Snapshot) -> None:
    made = planned(unexpected, "baz_asset or also_asset or below")

    assert reads(made, "g.also", "foo_1") == ["g.foo.foo_1 as foo_asset"]
    assert reads(made, "below", "x") == ["g.foo.foo_1 as foo_asset"]
    assert reads(made, "below", "") == ["g.foo.foo_1 as foo_asset"]
    assert not made.loads
    assert not step_of(made, "g.foo").outputs[0].selected
    assert step_of(made, "g.foo").outputs[0].is_read


@pytest.mark.parametrize("mode", [DISCARD, FAIL])
def test_readers_of_a_hazard_that_is_not_made_load(
    unexpected: Snapshot, mode: UnselectedOutputs
) -> None:
    made = planned(unexpected, "baz_asset or also_asset or below", unselected_outputs=mode)

    assert hazards(made) == {"g.foo.foo_1": mode}
    assert loads(made) == {"foo_asset": ["below.x", "g.also.foo_1"]}
    assert reads(made, "below", "") == []
    assert step_of(made, "g.foo").unselected_outputs is mode


def test_a_hazard_selects_nothing(unexpected: Snapshot) -> None:
    made = planned(unexpected, "also_asset")

    assert list(runs(made)) == ["g.also"]
    assert not made.hazards


def test_what_runs_for_a_sibling_is_no_hazard(unexpected: Snapshot) -> None:
    made = planned(unexpected, "baz_asset or also_asset", siblings=Siblings.RUN)

    assert not made.hazards
    assert reads(made, "g.also", "foo_1") == ["g.foo.foo_1"]


def test_an_optional_unselected_output_is_no_hazard_and_not_read() -> None:
    steps = {
        "foo": op({}, "foo_1? -> foo_asset", "foo_2"),
        "baz": op({"foo_2": "foo.foo_2", "foo_1": "foo.foo_1"}, "r -> baz_asset"),
    }

    made = planned(location(graph("g", steps, can_subset=True)), "baz_asset")

    assert not made.hazards
    assert reads(made, "g.baz", "foo_1") == ["load foo_asset"]


@pytest.mark.parametrize(
    ("of_block", "of_run", "found"),
    [
        (None, None, MATERIALIZE),
        (DISCARD, None, DISCARD),
        (DISCARD, FAIL, FAIL),
        (FAIL, MATERIALIZE, MATERIALIZE),
    ],
)
def test_the_run_says_what_becomes_of_a_hazard_over_the_block(
    of_block: UnselectedOutputs | None, of_run: UnselectedOutputs | None, found: UnselectedOutputs
) -> None:
    block = single("b", op({}, "p -> p", "q -> q"), can_subset=True, unselected_outputs=of_block)

    made = planned(location(block), "p", unselected_outputs=of_run)

    assert hazards(made) == {"b.q": found}


def test_a_fan_in_keeps_each_element_and_their_order() -> None:
    snapshot = location(
        graph(
            "g",
            {
                "c": op({}, "r"),
                "f": op({"parts": ["@u1", "c.r", "@u2", "@u1"]}, "r -> made"),
            },
        ),
        single("u2", op({}, "r -> u2")),
        external=["u1"],
    )

    made = planned(snapshot, "made or u2")

    assert reads(made, "g.f", "parts") == ["load u1", "g.c.r", "u2.r as u2", "load u1"]
    assert input_of(made, "g.f", "parts").fan_in
    assert loads(made) == {"u1": ["g.f.parts"]}


def test_a_selected_asset_is_never_loaded_even_if_it_may_be_left_out() -> None:
    snapshot = location(single("a", op({}, "r? -> a")), single("b", op({"x": "@a"}, "r -> b")))

    made = planned(snapshot)

    assert reads(made, "b", "x") == ["a.r as a"]
    assert not made.loads


def test_an_input_that_reads_nothing_is_left_to_its_default() -> None:
    snapshot = location(single("a", op({"x": []}, "r -> a")))

    each = input_of(planned(snapshot), "a", "x")

    assert (each.sources, each.not_needed) == ((), False)
