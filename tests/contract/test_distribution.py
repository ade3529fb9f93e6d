"""What is installed is what the settings name: typed packages, the contract and no tests."""

from __future__ import annotations

import importlib.metadata
import tomllib
from pathlib import Path

import pytest

from treadle_contract.version import VERSION

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
PACKAGES = BUILD["targets"]["wheel"]["packages"]
SOURCE_ROOTS = BUILD["dev-mode-dirs"]


def test_every_package_is_in_the_wheel() -> None:
    found = {
        str(init.parent.relative_to(REPOSITORY))
        for root in SOURCE_ROOTS
        for init in (REPOSITORY / root).glob("*/__init__.py")
    }

    assert set(PACKAGES) == found


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_that_it_is_typed(package: str) -> None:
    assert (REPOSITORY / package / "py.typed").is_file()


def test_the_version_is_that_of_what_is_installed() -> None:
    assert importlib.metadata.version("treadle") == VERSION


@pytest.mark.parametrize("root", SOURCE_ROOTS)
def test_a_source_root_is_no_package(root: str) -> None:
    # A plain `client` among the installed packages would shadow the user's own.
    assert not (REPOSITORY / root / "__init__.py").exists()
