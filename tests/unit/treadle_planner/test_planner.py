from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from tests.model.build import graph, location, op, single
from tests.model.plans import planned, runs, step_of
from treadle.locations.canonical import decode, encode
from treadle.locations.snapshot import Resource, Snapshot
from treadle_contract.codeserver import PlanRequest
from treadle_contract.plan import (
    PlanOptions,
    Selection,
    Siblings,
    UnrecordedLoads,
    UnselectedOutputs,
    Verdict,
)
from treadle_planner import Planner, plan


def asking(expression: str, options: PlanOptions | None = None) -> PlanRequest:
    return PlanRequest(selection=Selection(expressions=(expression,)), options=options)


@pytest.fixture
def seed() -> Snapshot:
    """The seed's graph: foo yields conditionally, bar yields both of its outputs always."""
    steps = {
        "bar": op({}, "bar_1", "bar_2"),
        "foo": op({"bar_1": "bar.bar_1"}, "foo_1? -> foo_asset", "foo_2?"),
        "baz": op({"foo_2": "foo.foo_2", "bar_2": "bar.bar_2"}, "result -> baz_asset"),
    }
    return location(graph("my_graph_assets", steps, can_subset=True))


def test_foo_asset_alone_runs_bar_and_foo(seed: Snapshot) -> None:
    made = planned(seed, "foo_asset")

    assert runs(made) == {"my_graph_assets.bar": "bar_1", "my_graph_assets.foo": "foo_1"}
    assert step_of(made, "my_graph_assets.baz").verdict is Verdict.OMIT
    assert made.selected_asset_keys == ("foo_asset",)


def test_baz_asset_alone_runs_all_three_and_foo_yields_foo_2_only(seed: Snapshot) -> None:
    made = planned(seed, "baz_asset")

    assert runs(made) == {
        "my_graph_assets.bar": "bar_1 bar_2",
        "my_graph_assets.foo": "foo_2",
        "my_graph_assets.baz": "result",
    }
    assert made.selections == {"my_graph_assets": ("baz_asset",)}


def test_both_assets_run_everything(seed: Snapshot) -> None:
    made = planned(seed)

    assert runs(made) == {
        "my_graph_assets.bar": "bar_1 bar_2",
        "my_graph_assets.foo": "foo_1 foo_2",
        "my_graph_assets.baz": "result",
    }
    assert not made.loads
    assert not made.hazards


def test_every_output_says_what_it_is_for(seed: Snapshot) -> None:
    made = planned(seed, "foo_asset")

    bar, foo = (step_of(made, f"my_graph_assets.{name}") for name in ("bar", "foo"))
    assert [(each.name, each.selected, each.is_read) for each in bar.outputs] == [
        ("bar_1", True, True),
        ("bar_2", False, False),
    ]
    assert [(each.name, each.is_required) for each in foo.outputs] == [
        ("foo_1", False),
        ("foo_2", False),
    ]
    assert [asset.selected for asset in foo.outputs[0].assets] == [True]


def test_blocks_that_need_each_other_both_ways_are_ordered_by_step() -> None:
    snapshot = location(
        graph(
            "pings",
            {"one": op({}, "r -> ping_1"), "two": op({"x": "@pong_1"}, "r -> ping_2")},
        ),
        graph(
            "pongs",
            {
                "one": op({"x": "@ping_1"}, "r -> pong_1"),
                "two": op({"x": "@ping_2"}, "r -> pong_2"),
            },
        ),
    )

    made = planned(snapshot)

    assert list(runs(made)) == ["pings.one", "pongs.one", "pings.two", "pongs.two"]


def test_steps_without_an_order_are_sorted_by_key() -> None:
    snapshot = location(*(single(name, op({}, f"r -> {name}")) for name in ("c", "a", "b")))

    assert list(runs(planned(snapshot))) == ["a", "b", "c"]


def test_steps_of_blocks_that_are_not_selected_are_left_out() -> None:
    snapshot = location(single("a", op({}, "r -> a")), single("b", op({}, "r -> b")))

    assert [step.key for step in planned(snapshot, "a").steps] == ["a"]


def test_resources_are_those_of_the_op_and_of_the_managers_in_use(seed: Snapshot) -> None:
    step = replace(seed.steps[1], resource_keys=("slack",))
    foo_1 = replace(step.outputs[0], manager_key="lake", manager_builtin=False)
    foo_2 = replace(step.outputs[1], manager_key="scratch", manager_builtin=False)
    steps = (seed.steps[0], replace(step, outputs=(foo_1, foo_2)), seed.steps[2])
    baz_asset, foo_asset = seed.assets
    foo_asset = replace(foo_asset, manager_key="lake", manager_builtin=False)
    snapshot = replace(seed, steps=steps, assets=(baz_asset, foo_asset))

    foo, baz = "my_graph_assets.foo", "my_graph_assets.baz"
    assert step_of(planned(snapshot, "foo_asset"), foo).resource_keys == ("lake", "slack")
    discards = planned(snapshot, "baz_asset", unselected_outputs=UnselectedOutputs.DISCARD)
    assert step_of(discards, foo).resource_keys == ("scratch", "slack")
    assert step_of(discards, baz).resource_keys == ("scratch",)


def test_the_manager_of_what_may_be_made_unasked_is_needed(seed: Snapshot) -> None:
    baz_asset, foo_asset = seed.assets
    foo_asset = replace(foo_asset, manager_key="lake", manager_builtin=False)

    made = planned(replace(seed, assets=(baz_asset, foo_asset)), "baz_asset")

    assert step_of(made, "my_graph_assets.foo").resource_keys == ("lake",)


def test_our_own_manager_is_a_resource_when_it_was_given(seed: Snapshot) -> None:
    given = replace(seed, resources=(Resource(key="io_manager", type_name="FileManager"),))

    assert step_of(planned(seed), "my_graph_assets.foo").resource_keys == ()
    assert step_of(planned(given), "my_graph_assets.foo").resource_keys == ("io_manager",)


def test_the_same_input_gives_the_same_bytes(seed: Snapshot) -> None:
    request = asking("baz_asset")

    made = plan(seed, request)

    assert encode(Planner(decode(Snapshot, encode(seed))).plan(request)) == encode(made)


def test_the_same_input_gives_the_same_fingerprint_under_another_hash_seed(seed: Snapshot) -> None:
    code = (
        "import sys; from treadle.locations.canonical import decode; from treadle.locations.snapshot import Snapshot;"
        "from treadle_contract.codeserver import PlanRequest; from treadle_planner import plan;"
        "print(plan(decode(Snapshot, sys.stdin.buffer.read()), PlanRequest()).fingerprint)"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=encode(seed),
            env={"PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
            timeout=60,
        ).stdout
        for hash_seed in ("1", "2")
    }

    assert printed == {f"{plan(seed, PlanRequest()).fingerprint}\n".encode()}


@pytest.mark.parametrize(
    "other",
    [
        asking("foo_asset"),
        asking("baz_asset", PlanOptions(siblings=Siblings.LOAD)),
        asking("baz_asset", PlanOptions(unselected_outputs=UnselectedOutputs.FAIL)),
    ],
)
def test_another_request_has_another_fingerprint(seed: Snapshot, other: PlanRequest) -> None:
    made = plan(seed, asking("baz_asset"))

    assert plan(seed, other).fingerprint != made.fingerprint


def test_what_the_launcher_alone_reads_leaves_the_fingerprint(seed: Snapshot) -> None:
    tried = asking("baz_asset", PlanOptions(unrecorded_loads=UnrecordedLoads.TRY))

    assert plan(seed, tried).fingerprint == plan(seed, asking("baz_asset")).fingerprint


def test_another_digest_has_another_fingerprint(seed: Snapshot) -> None:
    changed = plan(replace(seed, digest="1" * 64), PlanRequest())

    assert changed.digest == "1" * 64
    assert changed.fingerprint != plan(seed, PlanRequest()).fingerprint


def test_missing_keys_that_make_no_difference_leave_the_fingerprint(seed: Snapshot) -> None:
    assert planned(seed, "baz_asset", missing=["foo_asset"]) == planned(seed, "baz_asset")
