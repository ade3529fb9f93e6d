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

from treadle_api.filling import fill
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
    blanks_of,
    enum_numbered,
    fields_of,
    message_class,
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
