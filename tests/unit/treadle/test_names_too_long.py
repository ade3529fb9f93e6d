"""What is longer than the contract takes is refused at its line: served, it would spoil all beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.authored import refused
from treadle import (
    AssetKey,
    AssetOut,
    AssetsDefinition,
    DefinitionError,
    Definitions,
    asset,
    define_asset_job,
    graph,
    multi_asset,
    op,
)

LONG = "n" * 1025


def fn() -> int:
    return 1


def nested(depth: int) -> AssetsDefinition:
    """A block of so many graphs, one in the other, each with a name of 1,024 bytes."""
    node: Any = op(name="n" * 1024)(fn)
    for _ in range(depth):
        node = graph(name="n" * 1024)(calling(node))
    return AssetsDefinition.from_graph(node)


def calling(node: Any) -> Callable[[], object]:
    def body() -> object:
        return node()

    return body


@pytest.mark.parametrize(
    ("define", "said"),
    [
        (lambda: asset(name=LONG)(fn), "takes 1,025 bytes"),
        (lambda: asset(key=["k" * 500, "k" * 500, "k" * 500])(fn), "takes 1,504 bytes"),
        (lambda: AssetKey(LONG), "takes 1,025 bytes"),
        (lambda: op(name=LONG)(fn), "@op name nnn"),
        (lambda: op(fn).alias(LONG), "alias"),
        (lambda: graph(name=LONG)(lambda: None), "@graph name nnn"),
        (lambda: multi_asset(name=LONG, outs={"a": AssetOut()})(fn), "@multi_asset name nnn"),
        (lambda: Definitions(resources={LONG: 1}), "resource nnn"),
        (lambda: asset(group_name=LONG)(fn), "Group nnn"),
        (lambda: asset(owners=[f"team:{LONG}"])(fn), "owner team:nnn"),
        (lambda: op(name="f")(eval(f"lambda {LONG}: 1")), "input nnn"),
        (lambda: nested(70), "takes 72,774 bytes"),
        (lambda: define_asset_job(LONG), "define_asset_job: name nnn"),
        (
            lambda: define_asset_job("j", tags={f"k{n}": "v" * 60 for n in range(2000)}),
            "its tags take 128,890 bytes",
        ),
    ],
)
def test_it_is_refused_with_its_size_and_line(define: Callable[[], object], said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        define()

    assert said in str(caught.value)
    assert __file__ in str(caught.value)


def test_what_just_fits_is_taken() -> None:
    assert op(name="n" * 1024)(fn).name == "n" * 1024
    assert len(nested(58).flat.steps) == 1


def test_a_job_whose_selection_is_too_long_as_text_is_refused() -> None:
    source = """
many = [asset(name="n" * 1000 + str(n))(lambda: 1) for n in range(1100)]
defs = Definitions(assets=many, jobs=[define_asset_job("j", selection=many)])  # at
"""

    error = refused(DefinitionError, defs=source)

    assert "'j': what it selects takes 1,1" in str(error)
