"""What is streamed in parts: cut into messages of at most 500 items or 1 MiB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, TypeVar

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
    count, size = 0, part.ByteSize()
    for field in lists:
        of = message_class(field)
        for item in getattr(whole, field.slot):
            if count == PART_ITEMS:
                yield part
                part, count, size = into(), 0, 0
            # Any: each list is of another type.
            items: Any = getattr(part, field.name)
            made = items.add()
            fill(of, made, item)
            added = made.ByteSize()
            if count and size + added > PART_BYTES:
                following = into()
                getattr(following, field.name).append(made)
                del items[-1]
                yield part
                part, count, size = following, 0, 0
            count, size = count + 1, size + added
    yield part


def behind(first: P, parts: Iterable[P]) -> Iterator[P]:
    """Give `first`, with the first of the parts in it if that fits, and the other parts."""
    rest = iter(parts)
    for part in rest:
        if first.ByteSize() + part.ByteSize() > PART_BYTES:
            yield first
            first = part
        else:
            first.MergeFrom(part)
        break
    yield first
    yield from rest


@per_class
def _lists_of(cls: type[Message]) -> tuple[Field, ...]:
    return tuple(
        field
        for field in fields_of(cls)
        if field.label is Label.MANY and field.kind is Kind.MESSAGE
    )
