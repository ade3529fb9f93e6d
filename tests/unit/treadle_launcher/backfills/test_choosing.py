"""Which backfill launches its next run: within every limit, and none waits for the end of another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.model.examples import examples
from treadle_launcher.backfills.choosing import Contender, next_of


def contender(priority: int = 0, max_runs: int = 3, under_way: int = 0) -> Contender:
    return Contender(priority=priority, max_runs=max_runs, under_way=under_way)


def test_the_larger_priority_goes_first() -> None:
    assert next_of([contender(), contender(priority=5), contender(priority=1)], places=4) == 1


def test_of_equal_ones_the_one_with_the_fewest_runs_goes_first() -> None:
    assert next_of([contender(under_way=2), contender(under_way=1)], places=9) == 1


def test_the_older_one_goes_first_where_nothing_tells_them_apart() -> None:
    assert next_of([contender(), contender()], places=1) == 0


def test_one_at_its_limit_leaves_its_place_to_a_smaller_priority() -> None:
    full = contender(priority=9, max_runs=1, under_way=1)

    assert next_of([full, contender()], places=4) == 1


def test_none_goes_where_all_places_are_taken() -> None:
    assert next_of([contender(under_way=2), contender(under_way=2)], places=4) is None
    assert next_of([], places=4) is None


@examples(40)
@given(
    limits=st.lists(st.tuples(st.integers(-2, 2), st.integers(1, 4)), max_size=6),
    places=st.integers(0, 12),
)
def test_all_places_are_used_and_no_limit_is_exceeded(
    limits: list[tuple[int, int]], places: int
) -> None:
    under_way = [0] * len(limits)

    def contenders() -> list[Contender]:
        return [
            contender(priority, most, count)
            for (priority, most), count in zip(limits, under_way, strict=True)
        ]

    while (chosen := next_of(contenders(), places)) is not None:
        under_way[chosen] += 1

    assert all(count <= most for (_, most), count in zip(limits, under_way, strict=True))
    assert sum(under_way) == min(places, sum(most for _, most in limits))
