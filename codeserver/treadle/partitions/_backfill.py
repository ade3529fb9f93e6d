"""BackfillPolicy: how many partitions a run of a backfill makes."""

from __future__ import annotations

from treadle._arguments import checked_init
from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle_contract import partition as contract
from treadle_contract.lazy_dataclasses import dataclass


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class BackfillPolicy:
    """How many partitions of an asset one run of a backfill makes: None for all of them.

    Raises:
        ArgumentError: it is no number of partitions.
    """

    max_partitions_per_run: int | None

    def __init__(self, max_partitions_per_run: int | None = 1) -> None:
        most = max_partitions_per_run
        if most is not None and (type(most) is not int or not 1 <= most < 2**31):
            raise ArgumentError(
                f"BackfillPolicy: max_partitions_per_run={in_words(most)} is no number of partitions.",
                fix="Give a whole number from 1 on, or None for all of them in one run.",
                source=user_line(),
            )
        object.__setattr__(self, "max_partitions_per_run", most)

    @staticmethod
    def single_run() -> BackfillPolicy:
        """Return the policy that makes all partitions in one run."""
        return BackfillPolicy(None)

    @staticmethod
    def multi_run(max_partitions_per_run: int = 1) -> BackfillPolicy:
        """Return the policy that makes at most so many in each run."""
        return BackfillPolicy(max_partitions_per_run)

    def as_data(self) -> contract.BackfillPolicy:
        """Return it as it stands in a snapshot."""
        return contract.BackfillPolicy(max_partitions_per_run=self.max_partitions_per_run or 0)
