"""Which backfill launches its next run: pure, from how many each has under way."""

from __future__ import annotations

from collections.abc import Sequence

from treadle_contract.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A backfill that has runs left to launch, in the order in which they were made."""

    priority: int
    max_runs: int
    under_way: int


def next_of(contenders: Sequence[Contender], places: int) -> int | None:
    """Return which backfill launches next, by its position; None: none has a place.

    `places` is how many runs of all backfills together may be under way. The largest priority goes
    first, and of equal ones the backfill that has the fewest runs under way: none waits for the end
    of another.
    """
    if sum(each.under_way for each in contenders) >= places:
        return None
    able = [
        (-each.priority, each.under_way, position)
        for position, each in enumerate(contenders)
        if each.under_way < each.max_runs
    ]
    return min(able)[2] if able else None
