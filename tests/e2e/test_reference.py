"""The examples of the client's page of the reference run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "reference" / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("client*.py")), ids=lambda path: path.stem)
def test_the_example_of_the_client_runs(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, timeout=90, check=False
    )

    assert done.returncode == 0, done.stderr
