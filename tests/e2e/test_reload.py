"""A reload: runs that are submitted after it run on an import that was made after it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session

# What a module reads when it is imported, besides source files of its own.
MODULE = """
import json, os, pathlib
import rates
from treadle import asset

SETTINGS = json.loads(pathlib.Path(__file__).with_name("settings.json").read_text())
ENVIRONMENT = os.environ.get("TEST_RATE", "")

@asset
def rate(context):
    context.add_output_metadata({"file": SETTINGS["rate"], "zip": rates.RATE, "host": os.getppid(),
                                 "environment": ENVIRONMENT})
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("code")
    (folder / "conf.py").write_text(MODULE)
    write(folder, 1)
    return folder


@pytest.fixture(scope="module", autouse=True)
def library(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder / "lib.zip"), prepend=os.pathsep)
        yield


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    with treadle_client.local(folder / "conf.py", home=folder / "home") as client:
        yield Session(client, folder / "home")


def write(folder: Path, rate: int) -> None:
    (folder / "settings.json").write_text(f'{{"rate": {rate}}}')
    with zipfile.ZipFile(folder / "lib.zip", "w") as archive:
        archive.writestr("rates.py", f"RATE = {rate}\n")


def facts(session: Session) -> treadle_client.Metadata:
    (made,) = session.succeed().materializations
    return made.metadata


def test_a_run_after_a_reload_runs_on_an_import_made_after_it(
    session: Session, folder: Path
) -> None:
    before = facts(session)
    write(folder, 2)

    reload = session.client.reload()
    after = facts(session)

    assert reload.swapped
    assert (before["file"], before["zip"]) == (1, 1)
    assert (after["file"], after["zip"]) == (2, 2)
    # What is loaded stays warm until it is loaded anew.
    assert facts(session)["host"] == after["host"] != before["host"]


def test_a_location_may_be_imported_for_each_run(folder: Path) -> None:
    write(folder, 3)
    home = folder / "home"
    with treadle_client.local(folder / "conf.py", home=home, import_scope="per-run") as client:
        session = Session(client, home)
        before = facts(session)
        (folder / "settings.json").write_text('{"rate": 4}')
        after = facts(session)

    assert (before["file"], after["file"]) == (3, 4)
    assert before["host"] != after["host"]


def test_a_changed_environment_is_that_of_the_code_server_that_is_started_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process keeps the environment it was started with: a reload cannot see another."""
    write(folder, 5)
    home = folder / "home"
    monkeypatch.setenv("TEST_RATE", "before")
    with treadle_client.local(folder / "conf.py", home=home) as client:
        session = Session(client, home)
        first = facts(session)
        monkeypatch.setenv("TEST_RATE", "after")
        client.reload()
        reloaded = facts(session)
    with treadle_client.local(folder / "conf.py", home=home) as client:
        restarted = facts(Session(client, home))

    found = [each["environment"] for each in (first, reloaded, restarted)]
    assert found == ["before", "before", "after"]
