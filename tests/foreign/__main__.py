"""`python -m tests.foreign --seconds N`: foreign code servers and hosts, as long as that takes."""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import count
from pathlib import Path

from tests.foreign.driver import drive

_MIB = 1024 * 1024
_MOST_GROWTH = 4 * _MIB


def main() -> int:
    """Drive, print the figures, and return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = drive(Path(folder), count(options.seed), foreigners=3, seconds=options.seconds)
    print(
        f"healthy runs: {figures.healthy}; poisoned: {figures.poisoned};"
        f" asked for nothing wrong: {figures.untouched}"
    )
    for end, number in figures.ends.most_common():
        print(f"  {number:6}  {end}")
    print(
        f"launcher's own memory: {figures.memory[-1] / _MIB:.1f} MiB;"
        f" {figures.crept / _MIB:+.1f} MiB over the last {len(figures.steady)} rounds, and"
        f" {figures.grown / _MIB:+.1f} MiB when those that had raised it were done again"
    )
    if max(figures.crept, figures.grown) > _MOST_GROWTH:
        figures.faults.append(f"the launcher grew: {figures.memory}, then {figures.again}")
    for fault in figures.faults:
        print(f"FAULT {fault}")
    return int(bool(figures.faults))


if __name__ == "__main__":
    sys.exit(main())
