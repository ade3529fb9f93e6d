"""A hook hangs on one invocation of an op; one that raises changes nothing of the step."""

import os
from pathlib import Path

from treadle import graph_asset, op, success_hook


@success_hook
def noted(context) -> None:
    (Path(os.environ["TREADLE_TEST_SCRATCH"]) / "at_one_op.txt").write_text(context.step_key)


@success_hook
def stumbles(context) -> None:
    raise OSError("no line")


@op
def planted() -> str:
    return "seed"


@op
def watered(plant: str) -> str:
    return f"wet {plant}"


@graph_asset
def flower_bed():
    return watered(watered.alias("first").with_hooks({noted, stumbles})(planted()))
