"""Keys of several dimensions as boxes: a range of each dimension, all combinations of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from treadle_partitions._key_set import KeySet, Stretch
from treadle_partitions._keys import MultiKeys


def boxes(keys: KeySet) -> Iterator[tuple[Stretch, ...]]:
    """Cut a set of combinations into boxes, a few for each of its ranges."""
    of = keys.keys
    assert isinstance(of, MultiKeys)
    sizes = [len(each) for each in of.dimensions]
    for begin, end in keys.stretches:
        yield from _cut(sizes, begin, end)


def _cut(sizes: Sequence[int], begin: int, end: int) -> Iterator[tuple[Stretch, ...]]:
    """Cut a range of indexes, of combinations of which the last dimension turns fastest."""
    if len(sizes) == 1:
        yield ((begin, end),)
        return
    inner = 1
    for size in sizes[1:]:
        inner *= size
    whole = tuple((0, size) for size in sizes[1:])
    first, last = -(-begin // inner), end // inner
    if first > last:  # within one
        outer = end // inner
        for rest in _cut(sizes[1:], begin - outer * inner, end - outer * inner):
            yield ((outer, outer + 1), *rest)
        return
    if begin < first * inner:
        for rest in _cut(sizes[1:], begin - (first - 1) * inner, inner):
            yield ((first - 1, first), *rest)
    if first < last:
        yield ((first, last), *whole)
    if last * inner < end:
        for rest in _cut(sizes[1:], 0, end - last * inner):
            yield ((last, last + 1), *rest)


def one_by_one(box: tuple[Stretch, ...], places: Sequence[int]) -> Iterator[tuple[Stretch, ...]]:
    """Cut a box into those of one key each in some of its dimensions.

    A dimension that says several parts of what is needed says them together, key by key.
    """
    if not places:
        yield box
        return
    place, *rest = places
    for index in range(*box[place]):
        one = (*box[:place], (index, index + 1), *box[place + 1 :])
        yield from one_by_one(one, rest)


def combinations(parts: Sequence[KeySet], of: MultiKeys) -> KeySet:
    """Return all combinations of the keys of each dimension, in the order of the dimensions."""
    stretches: list[Stretch] = [(0, 1)]
    for part in parts:
        size = len(part.keys)
        if part.stretches == ((0, size),):
            stretches = [(begin * size, end * size) for begin, end in stretches]
            continue
        stretches = [
            (outer * size + first, outer * size + last)
            for begin, end in stretches
            for outer in range(begin, end)
            for first, last in part.stretches
        ]
    return KeySet(of, stretches)
