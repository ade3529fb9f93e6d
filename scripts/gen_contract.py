"""Write the contract's messages as Python classes, from the same descriptors as the `_pb2` modules.

One module of `treadle_contract` for each .proto file: `treadle_contract.message` says what the
classes are. A field's Python type follows from its proto type, and from its name where that says
what a text names (`step_key`, `asset_keys`, `from_run_id`).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import (
    Descriptor,
    EnumDescriptor,
    FileDescriptor,
)

from scripts.contract_fields import (
    Slot,
    enum_prefix,
    field_row,
    is_native,
    is_spelled,
    oneof_row,
    short_name,
    slots_of,
    unions_of,
)
from treadle_api.v1 import bounds_pb2

PACKAGE = "treadle_contract"
_KINDS = "kinds"
_WIDTH = 96
_NATIVE_FILES = frozenset({"bounds.proto"})
_NATIVE_MESSAGES = frozenset({"Value", "ValueList", "ValueMap"})
_STANDARD_IMPORTS = {
    "Final": "from typing import Final",
    "Mapping": "from collections.abc import Mapping",
    "TypeAlias": "from typing import TypeAlias",
}
# Types alone: a process that defines assets has no use for the module.
_TYPE_IMPORTS = {
    "datetime": "from datetime import datetime",
    "timedelta": "from datetime import timedelta",
}
_OWN_IMPORTS = {
    "ids": ("RunId", "StepKey", "KeyText", "HostId", "TaskId", "TextId"),
    "message": (
        "ContractEnum",
        "ENUMS",
        "EnumSchema",
        "MESSAGES",
        "Message",
        "NO_ENTRIES",
        "UserValue",
    ),
}


def pool_of(descriptors: descriptor_pb2.FileDescriptorSet) -> descriptor_pool.DescriptorPool:
    """Return what finds a message by its name."""
    pool = descriptor_pool.DescriptorPool()
    for proto in descriptors.file:
        pool.Add(proto)
    return pool


def modules(descriptors: descriptor_pb2.FileDescriptorSet) -> dict[str, str]:
    """Return the text of each generated module by its file name, from descriptors with comments."""
    pool = pool_of(descriptors)
    texts = {}
    for proto in descriptors.file:
        path = PurePosixPath(proto.name)
        if proto.package != "treadle_api.v1" or path.name in _NATIVE_FILES:
            continue
        module = _Module(pool.FindFileByName(proto.name), comments_of(proto))
        texts[f"{path.stem}.py"] = module.text()
    texts[f"{_KINDS}.py"] = _kinds_text()
    return texts


class _Module:
    """One module as it is written."""

    def __init__(self, file: FileDescriptor, comments: dict[str, str]) -> None:
        self._file = file
        self._comments = comments

    def text(self) -> str:
        """Return the whole module."""
        enums = list(self._file.enum_types_by_name.values())
        messages = [
            each
            for each in self._file.message_types_by_name.values()
            if each.name not in _NATIVE_MESSAGES
        ]
        body = [self._enum(enum) for enum in enums] + [self._message(each) for each in messages]
        registered = [_enum_entry(enum) for enum in enums]
        registered += [f"MESSAGES[{each.name!r}] = {each.name}" for each in messages]
        # Unions are made of classes: behind all of them.
        registered += [
            f"{name}: TypeAlias = {types}" for each in messages for name, types in unions_of(each)
        ]
        parts = [self._head("\n".join([*body, *registered]), messages), *body]
        return "\n\n\n".join([*parts, "\n".join(registered)]) + "\n"

    def _head(self, body: str, messages: Sequence[Descriptor]) -> str:
        name = PurePosixPath(self._file.name).name
        doc = self._comments.get("", f"The messages of {name}.").split("\n\n", 1)[0]
        used = set(re.findall(r"\w+", body))
        standard = sorted(line for word, line in _STANDARD_IMPORTS.items() if word in used)
        types = [line for word, line in _TYPE_IMPORTS.items() if word in used]
        if types:
            standard.append("from typing import TYPE_CHECKING")
        own = {
            module: [each for each in names if each in used]
            for module, names in _OWN_IMPORTS.items()
        }
        for other in self._other_types(messages):
            own.setdefault(PurePosixPath(other.file.name).stem, []).append(other.name)
        lines = [
            f'"""{doc_text(doc, 0)}',
            "",
            f"Generated from {name} by scripts/gen_protos.py: change that file, then `make protos`.",
            '"""',
            "",
            "from __future__ import annotations",
            "",
            *standard,
            "",
            *(
                f"from {PACKAGE}.{module} import {', '.join(sorted(set(names)))}"
                for module, names in sorted(own.items())
                if names
            ),
            *(("", "if TYPE_CHECKING:", *(f"    {line}" for line in types)) if types else ()),
        ]
        return "\n".join(lines)

    def _other_types(self, messages: Sequence[Descriptor]) -> Iterator[Descriptor | EnumDescriptor]:
        for message in messages:
            for field in message.fields:
                other = field.enum_type or (None if is_native(field) else field.message_type)
                if other is not None and other.file.name != self._file.name:
                    yield other

    def _enum(self, enum: EnumDescriptor) -> str:
        lines = [f"class {enum.name}(ContractEnum):", f'    """{self._doc_of(enum.name, 4)}"""', ""]
        for value in enum.values:
            if value.number == 0 and value.name.endswith("_UNSPECIFIED"):
                continue
            short = short_name(value)
            lines.append(f'    {short} = "{short.lower()}"')
            lines.append(f'    """{self._doc_of(f"{enum.name}.{value.name}", 4)}"""')
        return "\n".join(lines)

    def _message(self, message: Descriptor) -> str:
        slots = list(slots_of(message))
        names = tuple(slot.name for slot in slots)
        fields = tuple(field_row(field) for field in message.fields)
        oneofs = tuple(oneof_row(oneof) for oneof in message.oneofs if is_spelled(oneof))
        lines = [
            f"class {message.name}(Message):",
            f'    """{self._doc_of(message.name, 4)}"""',
            "",
            f"    __slots__ = __match_args__ = {names!r}",
            *(f"    {slot.name}: {slot.type}" for slot in slots if not slot.docs),
        ]
        for slot in slots:
            docs = " ".join(self._comments.get(f"{message.name}.{each}", "") for each in slot.docs)
            if slot.docs:
                lines.append(f"    {slot.name}: {slot.type}")
                lines.append(f'    """{doc_text(docs, 4)}"""')
        lines.append("")
        lines.extend(init_lines(slots))
        lines.append("    FIELDS = (")
        lines.extend(f"        {row!r}," for row in fields)
        lines.append("    )")
        if oneofs:
            lines.append(f"    ONEOFS = {oneofs!r}")
        return "\n".join(lines)

    def _doc_of(self, path: str, indent: int) -> str:
        return doc_text(self._comments.get(path, ""), indent)


def init_lines(slots: Sequence[Slot]) -> list[str]:
    """Return the lines of `__init__` that puts what it is given into the slots."""
    if not slots:
        return ["    def __init__(self) -> None:", "        pass", ""]
    parameters = (
        f"        {slot.name}: {slot.type}{f' = {slot.default}' if slot.default else ''},"
        for slot in slots
    )
    return [
        "    def __init__(",
        "        self,",
        "        *,",
        *parameters,
        "    ) -> None:",
        "        put = object.__setattr__",
        *(f"        put(self, {slot.name!r}, {slot.name})" for slot in slots),
        "",
    ]


def _enum_entry(enum: EnumDescriptor) -> str:
    values = {value.number: short_name(value).lower() for value in enum.values}
    return f"ENUMS[{enum.name!r}] = EnumSchema({enum.name}, {enum_prefix(enum)!r}, {values!r})"


def _kinds_text() -> str:
    rows = {
        value.number: _bounds_row(value.GetOptions().Extensions[bounds_pb2.bounds])
        for value in bounds_pb2.Kind.DESCRIPTOR.values
    }
    parts = bounds_pb2.StreamBounds.DESCRIPTOR.values_by_number[bounds_pb2.STREAM_BOUNDS_PARTS]
    lines = [
        '"""What the fields of each kind may hold: the table of bounds.proto.',
        "",
        "Generated from bounds.proto by scripts/gen_protos.py: change that file, then `make protos`.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from collections.abc import Mapping",
        "from typing import Final",
        "",
        f"from {PACKAGE}.message import Bounds",
        "",
        *(
            f"{short_name(value)}: Final = {value.number}"
            for value in bounds_pb2.Kind.DESCRIPTOR.values
        ),
        "",
        "KINDS: Final[Mapping[int, Bounds]] = {",
        *(f"    {number}: Bounds({row})," for number, row in rows.items()),
        "}",
        '"""By the number of the kind."""',
        "",
        f"PARTS: Final = Bounds({_bounds_row(parts.GetOptions().Extensions[bounds_pb2.bounds])})",
        '"""How much of what is streamed in parts is read."""',
    ]
    return "\n".join(lines) + "\n"


def _bounds_row(bounds: bounds_pb2.Bounds) -> str:
    said = []
    for field, value in bounds.ListFields():
        text = repr(value)
        if field.enum_type is not None:
            name = field.enum_type.values_by_number[value]
            text = repr(short_name(name).lower())
        said.append(f"{field.name}={text}")
    return ", ".join(said)


def comments_of(proto: descriptor_pb2.FileDescriptorProto) -> dict[str, str]:
    """Return what stands above each message, field, oneof, enum and value, by dotted name."""
    found = {}
    for location in proto.source_code_info.location:
        if location.leading_comments or location.leading_detached_comments:
            name = _path_name(proto, location.path)
            text = location.leading_comments or location.leading_detached_comments[0]
            if name is not None:
                found[name] = text.strip()
    return found


def _path_name(  # noqa: PLR0911 (one for each kind of thing)
    proto: descriptor_pb2.FileDescriptorProto, path: Sequence[int]
) -> str | None:
    match list(path):
        case [12]:  # the syntax line
            return ""
        case [4, message]:
            return proto.message_type[message].name
        case [4, message, 2, field]:
            outer = proto.message_type[message]
            return f"{outer.name}.{outer.field[field].name}"
        case [4, message, 8, oneof]:
            outer = proto.message_type[message]
            return f"{outer.name}.{outer.oneof_decl[oneof].name}"
        case [5, enum]:
            return proto.enum_type[enum].name
        case [5, enum, 2, value]:
            return f"{proto.enum_type[enum].name}.{proto.enum_type[enum].value[value].name}"
    return None


def doc_text(comment: str, indent: int) -> str:
    """Return a comment of the .proto as the lines of a docstring, so far to the right."""
    text = " ".join(comment.split()).replace("\\", "\\\\").replace('"""', "'''")
    if text.endswith('"'):
        text += " "
    wrapped = textwrap.wrap(text, _WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    return ("\n" + " " * indent).join(wrapped)
