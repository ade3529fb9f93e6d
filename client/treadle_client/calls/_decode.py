"""The contract's protobuf messages as the classes of `_messages`, by their tables, and back.

Everything that a message may hold is decoded: a client shows what a newer launcher, or a home that
one wrote, says. What must be there and is not is blank, a member of an enumeration that is not known
here equals no other, and a time that no calendar has is the nearest that one has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from treadle_api.filling import fill_value
from treadle_api.v1 import event_pb2, plan_pb2, run_pb2, value_pb2
from treadle_client import _messages
from treadle_client._ids import AssetKey
from treadle_client._messages import Event, Plan, StepState, Verdict
from treadle_client._view import NO_COUNTS, NO_TIME, View
from treadle_client.text._metadata import NO_METADATA, Metadata, PlainValue
from treadle_client.text._text import NO_TEXT, Text
from treadle_contract.fields import per_class
from treadle_contract.message import NO_ENTRIES, ContractEnum

ReadText: TypeAlias = Callable[[str], str]
"""Fetches the whole of a long text by its id."""

V = TypeVar("V", bound=View)
P = TypeVar("P", bound=Message)

# Any: fields hold values of as many types as there are.
_Read: TypeAlias = Callable[[Any, FieldDescriptor, ReadText | None], Any]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: A day into the year 1, and a day before the year 10,000, in seconds: what is shown in another time
#: zone lies in a year too.
_FIRST_SECOND: Final = -62_135_510_400
_LAST_SECOND: Final = 253_402_214_400
#: A hundred years: nothing that the contract allows is longer.
_LONGEST_US: Final = 100 * 366 * 24 * 60 * 60 * 1_000_000


def decode(message: Message, into: type[V], read_text: ReadText | None = None) -> V:
    """Return a message as a class of `_messages`; long texts are fetched when they are asked for."""
    slots = _slots(_table_of(into), message, read_text)
    if isinstance(message, run_pb2.Failure):
        # 0 is a status, too.
        ended = message.reason == run_pb2.FAILURE_REASON_EXIT
        slots["exit_code"] = message.exit_code if ended else None
    return into(**slots)


def decode_parts(parts: Iterable[Message], into: type[V], read_text: ReadText | None) -> V:
    """Return what is streamed in parts as one: a graph, a plan. Without a part, it is blank."""
    whole: Message | None = None
    for part in parts:
        if whole is None:
            whole = part
        else:
            whole.MergeFrom(part)
    return _blank_of(into) if whole is None else decode(whole, into, read_text)


def decode_plan(parts: Iterable[plan_pb2.PlanPart], read_text: ReadText | None) -> Plan:
    """Return a plan, its steps with what is selected of their blocks, which may be said once."""
    selected: dict[str, list[str]] = {}
    every = list(parts)
    for each in (each for part in every for each in part.block_selections):
        selected.setdefault(each.block, []).extend(each.asset_keys)
    plan = decode_parts(every, Plan, read_text)
    keys = {block: tuple(map(AssetKey, texts)) for block, texts in selected.items()}
    steps = tuple(
        step.__replace__(selected_asset_keys=keys[step.block])
        if step.block in keys and step.verdict is not Verdict.OMIT
        else step
        for step in plan.steps
    )
    return plan.__replace__(steps=steps) if keys else plan


def decode_event(message: event_pb2.Event, read_text: ReadText | None) -> Event | None:
    """Return an event as the class of its kind; None for a kind that is not known here."""
    name = message.WhichOneof("kind")
    if name is None:
        return None
    told = getattr(message, name)
    cls: type[Event] = getattr(_messages, told.DESCRIPTOR.name)
    common = _slots(_table_of(Event), message, read_text)
    return cls(**common, **_slots(_table_of(cls), told, read_text))


def encode(view: View, into: type[P]) -> P:
    """Return a part of a request: texts, flags, enumerations, values and lists of such parts; None is not set."""
    names = {number: slot for number, slot, *_ in view.TABLE}
    given = {}
    for field in into.DESCRIPTOR.fields:
        value = getattr(view, names[field.number])
        if value is None:
            continue
        given[field.name] = enum_number(field.enum_type, value) if field.enum_type else value
        if field.message_type is value_pb2.Value.DESCRIPTOR:
            given[field.name] = value_pb2.Value()
            fill_value(given[field.name], value)
        elif field.message_type is not None and isinstance(value, tuple):
            given[field.name] = [
                {slot: getattr(each, slot) for _, slot, *_ in each.TABLE} for each in value
            ]
    return into(**given)


def enum_number(names: Any, member: ContractEnum) -> int:
    """Return the number of a member of the enumeration that `names` describes; 0 if it has none."""
    value = names.values_by_name.get(f"{_prefix(names)}{member.name}")
    return 0 if value is None else value.number


class _Table(NamedTuple):
    """How a class is read: its attributes when unset, and how each field is read (None: as it is)."""

    blanks: Mapping[str, Any]
    readers: Mapping[int, tuple[str, _Read | None]]


@per_class
def _table_of(cls: type[Any]) -> _Table:
    return _table(cls.TABLE)


def _table(rows: Iterable[tuple[int, str, str, str, Any]]) -> _Table:
    blanks: dict[str, Any] = {}
    readers: dict[int, tuple[str, _Read | None]] = {}
    for number, slot, kind, label, of in rows:
        if kind == "inline":
            inner = _table(of)
            blanks |= inner.blanks
            readers[number] = "", partial(_read_inline, inner)
            continue
        blanks[slot] = _blank(kind, label, of)
        read = _READERS.get(kind)
        if kind in {"enum", "message"}:
            read = partial(_READERS[kind], getattr(_messages, of))
        if label == "many":
            read = _read_plain_many if read is None else partial(_read_many, read)
        readers[number] = slot, read
    return _Table(blanks, readers)


def _blank(kind: str, label: str, of: str) -> Any:
    if label != "one":
        return () if label == "many" else None
    match kind:
        case "enum":
            return getattr(_messages, of)("UNSPECIFIED")
        case "message":
            return _blank_of(getattr(_messages, of))
    return _BLANKS[kind]


def _blank_of(cls: type[V]) -> V:
    return cls(**_table_of(cls).blanks)


def _slots(table: _Table, message: Message, read_text: ReadText | None) -> dict[str, Any]:
    blanks, readers = table
    slots = dict(blanks)
    for field, value in message.ListFields():
        slot, read = readers.get(field.number, _UNKNOWN)
        if read is None:
            slots[slot] = value
        elif slot:
            slots[slot] = read(value, field, read_text)
        else:
            slots.update(read(value, field, read_text))
    return slots


def _read_nothing(value: Any, field: FieldDescriptor, read_text: ReadText | None) -> Any:
    return {}


#: A field that is not told, or not known here.
_UNKNOWN: Final[tuple[str, _Read]] = ("", _read_nothing)


def _read_inline(
    table: _Table, value: Any, field: FieldDescriptor, read_text: ReadText | None
) -> Any:
    return _slots(table, value, read_text)


def _read_plain_many(values: Any, field: FieldDescriptor, read_text: ReadText | None) -> Any:
    return tuple(values)


def _read_many(read: _Read, values: Any, field: FieldDescriptor, read_text: ReadText | None) -> Any:
    return tuple([read(value, field, read_text) for value in values])


def _read_message(
    cls: type[View], value: Any, field: FieldDescriptor, read_text: ReadText | None
) -> Any:
    return decode(value, cls, read_text)


def _read_enum(
    cls: type[ContractEnum], number: int, field: FieldDescriptor, read_text: ReadText | None
) -> ContractEnum:
    return _member(cls, field.enum_type, number)


def _member(cls: type[ContractEnum], names: EnumDescriptor | None, number: int) -> ContractEnum:
    assert names is not None
    return _members(cls, names).get(number) or cls(f"UNKNOWN_{number}")


@cache
def _members(cls: type[ContractEnum], names: EnumDescriptor) -> Mapping[int, ContractEnum]:
    prefix = _prefix(names)
    told = {value.number: value.name.removeprefix(prefix) for value in names.values}
    return {number: cls.__members__.get(name) or cls(name) for number, name in told.items()}


def _prefix(names: EnumDescriptor) -> str:
    return names.values_by_number[0].name.removesuffix("UNSPECIFIED")


def _read_map(values: Any, field: FieldDescriptor, read_text: ReadText | None) -> Mapping[str, str]:
    return MappingProxyType(dict(values))


def _read_counts(values: Any, field: FieldDescriptor, read_text: ReadText | None) -> Any:
    """Read the entries of a state and how many are in it."""
    states = run_pb2.StepState.DESCRIPTOR
    return MappingProxyType({_member(StepState, states, each.state): each.count for each in values})


def _read_metadata(values: Any, field: FieldDescriptor, read_text: ReadText | None) -> Metadata:
    return Metadata(
        {entry.name: _plain_value(entry.value) for entry in values},
        {entry.name: entry.rendering for entry in values if entry.rendering},
    )


def _plain_value(message: value_pb2.Value) -> PlainValue:
    match message.WhichOneof("kind"):
        case None:
            return None
        case "time_value":
            return _time(message.time_value)
        case "list_value":
            return tuple(_plain_value(item) for item in message.list_value.values)
        case "map_value":
            entries = message.map_value.entries
            return MappingProxyType({name: _plain_value(entries[name]) for name in sorted(entries)})
        case kind:
            scalar: bool | int | float | str = getattr(message, kind)
            return scalar


def _read_text(value: Any, field: FieldDescriptor, read_text: ReadText | None) -> Text:
    text_id = value.text_id
    return Text(
        head=value.head,
        tail=value.tail,
        omitted_bytes=value.omitted_bytes,
        _fetch=partial(read_text, text_id) if text_id and read_text else None,
    )


def _time(value: Any) -> datetime:
    seconds = min(max(value.seconds, _FIRST_SECOND), _LAST_SECOND)
    return _EPOCH + timedelta(seconds=seconds, microseconds=value.nanos // 1000)


def _span(microseconds: int) -> timedelta:
    return timedelta(microseconds=min(max(microseconds, -_LONGEST_US), _LONGEST_US))


_READERS: Final[Mapping[str, Any]] = {
    "counts": _read_counts,
    "enum": _read_enum,
    "long": _read_text,
    "map": _read_map,
    "message": _read_message,
    "metadata": _read_metadata,
    "ms": lambda value, field, read_text: _span(value * 1000),
    "span": lambda value, field, read_text: _span(value.seconds * 1_000_000 + value.nanos // 1000),
    "time": lambda value, field, read_text: _time(value),
    "us": lambda value, field, read_text: _span(value),
    "value": lambda value, field, read_text: _plain_value(value),
}

_BLANKS: Final[Mapping[str, Any]] = {
    "text": "",
    "whole": 0,
    "wide": 0,
    "real": 0.0,
    "flag": False,
    "bytes": b"",
    "counts": NO_COUNTS,
    "long": NO_TEXT,
    "map": NO_ENTRIES,
    "metadata": NO_METADATA,
    "ms": NO_TIME,
    "span": NO_TIME,
    "time": _EPOCH,
    "us": NO_TIME,
    "value": None,
}
