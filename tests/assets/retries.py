"""Assets that fail, each in its own way, and count their attempts in a file."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from treadle import (
    AssetOut,
    Failure,
    Limits,
    Out,
    Output,
    RetryPolicy,
    RetryRequested,
    asset,
    define_asset_job,
    graph_asset,
    multi_asset,
    op,
)

SCRATCH = Path(os.environ["TREADLE_TEST_SCRATCH"])


def attempt(name: str) -> int:
    """Count one more attempt of a step, and return how many there were."""
    path = SCRATCH / f"attempts-{name}"
    with path.open("a") as file:
        file.write(f"{time.time_ns()}\n")
    return len(path.read_text().splitlines())


@op(retry_policy=RetryPolicy(max_retries=2))
def flaky() -> int:
    number = attempt("flaky")
    if number < 3:
        raise ValueError(f"not yet: {number}")
    return number


@op
def doubled(number: int) -> int:
    return number * 2


@graph_asset
def from_flaky() -> Any:
    return doubled(flaky())


@asset(retry_policy=RetryPolicy(max_retries=2, on={"oom", "lost"}))
def not_covered() -> None:
    attempt("not_covered")
    raise ValueError("no policy covers this")


@asset
def asks() -> int:
    number = attempt("asks")
    if number < 3:
        raise RetryRequested(max_retries=5, seconds_to_wait=0.05) from OSError("it is busy")
    return number


@asset(retry_policy=RetryPolicy(max_retries=9))
def asks_too_often() -> None:
    attempt("asks_too_often")
    raise RetryRequested(max_retries=1)


@asset(retry_policy=RetryPolicy(max_retries=3))
def gives_up() -> None:
    attempt("gives_up")
    raise Failure("there is no such table", metadata={"table": "t"}, allow_retries=False)


@asset(retry_policy=RetryPolicy())
def exits() -> int:
    if attempt("exits") == 1:
        os._exit(3)
    return 1


@asset(retry_policy=RetryPolicy())
def crashes() -> int:
    if attempt("crashes") == 1:
        os.kill(os.getpid(), signal.SIGSEGV)
    return 1


@multi_asset(
    outs={"first": AssetOut(), "second": AssetOut()}, retry_policy=RetryPolicy(max_retries=1)
)
def yields_then_raises() -> Iterator[Output[int]]:
    number = attempt("yields_then_raises")
    yield Output(number, "first")
    if number == 1:
        raise ValueError("between two outputs")
    yield Output(number, "second")


@asset(retry_policy=RetryPolicy(max_retries=2, delay=0.2, backoff="linear"))
def delayed() -> int:
    number = attempt("delayed")
    if number < 3:
        raise ValueError(f"not yet: {number}")
    return number


@asset(retry_policy=RetryPolicy(max_retries=1, delay=3600))
def waits_an_hour() -> None:
    attempt("waits_an_hour")
    raise ValueError("try much later")


@asset
def takes_for_ever() -> None:
    attempt("takes_for_ever")
    time.sleep(600)


@op(
    out={"result": Out()},
    retry_policy=RetryPolicy(3, delay=1.5, backoff="exponential", jitter="full"),
    timeout=12.5,
    limits=Limits(memory=2**30, cpu_seconds=60, open_files=100, niceness=5),
)
def stated() -> int:
    return 1


@graph_asset(retry_policy=RetryPolicy(max_retries=5))
def policies() -> Any:
    return doubled.with_retry_policy(RetryPolicy(max_retries=7))(doubled.alias("inner")(stated()))


plain_job = define_asset_job("plain", "asks or from_flaky", op_retry_policy=RetryPolicy(4))
