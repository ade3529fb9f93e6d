"""Streams: many items as messages of at most 500 items or 1 MiB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from google.protobuf.message import Message

from treadle_codeserver import defaults

M = TypeVar("M", bound=Message)


def in_parts(first: M, sections: Iterable[tuple[str, Iterable[Message]]]) -> Iterator[M]:
    """Give `first` and as many further messages of its type as the items need.

    Each section names a repeated field and its items. `first` is given also when there are
    no items; an item that is larger than a part stands alone in one.
    """
    part, count, size = first, 0, first.ByteSize()
    for field, items in sections:
        for item in items:
            item_size = item.ByteSize()
            is_full = count == defaults.PART_ITEMS or size + item_size > defaults.PART_BYTES
            if is_full and count > 0:
                yield part
                part, count, size = type(first)(), 0, 0
            getattr(part, field).append(item)
            count, size = count + 1, size + item_size
    yield part


def behind(first: M, parts: Sequence[M]) -> Iterator[M]:
    """Give `first`, with the first of the parts in it if that fits, and the other parts."""
    if parts and first.ByteSize() + parts[0].ByteSize() <= defaults.PART_BYTES:
        first.MergeFrom(parts[0])
        parts = parts[1:]
    yield first
    yield from parts
