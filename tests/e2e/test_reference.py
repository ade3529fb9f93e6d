"""The example of the client's page of the reference runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "examples" / "client.py"


def test_the_example_of_the_client_runs() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE)], capture_output=True, text=True, timeout=90, check=False
    )

    assert done.returncode == 0, done.stderr
