"""Write the classes that the SDK gives people, from the same descriptors as the contract's.

One module, `treadle_client._messages`, of all messages that a launcher's answers hold. They are as
people read them: `timeout` is a timedelta, metadata a mapping, an event has what it tells beside
what all events have, and what a newer or broken launcher left out is blank. Whether a message, a
moment or an enumeration may be None is what its comment in the .proto says ("Unset", "Set when …";
of an enumeration, whether UNSPECIFIED is "Never sent").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

from scripts.contract_fields import (
    SCALARS,
    Slot,
    bounds_kind,
    id_type,
    is_needed,
    is_spelled,
    map_value,
    short_name,
)
from scripts.gen_contract import comments_of, doc_text, init_lines, pool_of
from treadle_api.v1 import bounds_pb2

MODULE = "client/treadle_client/_messages.py"

_FILES = ("value", "policy", "partition", "plan", "run", "event", "graph", "backfill", "launcher")
_ROOTS = [
    "AttemptUsage",
    "Event",
    "Plan",
    "Explanation",
    "Graph",
    "Run",
    "StepResult",
    "AssetEntry",
    "Launcher",
    "Reload",
    "LaunchedRun",
    "Garbage",
    "Collected",
    "DiskUse",
    "LogChunk",
    *("AssetPartitions", "Backfill", "BackfillPartition", "BackfillPlan"),
]

#: Messages whose class has another name.
_CLASSES = {
    "CollectGarbageResponse": "Collected",
    "ExplanationPart": "Explanation",
    "GetLauncherResponse": "Launcher",
    "GraphPart": "Graph",
    "LaunchRunResponse": "LaunchedRun",
    "PlanPart": "Plan",
    "ReadLogsResponse": "LogChunk",
    "ReloadLocationResponse": "Reload",
    "StepDefinition": "Step",
    "StepInputDefinition": "StepInput",
    "StepOutputDefinition": "StepOutput",
    "StepRun": "StepResult",
}
_MESSAGES = {name: message for message, name in _CLASSES.items()}
#: Fields whose attribute has another name.
_ATTRIBUTES = {
    "Backfill.id": "backfill_id",
    "Backfill.state": "status",
    "PlannedSource.load_asset_key": "load",
    "Run.id": "run_id",
    "Run.state": "status",
}
#: Messages whose fields are attributes of what holds them.
_INLINED = frozenset(
    {"ExplanationPart.header", "PlanPart.header", "PlannedSource.step_output", "Source.step_output"}
)
#: Of no use to people.
_LEFT_OUT = frozenset(
    {
        "Event.schema_version",
        # No plan that a client asks for is brief; what is said once a block, the steps have.
        "PlanHeader.omitted_step_count",
        "PlanPart.block_selections",
    }
)
#: Texts and numbers that are None when they say nothing.
_NONE_WHEN_BLANK = frozenset(
    {
        "Backfill.retry_of",
        "BackfillPartition.run_id",
        "DiskUse.asset_key",
        "DiskUse.run_id",
        "Failure.exit_code",
        "Garbage.asset_key",
        "Garbage.run_id",
    }
)
#: Texts that name what their own name does not say.
_TYPES: Mapping[str | int, str] = {
    "Asset.upstream_keys": "AssetKey",
    "StepRun.because_of": "StepKey",
    "StepRun.key": "StepKey",
    bounds_pb2.KIND_ASSET_KEY: "AssetKey",
    bounds_pb2.KIND_STEP_KEY: "StepKey",
}
_ID_TYPES = {"KeyText": "AssetKey", "RunId": "RunId", "StepKey": "StepKey"}
#: Classes that can do more than hold their fields: see treadle_client._view.
_BASES = {"AssetPartitions": "Stretches", "LogChunk": "Chunk", "Plan": "Streamed"}
_BASES |= {"Reload": "Reloaded", "BackfillState": "FinalState", "RunState": "FinalState"}
#: Enumerations whose UNSPECIFIED has a name.
_UNSPECIFIED = {"LogStream": "ALL"}
#: Enumerations in capitals, as states are told.
_CAPITALS = re.compile(r"(State|Verdict)$")
_MAY_BE_UNSET = re.compile(r"\bUnset\b|\bSet (when|unless|by|while|for)\b")
#: The kinds of fields whose type here is another than the contract's.
_KINDS = {
    "counts": ("Mapping[StepState, int]", "NO_COUNTS"),
    "long": ("Text", "NO_TEXT"),
    "map": ("Mapping[str, str]", "NO_ENTRIES"),
    "metadata": ("Metadata", "NO_METADATA"),
    "ms": ("timedelta", "NO_TIME"),
    "span": ("timedelta", "NO_TIME"),
    "time": ("datetime", ""),
    "us": ("timedelta", "NO_TIME"),
    "value": ("PlainValue", "None"),
}
_KIND_OF_MESSAGE = {
    "Duration": "span",
    "MetadataEntry": "metadata",
    "StepCount": "counts",
    "Text": "long",
    "Timestamp": "time",
    "Value": "value",
}

Row = tuple[int, str, str, str, object]
"""A field's number, attribute, kind, label ("one", "maybe", "many"), and of which class it is."""

_HEAD = '''"""The messages of a launcher's answers, as people read them.

Generated from protos/treadle_api/v1 by scripts/gen_protos.py: change that file there, then `make protos`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from treadle_client._ids import AssetKey, RunId, StepKey
from treadle_client.text._metadata import NO_METADATA, Metadata, PlainValue
from treadle_client.text._text import NO_TEXT, Text
from treadle_client._view import NO_COUNTS, NO_TIME, Chunk, FinalState, Reloaded, Rows, Streamed, Stretches, View
from treadle_contract.message import NO_ENTRIES, ContractEnum'''


def client_module(descriptors: FileDescriptorSet) -> str:
    """Return the text of the module, from descriptors with comments."""
    comments: dict[str, str] = {}
    for proto in descriptors.file:
        comments |= comments_of(proto)
    return _Module(pool_of(descriptors), comments).text()


class _Module:
    def __init__(self, pool: DescriptorPool, comments: Mapping[str, str]) -> None:
        self._comments = comments
        files = [pool.FindFileByName(f"treadle_api/v1/{name}.proto") for name in _FILES]
        self._messages = {
            name: message for file in files for name, message in file.message_types_by_name.items()
        }

    def text(self) -> str:
        event = self._messages["Event"]
        kinds = event.oneofs_by_name["kind"].fields
        wanted = self._wanted([_MESSAGES.get(name, name) for name in _ROOTS])
        enums = {each.name: each for each in self._enums([*wanted, "StepCount"])}
        told = {_inner(field).name for field in kinds}
        classes = [_class_name(self._messages[name]) for name in wanted]
        names = [*enums, "EventKind", *classes]
        parts = [f"{_HEAD}\n\n__all__ = {sorted(names)!r}"]
        parts += [self._enum(enum) for _, enum in sorted(enums.items())]
        parts.append(_kinds(kinds))
        parts += [self._class(self._messages[name]) for name in wanted if name not in told]
        parts += [self._event(event, field) for field in kinds]
        return "\n\n\n".join(parts) + "\n"

    def _wanted(self, roots: Sequence[str]) -> list[str]:
        """List the messages that are classes: the roots, and what lies in them."""
        seen: dict[str, None] = {}
        unseen = list(reversed(roots))
        while unseen:
            name = unseen.pop()
            if name in seen:
                continue
            seen[name] = None
            inner = [field.message_type for field in self._fields(self._messages[name])]
            unseen += [
                each.name
                for each in reversed(inner)
                if each is not None
                and each.name in self._messages
                and each.name not in _KIND_OF_MESSAGE
            ]
        return list(seen)

    def _enums(self, wanted: Sequence[str]) -> Iterator[EnumDescriptor]:
        for name in wanted:
            for field in self._fields(self._messages[name]):
                if field.enum_type is not None:
                    yield field.enum_type

    def _fields(self, message: Descriptor) -> Iterator[FieldDescriptor]:
        """Return the fields of a message that are told, those of what is inlined too."""
        for field in message.fields:
            if _place(field) in _INLINED:
                yield from self._fields(_inner(field))
            elif _place(field) not in _LEFT_OUT:
                yield field

    def _enum(self, enum: EnumDescriptor) -> str:
        lines = [
            f"class {enum.name}({_BASES.get(enum.name, 'ContractEnum')}):",
            f'    """{self._doc(enum.name)}"""',
            "",
        ]
        for value in enum.values:
            name = short_name(value) if value.number else _UNSPECIFIED.get(enum.name)
            if name is None:
                continue
            told = name if _CAPITALS.search(enum.name) else name.lower()
            lines.append(f'    {name} = "{told}"')
            lines.append(f'    """{self._doc(f"{enum.name}.{value.name}")}"""')
        return "\n".join(lines)

    def _class(self, message: Descriptor) -> str:
        slots = [self._slot(each) for each in self._fields(message) if not _is_event_kind(each)]
        head = [
            _BASES.get(_class_name(message), "View"),
            f"__slots__ = __match_args__ = {_names(slots)}",
        ]
        if message.name == "Event":
            head.append("kind: ClassVar[EventKind]")
        return self._written(message, head, slots, slots)

    def _event(self, event: Descriptor, field: FieldDescriptor) -> str:
        common = [self._slot(each) for each in self._fields(event) if not _is_event_kind(each)]
        slots = list(map(self._slot, self._fields(_inner(field))))
        head = [
            "Event",
            f"kind = EventKind.{field.name.upper()}",
            f"__slots__ = {_names(slots)}",
            f"__match_args__ = {_names([*common, *slots])}",
        ]
        return self._written(_inner(field), head, slots, [*common, *slots])

    def _written(
        self, message: Descriptor, head: Sequence[str], slots: Sequence[Slot], taken: Sequence[Slot]
    ) -> str:
        base, *inside = head
        docs = {slot.name: slot.docs[0] for slot in slots}
        told = [f"    {doc_text(f'{name}: {doc}', 8)}" for name, doc in docs.items()]
        lines = [
            f"class {_class_name(message)}({base}):",
            "\n".join([f'    """{self._doc(message.name)}', *(["", *told, "    "] if told else [])])
            + '"""',
            "",
            *(f"    {line}" for line in inside),
        ]
        for slot in slots:
            lines.append(f"    {slot.name}: {slot.type}")
            lines.append(f'    """{doc_text(slot.docs[0], 4)}"""')
        lines += ["", *init_lines(taken), "    TABLE: ClassVar[Rows] = ("]
        lines += [f"        {row!r}," for row in self._rows(message)]
        lines.append("    )")
        return "\n".join(lines)

    def _rows(self, message: Descriptor) -> Iterator[Row]:
        for field in message.fields:
            if _place(field) in _INLINED:
                yield field.number, "", "inline", "one", tuple(self._rows(_inner(field)))
            elif _place(field) not in _LEFT_OUT and not _is_event_kind(field):
                kind, of = self._kind(field)
                yield field.number, _attribute(field), kind, self._label(field, kind), of

    def _slot(self, field: FieldDescriptor) -> Slot:
        kind, of = self._kind(field)
        label = self._label(field, kind)
        type_, blank = self._type(field, kind, of)
        if label == "many":
            type_, blank = f"tuple[{type_}, ...]", "()"
        elif label == "maybe":
            type_, blank = f"{type_} | None", "None"
        return Slot(_attribute(field), type_, blank, (self._field_doc(field, label),))

    def _kind(self, field: FieldDescriptor) -> tuple[str, str]:
        if field.enum_type is not None:
            return "enum", field.enum_type.name
        if field.message_type is None:
            return _unit(field) or SCALARS[field.type][0], ""
        if map_value(field) is not None:
            return "map", ""
        inner = field.message_type
        return _KIND_OF_MESSAGE.get(inner.name, "message"), _class_name(inner)

    def _label(self, field: FieldDescriptor, kind: str) -> str:
        if kind in {"map", "metadata", "counts", "long", "value"}:
            return "one"
        if field.is_repeated:
            return "many"
        return "maybe" if self._may_be_none(field, kind) else "one"

    def _may_be_none(self, field: FieldDescriptor, kind: str) -> bool:
        if is_needed(field):
            return False
        if field.enum_type is not None:
            name, unset = field.enum_type.name, field.enum_type.values[0].name
            return name not in _UNSPECIFIED and self._comments[f"{name}.{unset}"] != "Never sent."
        oneof = field.containing_oneof
        if kind in {"message", "time"}:
            # Whichever is set of several.
            return (oneof is not None and is_spelled(oneof)) or bool(
                _MAY_BE_UNSET.search(self._comments.get(_place(field), ""))
            )
        is_optional = oneof is not None and not is_spelled(oneof)
        return is_optional or _place(field) in _NONE_WHEN_BLANK or field.name == "timeout_ms"

    def _type(self, field: FieldDescriptor, kind: str, of: str) -> tuple[str, str]:
        """Return the type of one value, and what it is when it is not set ("": nothing)."""
        if kind in _KINDS:
            return _KINDS[kind]
        if kind == "text":
            named = _named(field)
            return (named, f'{named}("")') if named else ("str", '""')
        return SCALARS[field.type][1:] if field.type in SCALARS else (of, "")

    def _field_doc(self, field: FieldDescriptor, label: str) -> str:
        """Return what the .proto says of a field, said of what the attribute is."""
        text = self._comments.get(_place(field), "")
        if _unit(field):
            text = re.sub(r",? in (milli|micro)seconds", "", text)
        return re.sub(r"\b(0|Empty|Unset):", "None:", text) if label == "maybe" else text

    def _doc(self, place: str) -> str:
        return doc_text(self._comments.get(place, ""), 4)


def _kinds(kinds: Sequence[FieldDescriptor]) -> str:
    lines = [
        "class EventKind(ContractEnum):",
        '    """What an event tells: its class says more."""',
        "",
    ]
    return "\n".join(lines + [f'    {each.name.upper()} = "{each.name}"' for each in kinds])


def _names(slots: Sequence[Slot]) -> str:
    return repr(tuple(slot.name for slot in slots))


def _class_name(message: Descriptor) -> str:
    return _CLASSES.get(message.name, message.name)


def _place(field: FieldDescriptor) -> str:
    return field.full_name.removeprefix("treadle_api.v1.")


def _inner(field: FieldDescriptor) -> Descriptor:
    assert field.message_type is not None, f"{field.full_name} holds no message"
    return field.message_type


def _is_event_kind(field: FieldDescriptor) -> bool:
    return _place(field).startswith("Event.") and field.containing_oneof is not None


def _unit(field: FieldDescriptor) -> str:
    """Return "ms" or "us" for a number that is a time."""
    end = field.name.rpartition("_")[2]
    return end if end in {"ms", "us"} else ""


def _attribute(field: FieldDescriptor) -> str:
    name = _ATTRIBUTES.get(_place(field), field.name)
    return name.removesuffix(f"_{_unit(field)}") if _unit(field) else name


def _named(field: FieldDescriptor) -> str | None:
    """Return the type of a text that names something."""
    said = id_type(_attribute(field)) or id_type(field.name) or ""
    return _TYPES.get(_place(field)) or _ID_TYPES.get(said) or _TYPES.get(bounds_kind(field))
