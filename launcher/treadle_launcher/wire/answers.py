"""What code servers answer: taken when it is what the contract allows, and no more than it allows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, TypeVar

from google.protobuf import message as protobuf

from treadle_api.codec import from_proto
from treadle_api.streams import Parts
from treadle_contract.bounds import check
from treadle_contract.message import Message

M = TypeVar("M", bound=Message)
P = TypeVar("P", bound=protobuf.Message)
P_co = TypeVar("P_co", bound=protobuf.Message, covariant=True)


class Call(Protocol[P_co]):
    """A call that is answered by a stream."""

    def __aiter__(self) -> AsyncIterator[P_co]:
        """Begin to read."""
        ...

    def cancel(self) -> bool:
        """Read no more."""
        ...


def read(message: protobuf.Message, into: type[M]) -> M:
    """Return what a message says.

    Raises:
        ContractError: a field of it is not what the contract allows.
    """
    value = from_proto(message, into)
    check(value)
    return value


async def read_whole(call: Call[P], into: type[M]) -> list[tuple[P, M]]:
    """Return the parts of a stream, up to its end, each as it came and what it says.

    Raises:
        ContractError: a field of one is not what the contract allows, or there is more of it.
    """
    parts = Parts()
    taken: list[tuple[P, M]] = []
    try:
        async for part in call:
            parts.count(part)
            taken.append((part, read(part, into)))
    finally:
        # Of no effect when it has ended.
        call.cancel()
    return taken
