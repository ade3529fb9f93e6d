"""A set of keys of one definition, as ranges of indexes: its size costs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from treadle_contract.partition import PartitionKeyRange
from treadle_partitions._keys import PartitionKeys, UnknownPartition

Stretch = tuple[int, int]
"""A range of indexes: the first, and the one behind the last."""


class KeySet:
    """Keys of one definition. Sets of the same definition can be joined, cut and compared.

    `stretches` are its ranges of indexes, apart from each other and in order.
    """

    __slots__ = ("keys", "stretches")

    def __init__(self, keys: PartitionKeys, stretches: Iterable[Stretch] = ()) -> None:
        self.keys = keys
        self.stretches = _joined(stretches)

    @classmethod
    def all(cls, keys: PartitionKeys) -> KeySet:
        """Return all keys."""
        return cls(keys, ((0, len(keys)),))

    @classmethod
    def of(cls, keys: PartitionKeys, names: Iterable[str]) -> KeySet:
        """Return the set of some keys.

        Raises:
            UnknownPartition: one of them is not there.
        """
        indexes = map(keys.index, names)
        return cls(keys, ((index, index + 1) for index in indexes))

    @classmethod
    def of_ranges(cls, keys: PartitionKeys, ranges: Iterable[PartitionKeyRange]) -> KeySet:
        """Return the set of the keys in some ranges.

        Raises:
            UnknownPartition: an end of a range is not there, or its last key comes before its first.
        """
        stretches = []
        for each in ranges:
            first, last = keys.index(each.first), keys.index(each.last)
            if last < first:
                raise UnknownPartition(
                    f"{each.first}..{each.last}",
                    (f"{each.last}..{each.first}",),
                    f"{each.last} comes before {each.first}",
                )
            stretches.append((first, last + 1))
        return cls(keys, stretches)

    @property
    def count(self) -> int:
        """How many keys there are."""
        return sum(end - begin for begin, end in self.stretches)

    def ranges(self) -> tuple[PartitionKeyRange, ...]:
        """Return the keys as ranges, in order."""
        return tuple(
            PartitionKeyRange(first=self.keys[begin], last=self.keys[end - 1])
            for begin, end in self.stretches
        )

    def indexes(self) -> Iterator[int]:
        """Go through the indexes of the keys, in order."""
        for begin, end in self.stretches:
            yield from range(begin, end)

    def union(self, other: KeySet) -> KeySet:
        """Return the keys of either."""
        return KeySet(self.keys, (*self.stretches, *other.stretches))

    def intersection(self, other: KeySet) -> KeySet:
        """Return the keys of both."""
        return KeySet(self.keys, _common(self.stretches, other.stretches))

    def difference(self, other: KeySet) -> KeySet:
        """Return the keys that the other has not."""
        return self.intersection(KeySet(self.keys, other._between()))

    def _between(self) -> Iterator[Stretch]:
        begin = 0
        for first, end in self.stretches:
            yield begin, first
            begin = end
        yield begin, len(self.keys)

    def __or__(self, other: KeySet) -> KeySet:
        return self.union(other)

    def __and__(self, other: KeySet) -> KeySet:
        return self.intersection(other)

    def __sub__(self, other: KeySet) -> KeySet:
        return self.difference(other)

    def __len__(self) -> int:
        return self.count

    def __bool__(self) -> bool:
        return bool(self.stretches)

    def __iter__(self) -> Iterator[str]:
        return map(self.keys.__getitem__, self.indexes())

    def __contains__(self, key: object) -> bool:
        index = self.keys.find(key) if isinstance(key, str) else None
        return index is not None and any(begin <= index < end for begin, end in self.stretches)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, KeySet):
            return NotImplemented
        return self.stretches == other.stretches and self.keys.of == other.keys.of

    def __hash__(self) -> int:
        return hash(self.stretches)

    def __repr__(self) -> str:
        return f"KeySet({', '.join(map(range_text, self.ranges()))})"


def range_text(keys: PartitionKeyRange) -> str:
    """Return a range as people write it: `first..last`, or the key alone."""
    return keys.first if keys.first == keys.last else f"{keys.first}..{keys.last}"


def _joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for begin, end in sorted(stretches):
        if begin >= end:
            continue
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return tuple(joined)


def _common(one: tuple[Stretch, ...], other: tuple[Stretch, ...]) -> Iterator[Stretch]:
    left = right = 0
    while left < len(one) and right < len(other):
        begin = max(one[left][0], other[right][0])
        end = min(one[left][1], other[right][1])
        if begin < end:
            yield begin, end
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
