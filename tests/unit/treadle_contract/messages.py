"""Random messages of every class of the contract, drawn from the classes' own tables."""

from __future__ import annotations

import dataclasses
import importlib
from datetime import UTC, timedelta
from typing import Any

from hypothesis import strategies as st

from treadle_contract.fields import INT32, INT64, fields_of, message_class
from treadle_contract.message import ENUMS, MESSAGES, Field, Kind, Label, Message

for _name in (
    "codeserver",
    "error",
    "event",
    "graph",
    "launcher",
    "partition",
    "plan",
    "policy",
    "run",
    "worker",
):
    importlib.import_module(f"treadle_contract.{_name}")

CLASSES = tuple(MESSAGES.values())

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WIDE = st.integers(*INT64)
TIMES = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment)
USER_VALUES = st.recursive(
    st.none() | st.booleans() | WIDE | st.floats(allow_nan=False) | TEXT | TIMES,
    lambda inner: st.lists(inner, max_size=2).map(tuple) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
_ONES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: TEXT,
    Kind.WHOLE: st.integers(*INT32),
    Kind.WIDE: WIDE,
    Kind.REAL: st.floats(allow_nan=False),
    Kind.FLAG: st.booleans(),
    Kind.BYTES: st.binary(max_size=6),
    Kind.TIME: TIMES,
    Kind.SPAN: st.timedeltas(timedelta(days=-3_000_000), timedelta(days=3_000_000)),
    Kind.VALUE: USER_VALUES,
}


def of(cls: type[Message], depth: int = 1) -> st.SearchStrategy[Any]:
    """Return messages of a class, others in them only so deep."""
    slots: dict[str, list[st.SearchStrategy[Any]]] = {}
    for field in fields_of(cls):
        slots.setdefault(field.slot, []).append(_field(field, depth))
    return st.builds(cls, **{slot: st.one_of(ways) for slot, ways in slots.items()}).map(
        _one_of_each
    )


def _one_of_each(message: Any) -> Any:
    """Leave one member of a oneof whose members have attributes of their own."""
    for _, slots, _ in message.ONEOFS:
        held = [slot for slot in slots if getattr(message, slot) is not None]
        message = dataclasses.replace(message, **dict.fromkeys(held[1:]))
    return message


def _field(field: Field, depth: int) -> st.SearchStrategy[Any]:
    if field.kind is Kind.ENUM:
        one = st.sampled_from(list(ENUMS[field.of].of))
    elif field.kind is Kind.MESSAGE:
        if depth == 0 and field.label is not Label.ONE:
            return st.just(()) if field.label is Label.MANY else st.none()
        one = of(message_class(field), max(depth - 1, 0))
    else:
        one = _ONES[field.kind]
    match field.label:
        case Label.MANY:
            return st.lists(one, max_size=2).map(tuple)
        case Label.MAP:
            return st.dictionaries(TEXT, one, max_size=2)
        case Label.MAYBE:
            return st.none() | one
        case Label.ONE:
            return one
