"""Valid messages made wrong: a field changed, emptied, doubled; parts dropped, doubled, swapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from random import Random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from tests.foreign.messages import random_message, random_scalar

_ENDLESS = 3000
_JSON_LEAVES: tuple[Any, ...] = (
    None, True, 0, -1, 99, 2**31, "9223372036854775807", "-1", "", "nobody", "../../x", "\0", "a\nb",
    1e308, [], {}, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "x" * 70_000,
    float("nan"), float("-inf"), 10**90, 10**200, "\ud800", "%%%", {"k" * 1_000_000: 1},
    reduce(lambda inner, _: [inner], range(110), []), reduce(lambda inner, _: [inner], range(980), []),
)  # fmt: skip


def spoil(message: Message, random: Random) -> None:
    """Change one field of a message, or of one in it."""
    places = list(_places(message))
    holder, field = random.choice(places)
    value = getattr(holder, field.name)
    inner = field.message_type
    if random.random() < 0.3:
        holder.ClearField(field.name)
    elif inner is not None and inner.GetOptions().map_entry:
        key = random_scalar(inner.fields_by_name["key"], random)
        if inner.fields_by_name["value"].message_type is None:
            value[key] = random_scalar(inner.fields_by_name["value"], random)
    elif field.is_repeated:
        _spoil_list(value, field, random)
    elif inner is not None:
        value.CopyFrom(random_message(inner, random, depth=3))
    else:
        setattr(holder, field.name, random_scalar(field, random))


def _spoil_list(values: Any, field: FieldDescriptor, random: Random) -> None:
    entries = list(values)
    match random.randrange(4):
        case 0 if entries:
            entries.pop(random.randrange(len(entries)))
        case 1 if entries:
            entries.append(random.choice(entries))
        case 2:
            random.shuffle(entries)
        case _:
            made = (
                random_scalar(field, random)
                if field.message_type is None
                else random_message(field.message_type, random, depth=3)
            )
            entries.insert(random.randrange(len(entries) + 1), made)
    # Copies: what is cleared takes its entries along.
    entries = [
        type(e).FromString(e.SerializeToString()) if isinstance(e, Message) else e for e in entries
    ]
    del values[:]
    values.extend(entries)


def _places(message: Message) -> Iterator[tuple[Message, FieldDescriptor]]:
    for field in message.DESCRIPTOR.fields:
        yield message, field
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        held = getattr(message, field.name)
        for each in held if field.is_repeated else (held,) if message.HasField(field.name) else ():
            yield from _places(each)


def spoil_stream(answers: Iterable[Any], random: Random) -> Iterator[Any]:
    """Change what is streamed: one message, or which there are."""
    kept = list(answers)
    match random.randrange(8):
        case 0:
            kept = kept[:-1]
        case 1:
            kept = kept * 2
        case 2:
            kept = kept[::-1]
        case 3 if kept:
            # Without end, for all that anybody waits.
            kept = kept + kept[-1:] * _ENDLESS
        case _ if kept:
            for _ in range(random.randrange(1, 3)):
                spoil(random.choice(kept), random)
    yield from kept


def spoil_frame(frame: Any, random: Random) -> None:
    """Change one value of a frame, as JSON, or its name."""
    places = [(holder, key) for holder, key in _json_places(frame)]
    if not places:
        return
    holder, key = random.choice(places)
    match random.randrange(5):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[f"{key}X"] = holder.pop(key)
        case 2 if isinstance(holder, list):
            holder.append(holder[key])
        case _:
            holder[key] = random.choice(_JSON_LEAVES)


def _json_places(value: Any) -> Iterator[tuple[Any, Any]]:
    entries: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        entries = list(value.items())
    elif isinstance(value, list):
        entries = list(enumerate(value))
    for key, inner in entries:
        yield value, key
        yield from _json_places(inner)
