"""The values of fields as proto3-JSON: how each kind is written and read."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from math import isfinite, isnan
from re import compile as pattern
from typing import Any, Final, TypeAlias

from treadle_contract.fields import INT32, INT64, MICROSECOND, fits_int64
from treadle_contract.message import ContractError, Kind, UserValue, shown

# Any: JSON, and what a field holds.
Write: TypeAlias = Callable[[Any], Any]
Read: TypeAlias = Callable[[Any], Any]

# Taken here: what users replace in `datetime` and `re` is not asked then.
_moment_of: Final = datetime.fromisoformat
_span_of: Final = pattern(r"(-?)(\d+)(?:\.(\d{1,9}))?s").fullmatch
_MANY_DIGITS: Final = 18
"""So many digits are always 64 bits; a thousand are none, and take long to read."""


def write_many(write: Write, values: tuple[Any, ...]) -> list[Any]:
    """Write the entries of a list."""
    return [write(value) for value in values]


def write_map(write: Write, values: Mapping[str, Any]) -> dict[str, Any]:
    """Write the values of a mapping."""
    return {key: write(value) for key, value in values.items()}


def _write_real(value: float) -> float | str:
    if isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _write_bytes(value: bytes) -> str:
    return b2a_base64(value, newline=False).decode("ascii")


def _write_time(value: datetime) -> str:
    moment = value if value.tzinfo is UTC else value.astimezone(UTC)
    return moment.isoformat()[:-6] + "Z"


def _write_span(value: timedelta) -> str:
    sign, whole = ("-", -value) if value.days < 0 else ("", value)
    seconds, micros = divmod(whole // MICROSECOND, 1_000_000)
    return f"{sign}{seconds}.{micros:06}s" if micros else f"{sign}{seconds}s"


def _write_whole(value: int) -> dict[str, Any]:
    return {"intValue" if fits_int64(value) else "stringValue": str(value)}


def _write_list(value: tuple[UserValue, ...]) -> dict[str, Any]:
    return {"listValue": {"values": write_many(_write_value, value)}}


def _write_entries(value: Mapping[str, UserValue]) -> dict[str, Any]:
    return {"mapValue": {"entries": write_map(_write_value, value)}}


_USER_VALUES: Final[Mapping[type, Write]] = {
    type(None): lambda value: {},
    bool: lambda value: {"boolValue": value},
    int: _write_whole,
    float: lambda value: {"doubleValue": _write_real(value)},
    str: lambda value: {"stringValue": value},
    datetime: lambda value: {"timeValue": _write_time(value)},
    tuple: _write_list,
    list: _write_list,
    dict: _write_entries,
}


def _write_value(value: Any) -> dict[str, Any]:
    # A class of a library's, as NumPy's numbers are, is written as the one that it is derived from.
    for cls in type(value).__mro__:
        write = _USER_VALUES.get(cls)
        if write is not None:
            written: dict[str, Any] = write(value)
            return written
    return _write_entries(value)


WRITERS: Final[Mapping[Kind, Write | None]] = {
    Kind.TEXT: None,
    Kind.WHOLE: None,
    Kind.WIDE: str,
    Kind.REAL: _write_real,
    Kind.FLAG: None,
    Kind.BYTES: _write_bytes,
    Kind.TIME: _write_time,
    Kind.SPAN: _write_span,
    Kind.VALUE: _write_value,
}
"""None: as it is."""


def read_many(read: Read, values: object) -> tuple[Any, ...]:
    """Read a list.

    Raises:
        ContractError: it is none, or an entry is not what it must be, as all readers do here.
    """
    if type(values) is not list:
        raise ContractError("", f"is {shown(values)}; it must be a list")
    read_ones: list[Any] = []
    try:
        read_ones.extend(map(read, values))
    except ContractError as error:
        raise error.below(f"[{len(read_ones)}]") from None
    return tuple(read_ones)


def read_map(read: Read, values: object) -> dict[str, Any]:
    """Read an object with any names."""
    if type(values) is not dict:
        raise ContractError("", f"is {shown(values)}; it must be an object")
    read_ones = {}
    for key, value in values.items():
        try:
            read_ones[read_text(key)] = read(value)
        except ContractError as error:
            raise error.below(f"[{shown(key)}]") from None
    return read_ones


def read_text(value: object) -> str:
    """Read a text."""
    if type(value) is not str:
        raise ContractError("", f"is {shown(value)}; it must be text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ContractError("", "is not text: it has half of a surrogate pair") from None
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
        raise ContractError("", f"is {shown(value)}; it must be a whole number")
    if not least <= number <= most:
        raise ContractError("", f"is {shown(value)}; it must be {least:,} to {most:,}")
    return number


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    if len(digits) > _MANY_DIGITS + 1 or not (digits.isascii() and digits.isdigit()):
        return None
    return int(text)


def _read_wide(value: object) -> int:
    if type(value) is str and len(value) <= _MANY_DIGITS and value.isascii() and value.isdigit():
        return int(value)
    return _read_whole(*INT64, value)


def _read_flag(value: object) -> bool:
    if type(value) is not bool:
        raise ContractError("", f"is {shown(value)}; it must be true or false")
    return value


def _read_real(value: object) -> float:
    if type(value) in {int, float, str}:
        try:
            return float(value)  # type: ignore[arg-type]  # one of the three
        except (ValueError, OverflowError):
            pass
    raise ContractError("", f"is {shown(value)}; it must be a number")


def _read_bytes(value: object) -> bytes:
    try:
        return a2b_base64(read_text(value).encode(), strict_mode=True)
    except Base64Error:
        raise ContractError("", f"is {shown(value)}; it must be base64") from None


def _read_time(value: object) -> datetime:
    try:
        moment = _moment_of(read_text(value))
        if moment.tzinfo is not None:
            return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ContractError("", f"is {shown(value)}; it must be a moment as of RFC 3339")


def _read_span(value: object) -> timedelta:
    found = _span_of(read_text(value))
    if found is None or len(found[2]) > 12:  # noqa: PLR2004 (10,000 years are 315,576,000,000 s)
        raise ContractError("", f"is {shown(value)}; it must be seconds and an s")
    micros = int((found[3] or "").ljust(6, "0")[:6])
    span = timedelta(seconds=int(found[2]), microseconds=micros)
    return -span if found[1] else span


def _read_value(obj: object) -> UserValue:
    if type(obj) is not dict:
        raise ContractError("", f"is {shown(obj)}; it must be an object")
    for name, value in obj.items():
        field, read = _VALUE_READERS.get(name, (name, None))
        if read is not None and value is not None:
            try:
                return read(value)
            except ContractError as error:
                raise error.below(field) from None
    return None


def _read_list(obj: object) -> UserValue:
    values = obj.get("values", []) if type(obj) is dict else obj
    try:
        return read_many(_read_value, values)
    except ContractError as error:
        raise error.below("values") from None


def _read_entries(obj: object) -> UserValue:
    entries = obj.get("entries", {}) if type(obj) is dict else obj
    try:
        return read_map(_read_value, entries)
    except ContractError as error:
        raise error.below("entries") from None


READERS: Final[Mapping[Kind, Read]] = {
    Kind.TEXT: read_text,
    Kind.WHOLE: partial(_read_whole, *INT32),
    Kind.WIDE: _read_wide,
    Kind.REAL: _read_real,
    Kind.FLAG: _read_flag,
    Kind.BYTES: _read_bytes,
    Kind.TIME: _read_time,
    Kind.SPAN: _read_span,
    Kind.VALUE: _read_value,
}

_VALUE_READERS: Final[Mapping[str, tuple[str, Callable[[object], UserValue]]]] = {
    spelling: (snake, read)
    for camel, snake, read in (
        ("boolValue", "bool_value", _read_flag),
        ("intValue", "int_value", _read_wide),
        ("doubleValue", "double_value", _read_real),
        ("stringValue", "string_value", read_text),
        ("listValue", "list_value", _read_list),
        ("mapValue", "map_value", _read_entries),
        ("timeValue", "time_value", _read_time),
    )
    for spelling in (camel, snake)
}
