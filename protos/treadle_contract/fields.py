"""How the fields of a message are read and written, whatever the form: shared by the codecs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final, TypeVar, cast

from treadle_contract.message import (
    ENUMS,
    MESSAGES,
    NO_ENTRIES,
    ContractEnum,
    Field,
    Kind,
    Label,
    Message,
    UserValue,
)

T = TypeVar("T")

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
INT32: Final = (-(2**31), 2**31 - 1)
INT64: Final = (-(2**63), 2**63 - 1)

_DIGITS = re.compile(r"-?[0-9]{1,10}")
_NAME = re.compile(r"[A-Za-z0-9_]{1,200}")

# Any: a default is of the type of its field.
_BLANKS: Final[dict[Kind, Any]] = {
    Kind.TEXT: "",
    Kind.WHOLE: 0,
    Kind.WIDE: 0,
    Kind.REAL: 0.0,
    Kind.FLAG: False,
    Kind.BYTES: b"",
    Kind.VALUE: None,
}


def per_class(make: Callable[[type[Message]], T]) -> Callable[[type[Message]], T]:
    """Make `make` remember what it made for each class of messages."""
    remembering: Any = cache(make)
    return cast("Callable[[type[Message]], T]", remembering)


@per_class
def fields_of(cls: type[Message]) -> tuple[Field, ...]:
    """Return the fields of a class of messages, in the order of the .proto."""
    return tuple(
        Field(name, number, json_name, Kind(kind), Label(label), of, slot, needed, bounds)
        for name, number, json_name, kind, label, of, slot, needed, bounds in cls.FIELDS
    )


@per_class
def fields_by_slot(cls: type[Message]) -> dict[str, list[Field]]:
    """Return the fields of each slot: several where it holds whichever is set of a oneof."""
    found: dict[str, list[Field]] = {}
    for field in fields_of(cls):
        found.setdefault(field.slot, []).append(field)
    return found


@per_class
def blanks_of(cls: type[Message]) -> dict[str, Any]:
    """Return what the slots hold of which nothing was read: all but messages that must be there."""
    blanks = {field.slot: blank(field) for field in fields_of(cls)}
    return {slot: value for slot, value in blanks.items() if value is not MISSING}


MISSING: Final = object()
"""The blank of a field that has none."""


def blank(field: Field) -> Any:
    """Return what a field holds that is not set."""
    if field.label is Label.MANY:
        return ()
    if field.label is Label.MAP:
        return NO_ENTRIES
    if field.label is Label.MAYBE:
        return None
    return _BLANKS.get(field.kind, MISSING)


def is_explicit(field: Field) -> bool:
    """Whether a blank value says something else than that the field is not set."""
    return field.label is Label.MAYBE or field.kind is Kind.VALUE


def is_told_by_class(field: Field) -> bool:
    """Whether the slot holds whichever is set of a oneof, told apart by class."""
    return field.slot.rstrip("_") != field.name


def message_class(field: Field) -> type[Message]:
    """Return the class of a field that holds messages."""
    return MESSAGES[field.of]


def enum_name(field: Field, value: str) -> str:
    """Return the name that the contract gives an enum's value."""
    return ENUMS[field.of].prefix + value.upper()


def enum_named(field: Field, name: str) -> ContractEnum:
    """Return the value that the contract calls so, known or not."""
    schema = ENUMS[field.of]
    return schema.of(name.removeprefix(schema.prefix).lower())


def enum_numbered(field: Field, number: int) -> ContractEnum:
    """Return the value with a number, known or not."""
    schema = ENUMS[field.of]
    return schema.of(schema.values.get(number, str(number)))


def enum_number(field: Field, value: str) -> int:
    """Return the number of a value; 0 for one that came by a name that is not known here."""
    return enum_numbers(field.of).get(value) or enum_digits(value) or 0


def enum_digits(value: str) -> int | None:
    """Return the number of 32 bits that a value is written as, which is not known here by name."""
    if not _DIGITS.fullmatch(value):
        return None
    number = int(value)
    return number if INT32[0] <= number <= INT32[1] else None


def is_enum_name(value: str) -> bool:
    """Tell whether an enum's value can be called so."""
    return bool(_NAME.fullmatch(value))


@cache
def enum_numbers(enum: str) -> dict[str, int]:
    """Return the number of each value of an enumeration."""
    return {value: number for number, value in ENUMS[enum].values.items()}


@cache
def enum_values(enum: str) -> dict[int, ContractEnum]:
    """Return the value of each number of an enumeration."""
    schema = ENUMS[enum]
    return {number: schema.of(value) for number, value in schema.values.items()}


def unknown_choices(message: Message) -> Iterator[tuple[str, ContractEnum]]:
    """Yield the name and value of each field of a message that holds a choice not known here."""
    for field in fields_of(type(message)):
        if field.kind is Kind.ENUM and field.label is not Label.MANY:
            choice = getattr(message, field.slot)
            if choice is not None and not choice.is_known:
                yield field.name, choice


def microseconds(moment: datetime) -> int:
    """Return the microseconds of UTC since 1970."""
    return (moment - EPOCH) // MICROSECOND


def fits_int64(value: UserValue) -> bool:
    """Whether a user's whole number can be sent as one; a larger one goes as text."""
    return isinstance(value, int) and INT64[0] <= value <= INT64[1]
