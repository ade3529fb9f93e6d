"""Which partitions each run of a backfill makes: computed from its order, never listed. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from treadle_contract.lazy_dataclasses import replace
from treadle_contract.partition import (
    DynamicPartitions,
    MultiPartitions,
    PartitionKeyRange,
    PartitionsDefinition,
    StaticPartitions,
)
from treadle_launcher.backfills.backfill import BackfillOrder
from treadle_launcher.clock import as_moment
from treadle_partitions import KeySet, keys_of


class Chunks:
    """The partitions of a backfill, cut into those of each run, in order."""

    def __init__(self, chosen: KeySet, per_run: int) -> None:
        self.chosen = chosen
        self._per_run = per_run
        # How many keys there are up to the end of each stretch.
        self._ends = tuple(accumulate(end - begin for begin, end in chosen.stretches))

    @classmethod
    def of(cls, order: BackfillOrder) -> Chunks:
        """Return those of an order."""
        keys = keys_of(order.definition, now=as_moment(order.created_at))
        return cls(KeySet.of_ranges(keys, order.ranges), order.per_run)

    def __len__(self) -> int:
        return (self.chosen.count + self._per_run - 1) // self._per_run

    def at(self, position: int) -> KeySet:
        """Return the partitions of the run at a position, counted from 0."""
        begin = position * self._per_run
        return self._ranked(begin, min(begin + self._per_run, self.chosen.count))

    def all_of(self, positions: Iterable[int]) -> KeySet:
        """Return the partitions of the runs at these positions together."""
        stretches = (stretch for each in positions for stretch in self.at(each).stretches)
        return KeySet(self.chosen.keys, stretches)

    def keys_from(self, rank: int, count: int) -> Sequence[str]:
        """Return so many of the keys, from one on that is counted from 0."""
        return tuple(self._ranked(rank, min(rank + count, self.chosen.count)))

    def _ranked(self, begin: int, end: int) -> KeySet:
        return KeySet(self.chosen.keys, self._stretches(begin, end))

    def _stretches(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        place = bisect_right(self._ends, begin)
        while begin < end:
            first, behind = self.chosen.stretches[place]
            before = self._ends[place] - (behind - first)
            until = min(end, self._ends[place])
            yield first + begin - before, first + until - before
            begin, place = until, place + 1


def written_ranges(chosen: KeySet, *, by_key: bool) -> tuple[PartitionKeyRange, ...]:
    """Return keys as ranges; with `by_key` each is of one key, where others may come between them."""
    if by_key:
        return tuple(PartitionKeyRange(first=key, last=key) for key in chosen)
    return chosen.ranges()


def frozen(
    definition: PartitionsDefinition, dynamic: Mapping[str, Sequence[str]]
) -> PartitionsDefinition:
    """Return a definition that lists the keys which were added to it by now."""
    of = definition.of
    if isinstance(of, MultiPartitions):
        dimensions = tuple(
            replace(each, of=_listed(each.of, dynamic))
            if isinstance(each.of, DynamicPartitions)
            else each
            for each in of.dimensions
        )
        return replace(definition, of=replace(of, dimensions=dimensions))
    if isinstance(of, DynamicPartitions):
        return replace(definition, of=_listed(of, dynamic))
    return definition


def _listed(of: DynamicPartitions, dynamic: Mapping[str, Sequence[str]]) -> StaticPartitions:
    return StaticPartitions(keys=tuple(dynamic.get(of.name, ())))
