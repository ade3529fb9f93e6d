"""The check of a message against the bounds that its fields name: see bounds.proto."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeAlias

from treadle_contract.encoded_size import size_of
from treadle_contract.fields import (
    EPOCH,
    MISSING,
    blank,
    fields_by_slot,
    fields_of,
    is_told_by_class,
    message_class,
    per_class,
)
from treadle_contract.kinds import KINDS
from treadle_contract.message import (
    Bounds,
    ContractError,
    Field,
    Kind,
    Label,
    Message,
    UserValue,
    shown,
)

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_NAME = re.compile(r"[\x00=]")

# Any: fields hold values of as many types as there are.
_Check: TypeAlias = Callable[[str, Any], None]
"""Looks at one value that lies at a place, and raises ContractError."""


def check(message: Message) -> None:
    """Refuse a message of which a field, however deep, is not what its kind allows.

    Raises:
        ContractError: a field that is not, named from the message's own name on.
    """
    name = type(message).__name__
    try:
        _check_message(name, message)
    except RecursionError:
        raise ContractError(name, "is nested too deep") from None


def _check_message(place: str, message: Message) -> None:
    try:
        for slot, look, is_blank_fine in _checks(type(message)):
            value = getattr(message, slot)
            if value or not (is_blank_fine or value is None):
                look(value)
        for oneof, slots, is_needed in message.ONEOFS:
            if is_needed and all(getattr(message, slot) is None for slot in slots):
                raise ContractError(oneof, "is not set, or to what is not known here")
    except ContractError as error:
        raise error.below(place) from None


@per_class
def _checks(cls: type[Message]) -> list[tuple[str, Callable[[Any], None], bool]]:
    """List how what each slot holds is looked at, and whether that may be nothing.

    A slot that may hold whatever there is is left out.
    """
    rows: list[tuple[str, Callable[[Any], None], bool]] = []
    for slot, fields in fields_by_slot(cls).items():
        if is_told_by_class(fields[0]):
            told = {message_class(each): each.name for each in fields}
            rows.append((slot, partial(_check_which, told), False))
            continue
        look = _field_check(fields[0])
        if look is not None:
            rows.append((slot, look, _takes_blank(fields[0], look)))
    return rows


def _takes_blank(field: Field, look: Callable[[Any], None]) -> bool:
    """Tell whether a field may hold what it holds when it is not set."""
    if field.label is Label.MAYBE or blank(field) is MISSING:
        return False
    try:
        look(blank(field))
    except ContractError:
        return False
    return True


def _check_which(told: Mapping[type[Message], str], value: Message) -> None:
    _check_message(told[type(value)], value)


def _field_check(field: Field) -> Callable[[Any], None] | None:
    bounds = KINDS[field.bounds]
    if field.label is Label.MAP:
        return partial(_check_map, field.name, bounds, _value_check(field, bounds))
    if field.label is Label.MANY:
        each = _value_check(field, bounds)
        if each is None and bounds == Bounds():
            return None
        return partial(_check_list, field, bounds, each)
    one = _value_check(field, bounds)
    return None if one is None else partial(one, field.name)


def _value_check(field: Field, bounds: Bounds) -> _Check | None:
    # Of the entries of a list or map, none is looked for: there are some, or none.
    is_needed = field.needed and field.label not in {Label.MANY, Label.MAP}
    match field.kind:
        case Kind.TIME:
            return None if bounds.min is None else partial(_check_time, bounds.min)
        case Kind.MESSAGE:
            return _check_message if _holds_rules(message_class(field)) else None
        case Kind.ENUM:
            return _check_known if is_needed else None
        case Kind.TEXT if bounds.max_bytes or bounds.form or is_needed:
            return partial(_check_text, bounds.max_bytes, _FORMS.get(bounds.form), is_needed)
        case Kind.WHOLE | Kind.WIDE if bounds.min is not None or bounds.max is not None:
            return partial(_check_number, bounds.min or 0, bounds.max, is_needed)
    return None


def _check_time(least: int, place: str, moment: datetime) -> None:
    seconds = int((moment - EPOCH).total_seconds() // 1)
    _check_number(least, None, False, f"{place}.seconds", seconds)


def _check_known(place: str, value: Any) -> None:
    if not value.is_known:
        raise ContractError(place, f"is {value.value}, which is not known here")


def _check_number(least: int, most: int | None, is_needed: bool, place: str, number: int) -> None:
    if is_needed and not number:
        raise ContractError(place, "is not set")
    if number < least or (most is not None and number > most):
        allowed = f"{least:,} or more" if most is None else f"{least:,} to {most:,}"
        raise ContractError(place, f"is {number:,}; it must be {allowed}")


def _check_text(max_bytes: int, form: _Form | None, is_needed: bool, place: str, text: str) -> None:
    # No character takes more than four bytes.
    if max_bytes and len(text) * 4 > max_bytes:
        _check_size(place, len(text.encode()), max_bytes)
    if text and form is not None and not form.is_met(text):
        raise ContractError(place, f"is {shown(text)}; it must be {form.said}")
    if is_needed and not text:
        raise ContractError(place, "is not set")


def _check_size(place: str, size: int, most: int) -> None:
    if size > most:
        raise ContractError(place, f"takes {size:,} bytes, and {most:,} is the most")


def _check_list(field: Field, bounds: Bounds, each: _Check | None, values: Any) -> None:
    _check_count(field, bounds, values)
    if bounds.max_total_bytes:
        _check_size(field.name, sum(map(size_of, values)), bounds.max_total_bytes)
    if each is not None:
        for number, value in enumerate(values):
            each(f"{field.name}[{number}]", value)
    if bounds.max_depth and any(_depth(value) > bounds.max_depth for value in values):
        problem = f"has values nested deeper than the {bounds.max_depth} levels that may be"
        raise ContractError(field.name, problem)


def _check_map(name: str, bounds: Bounds, each: _Check | None, values: Any) -> None:
    if bounds.max_total_bytes:
        size = sum(size_of(key) + size_of(value) for key, value in values.items())
        _check_size(name, size, bounds.max_total_bytes)
    for key, value in values.items():
        place = f"{name}[{shown(key)}]"
        if bounds.form == "environment" and (not key or _NO_NAME.search(key)):
            raise ContractError(place, 'is no variable: its name is empty, or has "=" or NUL')
        if each is not None:
            each(place, value)


def _check_count(field: Field, bounds: Bounds, values: Any) -> None:
    if bounds.max_items and len(values) > bounds.max_items:
        problem = f"has {len(values):,} entries, and {bounds.max_items:,} is the most"
        raise ContractError(field.name, problem)
    if field.needed and not values:
        raise ContractError(field.name, "is not set")


class _Form:
    """A TextForm: whether a text has it, and what it is."""

    def __init__(self, is_met: Callable[[str], bool], said: str) -> None:
        self.is_met = is_met
        self.said = said


def _is_line(text: str) -> bool:
    # Nearly all texts are printable, and that is found out in no time.
    return text.isprintable() or not _CONTROL.search(text)


_FORMS: Final[Mapping[str, _Form]] = {
    "line": _Form(_is_line, "one line without control characters"),
    "components": _Form(
        lambda text: _is_line(text) and all(text.split("/")),
        'components joined by "/", none of them empty',
    ),
    "path_below": _Form(
        lambda text: _is_line(text) and not {"", ".", ".."} & set(text.split("/")),
        'components joined by "/", none of them empty, "." or ".."',
    ),
    "absolute_path": _Form(
        lambda text: text.startswith("/") and "\0" not in text,
        'a path that begins with "/", without NUL',
    ),
    "dotted_name": _Form(
        lambda text: all(map(str.isidentifier, text.split("."))),
        'names as Python has them, joined by "."',
    ),
    "environment": _Form(lambda text: "\0" not in text, "text without NUL"),
}


def _depth(message: Message) -> int:
    """Return how many lists and maps lie in each other in what users wrote in a message."""
    return max(
        (
            _value_depth(getattr(message, field.slot))
            for field in fields_of(type(message))
            if field.kind is Kind.VALUE
        ),
        default=0,
    )


def _value_depth(value: UserValue) -> int:
    if isinstance(value, Mapping):
        return 1 + max(map(_value_depth, value.values()), default=0)
    if isinstance(value, tuple):
        return 1 + max(map(_value_depth, value), default=0)
    return 0


@per_class
def _holds_rules(cls: type[Message]) -> bool:
    """Tell whether there are rules of a class of messages, or of one that lies in it."""
    seen, unseen = {cls}, [cls]
    while unseen:
        each = unseen.pop()
        if any(is_needed for _, _, is_needed in each.ONEOFS):
            return True
        for field in fields_of(each):
            if field.bounds or field.needed:
                return True
            if field.kind is Kind.MESSAGE and message_class(field) not in seen:
                seen.add(message_class(field))
                unseen.append(message_class(field))
    return False
