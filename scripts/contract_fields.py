"""What Python makes of each field of the contract: its type, its default, its row in the table."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import (
    Descriptor,
    EnumDescriptor,
    EnumValueDescriptor,
    FieldDescriptor,
    OneofDescriptor,
)

from treadle_api.v1 import bounds_pb2

_WELL_KNOWN = {
    "google.protobuf.Timestamp": ("time", "datetime"),
    "google.protobuf.Duration": ("span", "timedelta"),
    "treadle_api.v1.Value": ("value", "UserValue"),
}
#: The kind, the type and the default of fields that are no message and no enumeration.
SCALARS = {
    FieldDescriptor.TYPE_STRING: ("text", "str", '""'),
    FieldDescriptor.TYPE_INT32: ("whole", "int", "0"),
    FieldDescriptor.TYPE_INT64: ("wide", "int", "0"),
    FieldDescriptor.TYPE_DOUBLE: ("real", "float", "0.0"),
    FieldDescriptor.TYPE_BOOL: ("flag", "bool", "False"),
    FieldDescriptor.TYPE_BYTES: ("bytes", "bytes", 'b""'),
}
_IDS = {
    "run_id": "RunId",
    "step_key": "StepKey",
    "asset_key": "KeyText",
    "host_id": "HostId",
    "task_id": "TaskId",
    "text_id": "TextId",
}
_KEYS_OF_STEPS = {("PlannedStep", "key"), ("EarlierStep", "key"), ("StepRun", "key")}


@dataclass(frozen=True)
class Slot:
    """An attribute of a class: its name, type and default ("": none), and whose comments it has."""

    name: str
    type: str
    default: str
    docs: tuple[str, ...]


def slots_of(message: Descriptor) -> Iterator[Slot]:
    """Return the attributes of a message's class, in the order of the .proto."""
    seen = set()
    for field in message.fields:
        oneof = field.containing_oneof
        if oneof is None or not _is_told_by_class(oneof):
            yield _own_slot(field)
        elif oneof.name not in seen:
            seen.add(oneof.name)
            yield Slot(oneof.name, f"{union_name(oneof)} | None", "None", (oneof.name,))


def unions_of(message: Descriptor) -> Iterator[tuple[str, str]]:
    """Return the name of the type of each attribute that is told by its class, and what it is."""
    for oneof in message.oneofs:
        if _is_told_by_class(oneof):
            yield union_name(oneof), " | ".join(_type_name(each) for each in oneof.fields)


def union_name(oneof: OneofDescriptor) -> str:
    """Return the name of a oneof's type: `JournalRecordFact` of `fact` of JournalRecord."""
    words = "".join(word.capitalize() for word in oneof.name.split("_"))
    return f"{oneof.containing_type.name}{words}"


def _own_slot(field: FieldDescriptor) -> Slot:
    name = slot_name(field)
    type_, default = _type_and_default(field)
    return Slot(name, type_, default, (field.name,))


def _type_and_default(field: FieldDescriptor) -> tuple[str, str]:
    value = map_value(field)
    if value is not None:
        inner, _ = _type_and_default(value)
        return f"Mapping[str, {inner}]", "NO_ENTRIES"
    one, default = _one_type(field)
    if field.is_repeated:
        return f"tuple[{one}, ...]", "()"
    if _label(field) == "maybe":
        return f"{one} | None", "None"
    return one, "" if is_needed(field) else default


def _one_type(field: FieldDescriptor) -> tuple[str, str]:
    if field.enum_type is not None:
        return field.enum_type.name, "None"
    if field.message_type is not None:
        known = _WELL_KNOWN.get(field.message_type.full_name)
        return (known[1] if known else field.message_type.name), "None"
    _, type_, default = SCALARS[field.type]
    message = field.containing_type
    if message is not None and (message.name, field.name) in _KEYS_OF_STEPS:
        return "StepKey", 'StepKey("")'
    named = id_type(field.name) if type_ == "str" else None
    return (named, f'{named}("")') if named else (type_, default)


def id_type(name: str) -> str | None:
    """Return the type of a text by the name of its field; None for a text that names nothing."""
    single = name.removesuffix("s")
    for ending, type_ in _IDS.items():
        if single == ending or single.endswith(f"_{ending}"):
            return type_
    return None


def field_row(field: FieldDescriptor) -> tuple[object, ...]:
    """Return a field's row in FIELDS: the parts of `treadle_contract.message.Field`."""
    oneof = field.containing_oneof
    is_told = oneof is not None and _is_told_by_class(oneof)
    value = map_value(field) or field
    return (
        field.name,
        field.number,
        field.json_name,
        _kind(value),
        _label(field),
        "" if is_native(value) else _type_name(value),
        oneof.name if is_told and oneof else slot_name(field),
        is_needed(field),
        bounds_kind(field),
    )


def slot_name(field: FieldDescriptor) -> str:
    """Return the attribute of a field: its name, with "_" where Python has the word."""
    return f"{field.name}_" if keyword.iskeyword(field.name) else field.name


def _kind(field: FieldDescriptor) -> str:
    if field.enum_type is not None:
        return "enum"
    if field.message_type is not None:
        known = _WELL_KNOWN.get(field.message_type.full_name)
        return known[0] if known else "message"
    return SCALARS[field.type][0]


def _label(field: FieldDescriptor) -> str:
    if map_value(field) is not None:
        return "map"
    if field.is_repeated:
        return "many"
    if field.containing_oneof is not None:
        return "maybe"
    if _kind(field) == "value":
        return "one"
    if is_needed(field):
        return "one"
    return "maybe" if field.has_presence or field.enum_type is not None else "one"


def _is_told_by_class(oneof: OneofDescriptor) -> bool:
    """Tell whether one attribute can hold whichever is set: all are messages, each of its class."""
    names = {_type_name(field) for field in oneof.fields if field.message_type is not None}
    return len(names) == len(oneof.fields) and is_spelled(oneof)


def _type_name(field: FieldDescriptor) -> str:
    """Return the name of the enum or message that a field holds; "" for a scalar."""
    type_ = field.enum_type or field.message_type
    return type_.name if type_ is not None else ""


def map_value(field: FieldDescriptor) -> FieldDescriptor | None:
    """Return the field of a map's values; None for a field that is no map."""
    entry = field.message_type
    if entry is None or not entry.GetOptions().map_entry:
        return None
    return entry.fields_by_name["value"]


def is_native(field: FieldDescriptor) -> bool:
    """Tell whether a field holds messages that Python has a type of its own for, or is a map."""
    return field.message_type is not None and (
        field.message_type.full_name in _WELL_KNOWN or map_value(field) is not None
    )


def is_needed(field: FieldDescriptor) -> bool:
    """Tell whether the contract says that a field must be set."""
    return bool(field.GetOptions().HasExtension(bounds_pb2.must_be))


def bounds_kind(field: FieldDescriptor) -> int:
    """Return the number of a field's kind in bounds.proto."""
    extension = bounds_pb2.must_be if is_needed(field) else bounds_pb2.may_be
    return int(field.GetOptions().Extensions[extension])


def oneof_row(oneof: OneofDescriptor) -> tuple[str, tuple[str, ...], bool]:
    """Return a oneof's row in ONEOFS: its name, the slots that hold it, whether one must be set."""
    is_needed = bool(oneof.GetOptions().Extensions[bounds_pb2.one_is_set])
    if _is_told_by_class(oneof):
        return oneof.name, (oneof.name,), is_needed
    return oneof.name, tuple(slot_name(field) for field in oneof.fields), is_needed


def is_spelled(oneof: OneofDescriptor) -> bool:
    """Tell whether the .proto has it: protoc puts each `optional` field into one of its own."""
    return not oneof.name.startswith("_")


def enum_prefix(enum: EnumDescriptor) -> str:
    """Return what the names of an enum's values begin with in the contract."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper() + "_"


def short_name(value: EnumValueDescriptor) -> str:
    """Return the name of an enum's value without the prefix that all of them have."""
    return value.name.removeprefix(enum_prefix(value.type))
