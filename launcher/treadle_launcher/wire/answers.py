"""What code servers answer: taken when it is what the contract allows, and no more than it allows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, TypeVar

from google.protobuf.message import Message

from treadle_api.bounds import BoundsError, check
from treadle_api.streams import Parts

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
    parts = Parts()
    taken: list[M] = []
    try:
        async for part in call:
            parts.take(part)
            taken.append(part)
    finally:
        # Of no effect when it has ended.
        call.cancel()
    return taken
