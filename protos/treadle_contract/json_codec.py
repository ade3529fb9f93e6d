"""Messages as proto3-JSON and back, by their tables: what json_format writes and reads.

camelCase names, whole numbers of 64 bits as text, enumerations by full name, defaults left out;
names are read in either spelling, and what is not known here is passed over.
https://protobuf.dev/programming-guides/json/
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from json import JSONDecodeError, JSONDecoder, JSONEncoder
from typing import Any, Final, TypeVar

from treadle_contract.fields import (
    INT32,
    INT64,
    MICROSECOND,
    blanks_of,
    enum_name,
    enum_named,
    enum_numbered,
    fields_of,
    fits_int64,
    is_explicit,
    message_class,
    needed_slots,
    per_class,
)
from treadle_contract.message import ContractError, Field, Kind, Label, Message, UserValue

M = TypeVar("M", bound=Message)

# Any: JSON, and what a field holds.
_Write = Callable[[Any], Any]
_Read = Callable[[Any], Any]

_ENCODER: Final = JSONEncoder(separators=(",", ":"), check_circular=False)
_DECODER: Final = JSONDecoder()
_SPAN = re.compile(r"(-?)(\d+)(?:\.(\d{1,9}))?s")


def dumps(message: Message) -> bytes:
    """Return a message as compact JSON text, in ASCII, on one line."""
    return _ENCODER.encode(_written(message)).encode("ascii")


def loads(cls: type[M], text: bytes) -> M:
    """Return the message that a JSON text holds.

    Raises:
        ContractError: it is no JSON object, or a field is not of the type that the contract says.
    """
    try:
        obj = _DECODER.decode(text.decode())
    except (UnicodeDecodeError, JSONDecodeError, RecursionError) as error:
        raise ContractError(cls.__name__, f"is no JSON: {error}") from error
    return decode(cls, obj)


def encode(message: Message) -> dict[str, Any]:
    """Return a message as a JSON object."""
    return _written(message)


def decode(cls: type[M], obj: object) -> M:
    """Return the message that a JSON object holds.

    Raises:
        ContractError: a field is not of the type that the contract says.
    """
    try:
        return _read(cls, obj)
    except ContractError as error:
        raise error.below(cls.__name__) from None
    except RecursionError:
        raise ContractError(cls.__name__, "is nested too deep") from None


def _written(message: Message) -> dict[str, Any]:
    obj: dict[str, Any] = {}
    for slot, name, write, explicit in _writers(type(message)):
        value = getattr(message, slot)
        if value is None or not (value or explicit):
            continue
        if name is None:
            told, write_told = write(value)
            obj[told] = write_told(value)
        else:
            obj[name] = value if write is None else write(value)
    return obj


@per_class
def _writers(cls: type[Message]) -> list[tuple[str, str | None, Any, bool]]:
    """List, for each slot: its name there, how it is written, and whether a blank is written too.

    A slot that holds one of several messages has no name of its own: its writer gives both.
    """
    rows: list[tuple[str, str | None, Any, bool]] = []
    told: dict[str, dict[type[Message], tuple[str, _Write]]] = {}
    for field in fields_of(cls):
        if field.slot.rstrip("_") == field.name:
            rows.append((field.slot, field.json_name, _field_writer(field), is_explicit(field)))
            continue
        if field.slot not in told:
            told[field.slot] = {}
            rows.append((field.slot, None, partial(_which, told[field.slot]), True))
        told[field.slot][message_class(field)] = (field.json_name, _written)
    return rows


def _which(told: Mapping[type[Message], tuple[str, _Write]], value: Message) -> tuple[str, _Write]:
    return told[type(value)]


def _field_writer(field: Field) -> _Write | None:
    one = _value_writer(field)
    if field.label is Label.MANY:
        return list if one is None else partial(_write_many, one)
    if field.label is Label.MAP:
        return dict if one is None else partial(_write_map, one)
    return one


def _write_many(write: _Write, values: tuple[Any, ...]) -> list[Any]:
    return [write(value) for value in values]


def _write_map(write: _Write, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: write(value) for key, value in values.items()}


def _value_writer(field: Field) -> _Write | None:
    if field.kind is Kind.ENUM:
        return partial(_write_enum, field)
    return _WRITERS[field.kind]


def _write_enum(field: Field, value: str) -> str | int:
    return int(value) if value.lstrip("-").isdigit() else enum_name(field, value)


def _write_real(value: float) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _write_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _write_time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _write_span(value: timedelta) -> str:
    sign, whole = ("-", -value) if value < timedelta() else ("", value)
    seconds, micros = divmod(whole // MICROSECOND, 1_000_000)
    return f"{sign}{seconds}.{micros:06}s" if micros else f"{sign}{seconds}s"


def _write_value(value: UserValue) -> dict[str, Any]:  # noqa: PLR0911 (one for each kind)
    match value:
        case None:
            return {}
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue" if fits_int64(value) else "stringValue": str(value)}
        case float():
            return {"doubleValue": _write_real(value)}
        case str():
            return {"stringValue": value}
        case datetime():
            return {"timeValue": _write_time(value)}
        case Mapping():
            return {"mapValue": {"entries": _write_map(_write_value, value)}}
        case _:
            return {"listValue": {"values": _write_many(_write_value, value)}}


_WRITERS: Final[Mapping[Kind, _Write | None]] = {
    Kind.TEXT: None,
    Kind.WHOLE: None,
    Kind.WIDE: str,
    Kind.REAL: _write_real,
    Kind.FLAG: None,
    Kind.BYTES: _write_bytes,
    Kind.MESSAGE: _written,
    Kind.TIME: _write_time,
    Kind.SPAN: _write_span,
    Kind.VALUE: _write_value,
}


def _read(cls: type[M], obj: object) -> M:
    if type(obj) is not dict:
        raise ContractError("", f"is {_shown(obj)}; it must be an object")
    readers = _readers(cls)
    slots = dict(blanks_of(cls))
    for name, value in obj.items():
        if value is None or name not in readers:
            continue
        slot, read, place = readers[name]
        try:
            slots[slot] = read(value)
        except ContractError as error:
            raise error.below(place) from None
    for slot in needed_slots(cls):
        if slot not in slots:
            raise ContractError(slot, "is not set")
    return cls(**slots)


@per_class
def _readers(cls: type[Message]) -> dict[str, tuple[str, _Read, str]]:
    readers = {}
    for field in fields_of(cls):
        row = (field.slot, _field_reader(field), field.name)
        readers[field.name] = readers[field.json_name] = row
    return readers


def _field_reader(field: Field) -> _Read:
    one = _value_reader(field)
    if field.label is Label.MANY:
        return partial(_read_many, one)
    if field.label is Label.MAP:
        return partial(_read_map, one)
    return one


def _read_many(read: _Read, values: object) -> tuple[Any, ...]:
    if type(values) is not list:
        raise ContractError("", f"is {_shown(values)}; it must be a list")
    read_ones: list[Any] = []
    try:
        read_ones.extend(map(read, values))
    except ContractError as error:
        raise error.below(f"[{len(read_ones)}]") from None
    return tuple(read_ones)


def _read_map(read: _Read, values: object) -> dict[str, Any]:
    if type(values) is not dict:
        raise ContractError("", f"is {_shown(values)}; it must be an object")
    read_ones = {}
    for key, value in values.items():
        try:
            read_ones[_read_text(key)] = read(value)
        except ContractError as error:
            raise error.below(f"[{_shown(key)}]") from None
    return read_ones


def _value_reader(field: Field) -> _Read:
    if field.kind is Kind.ENUM:
        return partial(_read_enum, field)
    if field.kind is Kind.MESSAGE:
        return partial(_read, message_class(field))
    return _READERS[field.kind]


def _read_text(value: object) -> str:
    if type(value) is not str:
        raise ContractError("", f"is {_shown(value)}; it must be text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ContractError("", "is no text: it has half of a surrogate pair") from None
    return value


def _read_whole(least: int, most: int, value: object) -> int:
    number: int | None = None
    if type(value) is int:
        number = value
    elif type(value) is str:
        number = _whole(value)
    elif type(value) is float and value.is_integer():
        number = int(value)
    if number is None:
        raise ContractError("", f"is {_shown(value)}; it must be a whole number")
    if not least <= number <= most:
        raise ContractError("", f"is {_shown(value)}; it must be {least:,} to {most:,}")
    return number


def _whole(text: str) -> int | None:
    # A text of a thousand digits is no number of 64 bits, and takes long to read.
    if len(text) > 20 or not re.fullmatch(r"-?\d+", text, re.ASCII):  # noqa: PLR2004 (-2**63)
        return None
    return int(text)


def _read_flag(value: object) -> bool:
    if type(value) is not bool:
        raise ContractError("", f"is {_shown(value)}; it must be true or false")
    return value


def _read_real(value: object) -> float:
    if type(value) in {int, float, str}:
        try:
            return float(value)  # type: ignore[arg-type]  # one of the three
        except (ValueError, OverflowError):
            pass
    raise ContractError("", f"is {_shown(value)}; it must be a number")


def _read_bytes(value: object) -> bytes:
    try:
        return base64.b64decode(_read_text(value), altchars=None, validate=True)
    except binascii.Error:
        raise ContractError("", f"is {_shown(value)}; it must be base64") from None


def _read_enum(field: Field, value: object) -> Any:
    number = value if type(value) is int else None
    if number is None and type(value) is not str:
        raise ContractError("", f"is {_shown(value)}; it must be the name of a value")
    if field.label is not Label.MANY and value in {0, enum_name(field, "unspecified")}:
        if field.label is Label.ONE:
            raise ContractError("", "is not set")
        return None
    return enum_named(field, str(value)) if number is None else enum_numbered(field, number)


def _read_time(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(_read_text(value))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ContractError("", f"is {_shown(value)}; it must be a moment as of RFC 3339")


def _read_span(value: object) -> timedelta:
    found = _SPAN.fullmatch(_read_text(value))
    if found is None or len(found[2]) > 12:  # noqa: PLR2004 (10,000 years are 315,576,000,000 s)
        raise ContractError("", f"is {_shown(value)}; it must be seconds and an s")
    micros = int((found[3] or "").ljust(6, "0")[:6])
    span = timedelta(seconds=int(found[2]), microseconds=micros)
    return -span if found[1] else span


def _read_value(obj: object) -> UserValue:
    if type(obj) is not dict:
        raise ContractError("", f"is {_shown(obj)}; it must be an object")
    for name, read in _VALUE_READERS.items():
        if obj.get(name) is not None:
            try:
                return read(obj[name])
            except ContractError as error:
                raise error.below(name) from None
    return None


def _read_list(obj: object) -> UserValue:
    values = obj.get("values", []) if type(obj) is dict else obj
    try:
        return _read_many(_read_value, values)
    except ContractError as error:
        raise error.below("values") from None


def _read_entries(obj: object) -> UserValue:
    entries = obj.get("entries", {}) if type(obj) is dict else obj
    try:
        return _read_map(_read_value, entries)
    except ContractError as error:
        raise error.below("entries") from None


_READERS: Final[Mapping[Kind, _Read]] = {
    Kind.TEXT: _read_text,
    Kind.WHOLE: partial(_read_whole, *INT32),
    Kind.WIDE: partial(_read_whole, *INT64),
    Kind.REAL: _read_real,
    Kind.FLAG: _read_flag,
    Kind.BYTES: _read_bytes,
    Kind.TIME: _read_time,
    Kind.SPAN: _read_span,
    Kind.VALUE: _read_value,
}

_VALUE_READERS: Final[Mapping[str, Callable[[object], UserValue]]] = {
    spelling: read
    for camel, snake, read in (
        ("boolValue", "bool_value", _read_flag),
        ("intValue", "int_value", partial(_read_whole, *INT64)),
        ("doubleValue", "double_value", _read_real),
        ("stringValue", "string_value", _read_text),
        ("listValue", "list_value", _read_list),
        ("mapValue", "map_value", _read_entries),
        ("timeValue", "time_value", _read_time),
    )
    for spelling in (camel, snake)
}


def _shown(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:80]}…"  # noqa: PLR2004 (what a line bears)
