"""The contract's Python values as protobuf messages and back, by their tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, Final, TypeAlias, TypeVar

from google.protobuf import message as protobuf
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp

from treadle_api.v1 import (
    codeserver_pb2,
    error_pb2,
    event_pb2,
    graph_pb2,
    launcher_pb2,
    plan_pb2,
    policy_pb2,
    run_pb2,
    value_pb2,
    worker_pb2,
)
from treadle_contract.fields import (
    EPOCH,
    MICROSECOND,
    blanks_of,
    enum_number,
    enum_numbered,
    fields_of,
    fits_int64,
    is_explicit,
    is_told_by_class,
    message_class,
    microseconds,
    needed_slots,
    per_class,
)
from treadle_contract.message import ContractError, Field, Kind, Label, Message, UserValue

M = TypeVar("M", bound=Message)
P = TypeVar("P", bound=protobuf.Message)

_FILES: Final = (
    codeserver_pb2,
    error_pb2,
    event_pb2,
    graph_pb2,
    launcher_pb2,
    plan_pb2,
    policy_pb2,
    run_pb2,
    value_pb2,
    worker_pb2,
)

# Any: fields hold values of as many types as there are, and protobuf's have none.
_Put: TypeAlias = Callable[[Any, Any], None]
"""Puts what a slot holds into a protobuf message."""
_Read: TypeAlias = Callable[[Any], Any]


def to_proto(message: Message, into: type[P]) -> P:
    """Return a message as the protobuf message of its name."""
    made = into()
    fill(type(message), made, message)
    return made


def from_proto(message: protobuf.Message, into: type[M]) -> M:
    """Return the value that a protobuf message of its name holds.

    Raises:
        ContractError: a message or an enumeration that must be set is not.
    """
    try:
        return _read(into, message)
    except ContractError as error:
        raise error.below(into.__name__) from None


def proto_class(cls: type[Message]) -> type[protobuf.Message]:
    """Return the protobuf class of the same name."""
    return _proto_classes()[cls.__name__]


@cache
def _proto_classes() -> Mapping[str, type[protobuf.Message]]:
    return {
        name: GetMessageClass(descriptor)
        for file in _FILES
        for name, descriptor in file.DESCRIPTOR.message_types_by_name.items()
    }


def fill(cls: type[Message], target: Any, source: Any) -> None:
    """Write a message into the empty protobuf message of its name.

    `source` may be whatever has what the message has, under the same names: see `has_all_of`.
    """
    for slot, name, put, explicit in _writers(cls, type(source)):
        value = getattr(source, slot)
        if value is not None and (value or explicit):
            if put is None:
                setattr(target, name, value)
            else:
                put(target, value)


def has_all_of(cls: type[Message], of: type) -> bool:
    """Tell whether objects of a type have all that a message has."""
    return all(hasattr(of, field.slot) for field in fields_of(cls))


_Row: TypeAlias = tuple[str, str, _Put | None, bool]
"""A slot; the field that takes what it holds as it is, else what puts it; see `is_explicit`."""


def _made_writers(cls: type[Message], of: type) -> list[_Row]:
    """List how each slot is written that objects of a type have."""
    rows: dict[str, _Row] = {}
    told: dict[str, dict[type[Message], str]] = {}
    for field in fields_of(cls):
        slot = field.slot
        if not is_told_by_class(field):
            rows[slot] = slot, field.name, _putter(field), is_explicit(field)
            continue
        which = told.setdefault(slot, {})
        which[message_class(field)] = field.name
        rows[slot] = slot, "", partial(_put_which, which), True
    return [row for slot, row in rows.items() if hasattr(of, slot)]


# Any: of a class, mypy does not see that it has a hash.
_writers: Any = cache(_made_writers)


def _put_which(told: Mapping[type[Message], str], target: Any, value: Message) -> None:
    _put_filled(told[type(value)], partial(fill, type(value)), target, value)


def _putter(field: Field) -> _Put | None:
    if field.label is Label.MANY:
        return _many_putter(field)
    if field.label is Label.MAP:
        return partial(_put_entries, field.name)
    fill_one = _filler(field)
    if fill_one is not None:
        return partial(_put_filled, field.name, fill_one)
    if field.kind is Kind.ENUM:
        return partial(_put_enum, field)
    return None


def _many_putter(field: Field) -> _Put:
    fill_one = _filler(field)
    if fill_one is not None:
        return partial(_add_all, field.name, fill_one)
    if field.kind is Kind.ENUM:
        return partial(_extend_enums, field)
    return partial(_extend, field.name)


def _filler(field: Field) -> _Put | None:
    """Return what fills the protobuf message that a value of the field is; None: it is none."""
    if field.kind is Kind.MESSAGE:
        return partial(fill, message_class(field))
    return _FILLERS.get(field.kind)


def _put_enum(field: Field, target: Any, value: str) -> None:
    setattr(target, field.name, enum_number(field, value))


def _put_filled(name: str, fill_one: _Put, target: Any, value: Any) -> None:
    inner = getattr(target, name)
    # It is there also when it says nothing.
    inner.SetInParent()
    fill_one(inner, value)


def _put_entries(name: str, target: Any, values: Mapping[str, Any]) -> None:
    getattr(target, name).update(values)


def _add_all(name: str, fill_one: _Put, target: Any, values: Iterable[Any]) -> None:
    add = getattr(target, name).add
    for value in values:
        fill_one(add(), value)


def _extend(name: str, target: Any, values: Iterable[Any]) -> None:
    getattr(target, name).extend(values)


def _extend_enums(field: Field, target: Any, values: Iterable[str]) -> None:
    getattr(target, field.name).extend([enum_number(field, value) for value in values])


def _fill_time(target: Any, value: datetime) -> None:
    seconds, micros = divmod(microseconds(value), 1_000_000)
    target.seconds, target.nanos = seconds, micros * 1000


def _fill_span(target: Any, value: timedelta) -> None:
    whole = value // MICROSECOND
    sign = -1 if whole < 0 else 1
    seconds, micros = divmod(abs(whole), 1_000_000)
    target.seconds, target.nanos = sign * seconds, sign * micros * 1000


def _fill_value(target: Any, value: UserValue) -> None:
    match value:
        case bool():
            target.bool_value = value
        case int() if fits_int64(value):
            target.int_value = value
        case float():
            target.double_value = value
        case int() | str():
            target.string_value = str(value)
        case datetime():
            _put_filled("time_value", _fill_time, target, value)
        case Mapping():
            target.map_value.SetInParent()
            for key, each in value.items():
                _fill_value(target.map_value.entries[key], each)
        case None:
            pass
        case _:
            target.list_value.SetInParent()
            _add_all("values", _fill_value, target.list_value, value)


_FILLERS: Final[Mapping[Kind, _Put]] = {
    Kind.TIME: _fill_time,
    Kind.SPAN: _fill_span,
    Kind.VALUE: _fill_value,
}


def _read(cls: type[M], message: protobuf.Message) -> M:
    readers = _readers(cls)
    slots = dict(blanks_of(cls))
    for descriptor, value in message.ListFields():
        row = readers.get(descriptor.number)
        if row is not None:
            slot, read, place = row
            try:
                slots[slot] = value if read is None else read(value)
            except ContractError as error:
                raise error.below(place) from None
    for slot in needed_slots(cls):
        if slot not in slots:
            raise ContractError(slot, "is not set")
    return cls(**slots)


@per_class
def _readers(cls: type[Message]) -> dict[int, tuple[str, _Read | None, str]]:
    return {field.number: (field.slot, _reader(field), field.name) for field in fields_of(cls)}


def _reader(field: Field) -> _Read | None:
    one = _value_reader(field)
    if field.label is Label.MANY:
        return tuple if one is None else partial(_read_many, one)
    if field.label is Label.MAP:
        return dict
    return one


def _read_many(read: _Read, values: Iterable[Any]) -> tuple[Any, ...]:
    read_ones: list[Any] = []
    try:
        read_ones.extend(map(read, values))
    except ContractError as error:
        raise error.below(f"[{len(read_ones)}]") from None
    return tuple(read_ones)


def _value_reader(field: Field) -> _Read | None:
    if field.kind is Kind.MESSAGE:
        return partial(_read, message_class(field))
    if field.kind is Kind.ENUM:
        return partial(enum_numbered, field)
    return _READERS.get(field.kind)


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
