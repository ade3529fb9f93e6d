"""Print how many hand-written files a plan, an output and a cancel pass on their way.

`python -m scripts.routes` runs services of its own and traces all their processes: from the call
of `plan` to its answer, from an op's return to the event that a client sees, from the call of
`cancel` to the end of the run. `--against COMMIT` traces that commit too, with the libraries of
this environment; `--list` names the files.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from scripts.size import ROOT, SOURCES, is_hand_written

TRACING = ROOT / "scripts" / "tracing"
PACKAGES = ("protos", "codeserver", "launcher", "client")
PARTS = {1: "plan", 2: "output to event", 3: "cancel"}


def routes_of(tree: Path) -> dict[str, tuple[str, ...]]:
    """Trace the packages of a checkout; return the files below it by part, sorted."""
    with tempfile.TemporaryDirectory(prefix="treadle-routes-") as folder:
        place = Path(folder)
        part, noted = place / "part-now", place / "noted"
        part.write_bytes(b"\0")
        noted.touch()
        paths = [str(TRACING), *(str(tree / package) for package in PACKAGES)]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "TREADLE_TRACED_PART": str(part),
            "TREADLE_TRACED_FILES": str(noted),
        }
        command = [sys.executable, str(TRACING / "traced_run.py"), folder]
        subprocess.run(command, env=environment, check=True, timeout=300)
        return routes_in(noted.read_text(), tree)


def routes_in(noted: str, tree: Path) -> dict[str, tuple[str, ...]]:
    """Return the hand-written files below a checkout by part, from the lines that were noted."""
    found: dict[str, set[str]] = {name: set() for name in PARTS.values()}
    for line in noted.splitlines():
        number, _, file = line.partition(" ")
        path = Path(file)
        if path.is_relative_to(tree) and path.is_file():
            relative = str(path.relative_to(tree))
            if relative.startswith(PACKAGES) and is_hand_written(relative, path.read_text()):
                found[PARTS[int(number)]].add(relative)
    return {name: tuple(sorted(files)) for name, files in found.items()}


def _report(now: Mapping[str, tuple[str, ...]], was: Mapping[str, tuple[str, ...]] | None) -> str:
    lines = []
    for name, files in now.items():
        before = "" if was is None else f"  was {len(was[name])}"
        lines.append(f"files passed by {name:18}{len(files):>9}{before}")
    return "\n".join(lines)


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", metavar="COMMIT", help="trace this commit too")
    parser.add_argument("--list", action="store_true", help="name the files")
    options = parser.parse_args()
    now, was = routes_of(ROOT), None
    if options.against:
        with tempfile.TemporaryDirectory(prefix="treadle-tree-") as folder:
            archive = ["git", "archive", options.against, *SOURCES]
            packed = subprocess.run(archive, cwd=ROOT, check=True, capture_output=True).stdout
            subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
            was = routes_of(Path(folder).resolve())
    print(_report(now, was))
    if options.list:
        for name, files in now.items():
            print(f"{name}:", *files, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
