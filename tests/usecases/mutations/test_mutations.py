"""Good definitions with one mistake: refused at its line, saying what to do, and never as an error of ours."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.authored import module
from tests.usecases.mutations import good
from tests.usecases.mutations.reading import Mutation, mutations
from treadle import DefinitionError
from treadle.locations.location import build_location, definitions_of
from treadle.locations.tables import pack

MUTATIONS = dict(mutations())


def load(text: str) -> None:
    built = build_location([("defs.py", definitions_of(module(text)))])
    built.sealed(pack(built.snapshot), files={}, distributions={})


def line_of(mutation: Mutation) -> list[int]:
    """Return the lines that have the text that is to be named; the prelude is line 1."""
    lines = mutation.text.lstrip("\n").splitlines()
    return [number for number, line in enumerate(lines, start=2) if line.strip() == mutation.at]


@pytest.mark.parametrize(
    "text", [good.GRAPH, good.ASSETS, good.RESOURCES, good.CHECKS, good.DYNAMIC]
)
def test_what_mutations_start_from_is_good(text: str) -> None:
    load(text)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_refused_at_its_line_with_what_to_do(name: str) -> None:
    mutation = MUTATIONS[name]

    # What pydantic says of values stays pydantic's, for tests that expect it; its note is ours.
    with pytest.raises((DefinitionError, ValidationError)) as caught:
        load(mutation.text)

    error = caught.value
    assert type(error).__name__ == mutation.error
    told = "\n".join([str(error), *getattr(error, "__notes__", ())])
    assert mutation.says in told
    assert any(f"  at /code/defs.py:{line}\n" in f"{told}\n" for line in line_of(mutation)), told


def test_there_are_four_hundred_mutations_at_least() -> None:
    assert len({each.text for each in MUTATIONS.values()}) >= 400
