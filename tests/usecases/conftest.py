"""Services for all use cases at once: one location, of every module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import treadle_client
from tests.usecases.registry import CASES
from tests.usecases.running import SCRATCH, moved_over

#: What the modules' config and resources read of the environment.
VARIABLES = {
    "TREADLE_TEST_DOOR": "4711",
    "TREADLE_TEST_FLOOR": "3",
    "TREADLE_TEST_REGION": "south",
}


@dataclass(frozen=True)
class Services:
    """A client of services that serve all modules, and where these write to."""

    client: treadle_client.Client
    scratch: Path


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of all modules, moved over from Dagster where they are written for it."""
    folder = tmp_path_factory.mktemp("modules")
    moved_over(folder)
    return folder


@pytest.fixture(scope="session")
def services(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Start the services once for all that a process tests."""
    home, scratch = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("scratch")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**VARIABLES, SCRATCH: str(scratch)}.items():
            patch.setenv(name, value)
        files = [modules / name for name in CASES]
        with treadle_client.local(*files, home=home) as client:
            yield Services(client, scratch)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the modules, imported here, a folder of their own to write to."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    for name, value in {**VARIABLES, SCRATCH: str(folder)}.items():
        monkeypatch.setenv(name, value)
    return folder
