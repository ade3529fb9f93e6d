"""How long a run may take, and how often lost steps are tried again, as a caller may say it."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

from treadle_client._arguments import WrongArgument, number, shown
from treadle_contract.lazy_dataclasses import dataclass

#: What the contract's numbers have room for.
_MOST_MS: Final = 2**63 - 1
MOST_RETRIES: Final = 2**31 - 1
_SECONDS: Final = "the seconds that the run may take, or math.inf"
_RETRIES: Final = "a number from 0 on"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """What a run is limited to. 0: to nothing; None: as the run that it goes on from, else 0."""

    timeout_ms: int | None = None
    retry_lost: int | None = None


def run_limits(timeout: float | None, retry_lost: int | None) -> RunLimits:
    """Gather what is asked for; `timeout` is in seconds, and math.inf is no limit.

    Raises:
        ValueError: one of them is no such number.
    """
    if retry_lost is not None:
        number(retry_lost, name="retry_lost", give=_RETRIES)
        if not 0 <= retry_lost <= MOST_RETRIES:
            raise WrongArgument(f"retry_lost is {retry_lost!r}; give {_RETRIES}.")
    return RunLimits(timeout_ms=_milliseconds(timeout), retry_lost=retry_lost)


def _milliseconds(timeout: float | None) -> int | None:
    if timeout is None:
        return None
    number(timeout, name="timeout", give=_SECONDS)
    if timeout == math.inf:
        return 0
    # Written so that a NaN, of which every comparison is false, is refused too.
    if not 0 < timeout * 1000 < _MOST_MS:
        raise WrongArgument(f"timeout is {timeout!r}; give {_SECONDS}.")
    return max(1, round(timeout * 1000))


def whole_seconds(time: timedelta | None) -> int | None:
    """Return how many whole seconds a time is that a caller gives as `keep_intermediates`."""
    if time is None:
        return None
    if not isinstance(time, timedelta):
        raise WrongArgument(f"keep_intermediates is {shown(time)}; give a datetime.timedelta.")
    return math.floor(time.total_seconds())
