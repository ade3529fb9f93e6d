"""The suite's own frame: what it starts ends, and it says the same wherever it is started from."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import running

TESTS = Path(__file__).parent.parent
CTRL_C = "tests/unit/treadle_client/cli/commands/test_materialize.py::test_ctrl_c_lets_a_run_of_a_standing_launcher_go_on"


def test_a_process_that_does_not_end_is_killed_and_fails_its_block() -> None:
    with (
        pytest.raises(subprocess.TimeoutExpired),
        running(["sleep", "1000"], end_seconds=0.01) as process,
    ):
        pass

    assert process.returncode == -9


def test_a_block_that_raises_kills_its_process() -> None:
    with (
        pytest.raises(ValueError, match="a test failed"),
        running(["cat"], stdin=subprocess.PIPE) as process,
    ):
        raise ValueError("a test failed")

    assert process.returncode is not None


def test_no_test_leaves_a_block_of_popen_which_waits_without_a_bound() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py")}
    found = [
        f"{path.relative_to(TESTS)}:{item.context_expr.lineno}"
        for path, text in texts.items()
        if "Popen(" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.With)
        for item in node.items
        if ast.unparse(item.context_expr).startswith(("subprocess.Popen(", "Popen("))
    ]

    assert found == []


def test_a_suite_started_where_signals_are_ignored_can_still_send_them() -> None:
    """As under nohup, and as `make test &` in a script."""
    command = f"exec {sys.executable} -m pytest -q -p no:cacheprovider {CTRL_C}"
    done = subprocess.run(
        ["sh", "-c", f"trap '' INT HUP QUIT TERM; {command}"],
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout


HANGS_UP = """
import os, signal, subprocess, sys

def test_hangup():
    os.kill(os.getpid(), signal.SIGHUP)
    child = "import os, signal; os.kill(os.getpid(), signal.SIGHUP)"
    assert subprocess.run([sys.executable, "-c", child]).returncode == -signal.SIGHUP
"""


@pytest.mark.parametrize(
    ("started", "options", "code"),
    [("trap '' HUP", "-n 1", 0), ("true", "", -signal.SIGHUP)],
)
def test_a_suite_goes_on_after_a_hangup_as_it_was_started_and_its_children_do_not(
    tmp_path: Path, started: str, options: str, code: int
) -> None:
    suite = tmp_path / "test_hangup.py"
    suite.write_text(HANGS_UP)
    pytest_command = f"{sys.executable} -m pytest -q -p no:cacheprovider -p tests.conftest"
    # A suite that is ended leaves its folder.
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop("TREADLE_TEST_OUTLIVES", None)
    done = subprocess.run(
        ["sh", "-c", f"{started}; exec {pytest_command} {options} {suite}"],
        cwd=TESTS.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == code, done.stdout
