"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CONFTEST = 'pytest_plugins = ["treadle_client.pytest_plugin"]\n'
ASSETS = """\
from treadle import asset


@asset
def answer() -> int:
    return 42
"""
TESTS = """\
from pathlib import Path


ASSETS = Path(__file__).with_name("assets.py")
seen = []


def test_a_run(treadle_local):
    client = treadle_local(ASSETS)
    seen.append(client)
    assert client.materialize("answer").result(timeout=60).succeeded


def test_the_services_are_the_same(treadle_local):
    assert treadle_local(str(ASSETS)) is seen[0]
    assert len(list(seen[0].runs())) == 1
"""


def said_by_pytest(folder: Path) -> str:
    """Run the tests of a folder; return what pytest says of them."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    ).stdout


def test_services_start_once_for_all_tests_that_ask_for_the_same(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "assets.py").write_text(ASSETS)
    (tmp_path / "test_it.py").write_text(TESTS)

    assert "2 passed" in said_by_pytest(tmp_path)


def test_nobody_waits_for_the_client_who_does_not_ask_for_services(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(
        "import sys\n\n\ndef test_it():\n    assert 'grpc' not in sys.modules\n"
    )

    assert "1 passed" in said_by_pytest(tmp_path)
