"""Run below `scripts/routes.py`: a plan, a run and a cancel, each told to the tracer as a part.

Services run each of them once before, so that what only a start needs is not noted.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import sitecustomize  # type: ignore[import-not-found]  # on the path that the tracer sets

import treadle_client

# As `scripts/routes.py` names them.
PLAN, OUTPUT, CANCEL = 1, 2, 3

# What the file holds when the op ends is which part begins with that.
ASSETS = """
import threading
from pathlib import Path

import sitecustomize  # type: ignore[import-not-found]  # on the path that the tracer sets
from treadle import asset

@asset
def first() -> int:
    sitecustomize.part[0] = int(Path(__file__).with_name("part").read_text())
    return 1

@asset
def second(first: int) -> int:
    return first + 1

@asset
def stuck() -> int:
    threading.Event().wait()
    return 1
"""


def _main(folder: Path) -> None:
    module, part = folder / "traced_assets.py", folder / "part"
    module.write_text(ASSETS)
    with treadle_client.local(module, home=folder / "home") as client:
        for traced in (False, True):
            part.write_text(str(OUTPUT if traced else 0))
            run = client.materialize("first")
            _see(run, "OutputStored")
            _begin(0)
            run.result(timeout=60)
            _begin(PLAN if traced else 0)
            client.plan("second")
            _begin(0)
            run = client.materialize("stuck")
            _see(run, "StepStarted")
            _begin(CANCEL if traced else 0)
            run.cancel()
            run.result(timeout=60)
            _begin(0)


def _begin(number: int) -> None:
    sitecustomize.part[0] = number


def _see(run: treadle_client.RunHandle, kind: str) -> None:
    with closing(run.events()) as events:  # type: ignore[type-var]  # a generator, whatever it says
        next(event for event in events if type(event).__name__ == kind)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
