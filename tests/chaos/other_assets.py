"""What somebody else makes on the same home, between two launchers."""

import os
from pathlib import Path

from treadle import asset


@asset
def other() -> int:
    with open(Path(os.environ["CHAOS_SCRATCH"]) / "others", "a") as others:
        others.write("other\n")
    return 1
