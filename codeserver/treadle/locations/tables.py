"""Definitions as tables: of all blocks, of all steps, … each field as one column.

It is what the loader sends, and what the digest of a snapshot is taken over. A column in which all is
at its default is left out, so a field that is new changes nothing of a location that does not use it.
"""

from __future__ import annotations

import types
import typing
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import chain, repeat
from operator import attrgetter, is_not
from typing import Any, Final, TypeAlias, Union

from treadle._system import uncollected
from treadle.locations import canonical
from treadle.locations.canonical import CanonicalError, Json
from treadle.locations.snapshot import (
    Asset,
    AssetCheck,
    Block,
    Job,
    Resource,
    Snapshot,
    SourceLine,
    Step,
)
from treadle_contract.lazy_dataclasses import defaults, field_names, replace
from treadle_contract.partition import PartitionsDefinition

#: Canonical JSON of each column, by part of a snapshot and field.
Packed: TypeAlias = Mapping[str, Mapping[str, str]]

PARTS: Final[Mapping[str, type]] = {
    "blocks": Block,
    "steps": Step,
    "assets": Asset,
    "jobs": Job,
    "resources": Resource,
    "checks": AssetCheck,
    "partitions": PartitionsDefinition,
}
#: Left out where there are none: they are newer than digests that were written down.
_NEWER: Final = frozenset({"checks", "partitions"})
_SCALARS: Final = (bool, int, float, str, types.NoneType)


@uncollected()
def pack(snapshot: Snapshot) -> Packed:
    """Return the definitions of a snapshot."""
    return {
        part: {
            name: canonical.write(column)
            for name, column in _table(cls).pack(getattr(snapshot, part)).items()
        }
        for part, cls in PARTS.items()
        if part not in _NEWER or getattr(snapshot, part)
    }


def written(packed: Packed, without: Mapping[str, Collection[str]] | None = None) -> str:
    """Return what is packed as canonical JSON, `without` some fields of a part."""
    left_out = without or {}
    parts = []
    for part, columns in sorted(packed.items()):
        told = (
            f"{canonical.write(name)}:{columns[name]}"
            for name in sorted(columns)
            if name not in left_out.get(part, ())
        )
        parts.append(f"{canonical.write(part)}:{{{','.join(told)}}}")
    return f"{{{','.join(parts)}}}"


@uncollected()
def unpack(data: Json) -> dict[str, Any]:
    """Return the definitions that were packed, by part of the snapshot.

    Raises:
        CanonicalError: the data is not of definitions.
    """
    parts = canonical.as_object(data)
    if parts.keys() - PARTS.keys():
        raise CanonicalError(f"unknown parts: {', '.join(sorted(parts.keys() - PARTS.keys()))}")
    return {part: tuple(_table(PARTS[part]).unpack(table)) for part, table in parts.items()}


def without_definitions(snapshot: Snapshot) -> Snapshot:
    """Return the rest of a snapshot."""
    return replace(
        snapshot,
        blocks=(),
        steps=(),
        assets=(),
        jobs=(),
        resources=(),
        checks=(),
        partitions=(),
    )


class _Column:
    """One field of many rows as JSON. This one holds what has no better form, value by value."""

    def __init__(self, annotation: object) -> None:
        self._annotation = annotation

    def pack(self, values: list[Any]) -> Json:
        return [canonical.to_json(value) for value in values]

    def unpack(self, column: Json) -> Sequence[object]:
        return list(map(canonical.decoder(self._annotation), _list(column)))


class _Plain(_Column):
    """What JSON has itself: texts, numbers, truth values, None."""

    def __init__(self, kinds: AbstractSet[type]) -> None:
        self._kinds = kinds

    def pack(self, values: list[Any]) -> Json:
        return values

    def unpack(self, column: Json) -> Sequence[object]:
        return _all_of(self._kinds, _list(column))


class _Texts(_Column):
    """Tuples of texts, or None."""

    def __init__(self, kinds: AbstractSet[type]) -> None:
        self._kinds = kinds

    def pack(self, values: list[Any]) -> Json:
        return values

    def unpack(self, column: Json) -> Sequence[object]:
        values: list[Any] = _all_of(self._kinds, _list(column))
        _all_of({str}, list(chain.from_iterable(filter(None, values))))
        return [None if each is None else tuple(each) for each in values]


class _Places(_Column):
    """Places in the source, or None: files are few, lines many."""

    def __init__(self) -> None:
        """Nothing is said of them."""

    def pack(self, values: list[Any]) -> Json:
        files: dict[str, int] = {}
        for each in values:
            if each is not None:
                files.setdefault(each.file, len(files))
        at: list[Json] = [-1 if each is None else files[each.file] for each in values]
        lines: list[Json] = [0 if each is None else each.line for each in values]
        return {"files": list(files), "at": at, "lines": lines}

    def unpack(self, column: Json) -> Sequence[object]:
        found = canonical.as_object(column)
        files: list[Any] = _all_of({str}, _list(found.get("files")))
        at: list[Any] = _all_of({int}, _list(found.get("at")))
        lines: list[Any] = _all_of({int}, _list(found.get("lines")))
        if len(at) != len(lines) or not -1 <= min(at, default=0) <= max(at, default=-1) < len(
            files
        ):
            raise CanonicalError("places in files that are not there")
        made = _new_rows(SourceLine, len(at))
        _set(SourceLine, "file", made, map([*files, ""].__getitem__, at))
        _set(SourceLine, "line", made, lines)
        return [None if file < 0 else place for file, place in zip(at, made, strict=True)]


class _Rows(_Column):
    """Tuples of instances of some dataclasses: how many each has, of which class each is, and tables."""

    def __init__(self, classes: tuple[type, ...]) -> None:
        self._classes = classes

    def pack(self, values: list[Any]) -> Json:
        rows = list(chain.from_iterable(values))
        packed: dict[str, Json] = {"counts": list(map(len, values))}
        if len(self._classes) > 1:
            packed["which"] = list(map(self._classes.index, map(type, rows)))
        packed["tables"] = [
            dict(_table(cls).pack([row for row in rows if type(row) is cls]))
            for cls in self._classes
        ]
        return packed

    def unpack(self, column: Json) -> Sequence[object]:
        found = canonical.as_object(column)
        counts: list[Any] = _all_of({int}, _list(found.get("counts")))
        tables = _list(found.get("tables"))
        if len(tables) != len(self._classes):
            raise CanonicalError(f"{len(tables)} tables instead of {len(self._classes)}")
        of_class = [
            _table(cls).unpack(each) for cls, each in zip(self._classes, tables, strict=True)
        ]
        rows = of_class[0]
        if len(of_class) > 1:
            left = list(map(iter, of_class))
            which: list[Any] = _all_of({int}, _list(found.get("which")))
            if list(map(which.count, range(len(left)))) != list(map(len, of_class)):
                raise CanonicalError("rows of a class that is not there")
            rows = [next(left[each]) for each in which]
        if sum(counts) != len(rows) or min(counts, default=0) < 0:
            raise CanonicalError(f"{len(rows)} rows instead of {sum(counts)}")
        return list(_cut(rows, counts))


class _Table:
    """The columns of a dataclass. The first field stands for the rows: it is always written."""

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._names = field_names(cls) or ()
        self._defaults = defaults(cls)

    def pack(self, rows: Sequence[Any]) -> Mapping[str, Json]:
        packed: dict[str, Json] = {}
        for name in self._names if rows else ():
            values = list(map(attrgetter(name), rows))
            if name == self._names[0] or not self._are_default(name, values):
                packed[name] = _column(self._cls, name).pack(values)
        return packed

    def unpack(self, data: Json) -> list[Any]:
        found = {
            name: _column(self._cls, name).unpack(column)
            for name, column in self._known(canonical.as_object(data))
        }
        if not found:
            return []
        missing = self._names[:1] if self._names[0] not in found else ()
        missing = missing or tuple(self._names_without_default - found.keys())
        count = len(next(iter(found.values())))
        if missing or any(len(values) != count for values in found.values()):
            raise CanonicalError(
                f"{self._cls.__qualname__}: columns are missing or of other lengths"
            )
        made = _new_rows(self._cls, count)
        for name in self._names:
            _set(self._cls, name, made, found.get(name) or repeat(self._defaults.get(name)))
        return made

    def _are_default(self, name: str, values: list[Any]) -> bool:
        if name not in self._defaults:
            return False
        default = self._defaults[name]
        if default is None:
            # Our own comparison would be called for each.
            return not any(map(is_not, values, repeat(None)))
        return values.count(default) == len(values)

    @property
    def _names_without_default(self) -> AbstractSet[str]:
        return set(self._names) - self._defaults.keys()

    def _known(self, columns: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
        for name, column in columns.items():
            if name not in self._names:
                raise CanonicalError(f"{self._cls.__qualname__} has no {name}")
            yield name, column


@cache
def _table(cls: type) -> _Table:
    return _Table(cls)


@cache
def _column(cls: type, name: str) -> _Column:
    """Choose the form of a field by its annotation."""
    annotation = canonical.hints(cls)[name]
    members = _members(annotation)
    if members <= set(_SCALARS):
        return _Plain(members)
    if SourceLine in members:
        return _Places()
    rest = members - {types.NoneType}
    arguments = typing.get_args(next(iter(rest))) if len(rest) == 1 else ()
    if arguments[1:] == (Ellipsis,):
        inner = _members(arguments[0])
        if inner == {str}:
            return _Texts({list, *(members - rest)})
        if all(field_names(each) is not None for each in inner) and members == rest:
            return _Rows(tuple(sorted(inner, key=attrgetter("__qualname__"))))
    return _Column(annotation)


def _members(annotation: Any) -> AbstractSet[Any]:
    """Return what a union is of, each NewType as what it is made of; else the annotation alone."""
    while isinstance(annotation, typing.NewType):
        annotation = annotation.__supertype__
    if typing.get_origin(annotation) in {Union, types.UnionType}:
        return {member for each in typing.get_args(annotation) for member in _members(each)}
    return {annotation}


def _new_rows(cls: type, count: int) -> list[Any]:
    make: Callable[[type], Any] = object.__new__
    return list(map(make, repeat(cls, count)))


def _set(cls: type, name: str, rows: list[Any], values: Any) -> None:
    """Set a field of all rows, in the interpreter's own loop: slot by slot, in no `__init__`."""
    deque(map(getattr(cls, name).__set__, rows, values), maxlen=0)


def _cut(rows: list[Any], counts: list[int]) -> Iterator[tuple[Any, ...]]:
    begin = 0
    for count in counts:
        yield tuple(rows[begin : begin + count])
        begin += count


def _list(data: Json) -> list[Json]:
    if not isinstance(data, list):
        raise CanonicalError(f"list expected, got {type(data).__name__}")
    return data


def _all_of(kinds: AbstractSet[type], values: list[Json]) -> list[Json]:
    if not set(map(type, values)) <= kinds:
        raise CanonicalError("values of other types than expected")
    return values
