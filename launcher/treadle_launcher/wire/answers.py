"""What code servers answer: taken when it is what the contract allows, and no more than it allows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, TypeVar

from google.protobuf.message import Message

from treadle_api.bounds import BoundsError, check, stream_bounds

__all__ = ["BoundsError", "checked", "whole"]

M = TypeVar("M", bound=Message)
M_co = TypeVar("M_co", bound=Message, covariant=True)


class Call(Protocol[M_co]):
    """A call that is answered by a stream."""

    def __aiter__(self) -> AsyncIterator[M_co]:
        """Begin to read."""
        ...

    def cancel(self) -> bool:
        """Read no more."""
        ...


def checked(message: M) -> M:
    """Return a message as it came.

    Raises:
        BoundsError: a field of it is not what the contract allows.
    """
    check(message)
    return message


async def whole(call: Call[M]) -> list[M]:
    """Return the parts of a stream, up to its end.

    Raises:
        BoundsError: a field of one is not what the contract allows, or there is more of it.
    """
    bounds = stream_bounds()
    taken: list[M] = []
    size = items = 0
    try:
        async for part in call:
            size += part.ByteSize()
            items += _items(part)
            if size > bounds.max_total_bytes or items > bounds.max_items:
                problem = (
                    f"is streamed in more than the {bounds.max_total_bytes:,} bytes, or the"
                    f" {bounds.max_items:,} items, that are read"
                )
                raise BoundsError(part.DESCRIPTOR.name, problem)
            taken.append(checked(part))
    finally:
        # Of no effect when it has ended.
        call.cancel()
    return taken


def _items(part: Message) -> int:
    """Return how many entries the lists of a part have, and one for the part."""
    count = 1
    for field, value in part.ListFields():
        if field.is_repeated:
            count += len(value)
        elif isinstance(value, Message):
            count += _items(value)
    return count
