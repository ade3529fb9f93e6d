"""Canonical JSON of frozen dataclasses: equal data gives equal bytes, in any process.

It is what digests and fingerprints are taken over and what the loader sends. Object keys are
sorted, separators are compact, text is ASCII with escapes, sets are sorted.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeAlias, TypeVar, Union, cast

from treadle import _json as json
from treadle_contract.lazy_dataclasses import defaults, field_names

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
T = TypeVar("T")
_Decoder: TypeAlias = Callable[[Json], object]

#: What stands for itself.
_PLAIN: Final = frozenset({types.NoneType, bool, int, float, str})
#: Write data that `to_json` made as canonical text.
write: Final = json.writer(sort_keys=True, separators=(",", ":"))


class CanonicalError(ValueError):
    """The value has no canonical form, or the bytes are not of the asked type."""


class _AnyJson:
    """Stands for the recursive alias UserValue, which typing cannot take apart."""


def encode(value: object) -> bytes:
    """Return the canonical bytes of a dataclass, enum, tuple, set, mapping or scalar.

    Raises:
        CanonicalError: the value holds something else, or a mapping key that is not text.
    """
    return dumps(to_json(value))


def decode(cls: type[T], data: bytes) -> T:
    """Build the dataclass that `encode` made the bytes of.

    Raises:
        CanonicalError: the bytes are no JSON, or not of this type.
    """
    try:
        parsed = json.loads(data)
    except ValueError as error:
        raise CanonicalError(f"not canonical JSON: {error}") from error
    return from_json(cls, parsed)


def dumps(data: Json) -> bytes:
    """Return canonical bytes of data that `to_json` made."""
    return write(data).encode("ascii")


def to_json(value: Any) -> Json:
    """Return the value as plain JSON data: dataclasses as objects, tuples as lists.

    Raises:
        CanonicalError: as `encode`.
    """
    kind: type = type(value)
    plain: Json = value
    return plain if kind in _PLAIN else _encoder(kind)(value)


def from_json(cls: type[T], data: Json) -> T:
    """Build a value of the type from what `to_json` made.

    Raises:
        CanonicalError: the data is not of this type.
    """
    annotation: object = cls
    return cast(T, decoder(annotation)(data))


@cache
def _encoder(kind: type) -> Callable[[Any], Json]:  # noqa: PLR0911 -- one a kind
    """Return the function that takes values of a type apart; made once for each."""
    if issubclass(kind, Enum):
        return lambda value: to_json(value.value)
    if issubclass(kind, bool | int | float | str):
        return lambda value: cast(Json, value)
    if issubclass(kind, tuple | list):
        return lambda value: [each if type(each) in _PLAIN else to_json(each) for each in value]
    if issubclass(kind, set | frozenset):
        return lambda value: sorted(map(to_json, value), key=dumps)
    if issubclass(kind, Mapping):
        return lambda value: {_key(key): to_json(each) for key, each in value.items()}
    names = field_names(kind)
    if names is None or issubclass(kind, type):
        raise CanonicalError(f"{kind.__qualname__} has no canonical form")
    if not names:
        return lambda _: {}
    values = attrgetter(names[0], *names)
    return lambda value: {
        name: each if type(each) in _PLAIN else to_json(each)
        for name, each in zip(names, values(value)[1:], strict=True)
    }


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise CanonicalError(f"a mapping key is {type(key).__qualname__}, not text")
    return str(key)


def hints(cls: type) -> dict[str, Any]:
    """Return what the fields of a dataclass are annotated with."""
    return typing.get_type_hints(cls, localns={"UserValue": _AnyJson})


@cache
def decoder(annotation: object) -> _Decoder:
    """Return the function that builds values of an annotation; made once for each."""
    if isinstance(annotation, typing.NewType):
        return decoder(annotation.__supertype__)
    origin = typing.get_origin(annotation)
    if origin is not None:
        return _generic_decoder(origin, typing.get_args(annotation))
    if isinstance(annotation, type):
        return _class_decoder(annotation)
    raise CanonicalError(f"cannot decode {annotation!r}")


def _generic_decoder(origin: object, arguments: tuple[object, ...]) -> _Decoder:
    if origin in {Union, types.UnionType}:
        return _union_decoder(arguments)
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return _sequence_decoder(tuple, arguments[0])
    if origin is frozenset:
        return _sequence_decoder(frozenset, arguments[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_decoder(arguments[1])
    raise CanonicalError(f"cannot decode {origin!r}")


def _class_decoder(cls: type) -> _Decoder:
    if cls is _AnyJson:
        return _frozen_json
    if field_names(cls) is not None:
        return _dataclass_decoder(cls)
    if issubclass(cls, Enum):
        return _enum_decoder(cls)
    if cls in {bool, int, float, str, types.NoneType}:
        return _scalar_decoder(cls)
    raise CanonicalError(f"cannot decode {cls.__qualname__}")


def _scalar_decoder(cls: type) -> _Decoder:
    def decode_scalar(data: Json) -> object:
        if type(data) is not cls:
            raise CanonicalError(f"{cls.__name__} expected, got {type(data).__name__}")
        return data

    return decode_scalar


def _enum_decoder(cls: type[Enum]) -> _Decoder:
    members = {member.value: member for member in cls}

    def decode_enum(data: Json) -> object:
        if isinstance(data, str) and data in members:
            return members[data]
        raise CanonicalError(f"{data!r} is no {cls.__name__}")

    return decode_enum


def _sequence_decoder(build: Callable[[list[object]], object], item: object) -> _Decoder:
    decode_item = decoder(item)

    def decode_sequence(data: Json) -> object:
        if not isinstance(data, list):
            raise CanonicalError(f"list expected, got {type(data).__name__}")
        return build([decode_item(element) for element in data])

    return decode_sequence


def _mapping_decoder(item: object) -> _Decoder:
    decode_item = decoder(item)

    def decode_mapping(data: Json) -> object:
        return {name: decode_item(element) for name, element in as_object(data).items()}

    return decode_mapping


def _union_decoder(members: tuple[object, ...]) -> _Decoder:
    """Try the members in order: a dataclass takes only objects with exactly its fields."""
    decoders = [decoder(member) for member in members]

    def decode_union(data: Json) -> object:
        for decode_member in decoders:
            try:
                return decode_member(data)
            except CanonicalError:
                continue
        raise CanonicalError(f"{type(data).__name__} fits no member of the union")

    return decode_union


def _dataclass_decoder(cls: type) -> _Decoder:
    annotations = hints(cls)
    names = frozenset(field_names(cls) or ())
    required = names - defaults(cls).keys()
    decoders = {name: decoder(annotations[name]) for name in names}

    def decode_dataclass(data: Json) -> object:
        found = as_object(data)
        if not required <= found.keys() <= names:
            wrong = sorted((required - found.keys()) | (found.keys() - names))
            raise CanonicalError(f"{cls.__qualname__}: missing or unknown: {', '.join(wrong)}")
        built = {}
        for name, item in found.items():
            try:
                built[name] = decoders[name](item)
            except CanonicalError as error:
                raise CanonicalError(f"{cls.__qualname__}.{name}: {error}") from None
        return cls(**built)

    return decode_dataclass


def as_object(data: Json) -> dict[str, Json]:
    """Return data that is an object.

    Raises:
        CanonicalError: it is none.
    """
    if not isinstance(data, dict):
        raise CanonicalError(f"object expected, got {type(data).__name__}")
    return data


def _frozen_json(data: Json) -> object:
    """Return user data with its lists as tuples."""
    if isinstance(data, list):
        return tuple(_frozen_json(element) for element in data)
    if isinstance(data, dict):
        return {name: _frozen_json(element) for name, element in data.items()}
    return data
