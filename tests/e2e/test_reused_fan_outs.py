"""Fan-outs that are taken from earlier runs with their elements, each by its own key: by real services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.e2e.test_reuse import Project
from treadle_client import local

MODULE = """
from pathlib import Path

from treadle import DynamicOut, DynamicOutput, In, Nothing, graph_asset, op

HERE = Path(__file__).parent
KEYS = ["a", "b"]
NONE = []


@op(out=DynamicOut())
def fan():
    for key in KEYS:
        yield DynamicOutput(1, mapping_key=key)


@op(out=DynamicOut())
def inner(context, number):
    if (HERE / "broken").exists() and context.get_mapping_key() == "b":
        raise RuntimeError("not yet")
    for each in range(2):
        yield DynamicOutput(number + each, mapping_key=f"i{each}")


@op
def work(number):
    return number * 10


@op
def total(context, numbers):
    if (HERE / "no total").exists():
        raise RuntimeError("not yet")
    return dict(zip(context.get_mapping_keys("numbers"), numbers))


@op(ins={"done": In(Nothing)})
def after():
    return 0


@op(out=DynamicOut())
def no_fan():
    for key in NONE:
        yield DynamicOutput(1, mapping_key=key)


@graph_asset
def nested():
    return total(fan().map(inner).map(work).collect())


@graph_asset
def waits():
    return after(fan().map(work).collect())


@graph_asset
def empty():
    return total(no_fan().map(work).collect())
"""

ELEMENTS = {f"nested.work[{outer}][{inner}]" for outer in "ab" for inner in ("i0", "i1")}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("fan_outs")
    (folder / "fans.py").write_text(MODULE)
    with local(str(folder / "fans.py")) as client:
        yield Project(folder, client)


@pytest.fixture
def made(project: Project) -> Project:
    (project.folder / "fans.py").write_text(MODULE)
    project.client.reload()
    project.made()
    assert project.running() == set()
    return project


def test_what_is_mapped_runs_for_each_element_and_the_fan_out_is_reused(made: Project) -> None:
    made.edit("fans.py", "number * 10", "number * 100")

    assert made.running("nested") == {*ELEMENTS, "nested.total"}
    made.made("nested")
    assert made.client.load("nested") == {"a/i0": 100, "a/i1": 200, "b/i0": 100, "b/i1": 200}
    assert made.running("nested") == set()


def test_a_collector_alone_runs_on_elements_that_are_reused(made: Project) -> None:
    made.edit("fans.py", "return dict(", "return dict(more=1) | dict(")

    assert made.running("nested") == {"nested.total"}
    made.made("nested")
    assert made.client.load("nested")["more"] == 1


def test_elements_that_a_failure_left_run_and_the_others_are_reused(made: Project) -> None:
    made.edit("fans.py", "number + each", "number - each")
    (made.folder / "broken").touch()
    run = made.client.materialize("nested", reuse="unchanged")
    assert not run.result(timeout=60).succeeded
    (made.folder / "broken").unlink()

    of_b = {"nested.inner[b]", "nested.work[b][?]"}
    assert made.running("nested") == {*of_b, "nested.total"}
    made.made("nested")
    assert made.client.load("nested") == {"a/i0": 10, "a/i1": 0, "b/i0": 10, "b/i1": 0}
    assert made.running("nested") == set()


def test_the_same_values_under_other_keys_are_not_the_same(made: Project) -> None:
    made.edit("fans.py", '["a", "b"]', '["c", "d"]')

    (made.folder / "no total").touch()
    run = made.client.materialize("nested", reuse="unchanged")
    assert not run.result(timeout=60).succeeded
    (made.folder / "no total").unlink()

    assert made.running("nested") == {"nested.total"}
    made.made("nested")
    assert set(made.client.load("nested")) == {"c/i0", "c/i1", "d/i0", "d/i1"}
    assert made.running("nested") == set()


def test_a_fan_out_that_yields_none_is_reused_until_it_yields_some(made: Project) -> None:
    made.edit("fans.py", "NONE = []", 'NONE = ["x"]')

    assert made.running("empty") == {"empty.no_fan", "empty.work[?]", "empty.total"}
    made.made("empty")
    assert made.client.load("empty") == {"x": 10}


def test_what_waits_for_elements_runs_when_there_are_others(made: Project) -> None:
    made.edit("fans.py", '["a", "b"]', '["a"]')

    assert made.running("waits") == {"waits.fan", "waits.work[?]", "waits.after"}
    made.made("waits")
    assert made.running("waits") == set()


def test_a_fan_out_runs_whole_when_something_that_runs_lacks_an_element_of_it(
    made: Project,
) -> None:
    made.client.collect_garbage(keep_intermediates=timedelta())
    assert made.running("nested") == set()

    made.edit("fans.py", "number * 10", "number * 1000")

    steps = {"nested.fan", "nested.inner[?]", "nested.work[?][?]", "nested.total"}
    assert made.running("nested") == steps
    made.made("nested")
    assert made.client.load("nested")["b/i1"] == 2000
    assert made.running("nested") == set()
