"""The check of a message against the bounds that its fields name: see v1/bounds.proto."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, OneofDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from treadle_api.v1 import bounds_pb2

_SHOWN_CHARACTERS = 80
_SECONDS: Mapping[str, tuple[int, int]] = {
    # The years 1 to 9999; ten thousand years.
    Timestamp.DESCRIPTOR.full_name: (-62_135_596_800, 253_402_300_799),
    Duration.DESCRIPTOR.full_name: (-315_576_000_000, 315_576_000_000),
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_NAME = re.compile(r"[\x00=]")

# Any: fields hold values of as many types as there are.
_Check: TypeAlias = Callable[[Any], None]
"""Looks at what a field holds, and raises BoundsError."""


class BoundsError(ValueError):
    """A field is not what the contract allows: `field` is its place, `problem` what is wrong."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field
        self.problem = problem

    def below(self, place: str) -> BoundsError:
        """Return the same, of a message that lies at a place of another."""
        return BoundsError(f"{place}.{self.field}", self.problem)


def check(message: Message) -> None:
    """Refuse a message of which a field, however deep, is not what its kind allows.

    Raises:
        BoundsError: a field that is not, named from the message's own name on.
    """
    _check_message(message.DESCRIPTOR.name, message)


def stream_bounds() -> bounds_pb2.Bounds:
    """Return how many items and bytes are read of what is streamed in parts."""
    return _bounds(bounds_pb2.StreamBounds.DESCRIPTOR, bounds_pb2.STREAM_BOUNDS_PARTS)


def shown(value: str) -> str:
    """Return a text as messages show it: short, and on one line."""
    text = ascii(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _check_message(place: str, message: Message) -> None:
    try:
        rules = _rules(message.DESCRIPTOR)
        needed = len(rules.needed)
        for field, value in message.ListFields():
            look = rules.checks.get(field.number)
            if look is not None:
                look(value)
            needed -= field.number in rules.needed
        if needed or rules.oneofs:
            _check_what_is_set(message, rules)
    except BoundsError as error:
        raise error.below(place) from None


def _check_what_is_set(message: Message, rules: _Rules) -> None:
    set_fields = {field.number for field, _ in message.ListFields()}
    for number, name in rules.needed.items():
        if number not in set_fields:
            raise BoundsError(name, "is not set")
    for oneof in rules.oneofs:
        if message.WhichOneof(oneof) is None:
            raise BoundsError(oneof, "is not set, or to what is not known here")


@dataclass(frozen=True, slots=True)
class _Rules:
    """Of a type of message: by field numbers, how each is looked at, and which is always set."""

    checks: Mapping[int, _Check]
    needed: Mapping[int, str]
    oneofs: tuple[str, ...]


@cache
def _rules(descriptor: Descriptor) -> _Rules:
    checks = {field.number: _field_check(field) for field in descriptor.fields}
    return _Rules(
        checks={number: look for number, look in checks.items() if look is not None},
        # One of a oneof is not always set; when it is, it is not empty.
        needed={
            field.number: field.name
            for field in descriptor.fields
            if _is_needed(field) and field.containing_oneof is None
        },
        oneofs=tuple(oneof.name for oneof in descriptor.oneofs if _one_is_set(oneof)),
    )


def _field_check(field: FieldDescriptor) -> _Check | None:
    """Return how what a field holds is looked at; None: it may hold whatever there is."""
    bounds = _bounds(bounds_pb2.Kind.DESCRIPTOR, _kind(field))
    if not field.is_repeated:
        one = _value_check(field, bounds, is_needed=_is_needed(field))
        return None if one is None else partial(one, field.name)
    inner = field.message_type
    if inner is not None and inner.GetOptions().map_entry:
        each = _value_check(inner.fields_by_name["value"], bounds)
        return partial(_check_map, field.name, bounds, each)
    each = _value_check(field, bounds)
    if each is None and not bounds.ListFields():
        return None
    return partial(_check_list, field.name, bounds, each)


_ValueCheck: TypeAlias = Callable[[str, Any], None]
"""Looks at one value that lies at a place."""


def _value_check(
    field: FieldDescriptor, bounds: bounds_pb2.Bounds, *, is_needed: bool = False
) -> _ValueCheck | None:
    inner = field.message_type
    if inner is not None and inner.full_name in _SECONDS:
        first, last = _SECONDS[inner.full_name]
        first = bounds.min if bounds.HasField("min") else first
        return partial(_check_time, first, last)
    if inner is not None:
        return _check_message if _holds_rules(inner) else None
    if field.enum_type is not None:
        return (
            partial(_check_known, frozenset(field.enum_type.values_by_number))
            if is_needed
            else None
        )
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING and (
        bounds.max_bytes or bounds.form or is_needed
    ):
        return partial(_check_text, bounds.max_bytes, _FORMS.get(bounds.form), is_needed)
    if bounds.HasField("min") or bounds.HasField("max"):
        return partial(_check_number, bounds.min, bounds.max if bounds.HasField("max") else None)
    return None


def _check_time(first: int, last: int, place: str, message: Any) -> None:
    _check_number(first, last, f"{place}.seconds", message.seconds)
    _check_number(0, 999_999_999, f"{place}.nanos", abs(message.nanos))


def _check_known(known: frozenset[int], place: str, number: int) -> None:
    if number not in known:
        raise BoundsError(place, f"is {number}, which is not known here")


def _check_number(least: int, most: int | None, place: str, number: int) -> None:
    if number < least or (most is not None and number > most):
        allowed = f"{least:,} or more" if most is None else f"{least:,} to {most:,}"
        raise BoundsError(place, f"is {number:,}; it must be {allowed}")


def _check_text(max_bytes: int, form: _Form | None, is_needed: bool, place: str, text: str) -> None:
    # No character takes more than four bytes.
    if max_bytes and len(text) * 4 > max_bytes:
        _check_size(place, len(text.encode()), max_bytes)
    if text and form is not None and not form.is_met(text):
        raise BoundsError(place, f"is {shown(text)}; it must be {form.said}")
    if is_needed and not text:
        raise BoundsError(place, "is not set")


def _check_size(place: str, size: int, most: int) -> None:
    if size > most:
        raise BoundsError(place, f"takes {size:,} bytes, and {most:,} is the most")


def _check_list(
    name: str, bounds: bounds_pb2.Bounds, each: _ValueCheck | None, values: Any
) -> None:
    _check_count(name, bounds, values)
    if bounds.max_total_bytes:
        _check_size(name, sum(map(_size, values)), bounds.max_total_bytes)
    if each is not None:
        for number, value in enumerate(values):
            each(f"{name}[{number}]", value)
    if bounds.max_depth and any(_depth(value) > bounds.max_depth for value in values):
        problem = f"has values nested deeper than the {bounds.max_depth} levels that may be"
        raise BoundsError(name, problem)


def _check_map(name: str, bounds: bounds_pb2.Bounds, each: _ValueCheck | None, values: Any) -> None:
    _check_count(name, bounds, values)
    if bounds.max_total_bytes:
        size = sum(_size(key) + _size(value) for key, value in values.items())
        _check_size(name, size, bounds.max_total_bytes)
    for key in values:
        place = f"{name}[{shown(key)}]"
        if bounds.form == bounds_pb2.TEXT_FORM_ENVIRONMENT and (not key or _NO_NAME.search(key)):
            raise BoundsError(place, 'is no variable: its name is empty, or has "=" or NUL')
        if each is not None:
            each(place, values[key])


def _check_count(name: str, bounds: bounds_pb2.Bounds, values: Any) -> None:
    if bounds.max_items and len(values) > bounds.max_items:
        problem = f"has {len(values):,} entries, and {bounds.max_items:,} is the most"
        raise BoundsError(name, problem)


@dataclass(frozen=True, slots=True)
class _Form:
    """A TextForm: whether a text has it, and what it is."""

    is_met: Callable[[str], bool]
    said: str


def _is_line(text: str) -> bool:
    # Nearly all texts are printable, and that is found out in no time.
    return text.isprintable() or not _CONTROL.search(text)


_FORMS: Mapping[int, _Form] = {
    bounds_pb2.TEXT_FORM_LINE: _Form(_is_line, "one line without control characters"),
    bounds_pb2.TEXT_FORM_COMPONENTS: _Form(
        lambda text: _is_line(text) and all(text.split("/")),
        'components joined by "/", none of them empty',
    ),
    bounds_pb2.TEXT_FORM_PATH_BELOW: _Form(
        lambda text: _is_line(text) and not {"", ".", ".."} & set(text.split("/")),
        'components joined by "/", none of them empty, "." or ".."',
    ),
    bounds_pb2.TEXT_FORM_ABSOLUTE_PATH: _Form(
        lambda text: text.startswith("/") and "\0" not in text,
        'a path that begins with "/", without NUL',
    ),
    bounds_pb2.TEXT_FORM_ENVIRONMENT: _Form(lambda text: "\0" not in text, "text without NUL"),
}


def _size(value: str | Message) -> int:
    return value.ByteSize() if isinstance(value, Message) else len(value.encode())


def _depth(message: Message) -> int:
    """Return how many lists and maps lie in each other in a message."""
    return max((_field_depth(field, value) for field, value in message.ListFields()), default=0)


def _field_depth(field: FieldDescriptor, value: Any) -> int:
    if field.message_type is None:
        return 0
    if not field.is_repeated:
        return _depth(value)
    # What a map yields is its keys.
    inner = value.values() if field.message_type.GetOptions().map_entry else value
    return 1 + max((_depth(each) for each in inner if isinstance(each, Message)), default=0)


@cache
def _holds_rules(descriptor: Descriptor) -> bool:
    """Tell whether there are rules of a type of message, or of one that lies in it."""
    seen, unseen = {descriptor.full_name}, [descriptor]
    while unseen:
        each = unseen.pop()
        if each.full_name in _SECONDS or any(map(_one_is_set, each.oneofs)):
            return True
        for field in each.fields:
            if _kind(field) or _is_needed(field):
                return True
            if field.message_type is not None and field.message_type.full_name not in seen:
                seen.add(field.message_type.full_name)
                unseen.append(field.message_type)
    return False


def _kind(field: FieldDescriptor) -> int:
    extension = bounds_pb2.must_be if _is_needed(field) else bounds_pb2.may_be
    return int(field.GetOptions().Extensions[extension])


def _is_needed(field: FieldDescriptor) -> bool:
    return bool(field.GetOptions().HasExtension(bounds_pb2.must_be))


def _one_is_set(oneof: OneofDescriptor) -> bool:
    return bool(oneof.GetOptions().Extensions[bounds_pb2.one_is_set])


def _bounds(kinds: EnumDescriptor, number: int) -> bounds_pb2.Bounds:
    return kinds.values_by_number[number].GetOptions().Extensions[bounds_pb2.bounds]
