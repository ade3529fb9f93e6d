"""The demo that `make demo` runs: it ends well and prints the graph, a plan and the figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "examples" / "flights" / "demo.py"


def test_the_demo_prints_graph_plan_and_figures(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(DEMO)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=100,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    printed = done.stdout
    assert "Plan of visibility_delays at flight_assets: 1 asset, 5 steps to run, 4 not" in printed
    assert "made 6 assets in 13 steps" in printed
    for figure in (
        "336,776 flights scheduled, 328,521 departed, 8,255 cancelled",
        "20.22 min  Frontier Airlines Inc.  (682 flights)",
        "47.95 min  LGA-MDW at 20h  (266 flights)",
        "29.72 min   0 miles  (3,620 flights)",
        "10.95 min  10 miles  (273,660 flights)",
    ):
        assert figure in printed
    assert list(tmp_path.iterdir()) == []
