"""Steps in order; an op that closes a circle is cut as little as can be, or the circle refused."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.build import Made, location, op, single
from tests.model.examples import examples
from treadle.locations._cycles import CycleError, resolve_cycles
from treadle.locations._order import topological
from treadle.locations.snapshot import Snapshot
from treadle.locations.wiring import Wiring


def cuttable(name: str, outputs: dict[str, set[str]]) -> Made:
    """A block that makes `<name>_<output>` of these keys each, and may be cut."""
    reads = sorted(
        {key for keys in outputs.values() for key in keys if not key.startswith(f"{name}_")}
    )
    return single(
        name,
        op(
            {f"in_{number}": f"@{key}" for number, key in enumerate(reads)},
            *(f"{output} -> {name}_{output}" for output in outputs),
        ),
        can_subset=True,
        internal_asset_deps=outputs,
    )


def made(found: Snapshot) -> list[tuple[str, list[str]]]:
    return [
        (step.key, [key for output in step.outputs for key in output.asset_keys])
        for step in found.steps
    ]


def test_an_order_without_circles_cuts_nothing() -> None:
    found = resolve_cycles(
        location(
            cuttable("b", {"x": {"a_x"}}),
            cuttable("a", {"x": set(), "y": set()}),
        )
    )

    assert made(found) == [("a", ["a_x", "a_y"]), ("b", ["b_x"])]


def test_a_zigzag_is_cut_into_the_fewest_pieces() -> None:
    found = resolve_cycles(
        location(
            cuttable("a", {"1": set(), "2": {"b_1"}, "3": {"b_2"}}),
            cuttable("b", {"1": {"a_1"}, "2": {"a_2"}}),
        )
    )

    assert made(found) == [
        ("a", ["a_1"]),
        ("b", ["b_1"]),
        ("a_2", ["a_2"]),
        ("b_2", ["b_2"]),
        ("a_3", ["a_3"]),
    ]
    assert {step.node for step in found.steps} == {"a", "b"}


def test_a_sibling_that_another_piece_makes_comes_before() -> None:
    found = resolve_cycles(
        location(
            cuttable("a", {"1": set(), "2": {"b_1", "a_1"}}),
            cuttable("b", {"1": {"a_1"}}),
        )
    )

    (piece,) = (step for step in found.steps if step.key == "a_2")
    ordering = piece.inputs[-1]
    assert (ordering.name, ordering.nothing) == ("", True)
    assert {output.name: output.is_required for output in piece.outputs} == {
        "1": False,
        "2": True,
    }


def test_a_circle_that_no_cut_breaks_is_written_out() -> None:
    with pytest.raises(CycleError) as caught:
        resolve_cycles(location(cuttable("a", {"1": {"b_1"}}), cuttable("b", {"1": {"a_1"}})))

    assert "a_1 (step a) needs b_1 (step b)" in str(caught.value)
    assert str(caught.value.source) == "/code/a.py:1"


KEYS = [f"{block}_{output}" for block in "abc" for output in "12"]


@examples(100)
@given(
    needs=st.fixed_dictionaries({key: st.sets(st.sampled_from(KEYS), max_size=2) for key in KEYS})
)
def test_every_location_is_cut_into_the_fewest_pieces_or_refused(
    needs: dict[str, set[str]],
) -> None:
    needs = {key: wanted - {key} for key, wanted in needs.items()}
    blocks = [
        cuttable(block, {output: needs[f"{block}_{output}"] for output in "12"}) for block in "abc"
    ]
    fewest = fewest_pieces(needs)

    if fewest is None:
        with pytest.raises(CycleError):
            resolve_cycles(location(*blocks))
        return
    found = resolve_cycles(location(*blocks))

    assert len(found.steps) == fewest
    wiring = Wiring.of(found)
    order = {step.key: wiring.step_needs(step) for step in found.steps}
    assert topological(order) == [step.key for step in found.steps]
    assert sorted(key for _, keys in made(found) for key in keys) == KEYS


def fewest_pieces(needs: dict[str, set[str]]) -> int | None:
    """Try every order of making, and count the pieces of the best."""
    best = None
    for order in itertools.permutations(KEYS):
        place = {key: position for position, key in enumerate(order)}
        # A sibling may be made by the same piece, wherever it stands in it.
        outside = all(
            place[need] < place[key] for key in KEYS for need in needs[key] if need[0] != key[0]
        )
        pieces = [list(group) for _, group in itertools.groupby(order, key=lambda key: key[0])]
        of = {key: number for number, piece in enumerate(pieces) for key in piece}
        inside = all(of[need] <= of[key] for key in KEYS for need in needs[key])
        if outside and inside and (best is None or len(pieces) < best):
            best = len(pieces)
    return best
