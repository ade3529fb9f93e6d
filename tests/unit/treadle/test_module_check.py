"""What a module uses of Dagster's that is not here, all of it at once."""

from __future__ import annotations

import pytest

import treadle
from scripts import gen_reference
from treadle._module_check import check_module

MOVED = """
import dagster as dg
from dagster import (
    AssetExecutionContext,
    Config,
    AutomationCondition as Many,
    MaterializeResult,
    asset,
    schedule,
)
from dagster._core.definitions import something

@asset(freshness_policy=dg.DailyPartitionsDefinition("2020-01-01"), hooks=None, group_name="g")
def a(context: AssetExecutionContext, config: Config) -> MaterializeResult: ...

@dg.graph_asset(
    automation_condition={1},
)
def b(): ...

@mine(freshness_policy=1)
def c(): ...

defs = dg.Definitions(assets=[a], sensors=[1])
"""


def test_all_that_is_not_there_is_told_with_its_line() -> None:
    found = [(each.line, each.name) for each in check_module(MOVED)]

    assert found == [
        (6, "AutomationCondition"),
        (9, "schedule"),
        (11, "dagster._core.definitions"),
        (13, "asset(freshness_policy=…)"),
        (17, "graph_asset(automation_condition=…)"),
        (24, "Definitions(sensors=…)"),
    ]


def test_each_says_what_to_write_or_that_it_is_to_come() -> None:
    said = {each.name: each.said for each in check_module(MOVED)}

    assert "not there yet" in said["AutomationCondition"]
    assert "Automation is not there yet" in said["asset(freshness_policy=…)"]
    assert "have a scheduler call the client" in said["Definitions(sensors=…)"]


def test_what_is_here_is_not_told() -> None:
    names = ", ".join([*treadle.__all__, *treadle.LATER])

    assert check_module(f"from treadle import {names}\nfrom treadle import *") == ()
    assert check_module("from elsewhere import DynamicOut\nfrom . import DynamicOut") == ()


def test_a_name_that_nobody_has_is_told_with_what_may_be_meant() -> None:
    (found,) = check_module("from treadle import grpah_asset")

    assert found.said.startswith("Treadle has no grpah_asset. Did you mean 'graph_asset'")


def test_what_a_star_cannot_give_is_told_where_it_is_used() -> None:
    source = """
from dagster import *

@asset
def a(config: Config): ...

@schedule
def s(sensor): return sensor

def DynamicOut(): ...
DynamicOut()
"""

    (found,) = check_module(source)

    assert (found.line, found.name) == (7, "schedule")
    assert "have a scheduler call" in found.said.lower()
    assert check_module(f"from elsewhere import *{source}") == ()


def test_what_is_no_python_is_no_module() -> None:
    with pytest.raises(SyntaxError):
        check_module("def")


@pytest.mark.parametrize("name", sorted(gen_reference.DAGSTER))
def test_each_argument_of_dagsters_can_be_asked_about(name: str) -> None:
    arguments = ", ".join(f"{each}=1" for each in gen_reference.DAGSTER[name])

    found = check_module(f"import treadle\ntreadle.{name}({arguments})")

    assert {each.line for each in found} <= {2}


def test_tags_of_runs_are_told_where_they_are_given() -> None:
    (found,) = check_module("from treadle import define_asset_job\ndefine_asset_job(run_tags={})")

    assert "client.materialize(tags={…})" in found.said


@pytest.mark.parametrize(
    "call",
    [
        "asset(partitions_def=1)",
        "define_asset_job(partitions_def=1, executor_def=2)",
        "materialize([], partition_key='a')",
        "build_op_context(config={'a': 1}, partition_key='a')",
        "Output(1, data_version=2)",
        "Array(inner_type=int)",
    ],
)
def test_what_is_taken_is_not_told(call: str) -> None:
    assert check_module(f"import treadle\ntreadle.{call}") == ()
