"""Reads the contract's values from protobuf messages: for each class one function, compiled when it is first used.

As with writing (`filling.py`), what is known of a field beforehand is looked up once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from keyword import iskeyword
from typing import Any, Final, TypeAlias

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from treadle_api.v1 import value_pb2
from treadle_contract.fields import (
    EPOCH,
    MISSING,
    blank,
    enum_numbered,
    enum_values,
    fields_by_slot,
    is_told_by_class,
    message_class,
    per_class,
)
from treadle_contract.message import (
    NO_ENTRIES,
    ContractError,
    Field,
    Kind,
    Label,
    Message,
    UserValue,
)

# Any: fields hold values of as many types as there are, and protobuf's have none.
_Read: TypeAlias = Callable[[Any], Any]


@per_class
def reader(cls: type[Message]) -> _Read:
    """Compile what reads a message of a class.

    It raises ContractError, if a message or an enumeration that must be set is not.
    """
    known: dict[str, Any] = {
        "__name__": __name__,
        "ContractError": ContractError,
        "NO_ENTRIES": NO_ENTRIES,
        "made_of": object.__new__,
        "cls": cls,
        "enum_numbered": enum_numbered,
        "failing": _failing,
        "reader": reader,
    }
    lines: list[str] = []
    for number, (slot, fields) in enumerate(fields_by_slot(cls).items()):
        known[f"put_{number}"] = getattr(cls, slot).__set__
        lines += _reading(fields, str(number), known)
        lines.append(f"put_{number}(made, value)")
    body = [" made = made_of(cls)", *(f" {line}" for line in lines), " return made"]
    exec("\n".join(["def read(message):", *body]), known)  # noqa: S102 -- our own text, of names of the contract
    made: _Read = known["read"]
    made.__qualname__ = f"read({cls.__name__})"
    return made


def _reading(fields: list[Field], number: str, known: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that read `value`; `known` gets what they need, under names with the number."""
    field = fields[0]
    place = _place(field)
    if is_told_by_class(field):
        known[f"told_{number}"] = {each.name: message_class(each) for each in fields}
        yield f"which = message.WhichOneof({field.slot.rstrip('_')!r})"
        yield "value = None"
        yield f"if which in told_{number}:"
        yield from _trying(
            f"value = reader(told_{number}[which])(getattr(message, which))", "which"
        )
        return
    if field.label is Label.MAP:
        yield f"value = dict({place}) or NO_ENTRIES"
    elif field.label is Label.MANY:
        yield from _reading_many(field, number, known)
    elif field.kind is Kind.ENUM:
        known |= {f"values_{number}": enum_values(field.of), f"field_{number}": field}
        yield f"value = {place}"
        yield "if value:"
        yield f" value = values_{number}.get(value) or enum_numbered(field_{number}, value)"
        yield from _otherwise(field)
    elif field.label is Label.MAYBE or blank(field) is MISSING:
        yield f"if message.HasField({field.name!r}):"
        yield from _trying(f"value = {_one(field, number, known).format(place)}", repr(field.name))
        yield from _otherwise(field)
    else:
        yield f"value = {_one(field, number, known).format(place)}"


def _reading_many(field: Field, number: str, known: dict[str, Any]) -> Iterator[str]:
    each = _one(field, number, known).format("each")
    yield f"value = {_place(field)}"
    if each == "each":
        yield "value = tuple(value)"
        return
    yield "try:"
    yield f" value = tuple([{each} for each in value])"
    yield "except ContractError as error:"
    yield f" error = failing(lambda each: {each}, value, error)"
    yield f" raise error.below({field.name!r}) from None"


def _one(field: Field, number: str, known: dict[str, Any]) -> str:
    """Return what reads one value, with {} in the place of what protobuf has."""
    if field.kind is Kind.MESSAGE:
        known[f"of_{number}"] = message_class(field)
        return f"reader(of_{number})({{}})"
    if field.kind is Kind.ENUM:
        known[f"field_{number}"] = field
        return f"enum_numbered(field_{number}, {{}})"
    if field.kind in _READERS:
        known[f"read_{number}"] = _READERS[field.kind]
        return f"read_{number}({{}})"
    return "{}"


def _trying(line: str, place: str) -> Iterator[str]:
    """Yield a line within an `if`, and that what it refuses lies at a place."""
    yield " try:"
    yield f"  {line}"
    yield " except ContractError as error:"
    yield f"  raise error.below({place}) from None"


def _otherwise(field: Field) -> Iterator[str]:
    """Yield what is done about a field that is not set."""
    yield "else:"
    if blank(field) is MISSING:
        yield f" raise ContractError({field.slot!r}, 'is not set')"
    else:
        yield f" value = {blank(field)!r}"


def _place(field: Field) -> str:
    return f"getattr(message, {field.name!r})" if iskeyword(field.name) else f"message.{field.name}"


def _failing(read: _Read, values: Iterable[Any], error: ContractError) -> ContractError:
    """Return the error of the first value that cannot be read, from its number on."""
    for number, value in enumerate(values):
        try:
            read(value)
        except ContractError as found:
            return found.below(f"[{number}]")
    return error


def _read_time(value: Timestamp) -> datetime:
    micros = value.seconds * 1_000_000 + value.nanos // 1000
    try:
        return EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        raise ContractError("seconds", f"is {value.seconds:,}, in no year from 1 to 9999") from None


def _read_span(value: Duration) -> timedelta:
    try:
        return timedelta(seconds=value.seconds, microseconds=int(value.nanos / 1000))
    except OverflowError:
        raise ContractError("seconds", f"is {value.seconds:,}, which is too long") from None


def _read_value(value: value_pb2.Value) -> UserValue:
    match value.WhichOneof("kind"):
        case "list_value":
            return tuple(map(_read_value, value.list_value.values))
        case "map_value":
            return {key: _read_value(each) for key, each in value.map_value.entries.items()}
        case "time_value":
            return _read_time(value.time_value)
        case None:
            return None
        case kind:
            read: UserValue = getattr(value, kind)
            return read


_READERS: Final[Mapping[Kind, _Read]] = {
    Kind.TIME: _read_time,
    Kind.SPAN: _read_span,
    Kind.VALUE: _read_value,
}
