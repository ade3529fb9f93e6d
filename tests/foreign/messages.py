"""Messages of the contract with whatever their types can hold."""

from __future__ import annotations

from random import Random
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

_DEPTH = 5
_INTEGERS: dict[int, tuple[int, ...]] = {
    FieldDescriptor.CPPTYPE_INT32: (0, 1, -1, 7, 2**31 - 1, -(2**31)),
    FieldDescriptor.CPPTYPE_UINT32: (0, 1, 2**32 - 1),
    FieldDescriptor.CPPTYPE_INT64: (0, 1, -1, 7, 2**53, 2**62, 2**63 - 1, -(2**63)),
    FieldDescriptor.CPPTYPE_UINT64: (0, 1, 2**64 - 1),
    # Numbers that no member has are held too.
    FieldDescriptor.CPPTYPE_ENUM: (0, 1, 2, 3, 99, -1, 2**31 - 1),
}
_FLOATS = (0.0, -1.5, 1e308, float("inf"), float("-inf"), float("nan"))
_TEXTS = ("", "a", "one", "a/b", "..", "\0", "\x1b[2J", "a\nb", "💥", "=", " ", "x" * 2000)


def random_message(descriptor: Descriptor, random: Random, depth: int = 0) -> Any:
    """Return a message of which each field is set or not, to anything."""
    message = GetMessageClass(descriptor)()
    for field in descriptor.fields:
        if random.random() < 0.7 and (depth < _DEPTH or field.message_type is None):
            _set(message, field, random, depth)
    return message


def random_scalar(field: FieldDescriptor, random: Random) -> Any:
    """Return a value that a field which is no message can hold."""
    if field.cpp_type in _INTEGERS:
        return random.choice(_INTEGERS[field.cpp_type])
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return random.random() < 0.5
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        text = random.choice(_TEXTS)
        return text.encode() if field.type == FieldDescriptor.TYPE_BYTES else text
    return random.choice(_FLOATS)


def _set(message: Message, field: FieldDescriptor, random: Random, depth: int) -> None:
    held = getattr(message, field.name)
    inner = field.message_type
    if inner is not None and inner.GetOptions().map_entry:
        value = inner.fields_by_name["value"]
        for _ in range(random.randrange(3)):
            key = random_scalar(inner.fields_by_name["key"], random)
            if value.message_type is None:
                held[key] = random_scalar(value, random)
            else:
                held[key].CopyFrom(random_message(value.message_type, random, depth + 1))
    elif field.is_repeated:
        for _ in range(random.randrange(3)):
            if inner is None:
                held.append(random_scalar(field, random))
            else:
                held.add().CopyFrom(random_message(inner, random, depth + 1))
    elif inner is not None:
        held.CopyFrom(random_message(inner, random, depth + 1))
        held.SetInParent()
    else:
        setattr(message, field.name, random_scalar(field, random))
