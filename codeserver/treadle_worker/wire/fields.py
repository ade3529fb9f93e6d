"""The fields of a proto3-JSON object: written without defaults, read with their type checked."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias, TypeVar

JsonObject: TypeAlias = Mapping[str, object]
E = TypeVar("E", bound=StrEnum)


class WireError(Exception):
    """A message is not what worker.proto says it is."""


def message(**fields: object) -> dict[str, object]:
    """Write an object, leaving out the fields that have proto3's default."""
    return {name: value for name, value in fields.items() if value}


def int64(value: int) -> str:
    """Write a 64-bit number: as text, the default as nothing."""
    return str(value) if value else ""


def text(obj: JsonObject, name: str) -> str:
    """Read a string field.

    Raises:
        WireError: it is something else, as do all readers here.
    """
    value = obj.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WireError(f"{name} must be text, not {value!r}")
    return value


def integer(obj: JsonObject, name: str) -> int:
    """Read an int32 or int64 field: a number or its text."""
    value = obj.get(name)
    if value is None:
        return 0
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            return int(value)
        except ValueError:
            pass
    raise WireError(f"{name} must be a whole number, not {value!r}")


def flag(obj: JsonObject, name: str) -> bool:
    """Read a bool field."""
    value = obj.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise WireError(f"{name} must be true or false, not {value!r}")
    return value


def member(obj: JsonObject, name: str, kind: type[E]) -> E | None:
    """Read an enum field by its full name; None for the default and for members unknown here."""
    try:
        return kind(text(obj, name))
    except ValueError:
        return None


def child(obj: JsonObject, name: str) -> JsonObject | None:
    """Read a message field; None when it is not set."""
    value = obj.get(name)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise WireError(f"{name} must be an object, not {value!r}")
    return value


def children(obj: JsonObject, name: str) -> list[JsonObject]:
    """Read a repeated message field."""
    elements = _elements(obj, name)
    for element in elements:
        if not isinstance(element, dict):
            raise WireError(f"{name} must hold objects, not {element!r}")
    return elements  # type: ignore[return-value]  # every element was checked above


def texts(obj: JsonObject, name: str) -> tuple[str, ...]:
    """Read a repeated string field."""
    elements = _elements(obj, name)
    for element in elements:
        if not isinstance(element, str):
            raise WireError(f"{name} must hold texts, not {element!r}")
    return tuple(elements)  # type: ignore[arg-type]  # every element was checked above


def text_map(obj: JsonObject, name: str) -> dict[str, str]:
    """Read a map from text to text."""
    entries = child(obj, name) or {}
    return {key: text(entries, key) for key in entries}


def _elements(obj: JsonObject, name: str) -> list[object]:
    value = obj.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise WireError(f"{name} must be a list, not {value!r}")
    return value
