"""Every public name of Dagster 1.13.27 is here, or it is said what takes its place."""

from __future__ import annotations

from pathlib import Path

import pytest

import treadle
from treadle import _dagster_absent
from treadle._dagster_names import not_there
from treadle._module_check import check_module

#: What `dir(dagster)` holds, but for modules and private names.
NAMES = (Path(__file__).parents[2] / "assets" / "dagster_names.txt").read_text().split()

HERE = {*treadle.__all__, *treadle.LATER, "build_asset_context"}


def test_no_name_is_unknown() -> None:
    unknown = [name for name in NAMES if name not in HERE and not_there(name) is None]

    assert unknown == []


def test_what_is_here_is_not_said_to_be_absent() -> None:
    assert [name for name in NAMES if name in HERE and not_there(name)] == []
    assert sorted(_dagster_absent.known() - set(NAMES)) == []


@pytest.mark.parametrize("name", sorted(HERE))
def test_a_name_that_is_here_can_be_imported(name: str) -> None:
    assert getattr(treadle, name) is not None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("execute_job", "Never, because every run of the services has its own processes"),
        ("ReexecutionOptions", "client.rerun(run)"),
        ("AssetPartitionStatus", "Ask the client which partitions are made"),
        ("DagsterInvalidDefinitionError", "catch DefinitionError"),
    ],
)
def test_an_import_says_what_takes_its_place(name: str, said: str) -> None:
    with pytest.raises(AttributeError) as error:
        getattr(treadle, name)
    (found,) = check_module(f"from dagster import {name}")

    assert said in str(error.value)
    assert found.said == str(error.value)


def test_a_module_may_use_what_is_here_by_any_name() -> None:
    assert check_module("from dagster import build_asset_context, ContextError") == ()
