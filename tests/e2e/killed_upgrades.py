"""Upgrades of homes, each killed at another of the moments that matter. A script of its own.

`python -m tests.e2e.killed_upgrades FOLDER FORMAT` makes homes of a format below FOLDER, one for
every fourth call into the kernel or into SQLite that an upgrade makes, and for each of the last
ones, and kills its upgrade there. `make fuzz` has one for each.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from tests.model.examples import FACTOR
from tests.unit.treadle_launcher.home_samples import old_home
from treadle_launcher.home.upgrade import upgrade_home


class Moments:
    """Counts calls into the kernel and into SQLite, and kills this process at one of them."""

    def __init__(self, last: int | None = None) -> None:
        self.count = 0
        self._last = last

    def __call__(self, frame: FrameType, event: str, called: object) -> None:
        """Take what `sys.setprofile` tells."""
        if event != "c_call" or not _matters(called):
            return
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def _matters(called: object) -> bool:
    owner = type(getattr(called, "__self__", None)).__module__
    return owner == "sqlite3" or getattr(called, "__module__", None) in ("posix", "_sqlite3")


def _count(home: Path) -> int:
    moments = Moments()
    sys.setprofile(moments)
    upgrade_home(home)
    sys.setprofile(None)
    return moments.count


def _killed_at(moment: int, home: Path) -> None:
    child = os.fork()
    if child == 0:
        sys.setprofile(Moments(moment))
        upgrade_home(home)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, (moment, status)


def main(folder: Path, format_number: int) -> None:
    """Kill an upgrade at each moment."""
    # The first is slower and longer: it imports what the others have.
    for name in ("first", "whole"):
        (folder / name).mkdir()
    upgrade_home(old_home(format_number, folder / "first"))
    count = _count(old_home(format_number, folder / "whole"))
    few = set(range(1, 1 + count, 1 if FACTOR in os.environ else 4))
    for moment in sorted(few | set(range(max(1, count - 9), 1 + count))):
        home = folder / f"killed-{moment}"
        home.mkdir()
        _killed_at(moment, old_home(format_number, home))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
