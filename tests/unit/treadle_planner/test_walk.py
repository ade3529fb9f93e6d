from __future__ import annotations

from dataclasses import replace

import pytest

from tests.model.build import graph, location, op, single
from tests.model.plans import hazards, input_of, loads, planned, reads, runs, step_of
from treadle.locations._cycles import resolve_cycles
from treadle.locations.snapshot import Snapshot
from treadle_contract.plan import Siblings, Verdict


@pytest.fixture
def tower() -> Snapshot:
    """A graph in which one asset is made from another."""
    steps = {
        "raw": op({}, "r"),
        "base": op({"x": "raw.r"}, "r -> base_asset"),
        "top": op({"x": "base.r"}, "r -> top_asset"),
    }
    return location(graph("tower", steps, can_subset=True))


def test_a_read_of_an_unselected_sibling_is_a_load(tower: Snapshot) -> None:
    made = planned(tower, "top_asset")

    assert runs(made) == {"tower.top": "r"}
    assert loads(made) == {"base_asset": ["tower.top.x"]}
    assert made.loads[0].sibling


def test_selecting_both_runs_both(tower: Snapshot) -> None:
    made = planned(tower)

    assert reads(made, "tower.top", "x") == ["tower.base.r as base_asset"]
    assert not made.loads


def test_siblings_run_selects_what_makes_an_unselected_sibling(tower: Snapshot) -> None:
    made = planned(tower, "top_asset", siblings=Siblings.RUN)

    assert runs(made) == {"tower.raw": "r", "tower.base": "r", "tower.top": "r"}
    assert reads(made, "tower.top", "x") == ["tower.base.r"]
    (output,) = step_of(made, "tower.base").outputs
    assert (output.selected, output.is_read, output.assets[0].selected) == (True, True, False)
    assert (hazards(made), loads(made), made.missing_asset_keys) == ({}, {}, ())


def test_a_sibling_that_was_never_stored_runs_and_is_named(tower: Snapshot) -> None:
    made = planned(tower, "top_asset", missing=["base_asset"])

    assert list(runs(made)) == ["tower.raw", "tower.base", "tower.top"]
    assert reads(made, "tower.top", "x") == ["tower.base.r"]
    assert made.missing_asset_keys == ("base_asset",)


@pytest.mark.parametrize(
    ("of_block", "of_run", "is_run"),
    [
        (None, None, False),
        (Siblings.RUN, None, True),
        (Siblings.RUN, Siblings.LOAD, False),
        (Siblings.LOAD, Siblings.RUN, True),
    ],
)
def test_the_run_says_siblings_over_the_block(
    of_block: Siblings | None, of_run: Siblings | None, is_run: bool
) -> None:
    steps = {"base": op({}, "r -> base"), "top": op({"x": "base.r"}, "r -> top")}
    snapshot = location(graph("g", steps, can_subset=True, siblings=of_block))

    assert ("g.base" in runs(planned(snapshot, "top", siblings=of_run))) is is_run


def test_readers_in_other_blocks_load_what_runs_for_a_sibling() -> None:
    steps = {"base": op({}, "r -> base"), "top": op({"x": "base.r"}, "r -> top")}
    snapshot = location(
        graph("g", steps, can_subset=True), single("other", op({"x": "@base"}, "r -> other"))
    )

    made = planned(snapshot, "top or other", siblings=Siblings.RUN)

    assert reads(made, "g.top", "x") == ["g.base.r"]
    assert loads(made) == {"base": ["other.x"]}
    assert not made.loads[0].sibling


def test_an_output_of_two_assets_is_loaded_as_the_one_that_is_stored() -> None:
    steps = {"h": op({}, "r -> a, b"), "top": op({"x": "h.r"}, "r -> top")}
    snapshot = location(graph("g", steps, can_subset=True))

    assert loads(planned(snapshot, "top")) == {"a": ["g.top.x"]}
    assert loads(planned(snapshot, "top", missing=["a"])) == {"b": ["g.top.x"]}
    assert "g.h" in runs(planned(snapshot, "top", missing=["a", "b"]))


def test_two_assets_of_one_output_are_both_made() -> None:
    snapshot = location(graph("g", {"h": op({}, "r -> a, b")}, can_subset=True))

    (output,) = step_of(planned(snapshot), "g.h").outputs
    (partly,) = step_of(planned(snapshot, "b"), "g.h").outputs

    assert [(asset.asset_key, asset.selected) for asset in output.assets] == [
        ("a", True),
        ("b", True),
    ]
    assert [asset.selected for asset in partly.assets] == [False, True]
    assert not planned(snapshot, "b").hazards


def test_the_unselected_one_of_two_assets_is_loaded_by_who_names_it() -> None:
    snapshot = location(
        graph("g", {"h": op({}, "r -> a, b")}, can_subset=True),
        single("of_a", op({"x": "@a"}, "r -> of_a")),
        single("of_b", op({"x": "@b"}, "r -> of_b")),
    )

    made = planned(snapshot, "a or of_a or of_b")

    assert reads(made, "of_a", "x") == ["g.h.r as a"]
    assert reads(made, "of_b", "x") == ["load b"]


def test_an_unused_output_is_not_selected() -> None:
    snapshot = location(
        graph("g", {"two": op({}, "used", "unused"), "top": op({"x": "two.used"}, "r -> top")})
    )

    made = planned(snapshot)

    assert runs(made)["g.two"] == "used"
    assert not made.hazards


def test_a_nothing_read_of_an_unselected_asset_loads_nothing() -> None:
    steps = {"base": op({}, "r -> base"), "top": op({"~after": "base.r"}, "r -> top")}
    snapshot = location(
        graph("g", steps, can_subset=True), single("b", op({"~": ["@base", "@top"]}, "r -> b"))
    )

    made = planned(snapshot, "top or b", missing=["base"])

    assert list(runs(made)) == ["g.top", "b"]
    assert reads(made, "g.top", "after") == []
    assert reads(made, "b", "") == ["g.top.r as top"]
    assert not made.loads


def test_a_nothing_read_of_an_intermediate_is_followed() -> None:
    steps = {"first": op({}, "done~"), "top": op({"~after": "first.done"}, "r -> top")}

    made = planned(location(graph("g", steps)))

    assert runs(made) == {"g.first": "done", "g.top": "r"}
    assert not step_of(made, "g.first").outputs[0].is_read


def test_inputs_that_no_selected_output_needs_are_not_followed() -> None:
    snapshot = location(
        graph(
            "g",
            {
                "one": op({"x": "@left"}, "r -> of_left"),
                "two": op({"x": "@right"}, "r -> of_right"),
            },
            can_subset=True,
        ),
        external=["left", "right"],
    )

    assert list(loads(planned(snapshot, "of_left"))) == ["left"]


def test_an_op_that_says_what_each_output_needs_loads_no_more() -> None:
    snapshot = location(
        single(
            "b",
            op({"x": "@left", "y": "@right", "~": ["@left", "@right"]}, "p? -> p", "q? -> q"),
            can_subset=True,
            internal_asset_deps={"p": ["left"], "q": ["right", "p"]},
        ),
        single("left", op({}, "r -> left")),
        external=["right"],
    )

    made = planned(snapshot, "q or left")

    assert input_of(made, "b", "x").not_needed
    assert reads(made, "b", "x") == []
    assert reads(made, "b", "y") == ["load right"]
    assert reads(made, "b", "") == []
    assert runs(made)["b"] == "q"
    assert reads(planned(snapshot), "b", "") == ["left.r as left"]


def test_an_op_that_says_it_needs_a_sibling_makes_it_when_siblings_run() -> None:
    block = single(
        "b",
        op({"x": "@left"}, "p? -> p", "q? -> q"),
        can_subset=True,
        internal_asset_deps={"p": ["left"], "q": ["p"]},
    )

    made = planned(location(block, external=["left"]), "q", siblings=Siblings.RUN)

    assert runs(made) == {"b": "p q"}
    assert reads(made, "b", "x") == ["load left"]


def test_stated_lineage_of_a_graph_changes_nothing_that_is_read(tower: Snapshot) -> None:
    base, top = tower.assets
    stated = replace(tower, assets=(base, replace(top, upstream_keys=())))

    for mode in Siblings:
        before, after = (planned(each, "top_asset", siblings=mode) for each in (tower, stated))
        assert after.steps == before.steps


@pytest.fixture
def cut() -> Snapshot:
    """An op that needs an asset which is made from another of its own: cut into two pieces."""
    return resolve_cycles(
        location(
            single(
                "b",
                op({"x": "@between"}, "first? -> first", "second? -> second"),
                can_subset=True,
                internal_asset_deps={"first": [], "second": ["between", "first"]},
            ),
            single("between", op({"x": "@first"}, "r -> between")),
        )
    )


def test_the_pieces_of_a_block_that_was_cut_are_steps_of_their_own(cut: Snapshot) -> None:
    made = planned(cut)

    assert runs(made) == {"b": "first", "between": "r", "b_2": "second"}
    assert input_of(made, "b", "x").not_needed
    assert reads(made, "b_2", "x") == ["between.r as between"]
    assert reads(made, "b_2", "") == ["b.first as first"]
    assert not made.hazards


def test_a_piece_runs_alone_unless_siblings_run(cut: Snapshot) -> None:
    assert runs(planned(cut, "second")) == {"b_2": "second"}
    assert runs(planned(cut, "second", siblings=Siblings.RUN)) == {"b": "first", "b_2": "second"}


@pytest.fixture
def with_effects() -> Snapshot:
    """Two assets, an effect of the first, a chain of effects of both, and one of an input."""
    steps = {
        "one": op({"x": "@up"}, "r -> first"),
        "two": op({}, "r -> second", "log"),
        "notify": op({"x": "one.r"}, "done~"),
        "report": op({"a": "one.r", "b": "two.log"}, "text"),
        "send": op({"x": "report.text"}, "done~"),
        "greet": op({"x": "@up"}, "done~"),
    }
    return location(graph("g", steps, can_subset=True), external=["up"])


def test_an_effect_runs_when_all_that_it_reads_from_runs(with_effects: Snapshot) -> None:
    made = planned(with_effects, "first")

    assert runs(made) == {"g.one": "r", "g.notify": ""}
    assert reads(made, "g.notify", "x") == ["g.one.r as first"]


def test_an_effect_of_inputs_runs_when_its_block_is_selected_whole(with_effects: Snapshot) -> None:
    made = planned(with_effects)

    assert runs(made) == {
        "g.greet": "",
        "g.one": "r",
        "g.notify": "",
        "g.two": "log r",
        "g.report": "text",
        "g.send": "",
    }


def test_an_effect_of_what_does_not_run_is_omitted(with_effects: Snapshot) -> None:
    made = planned(with_effects, "second")

    assert runs(made) == {"g.two": "r"}
    assert step_of(made, "g.send").verdict is Verdict.OMIT


def test_a_value_that_nobody_reads_is_no_effect() -> None:
    """A nested graph may return what the outer one does not use."""
    steps = {"one": op({}, "r -> first", "spare"), "unused": op({"x": "one.spare"}, "r")}

    made = planned(location(graph("g", steps)))

    assert runs(made) == {"g.one": "r"}
    assert step_of(made, "g.unused").verdict is Verdict.OMIT
