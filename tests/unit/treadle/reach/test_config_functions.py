"""Functions that make config of config are part of what an op reaches."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.treadle.reach.projects import keys_of, loaded

PROJECT = {
    "assets.py": """
import helpers
from treadle import config_mapping, configured, graph_asset, op


@op(config_schema={"size": int})
def sized(context):
    return context.op_config["size"]


@configured(sized, config_schema=int)
def doubled(number):
    return {"size": helpers.twice(number)}


@config_mapping(config_schema={"half": int})
def halves(config):
    return {"sized": {"config": {"size": config["half"] * 2}}}


@graph_asset
def by_function():
    return doubled()


@graph_asset(config=halves)
def by_mapping():
    return sized()


@graph_asset
def plain():
    return sized()
""",
    "helpers.py": """
def twice(number):
    return number * 2
""",
}


@pytest.mark.parametrize(
    ("file", "old", "new", "seen_by"),
    [
        ("helpers.py", "number * 2", "number * 3", {"by_function.doubled"}),
        ("assets.py", "helpers.twice(number)}", "helpers.twice(-number)}", {"by_function.doubled"}),
        ("assets.py", 'config["half"] * 2', 'config["half"] * 4', {"by_mapping.sized"}),
    ],
)
def test_a_function_that_makes_config_is_seen_by_the_op_that_it_tells(
    tmp_path: Path, file: str, old: str, new: str, seen_by: set[str]
) -> None:
    with loaded(tmp_path / "before", PROJECT) as location:
        before = keys_of(location)

    with loaded(tmp_path / "now", {**PROJECT, file: PROJECT[file].replace(old, new)}) as location:
        now = keys_of(location)

    assert {key for key in before if before[key] != now[key]} == seen_by
