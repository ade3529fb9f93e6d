"""An op that says where it runs and goes on when a file appears."""

import os
import time
from pathlib import Path

import numpy  # noqa: F401 -- a library that shows in the maps of whoever imported this module

from treadle import asset

SCRATCH = Path(os.environ.get("TREADLE_TEST_SCRATCH", "/nonexistent"))


@asset
def waits(context):
    (SCRATCH / "pid").write_text(str(os.getpid()))
    context.log.warning("waiting")
    while not (SCRATCH / "release").exists():
        time.sleep(0.01)
