"""A user's files may be called what ours or our libraries' are called: theirs is theirs, ours ours."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import Start

MODULE = """
import client
import launcher

from treadle import asset

@asset
def from_client():
    return client.ANSWER + launcher.ANSWER
"""


def test_modules_named_like_our_folders_are_the_users(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "client.py").write_text("ANSWER = 40\n")
    (folder / "launcher.py").write_text("ANSWER = 2\n")
    (folder / "my_assets.py").write_text(MODULE)
    session = start(folder / "my_assets.py")

    session.succeed("from_client")

    assert session.value("from_client") == 42


def test_a_module_named_like_a_library_breaks_nothing_and_is_a_warning(
    start: Start, tmp_path: Path
) -> None:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "grpc.py").write_text("raise RuntimeError('imported instead of the library')\n")
    (folder / "json.py").write_text("raise RuntimeError('imported instead of the library')\n")
    (folder / "plain.py").write_text(
        "from treadle import asset\n\n@asset\ndef made():\n    return 1\n"
    )
    session = start(folder / "plain.py")

    session.succeed("made")

    (location,) = session.client.locations()
    warned = [text for text in location.warnings if "grpc" in text]
    assert warned
    assert str(folder / "grpc.py") in warned[0]
    # The other path: the library that is imported instead.
    assert "site-packages" in warned[0]
