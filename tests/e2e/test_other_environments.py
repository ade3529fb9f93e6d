"""User code in an environment of its own, without Treadle and with other libraries than ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Start

OLD_PROTOBUF = Path(sys.prefix) / "old-protobuf" / "bin" / "python"


@pytest.fixture
def empty_python(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder / "bin" / "python"


def installed(python: Path, distribution: str) -> bool:
    code = f"import importlib.metadata as m; m.distribution({distribution!r})"
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0


def test_an_environment_with_nothing_installed(start: Start, empty_python: Path) -> None:
    session = start("other_environment.py", python=empty_python)

    result = session.succeed()

    facts = result.materializations[-1].metadata
    assert not installed(empty_python, "treadle")
    assert Path(str(facts["prefix"])) == empty_python.parent.parent
    assert facts["protobuf"] == "none"
    assert session.value("summed") == 3


def test_an_environment_with_protobuf_3(start: Start) -> None:
    if not OLD_PROTOBUF.exists():
        pytest.fail(f"{OLD_PROTOBUF} is missing: `make test` makes it (README, Development)")
    session = start("other_environment.py", python=OLD_PROTOBUF)

    result = session.succeed()

    facts = result.materializations[-1].metadata
    assert not installed(OLD_PROTOBUF, "treadle")
    assert facts["protobuf"] == "3.20.3"
    assert session.value("summed") == 3


def test_a_python_that_is_not_there_is_named(start: Start, tmp_path: Path) -> None:
    missing = tmp_path / "no-python"

    with pytest.raises(Exception, match="no-python"):
        start("other_environment.py", python=missing)
