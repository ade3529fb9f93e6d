"""Writes the contract's values into protobuf messages: for each class one function, compiled when it is first used.

What a plan of many steps costs to write is the time to look at each field. So nothing is looked up
for a field that is known beforehand: its names, its kind, what its enumeration's values are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from keyword import iskeyword
from typing import Any, Final, TypeAlias

from treadle_contract.fields import (
    MICROSECOND,
    enum_number,
    enum_numbers,
    fields_by_slot,
    fields_of,
    fits_int64,
    is_explicit,
    is_told_by_class,
    message_class,
    microseconds,
    per_class,
)
from treadle_contract.message import Field, Kind, Label, Message, UserValue

# Any: fields hold values of as many types as there are, and protobuf's have none.
_Put: TypeAlias = Callable[[Any, Any], None]
"""Puts what a slot holds into a protobuf message."""


def fill(cls: type[Message], target: Any, source: Any) -> None:
    """Write a message into the empty protobuf message of its name.

    `source` may be whatever has what the message has, under the same names: see `has_all_of`.
    """
    fillers(cls)[type(source)](target, source)


def has_all_of(cls: type[Message], of: type) -> bool:
    """Tell whether objects of a type have all that a message has."""
    return all(hasattr(of, field.slot) for field in fields_of(cls))


class _Fillers(dict[type, _Put]):
    """What writes objects into the messages of one class, by their type."""

    def __init__(self, cls: type[Message]) -> None:
        super().__init__()
        self._cls = cls

    def __missing__(self, of: type) -> _Put:
        found = self[of] = _compiled(self._cls, of)
        return found


@per_class
def fillers(cls: type[Message]) -> Mapping[type, _Put]:
    """Return what writes a message of a class, by the type of what it is written from."""
    return _Fillers(cls)


def _compiled(cls: type[Message], of: type) -> _Put:
    """Compile what writes each slot that objects of a type have."""
    known: dict[str, Any] = {"__name__": __name__, "enum_number": enum_number}
    lines: list[str] = []
    for number, (slot, fields) in enumerate(fields_by_slot(cls).items()):
        if hasattr(of, slot):
            lines += [f" value = source.{slot}", f" if {_is_said(fields[0])}:"]
            lines += [f"  {line}" for line in _putting(fields, str(number), known)]
    text = "\n".join(["def fill(target, source):", *lines, " return None"])
    exec(text, known)  # noqa: S102 -- our own text, of names of the contract
    made: _Put = known["fill"]
    made.__qualname__ = f"fill({cls.__name__})"
    return made


def _is_said(field: Field) -> str:
    """Return the condition on which a value is written."""
    is_any = is_explicit(field) or is_told_by_class(field)
    return "value is not None" if is_any else "value"


def _putting(fields: list[Field], number: str, known: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that write `value`; `known` gets what they need, under names with the number."""
    field = fields[0]
    if is_told_by_class(field):
        which = {message_class(each): each.name for each in fields}
        known[f"which_{number}"] = partial(_put_which, which)
        yield f"which_{number}(target, value)"
    elif field.label is Label.MAP:
        yield f"{_place(field)}.update(value)"
    elif field.kind is Kind.MESSAGE or field.kind in _FILLERS:
        yield from _putting_messages(field, number, known)
    elif field.kind is Kind.ENUM:
        known[f"numbers_{number}"] = enum_numbers(field.of)
        known[f"field_{number}"] = field
        one = f"numbers_{number}.get({{0}}) or enum_number(field_{number}, {{0}})"
        if field.label is Label.MANY:
            yield f"{_place(field)}.extend([{one.format('each')} for each in value])"
        else:
            yield _setting(field, one.format("value"))
    elif field.label is Label.MANY:
        yield f"{_place(field)}.extend(value)"
    else:
        yield _setting(field, "value")


def _putting_messages(field: Field, number: str, known: dict[str, Any]) -> Iterator[str]:
    if field.kind is Kind.MESSAGE:
        known[f"fill_{number}"] = fillers(message_class(field))
        fill_one = f"fill_{number}[type({{0}})]"
    else:
        known[f"fill_{number}"] = _FILLERS[field.kind]
        fill_one = f"fill_{number}"
    if field.label is Label.MANY:
        yield f"add = {_place(field)}.add"
        yield f"for each in value: {fill_one.format('each')}(add(), each)"
    else:
        yield f"inner = {_place(field)}"
        # It is there also when it says nothing.
        yield "inner.SetInParent()"
        yield f"{fill_one.format('value')}(inner, value)"


def _place(field: Field) -> str:
    return f"getattr(target, {field.name!r})" if iskeyword(field.name) else f"target.{field.name}"


def _setting(field: Field, value: str) -> str:
    if iskeyword(field.name):
        return f"setattr(target, {field.name!r}, {value})"
    return f"target.{field.name} = {value}"


def _put_which(told: Mapping[type[Message], str], target: Any, value: Message) -> None:
    _put_filled(told[type(value)], fillers(type(value))[type(value)], target, value)


def _put_filled(name: str, fill_one: _Put, target: Any, value: Any) -> None:
    inner = getattr(target, name)
    # It is there also when it says nothing.
    inner.SetInParent()
    fill_one(inner, value)


def _fill_time(target: Any, value: datetime) -> None:
    seconds, micros = divmod(microseconds(value), 1_000_000)
    target.seconds, target.nanos = seconds, micros * 1000


def _fill_span(target: Any, value: timedelta) -> None:
    whole = value // MICROSECOND
    sign = -1 if whole < 0 else 1
    seconds, micros = divmod(abs(whole), 1_000_000)
    target.seconds, target.nanos = sign * seconds, sign * micros * 1000


def fill_value(target: Any, value: UserValue) -> None:
    """Write a user's value into an empty treadle_api.v1.Value."""
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
                fill_value(target.map_value.entries[key], each)
        case None:
            pass
        case _:
            target.list_value.SetInParent()
            for each in value:
                fill_value(target.list_value.values.add(), each)


_FILLERS: Final[Mapping[Kind, _Put]] = {
    Kind.TIME: _fill_time,
    Kind.SPAN: _fill_span,
    Kind.VALUE: fill_value,
}
