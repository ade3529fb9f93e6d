"""The check of what is streamed in parts: all of them together against their bounds."""

from __future__ import annotations

from google.protobuf.message import Message

from treadle_contract.kinds import PARTS
from treadle_contract.message import ContractError


class Parts:
    """Counts the parts of one stream as they come."""

    def __init__(self) -> None:
        self._bytes = 0
        self._items = 0

    def count(self, part: Message) -> None:
        """Count a part.

        Raises:
            ContractError: there is too much.
        """
        self._bytes += part.ByteSize()
        self._items += _items(part)
        if self._bytes > PARTS.max_total_bytes or self._items > PARTS.max_items:
            problem = (
                f"is streamed in more than the {PARTS.max_total_bytes:,} bytes, or the"
                f" {PARTS.max_items:,} items, that are read"
            )
            raise ContractError(part.DESCRIPTOR.name, problem)


def _items(part: Message) -> int:
    """Return how many entries the lists of a part have, and one for the part."""
    count = 1
    for field, value in part.ListFields():
        if field.is_repeated:
            count += len(value)
        elif isinstance(value, Message):
            count += _items(value)
    return count
