"""Prints the table of speed: `make bench`, or `python -m benchmarks [SECTION…]`.

Every figure is timed from outside, beside the machine's limit or a peer in the same run. What an
op did is proven from the log and from the values on the disk; a broken proof is an error. Targets
that are not met are none: the table says so.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import clock, machine, page, peer
from benchmarks.bench import Bench
from benchmarks.report import Report
from benchmarks.rows import BenchmarkError
from benchmarks.sections import SECTIONS
from treadle_client import TreadleClientError

MINUTES = 15.0
LARGEST = 50_000


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.partition("\n\n")[2]
    )
    add = parser.add_argument
    add("section", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; none: all")
    add("--quick", action="store_true", help="few and small: shows that it works, not how fast")
    add("--write", action="store_true", help="write docs/performance.md and its plots")
    add("--dagster", action="store_true", help="beside Dagster, installed where it is not yet")
    add("--cache", type=Path, help="where Dagster's environment is kept; none: removed at the end")
    add("--largest", type=int, default=LARGEST, help="the largest size of a growth curve")
    add("--minutes", type=float, default=MINUTES, help="what is not begun by then is left out")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.section) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for and print it; 1 if anything of it could not be measured."""
    chosen = parsed(arguments)
    until = time.monotonic() + 60 * chosen.minutes
    with tempfile.TemporaryDirectory(prefix="treadle-bench-") as folder:
        report = Report(machine.described())
        bench = prepared(chosen, Path(folder), report)
        for name in chosen.section or SECTIONS:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            measure(name, bench, until, report)
    report.ended()
    print(report.text())
    if chosen.write:
        page.write(report)
    return 1 if report.faults else 0


def prepared(chosen: argparse.Namespace, folder: Path, report: Report) -> Bench:
    """Return what the sections are given; install Dagster if that is asked for."""
    bench = Bench(folder, quick=chosen.quick, largest=chosen.largest, notes=report.notes)
    if not chosen.dagster:
        report.notes.append("Dagster is left out: --dagster installs it, in its own environment.")
        return bench
    try:
        found = peer.installed(chosen.cache or folder / "cache", folder)
    except BenchmarkError as error:
        report.notes.append(f"Dagster is left out: {error}")
        return bench
    report.notes.append(f"Dagster is {found.version}, in an environment of its own.")
    return replace(bench, peer=found)


def measure(name: str, bench: Bench, until: float, report: Report) -> None:
    """Measure one section within its time; what could not be is noted as a fault."""
    section = SECTIONS[name]
    left = until - time.monotonic()
    try:
        if left <= 0:
            raise clock.Overdue("not begun: the time of the whole is over")
        seconds = min(left, section.seconds)
        of_it = replace(bench, section=name, until=time.monotonic() + seconds)
        with clock.deadline(seconds):
            for found in section.measure(of_it):
                report.add(found)
    except (BenchmarkError, TreadleClientError, subprocess.SubprocessError) as error:
        report.faults.append(f"{name}: {error}")
    except Exception as error:  # noqa: BLE001 -- what the others found is not lost with it
        traceback.print_exc()
        report.faults.append(f"{name}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    # Ended by TERM, it leaves no process and no file either.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    sys.exit(main())
