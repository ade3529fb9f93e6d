"""The check of what is streamed in parts: each part against its bounds, all of them together too."""

from __future__ import annotations

from google.protobuf.message import Message

from treadle_api.bounds import BoundsError, check, stream_bounds


class Parts:
    """Counts the parts of one stream as they come."""

    def __init__(self) -> None:
        self._bounds = stream_bounds()
        self._bytes = 0
        self._items = 0

    def take(self, part: Message) -> None:
        """Count a part, and check it.

        Raises:
            BoundsError: a field of it is not what the contract allows, or there is too much.
        """
        self.count(part)
        check(part)

    def count(self, part: Message) -> None:
        """Count a part that was checked.

        Raises:
            BoundsError: there is too much.
        """
        self._bytes += part.ByteSize()
        self._items += _items(part)
        bounds = self._bounds
        if self._bytes > bounds.max_total_bytes or self._items > bounds.max_items:
            problem = (
                f"is streamed in more than the {bounds.max_total_bytes:,} bytes, or the"
                f" {bounds.max_items:,} items, that are read"
            )
            raise BoundsError(part.DESCRIPTOR.name, problem)


def _items(part: Message) -> int:
    """Return how many entries the lists of a part have, and one for the part."""
    count = 1
    for field, value in part.ListFields():
        if field.is_repeated:
            count += len(value)
        elif isinstance(value, Message):
            count += _items(value)
    return count
