"""The demo that `make demo` runs: it ends well and prints what README shows, figures included."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.e2e.test_documents import REPOSITORY, assert_shown, blocks

DEMO = REPOSITORY / "examples" / "flights" / "demo.py"


def test_the_demo_prints_what_readme_shows(tmp_path: Path) -> None:
    (block,) = [block for block in blocks(REPOSITORY / "README.md") if block.mark == "demo"]
    ((command, shown),) = block.commands()

    done = subprocess.run(
        [sys.executable, str(DEMO)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=100,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert command == f"python {DEMO.relative_to(REPOSITORY)}"
    assert_shown(command, shown, done.stdout.splitlines())
    assert list(tmp_path.iterdir()) == []


def test_readme_shows_the_figures() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")

    for figure in (
        "made 6 assets in 13 steps",
        "336,776 flights scheduled, 328,521 departed, 8,255 cancelled",
        "20.22 min  Frontier Airlines Inc.  (682 flights)",
        "47.95 min  LGA-MDW at 20h  (266 flights)",
        "10.95 min  10 miles  (273,660 flights)",
    ):
        assert figure in readme
