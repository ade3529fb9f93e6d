"""How many bytes a message takes as protobuf, without protobuf.

https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from treadle_contract.fields import (
    MICROSECOND,
    enum_number,
    fields_of,
    fits_int64,
    is_explicit,
    microseconds,
)
from treadle_contract.message import Field, Kind, Label, Message, UserValue

_DOUBLE_BYTES = 8
_VALUE_TAG = 1
_ENTRY_TAGS = 2


def size_of(value: str | Message) -> int:
    """Return the bytes of a text in UTF-8, or of a message as it is encoded."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode())
    return sum(_field_size(field, getattr(value, field.slot)) for field in fields_of(type(value)))


def _field_size(field: Field, value: Any) -> int:
    if value is None or not (value or is_explicit(field)):
        return 0
    if (
        field.kind is Kind.MESSAGE
        and field.label is Label.MAYBE
        and field.of != type(value).__name__
    ):
        return 0  # the slot holds another of its oneof
    tag = _varint(field.number << 3)
    if field.label is Label.MAP:
        return sum(tag + _prefixed(_entry(field, key, each)) for key, each in value.items())
    if field.label is not Label.MANY:
        return tag + _value_size(field, value)
    sizes = [_value_size(field, each) for each in value]
    if field.kind in {Kind.TEXT, Kind.BYTES, Kind.MESSAGE, Kind.TIME, Kind.SPAN, Kind.VALUE}:
        return sum(sizes) + tag * len(sizes)
    return tag + _prefixed(sum(sizes))  # numbers are packed


def _entry(field: Field, key: str, value: Any) -> int:
    return _ENTRY_TAGS + _prefixed(size_of(key)) + _value_size(field, value)


def _value_size(field: Field, value: Any) -> int:  # noqa: PLR0911 (one for each kind)
    match field.kind:
        case Kind.TEXT | Kind.MESSAGE:
            return _prefixed(size_of(value))
        case Kind.BYTES:
            return _prefixed(len(value))
        case Kind.REAL:
            return _DOUBLE_BYTES
        case Kind.FLAG:
            return 1
        case Kind.ENUM:
            return _varint(enum_number(field, value))
        case Kind.TIME:
            return _prefixed(_moment(microseconds(value)))
        case Kind.SPAN:
            # Seconds and nanoseconds are both negative, or neither.
            sign = -1 if value // MICROSECOND < 0 else 1
            return _prefixed(_moment(abs(value // MICROSECOND), sign))
        case Kind.VALUE:
            return _prefixed(_user_value(value))
        case _:
            return _varint(value)


def _moment(micros: int, sign: int = 1) -> int:
    seconds, rest = divmod(micros, 1_000_000)
    return sum(1 + _varint(sign * number) for number in (seconds, rest * 1000) if number)


def _user_value(value: UserValue) -> int:  # noqa: PLR0911 (one for each kind)
    match value:
        case None:
            return 0
        case bool():
            return _VALUE_TAG + 1
        case int() if fits_int64(value):
            return _VALUE_TAG + _varint(value)
        case float():
            return _VALUE_TAG + _DOUBLE_BYTES
        case int() | str():
            return _VALUE_TAG + _prefixed(size_of(str(value)))
        case datetime():
            return _VALUE_TAG + _prefixed(_moment(microseconds(value)))
        case Mapping():
            entries = (
                _ENTRY_TAGS + _prefixed(size_of(key)) + _prefixed(_user_value(each))
                for key, each in value.items()
            )
            return _VALUE_TAG + _prefixed(sum(_VALUE_TAG + _prefixed(size) for size in entries))
        case _:
            sizes = (_VALUE_TAG + _prefixed(_user_value(each)) for each in value)
            return _VALUE_TAG + _prefixed(sum(sizes))


def _prefixed(size: int) -> int:
    return _varint(size) + size


def _varint(number: int) -> int:
    """Return the bytes of a number, 7 bits each; a negative one is written with 64 bits."""
    return 10 if number < 0 else max(1, (number.bit_length() + 6) // 7)
