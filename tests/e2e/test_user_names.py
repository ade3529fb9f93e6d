"""A user's files may be called what ours or our libraries' are called: theirs is theirs, ours ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session

MODULE = """
# Like folders of ours.
import client
import launcher

from treadle import asset

@asset
def from_client():
    return client.ANSWER + launcher.ANSWER
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with modules that are named like our folders, and like libraries."""
    folder = tmp_path_factory.mktemp("code")
    (folder / "client.py").write_text("ANSWER = 40\n")
    (folder / "launcher.py").write_text("ANSWER = 2\n")
    for library in ("grpc", "json"):
        unwanted = "raise RuntimeError('imported instead of the library')\n"
        (folder / f"{library}.py").write_text(unwanted)
    (folder / "my_assets.py").write_text(MODULE)
    return folder


@pytest.fixture(scope="module")
def session(folder: Path) -> Iterator[Session]:
    home = folder / "home"
    with treadle_client.local(folder / "my_assets.py", home=home) as client:
        yield Session(client, home)


def test_modules_named_like_our_folders_are_the_users(session: Session) -> None:
    session.succeed("from_client")

    assert session.value("from_client") == 42


def test_a_module_named_like_a_library_breaks_nothing_and_is_a_warning(
    session: Session, folder: Path
) -> None:
    (location,) = session.client.locations()
    warned = [text for text in location.warnings if "grpc" in text]
    assert warned
    assert str(folder / "grpc.py") in warned[0]
    # The other path: the library that is imported instead.
    assert "site-packages" in warned[0]
