from __future__ import annotations

import gc
import random
from collections.abc import Callable

import numpy
import pytest

from treadle_worker.loading.generators import for_copies, generator_states

MADE: list[Callable[[int | None], object]] = [
    random.Random,
    numpy.random.default_rng,
    numpy.random.RandomState,
    numpy.random.Philox,
]


def drawn(generator: object) -> list[float]:
    if isinstance(generator, numpy.random.BitGenerator):
        generator = numpy.random.Generator(generator)
    draw = getattr(generator, "gauss", None) or generator.normal  # type: ignore[attr-defined]  # one has either
    return [draw(0.0, 1.0) for _ in range(4)]


@pytest.fixture
def before() -> tuple[str, ...]:
    return generator_states()


def test_generators_that_another_import_does_not_know_draw_other_numbers(
    before: tuple[str, ...],
) -> None:
    pairs = [(make(3), make(3)) for make in MADE]
    for generator, twin in pairs:
        drawn(generator), drawn(twin)
        # The second number of a pair is kept too.
        assert len(drawn(generator)) == len(drawn(twin))
    # Looks at every object of the process: once for all kinds.
    for act in for_copies(before):
        act()

    assert [generator for generator, twin in pairs if drawn(generator) == drawn(twin)] == []


def test_generators_in_a_state_that_another_import_left_are_seeded() -> None:
    elsewhere = [make(3) for make in MADE]
    known = generator_states()
    here = [make(3) for make in MADE]
    for act in for_copies(known):
        act()

    assert [drawn(generator) for generator in here] == [drawn(generator) for generator in elsewhere]


def test_the_global_generator_that_an_import_seeded_stays_so_in_a_copy() -> None:
    # What the suite froze when it was collected, nothing that looks at all objects finds.
    gc.unfreeze()
    before = random.getstate()
    try:
        random.seed(3)
        expected = random.Random(3).random()
        acts = for_copies(generator_states())
        # As Python does after a fork.
        random.seed()
        for act in acts:
            act()

        assert random.random() == expected
    finally:
        random.setstate(before)


def test_a_generator_of_a_class_of_the_users_counts_whatever_it_overrides(
    before: tuple[str, ...],
) -> None:
    class Mine(random.Random):
        def seed(self, *_: object) -> None:  # type: ignore[override]  # as users do
            random.Random.seed(self, 1)

        def getstate(self) -> tuple[object, ...]:
            raise NotImplementedError

    mine, twin = Mine(), Mine()
    for act in for_copies(before):
        act()

    assert mine.random() != twin.random()
