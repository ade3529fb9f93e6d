"""What two imports of the same code do not have in common, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from treadle import AssetsDefinition, AssetSpec, Definitions, asset, graph_asset, op
from treadle.locations.location import build_location
from treadle.locations.snapshot import Snapshot
from treadle.locations.tables import pack
from treadle_codeserver import unstable


def snapshot(*assets: AssetsDefinition, file: str = "1") -> Snapshot:
    built = build_location(
        [("test", Definitions(assets=(*assets, AssetSpec("up"), AssetSpec("down"))))]
    )
    return built.sealed(pack(built.snapshot), files={"m": file}, distributions={}).snapshot


def named(name: str, *, needs: str = "up", stamp: str = "") -> AssetsDefinition:
    @asset(name=name, deps=[needs], metadata={"at": stamp})
    def made() -> None:
        pass

    return made


def graph(middle: str) -> AssetsDefinition:
    @op(name=middle)
    def first() -> int:
        return 1

    @op
    def last(number: int) -> int:
        return number

    @graph_asset
    def joined() -> object:
        return last(first())

    return joined


def coded(*, other: bool) -> AssetsDefinition:
    if other:

        @asset(name="made")
        def one() -> int:
            return 1

        return one

    @asset(name="made")
    def two() -> int:
        return 2

    return two


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (named("a1"), named("a2"), "asset a1 is there in one, and a2 instead in the other"),
        (
            named("a"),
            named("a", needs="down"),
            'asset a: upstream_keys[0] is "up" in one and "down" in the other',
        ),
        (
            graph("make_a1"),
            graph("make_a2"),
            "step joined.make_a1 is there in one, and joined.make_a2 instead in the other",
        ),
        (coded(other=True), coded(other=False), "op made has other code in each"),
    ],
)
def test_the_definition_and_both_values_are_named(
    one: AssetsDefinition, other: AssetsDefinition, said: str
) -> None:
    first, second = snapshot(one), snapshot(other)

    found = unstable.differences(first, second)

    assert len([each for each in found if "instead" in each.text]) <= 1
    assert unstable.is_suspect(first, second)
    assert found[0].text == said
    assert said in unstable.problem_of(found)


def test_what_no_step_rests_on_and_other_files_are_no_reason_to_doubt() -> None:
    noon, one = snapshot(named("a", stamp="noon")), snapshot(named("a", stamp="one"))
    moved = snapshot(named("b"), file="2")

    assert not unstable.is_suspect(noon, one)
    assert not unstable.is_suspect(noon, moved)
    assert unstable.differences(noon, one) == ()


def test_a_problem_stays_short_and_says_what_to_do() -> None:
    many = tuple(
        unstable.Difference(text=f"asset {number}: {'x' * 150}") for number in range(1_000)
    )

    problem = unstable.problem_of(many)

    assert len(problem) < 700
    assert "and 998 more" in problem
    assert problem.endswith("then reload.")


def test_a_long_value_is_cut() -> None:
    one = snapshot(named("a"))
    (up,) = (each for each in one.assets if each.key == "a")
    other = replace(
        one,
        assets=tuple(
            replace(each, upstream_keys=("n" * 900,)) if each is up else each for each in one.assets
        ),
    )

    (found,) = unstable.differences(one, other)

    assert len(found.text) < 200
