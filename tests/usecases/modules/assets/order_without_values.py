"""An asset comes after another one and reads nothing of it."""

import os
from pathlib import Path

from treadle import asset


@asset
def exported_file() -> None:
    (Path(os.environ["TREADLE_TEST_SCRATCH"]) / "order_without_values.txt").write_text("12")


@asset(deps=[exported_file])
def imported_number() -> int:
    return int((Path(os.environ["TREADLE_TEST_SCRATCH"]) / "order_without_values.txt").read_text())
