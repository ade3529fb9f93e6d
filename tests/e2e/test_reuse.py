"""Runs that take from earlier runs what is unchanged: by real services, on code that is edited between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle_client import ChangeKind, Client, Plan, SelectionError, Verdict, local

HELPERS = """
LIMIT = 1


def shift(x):
    return x + LIMIT


def other():
    return 0
"""

ASSETS = """
import helpers
from treadle import AssetSpec, Config, DataVersion, Definitions, Output, asset, graph_asset, op


class Settings(Config):
    size: int = 1
    name: str = "a"


@asset
def source():
    return 1


@asset
def shifted(source):
    return helpers.shift(source)


@asset
def told(config: Settings):
    return config.size


@asset(deps=["source"])
def after():
    return 0


@asset
def dated():
    return Output(2, data_version=DataVersion("monday"))


@asset
def reads_dated(dated):
    return dated


@op
def first():
    return 1


@op
def second(x):
    return x * 2


@graph_asset(reuse="unchanged")
def graphed():
    return second(first())
"""


class Project:
    """Files that a launcher serves, and what it would reuse now."""

    def __init__(self, folder: Path, client: Client) -> None:
        self.folder = folder
        self.client = client

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that stands once in a file, and load it."""
        path = self.folder / file
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))
        self.client.reload()

    def plan(self, selection: str | None = None, **options: object) -> Plan:
        return self.client.plan(selection, reuse="unchanged", **options)

    def running(self, selection: str | None = None, **options: object) -> set[str]:
        """Return the steps that would run."""
        steps = self.plan(selection, **options).steps
        return {step.key for step in steps if step.verdict is Verdict.RUN}

    def made(self, selection: str | None = None, **options: object) -> None:
        run = self.client.materialize(selection, reuse="unchanged", **options)
        assert run.result(timeout=60).succeeded


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    (tmp_path / "helpers.py").write_text(HELPERS)
    (tmp_path / "assets.py").write_text(ASSETS)
    with local(str(tmp_path / "assets.py")) as client:
        found = Project(tmp_path, client)
        found.made()
        assert found.running() == set()
        yield found


def test_code_that_changes_runs_with_what_reads_it(project: Project) -> None:
    project.edit("helpers.py", "LIMIT = 1", "LIMIT = 2  # more")

    plan = project.plan()
    changes = {
        step.key: [(str(each.kind), each.name) for each in step.changes] for step in plan.steps
    }
    assert project.running() == {"shifted"}
    assert changes["shifted"] == [("code", "helpers.LIMIT")]
    project.made()
    assert project.client.load("shifted") == 3
    assert project.running() == set()

    # What it was before is not the latest value: nothing stale is left standing.
    project.edit("helpers.py", "LIMIT = 2  # more", "LIMIT = 1")
    assert project.running() == {"shifted"}
    project.edit("helpers.py", "return 0", "return 1")
    project.made()
    assert project.client.load("shifted") == 2


def test_values_and_config_that_change_run_what_reads_them(project: Project) -> None:
    config = {"ops": {"told": {"config": {"size": 2}}}}
    plan = project.plan("told", config=config)
    assert [(str(each.kind), each.name) for each in plan.steps[0].changes] == [
        ("config", "config.size")
    ]

    # The same value again: what reads it is unchanged, what only waits for it is not.
    assert project.client.materialize("source").result(timeout=60).succeeded
    assert project.running("shifted or after") == {"after"}
    project.made("after")

    project.edit("assets.py", "def source():\n    return 1", "def source():\n    return 5")
    project.made("source")
    plan = project.plan("shifted")
    assert [(str(each.kind), each.name) for each in plan.steps[0].changes] == [("input", "source")]
    project.made("shifted")
    assert project.client.load("shifted") == 6


def test_what_is_stale_can_be_selected(project: Project) -> None:
    client = project.client
    with pytest.raises(SelectionError, match="no asset is stale"):
        client.plan("stale()")

    project.edit("assets.py", "def source():\n    return 1", "def source():\n    return 5")
    assert set(client.plan("stale()").selected_asset_keys) == {"after", "shifted", "source"}
    assert client.plan("stale() and not after+").selected_asset_keys == ("shifted", "source")
    with pytest.raises(SelectionError, match="what a launcher has on record"):
        client.explain("stale()")

    assert client.materialize("stale()").result(timeout=60).succeeded
    assert project.running() == set()
    assert client.load("shifted") == 6


def test_a_declared_version_stands_for_the_value(project: Project) -> None:
    project.edit("assets.py", "Output(2, data", "Output(3, data")
    project.made("dated")
    assert project.running("reads_dated") == set()

    project.edit("assets.py", '"monday"', '"tuesday"')
    project.made("dated")
    assert project.running("reads_dated") == {"reads_dated"}


def test_an_intermediate_is_reused_of_an_older_run(project: Project) -> None:
    project.edit("assets.py", "return x * 2", "return x * 3")

    # The block says that it is reused; the run may say otherwise.
    plan = project.client.plan("graphed", reuse="never")
    assert all(step.verdict is Verdict.RUN for step in plan.steps)
    run = project.client.materialize("graphed")
    steps = run.result(timeout=60).steps
    assert steps["graphed.first"].reused_from_run_id
    assert not steps["graphed.second"].reused_from_run_id
    assert project.client.load("graphed") == 3


def test_what_reads_a_variable_runs_and_says_so(project: Project) -> None:
    project.edit(
        "assets.py",
        "def told(config: Settings):\n    return config.size",
        "def told(config: Settings):\n    return len(config.name)",
    )
    given = {"ops": {"told": {"config": {"name": {"env": "HOME"}}}}}
    project.made("told", config=given)

    (step,) = project.plan("told", config=given).steps

    assert step.verdict is Verdict.RUN
    assert "the environment variable HOME, whose value is not compared" in step.reason
    assert [(each.kind, each.name) for each in step.changes] == [(ChangeKind.VARIABLE, "HOME")]
    project.made("told")
    assert project.running("told") == set()
