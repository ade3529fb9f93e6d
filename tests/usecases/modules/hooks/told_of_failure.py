"""A job tells somebody of what failed for good, after its retries, and of nothing else."""

import os
from pathlib import Path

from treadle import (
    Definitions,
    HookContext,
    RetryPolicy,
    asset,
    define_asset_job,
    failure_hook,
)


@failure_hook(name="call_the_cook")
def called(context: HookContext) -> None:
    with (Path(os.environ["TREADLE_TEST_SCRATCH"]) / "told_of_failure.txt").open("a") as file:
        file.write(f"{context.step_key}: {context.op_exception}\n")


@asset(retry_policy=RetryPolicy(max_retries=1))
def burnt_soup():
    raise RuntimeError("too hot")


@asset
def salad() -> str:
    return "green"


defs = Definitions(
    assets=[burnt_soup, salad],
    jobs=[define_asset_job("lunch", "burnt_soup or salad", hooks={called})],
)
