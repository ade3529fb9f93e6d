"""`python -m treadle_launcher.home.tool upgrade|check --home DIR`: what `treadle db` becomes."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from treadle_launcher.home.check import check_home
from treadle_launcher.home.home import FORMAT, HomeError
from treadle_launcher.home.upgrade import upgrade_home
from treadle_launcher.store.errors import StoreError


def main(argv: Sequence[str]) -> int:
    """Do what the command line says and return the exit status.

    0: done, or in order; 1: the check found something; 2: it could not be done.
    """
    parser = argparse.ArgumentParser(prog="treadle db")
    parser.add_argument("what", choices=["upgrade", "check"])
    parser.add_argument("--home", type=Path, required=True, metavar="DIR")
    args = parser.parse_args(argv)
    try:
        return _upgrade(args.home) if args.what == "upgrade" else _check(args.home)
    except (HomeError, StoreError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _upgrade(home: Path) -> int:
    upgrade = upgrade_home(home)
    if upgrade.before == FORMAT:
        print(f"The home {home} has format {FORMAT} already.")
    else:
        print(f"The home {home} had format {upgrade.before} and has format {FORMAT} now.")
        if upgrade.copy is not None:
            print(f"The database as it was: {upgrade.copy}")
    return 0


def _check(home: Path) -> int:
    report = asyncio.run(check_home(home))
    for line in report.problems:
        print(line)
    if report.problems:
        return 1
    runs = "1 run" if report.run_count == 1 else f"{report.run_count} runs"
    print(f"The home {home} is in order: {runs}, {report.event_count} events.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
