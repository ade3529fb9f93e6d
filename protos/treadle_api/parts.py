"""What is streamed in parts: cut into messages of at most 500 items or 1 MiB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from google.protobuf.message import Message as Protobuf

from treadle_api.codec import to_proto
from treadle_api.filling import fill
from treadle_contract.fields import fields_of, message_class, per_class
from treadle_contract.message import Field, Kind, Label, Message

P = TypeVar("P", bound=Protobuf)

PART_ITEMS: Final = 500
"""How many items one message of a stream holds."""

PART_BYTES: Final = 1024 * 1024
"""How large one message of a stream becomes; a single item may be larger."""


def in_parts(whole: Message, into: type[P]) -> Iterator[P]:
    """Give a message as as many of its type as the messages in its lists need.

    The first is given also when there are none, and has all else that the message holds. An item
    that is larger than a part stands alone in one.
    """
    lists = _lists_of(type(whole))
    part = to_proto(replace(whole, **{field.slot: () for field in lists}), into)
    count = 0
    for field in lists:
        of = message_class(field)
        add = getattr(part, field.name).add
        for item in getattr(whole, field.slot):
            if count == PART_ITEMS:
                yield from _cut(part, lists)
                part, count = into(), 0
                add = getattr(part, field.name).add
            fill(of, add(), item)
            count += 1
    yield from _cut(part, lists)


def _cut(part: P, lists: Iterable[Field]) -> Iterator[P]:
    """Give a part as it is, or as the parts that its bytes need."""
    if part.ByteSize() <= PART_BYTES:
        yield part
        return
    of = type(part)
    items = []
    for field in lists:
        for item in getattr(part, field.name):
            alone = of()
            getattr(alone, field.name).append(item)
            items.append(alone.SerializeToString())
        part.ClearField(field.name)
    yield from map(of.FromString, joined(part.SerializeToString(), items))


def behind(first: bytes, parts: Iterable[bytes]) -> Iterator[bytes]:
    """Give `first`, with the first of the parts in it if that fits, and the other parts.

    All are messages of one type that were written.
    """
    rest = iter(parts)
    for part in rest:
        if len(first) + len(part) > PART_BYTES:
            yield first
            first = part
        else:
            first += part
        break
    yield first
    yield from rest


def written_items(whole: Message, into: type[Protobuf]) -> Iterator[bytes]:
    """Give each item of a message's lists, written as a message of its type that has nothing else.

    Written messages that follow one another are read as one that has the lists of all.
    """
    for field in _lists_of(type(whole)):
        of = message_class(field)
        for item in getattr(whole, field.slot):
            yield written_item(item, of, into, field.name)


def written_item(item: object, of: type[Message], into: type[Protobuf], name: str) -> bytes:
    """Return an item of the list of that name, written likewise."""
    part = into()
    fill(of, getattr(part, name).add(), item)
    return part.SerializeToString()


def joined(head: bytes, items: Iterable[bytes]) -> Iterator[bytes]:
    """Give as many parts as items need that were written, the first of them with `head` in it."""
    part, count, size = [head], 0, len(head)
    for item in items:
        if count == PART_ITEMS or (size and size + len(item) > PART_BYTES):
            yield b"".join(part)
            part, count, size = [], 0, 0
        part.append(item)
        count, size = count + 1, size + len(item)
    yield b"".join(part)


def enclosed(part: bytes) -> bytes:
    """Return the message whose first field is a message that was written."""
    return b"\x0a" + _varint(len(part)) + part


def _varint(number: int) -> bytes:
    """Return a number, 7 bits in each byte, which says with the eighth that more follow."""
    data = bytearray()
    while number >= 1 << 7:
        data.append(1 << 7 | number & 127)
        number >>= 7
    data.append(number)
    return bytes(data)


@per_class
def _lists_of(cls: type[Message]) -> tuple[Field, ...]:
    return tuple(
        field
        for field in fields_of(cls)
        if field.label is Label.MANY and field.kind is Kind.MESSAGE
    )
