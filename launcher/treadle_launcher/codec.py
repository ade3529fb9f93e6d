"""The contract's values, and frozen dataclasses, as plain JSON and back, for the store.

Fields at their default are left out, and fields that a reader does not know are passed over,
so that a field can be added without touching what is stored. A union of dataclasses is
written as {"ClassName": …}. User values keep integers, floats, times and maps apart.
A moment of the contract's is written as microseconds.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeVar, cast

from treadle_contract import json_codec
from treadle_contract.event import RetryGround
from treadle_contract.fields import (
    EPOCH,
    MICROSECOND,
    blanks_of,
    fields_of,
    message_class,
    microseconds,
    per_class,
)
from treadle_contract.message import ENUMS, Field, Kind, Label, Message, UserValue

Json = bool | int | float | str | list[Any] | dict[str, Any] | None
T = TypeVar("T")
_Coder = Callable[[Any], Any]


class CodecError(ValueError):
    """Stored JSON is not what its type says."""


UNREADABLE: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What reading raises where what is stored is not what was written."""


def dumps(value: object) -> str:
    """Return a dataclass as compact JSON text."""
    return _TEXT.encode(_encode(value))


def loads(cls: type[T], text: str) -> T:
    """Return the dataclass that `dumps` wrote.

    Raises:
        CodecError: the text is no such object.
    """
    try:
        return cast(T, _decoder(cast(Hashable, cls))(json.loads(text)))
    except UNREADABLE as error:
        raise CodecError(f"this is no {cls.__name__}: {text[:200]!r} ({error})") from error


# ASCII alone: a lone surrogate, which Python makes of undecodable file names, is kept so.
_TEXT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True)


_LEFT_OUT: Final[Mapping[str, Mapping[str, Any]]] = {
    "PlannedAsset": {"io_manager_key": "io_manager", "builtin_manager": True},
    "PlannedOutput": {"is_required": True, "io_manager_key": "io_manager", "builtin_manager": True},
    "Load": {"io_manager_key": "io_manager", "builtin_manager": True},
    "StepRetryScheduled": {"ground": RetryGround.NOT_TAKEN},
}
"""What rows leave out of a message when it is so, where that is not what the contract leaves out."""


def _encode(value: object) -> Any:
    return _encoder(cast(Hashable, type(value)))(value)


@functools.cache
def _encoder(tp: Any) -> _Coder:
    if dataclasses.is_dataclass(tp):
        return _object_encoder(cast(type, tp))
    origin = typing.get_origin(tp)
    if origin is tuple:
        item = _encoder(typing.get_args(tp)[0])
        return lambda values: [item(value) for value in values]
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        entry = _encoder(typing.get_args(tp)[1])
        return lambda mapping: {str(key): entry(value) for key, value in mapping.items()}
    if _is_union(origin):
        return _union_encoder(tp)
    return _as_is


def _holds_one_of_several(cls: type) -> bool:
    """Tell whether it is a message that holds one of several others: rows have it as the contract's JSON."""
    if not issubclass(cls, Message):
        return False
    return any(field.slot != field.name for field in fields_of(cls))


def _object_encoder(cls: type) -> _Coder:
    if _holds_one_of_several(cls):
        return json_codec.encode
    if issubclass(cls, Message):
        blanks = _blanks(cls)
        fields = [
            (
                field.name,
                _all_of(field, _encode_one(field)),
                blanks.get(field.name, dataclasses.MISSING),
            )
            for field in fields_of(cls)
        ]
    else:
        fields = [(name, _encoder(tp), _default(field)) for name, tp, field in _typed_fields(cls)]

    def encode(value: Any) -> Any:
        encoded = {}
        for name, coder, default in fields:
            item = getattr(value, name)
            if item != default:
                encoded[name] = coder(item)
        return encoded

    return encode


def _encode_one(field: Field) -> _Coder:
    if field.kind is Kind.MESSAGE:
        return _encoder(cast(Any, message_class(field)))
    return {Kind.TIME: microseconds, Kind.VALUE: _encode_user_value}.get(field.kind, _as_is)


def _all_of(field: Field, one: _Coder) -> _Coder:
    """Return how all values of a field are coded, of which each is coded so."""
    if field.label is Label.MANY:
        return lambda values: tuple([one(value) for value in values])
    if field.label is Label.MAP:
        return lambda mapping: {key: one(value) for key, value in mapping.items()}
    if field.label is Label.MAYBE:
        return lambda value: None if value is None else one(value)
    return one


@per_class
def _blanks(cls: type[Message]) -> Mapping[str, Any]:
    return {**blanks_of(cls), **_LEFT_OUT.get(cls.__name__, {})}


def _union_encoder(tp: Any) -> _Coder:
    members = [member for member in typing.get_args(tp) if member is not types.NoneType]
    if len(members) == 1:
        only = _encoder(members[0])
        return lambda value: None if value is None else only(value)
    if all(dataclasses.is_dataclass(member) for member in members):
        return lambda value: {type(value).__name__: _encode(value)}
    return _encode_user_value


@functools.cache
def _decoder(tp: Any) -> _Coder:
    if dataclasses.is_dataclass(tp):
        return _object_decoder(cast(type, tp))
    if isinstance(tp, type) and issubclass(tp, Enum):
        return tp
    origin = typing.get_origin(tp)
    if origin is tuple:
        item = _decoder(typing.get_args(tp)[0])
        return lambda values: tuple([item(value) for value in values])
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        key, entry = (_decoder(argument) for argument in typing.get_args(tp))
        return lambda mapping: {key(name): entry(value) for name, value in mapping.items()}
    if _is_union(origin):
        return _union_decoder(tp)
    return _as_is


def _object_decoder(cls: type) -> _Coder:
    if _holds_one_of_several(cls):
        return functools.partial(json_codec.decode, cls)
    left_out: dict[str, Any] = {}
    if issubclass(cls, Message):
        fields = {field.name: _all_of(field, _decode_one(field)) for field in fields_of(cls)}
        # What must be set has no default, and was left out all the same where it was blank.
        needed = {field.name for field in fields_of(cls) if field.needed}
        left_out = {name: value for name, value in _blanks(cls).items() if value or name in needed}
    else:
        fields = {name: _decoder(tp) for name, tp, _ in _typed_fields(cls)}

    def decode(encoded: Any) -> Any:
        known = {name: fields[name](item) for name, item in encoded.items() if name in fields}
        return cls(**{**left_out, **known})

    return decode


def _decode_one(field: Field) -> _Coder:
    if field.kind is Kind.MESSAGE:
        return _decoder(cast(Any, message_class(field)))
    if field.kind is Kind.ENUM:
        return ENUMS[field.of].of
    return {Kind.TIME: _decode_time, Kind.VALUE: _decode_user_value}.get(field.kind, _as_is)


def _decode_time(us: int) -> datetime:
    return EPOCH + us * MICROSECOND


def _union_decoder(tp: Any) -> _Coder:
    members = [member for member in typing.get_args(tp) if member is not types.NoneType]
    if len(members) == 1:
        only = _decoder(members[0])
        return lambda value: None if value is None else only(value)
    if all(dataclasses.is_dataclass(member) for member in members):
        named = {member.__name__: _decoder(member) for member in members}

        def decode(encoded: Any) -> Any:
            ((name, body),) = encoded.items()
            return named[name](body)

        return decode
    return _decode_user_value


def _is_union(origin: Any) -> bool:
    return origin is typing.Union or origin is types.UnionType


def _typed_fields(cls: type) -> list[tuple[str, Any, dataclasses.Field[Any]]]:
    hints = typing.get_type_hints(cls)
    return [
        (field.name, _without_newtype(hints[field.name]), field)
        for field in dataclasses.fields(cls)
    ]


def _without_newtype(tp: Any) -> Any:
    while isinstance(tp, typing.NewType):
        tp = tp.__supertype__
    return tp


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return dataclasses.MISSING


def _as_is(value: Any) -> Any:
    return value


def _encode_user_value(value: UserValue) -> Json:
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, Mapping):
        return {"map": {name: _encode_user_value(item) for name, item in value.items()}}
    if isinstance(value, tuple):
        return [_encode_user_value(item) for item in value]
    return value


def _decode_user_value(encoded: Json) -> UserValue:
    if isinstance(encoded, list):
        return tuple(_decode_user_value(item) for item in encoded)
    if isinstance(encoded, dict):
        ((tag, body),) = encoded.items()
        if tag == "time":
            return datetime.fromisoformat(body)
        return {name: _decode_user_value(item) for name, item in body.items()}
    return encoded
