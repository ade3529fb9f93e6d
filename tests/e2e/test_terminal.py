"""A hostile op's output and messages on a reader's terminal: shown, and without effect."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle_client
from tests.processes import running
from treadle_client import RunState

SECONDS = 60
CODE = r"""
import os
from treadle import asset

@asset
def hostile(context):
    context.log.warning("logged \x1b[2J")
    os.write(1, b"out \x1b[2J\n")
    os.write(2, b"err \x1b[2J\x1b]0;title\x07 \xc2\x9b2J\n")
    raise ValueError("bad \x1b]0;title\x07 \u202edrawkcab \x9b2J caf\u00e9")
"""
#: What of the op's no terminal may get; what Rich writes to move the cursor is other.
EFFECTS = [b"\x1b[2J", b"\x1b]0", b"\x07", "\u202e".encode(), "\x9b".encode(), b"\x00"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal")
    (folder / "my_assets.py").write_text(CODE)
    return folder


@pytest.fixture(scope="module")
def run_id(folder: Path) -> Iterator[str]:
    """A run that failed, on a home whose launcher runs."""
    with treadle_client.local(folder / "my_assets.py", home=folder / "home") as client:
        result = client.materialize("hostile", tags={"a": "\x1b[2J"}).result(timeout=SECONDS)
        assert result.status is RunState.FAILED
        yield result.run_id


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "treadle_client", *arguments]


def piped(folder: Path, *arguments: str) -> bytes:
    """Return what the command writes into a pipe, errors included."""
    done = subprocess.run(
        command(*arguments), cwd=folder, capture_output=True, timeout=SECONDS, check=False
    )
    return done.stdout + done.stderr


def on_terminal(folder: Path, *arguments: str) -> bytes:
    """Return what the command writes to a terminal that it is the foreground of."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "200", "LINES": "50"}
    environment.pop("NO_COLOR", None)
    written = b""
    with running(
        command(*arguments), cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        try:
            # A terminal whose other side is closed fails with EIO.
            while data := os.read(ours, 65536):
                written += data
        except OSError:
            pass
        finally:
            os.close(ours)
        process.wait(timeout=SECONDS)
    return written


def assert_harmless(written: bytes) -> None:
    assert [effect for effect in EFFECTS if effect in written] == []


def assert_shown(written: bytes) -> None:
    for words in (
        r"err \x1b[2J\x1b]0;title\x07 \x9b2J",
        r"bad \x1b]0;title\x07 \u202edrawkcab \x9b2J café",
    ):
        assert words.encode() in written


def test_a_run_that_is_watched_live_does_nothing_to_the_terminal(folder: Path) -> None:
    written = on_terminal(
        folder, "materialize", "-f", "my_assets.py", "-s", "hostile", "--home", "h"
    )

    assert_harmless(written)
    assert_shown(written)
    assert rb"logged \x1b[2J" in written
    assert b"\x1b[31m" in written, "the command's own colours stay"


@pytest.mark.parametrize("words", [("show",), ("watch",)])
def test_what_is_recorded_of_a_run_does_nothing_to_the_terminal(
    folder: Path, run_id: str, words: tuple[str, ...]
) -> None:
    for written in (
        on_terminal(folder, "runs", *words, run_id, "--home", "home"),
        piped(folder, "runs", *words, run_id, "--home", "home"),
    ):
        assert_harmless(written)
        assert_shown(written)


@pytest.mark.parametrize("words", [("show",), ("watch",)])
def test_documents_hold_what_was_said_and_no_control_character(
    folder: Path, run_id: str, words: tuple[str, ...]
) -> None:
    written = piped(folder, "runs", *words, run_id, "--home", "home", "--json").decode()

    assert {each for each in written if unicodedata.category(each) in {"Cc", "Cf"}} == {"\n"}
    assert r"\u202edrawkcab \u009b2J café" in written


def test_a_step_run_by_hand_shows_its_message(folder: Path, run_id: str) -> None:
    written = piped(
        folder, "runs", "debug", run_id, "hostile", "-f", "my_assets.py", "--home", "home"
    )

    assert rb"bad \x1b]0;title\x07 \u202edrawkcab \x9b2J" in written


def test_logs_are_the_bytes_that_the_step_wrote(folder: Path, run_id: str) -> None:
    written = piped(folder, "runs", "logs", run_id, "hostile", "--home", "home", "--stream=stderr")

    assert b"err \x1b[2J\x1b]0;title\x07 \xc2\x9b2J\n" in written


def test_a_tag_is_shown(folder: Path, run_id: str) -> None:
    written = piped(folder, "runs", "show", run_id, "--home", "home")

    assert rb"a=\x1b[2J" in written
