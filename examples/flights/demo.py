"""Run the flights example through code server, launcher and client, and print what it made."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import treadle_client

ASSETS = Path(__file__).with_name("flight_assets.py")


def main() -> int:
    """Show the graph, the plan of a subset, and the report. Exit code 1 if a run failed."""
    with (
        tempfile.TemporaryDirectory(prefix="treadle-demo-") as home,
        treadle_client.local(ASSETS, home=home) as client,
    ):
        print(client.graph())
        print("\nTo make visibility_delays alone:\n")
        print(client.plan("visibility_delays"))
        result = client.materialize("*").result(timeout=300)
        result.raise_for_failure()
        print(f"\nRun {result.run_id} made {len(result.materializations)} assets", end="")
        print(f" in {len(result.steps)} steps, each a process of its own.\n")
        made = {each.asset_key: each for each in result.materializations}
        print(made["delay_report"].metadata["report"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
