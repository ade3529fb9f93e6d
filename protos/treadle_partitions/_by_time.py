"""The mapping by time: the windows that overlap those of the reader."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from treadle_contract.partition import TimeWindowMapping
from treadle_partitions._key_set import KeySet, Stretch
from treadle_partitions._keys import PartitionKeys
from treadle_partitions._nonexistent import NoUpstreamPartition
from treadle_partitions._windows import WindowKeys
from treadle_partitions._zones import zone_of

_ALLOW = (
    "TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True) leaves out what there is no"
    " partition for."
)


def upstream(mapping: TimeWindowMapping, downstream: KeySet, into: PartitionKeys) -> KeySet:
    """Return the windows that overlap those of the reader.

    Raises:
        NoUpstreamPartition: there is no window for a part of that time, and the mapping does not
            allow it.
    """
    reader, read = _windows(downstream.keys), _windows(into)
    found = []
    for begin, end in _runs(mapping, reader, downstream.stretches):
        span = _span(mapping, reader, begin, end)
        if span is None:
            continue
        if not mapping.allow_nonexistent_upstream_partitions:
            _refuse_missing(reader[begin], span, read)
        found.append(_overlapping(span, read))
    return KeySet(into, found)


def downstream(mapping: TimeWindowMapping, read: KeySet, into: PartitionKeys) -> KeySet:
    """Return the reader's windows of which the mapping gives one of these."""
    keys, reader = _windows(read.keys), _windows(into)
    found: list[Stretch] = []
    for stretch in read.stretches:
        for begin, end in keys.stretches(*stretch):
            # Both ends of what a window needs grow with it.
            first = _first(len(reader), partial(_ends_after, mapping, reader, keys, begin))
            last = _first(len(reader), partial(_begins_from, mapping, reader, keys, end))
            found.extend(
                each
                for each in _runs(mapping, reader, ((first, last),))
                if _span(mapping, reader, *each)
            )
    return KeySet(into, found)


def _ends_after(
    mapping: TimeWindowMapping, reader: WindowKeys, read: WindowKeys, begin: int, index: int
) -> bool:
    return _needs(mapping, reader, index, read)[1] > begin


def _begins_from(
    mapping: TimeWindowMapping, reader: WindowKeys, read: WindowKeys, end: int, index: int
) -> bool:
    return _needs(mapping, reader, index, read)[0] >= end


def _windows(keys: PartitionKeys) -> WindowKeys:
    assert isinstance(keys, WindowKeys)
    return keys


def _runs(
    mapping: TimeWindowMapping, reader: WindowKeys, stretches: tuple[Stretch, ...]
) -> Iterator[Stretch]:
    """Cut the reader's keys where what they need together is not one stretch of time."""
    for stretch in stretches:
        if mapping.end_offset < mapping.start_offset:
            yield from ((index, index + 1) for index in range(*stretch))
        else:
            yield from reader.stretches(*stretch)


def _span(mapping: TimeWindowMapping, reader: WindowKeys, begin: int, end: int) -> Stretch | None:
    """Return the time that windows of the reader need, from the first to behind the last."""
    first = reader.tick(reader.place(begin) + mapping.start_offset)
    last = reader.tick(reader.place(end - 1) + 1 + mapping.end_offset)
    return (first, last) if first < last else None


def _overlapping(span: Stretch, read: WindowKeys) -> Stretch:
    return read.first_ending_after(span[0]), read.first_beginning_from(span[1])


def _needs(mapping: TimeWindowMapping, reader: WindowKeys, index: int, read: WindowKeys) -> Stretch:
    place = reader.place(index)
    # Also where it needs nothing, since its end is moved before its begin: both grow.
    first = reader.tick(place + mapping.start_offset)
    last = reader.tick(place + 1 + mapping.end_offset)
    return _overlapping((first, last), read)


def _first(count: int, holds: Callable[[int], bool]) -> int:
    """Return the first index at which a condition holds that holds from there on; `count` if none."""
    return bisect_left(range(count), True, key=holds)


def _refuse_missing(key: str, span: Stretch, read: WindowKeys) -> None:
    there = read.extent()
    begin, end = there or (span[1], span[1])
    if span[0] < begin or span[1] > end:
        missing = [
            (span[0], min(span[1], begin)) if span[0] < begin else None,
            (max(span[0], end), span[1]) if there and span[1] > end else None,
        ]
        zone = zone_of(read.definition.timezone)
        shown = [
            f"the time from {datetime.fromtimestamp(each[0], zone).isoformat()}"
            f" to {datetime.fromtimestamp(each[1], zone).isoformat()}"
            for each in missing
            if each is not None
        ]
        raise NoUpstreamPartition(key, shown, _ALLOW)
