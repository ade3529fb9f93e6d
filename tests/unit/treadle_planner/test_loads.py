from __future__ import annotations

from dataclasses import replace

from tests.model.build import location, op, single
from tests.model.plans import loads, planned
from treadle.locations.snapshot import Snapshot


def two_readers(first: str | None, second: str | None, *, external: bool = False) -> Snapshot:
    """An asset that two ops read, each through the manager it names, if any."""
    made = () if external else (single("up", op({}, "r -> up")),)
    snapshot = location(
        *made,
        single("a", op({"x": "@up"}, "r -> a")),
        single("b", op({"x": "@up"}, "r -> b")),
        external=["up"] if external else [],
    )
    managers = {"a": first, "b": second}
    steps = [
        replace(
            step,
            inputs=tuple(
                replace(
                    each,
                    manager_key=managers[step.key],
                    manager_builtin=managers[step.key] is None and not external,
                )
                for each in step.inputs
            ),
        )
        for step in snapshot.steps
    ]
    return replace(snapshot, steps=tuple(steps))


def test_a_load_names_every_reader_once_and_sorted() -> None:
    made = planned(two_readers(None, None), "a or b")

    assert loads(made) == {"up": ["a.x", "b.x"]}
    assert not made.loads[0].external
    assert not made.loads[0].sibling


def test_the_producers_manager_loads() -> None:
    snapshot = two_readers(None, None)
    assets = [
        replace(asset, manager_key="lake", manager_builtin=False) if asset.key == "up" else asset
        for asset in snapshot.assets
    ]

    (load,) = planned(replace(snapshot, assets=tuple(assets)), "a or b").loads

    assert (load.io_manager_key, load.builtin_manager) == ("lake", False)


def test_the_manager_that_every_reader_names_loads_instead() -> None:
    (load,) = planned(two_readers("lake", "lake"), "a or b").loads

    assert (load.io_manager_key, load.builtin_manager) == ("lake", False)


def test_one_reader_through_our_own_manager_needs_a_record() -> None:
    (load,) = planned(two_readers("lake", None), "a or b").loads

    assert (load.io_manager_key, load.builtin_manager) == ("io_manager", True)


def test_the_readers_own_manager_loads_an_external_asset() -> None:
    (load,) = planned(two_readers(None, None, external=True), "a or b").loads

    assert load.external
    assert (load.io_manager_key, load.builtin_manager) == ("io_manager", False)
