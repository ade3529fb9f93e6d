"""Metadata made plain: values of a user's as text, numbers, lists and mappings, or why they cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from treadle._system import os
from treadle_contract.message import UserValue

# Limits of the wire: text in one value, whole numbers, and what one event may reasonably hold.
TEXT_BYTES: Final = 32 * 1024
TOTAL_BYTES: Final = 512 * 1024
_INTEGERS: Final = range(-(2**63), 2**63)
_DEPTH: Final = 20


class NotPlainError(Exception):
    """A value cannot be kept. `problem` is a clause that follows its name, `fix` a sentence."""

    def __init__(self, problem: str, fix: str) -> None:
        self.problem = problem
        self.fix = fix
        super().__init__(problem)


class TooLongError(NotPlainError):
    """A text is too long; `text` is the whole."""

    def __init__(self, text: str, role: str, size: int) -> None:
        self.text = text
        fix = f"Keep it below {TEXT_BYTES}; what is larger belongs in an asset."
        super().__init__(f"has {role} of {size} bytes", fix)


def plain_value(value: Any) -> UserValue:
    """Return the value as plain data.

    Raises:
        NotPlainError: it has none.
    """
    try:
        return _plain(value, 0)
    except NotPlainError:
        raise
    # What the user's class does when it is looked at is its own: it costs the entry, no more.
    except Exception as error:
        raise NotPlainError(
            f"cannot be read ({type(error).__name__})",
            "Give it as text, numbers or lists of these.",
        ) from error


def plain_name(name: Any) -> str:
    """Return the name of an entry as text.

    Raises:
        NotPlainError: it is none, and cannot be.
    """
    return _key(name, "a name")


def size_of(name: str, value: UserValue) -> int:
    """Return how many bytes an entry takes."""
    return len(_json(value)) + len(name)


def values_in(value: UserValue) -> int:
    """Return how many values there are in one; a list or a mapping counts as two."""
    if isinstance(value, tuple):
        return 2 + sum(map(values_in, value))
    if isinstance(value, Mapping):
        return 2 + sum(map(values_in, value.values()))
    return 1


def _plain(value: Any, depth: int) -> UserValue:
    if depth > _DEPTH:
        raise NotPlainError(
            f"is nested deeper than {_DEPTH} levels", "Flatten it, or give it as text."
        )
    match value:
        case list() | tuple():
            return tuple(_plain(item, depth + 1) for item in value)
        case Mapping():
            return _mapping(value, depth)
        case os.PathLike():
            return _text(os.fsdecode(value), "a path")
    return _moment(value) if is_moment(value) else _scalar(value)


def _mapping(value: Mapping[Any, Any], depth: int) -> UserValue:
    found: dict[str, UserValue] = {}
    for key, item in value.items():
        name = _key(key, "a key")
        if name in found:
            raise NotPlainError(f"has two keys that are {name!r:.80} as text", "Give them names.")
        found[name] = _plain(item, depth + 1)
    return found


def _key(key: Any, role: str) -> str:
    """Return a key as text: one that is a number, a truth value or None, as JSON writes it."""
    if isinstance(key, str):
        return _text(str.__str__(key), role)
    try:
        plain = _plain(key, _DEPTH)
    except NotPlainError:
        plain = ()
    if is_moment(plain):
        plain = key.isoformat() if is_moment(key) else str(plain)
    if isinstance(plain, str):
        return _text(plain, role)
    if isinstance(plain, tuple | Mapping):
        raise NotPlainError(f"has {role} of type {type(key).__name__}: {key!r:.80}", "Use text.")
    return _json(plain)


def _scalar(value: Any) -> UserValue:
    match value:
        case None | bool():
            return value
        # An enum's member and NumPy's float64 are of these types too: only the plain part stays.
        case str():
            return _text(str.__str__(value), "text")
        case int() if int(value) in _INTEGERS:
            return int(value)
        case float():
            return float(value)
        case int():
            raise NotPlainError(
                "is a whole number of more than 64 bits", "Give it as text or as a float."
            )
    item = getattr(value, "item", None)
    if callable(item) and not isinstance(value, type):
        try:
            unwrapped = item()
        except (TypeError, ValueError):
            unwrapped = value
        if isinstance(unwrapped, bool | int | float | str) or is_moment(unwrapped):
            return _plain(unwrapped, 0)
    raise NotPlainError(
        f"has a value of type {type(value).__name__}: {value!r:.80}",
        "Use text, numbers, booleans, None, paths, dates, or lists and mappings of these.",
    )


def _text(text: str, role: str) -> str:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise NotPlainError(
            f"has {role} with characters that UTF-8 cannot hold: {text!r:.80}",
            "Decode it properly, or replace them.",
        ) from None
    if size > TEXT_BYTES:
        raise TooLongError(text, role, size)
    return text


def is_moment(value: Any) -> bool:
    """Whether it is a day, a time of the day, or both."""
    from datetime import date, time  # noqa: PLC0415 -- not what a start waits for

    return isinstance(value, date | time)


def _moment(value: Any) -> UserValue:
    """Return a datetime whose time zone is known in UTC, as one of Python's own; else its text."""
    from datetime import UTC, datetime  # noqa: PLC0415 -- as above

    text: str = value.isoformat()
    # pandas has one that is no moment, and not itself.
    if not isinstance(value, datetime) or value != value or value.utcoffset() is None:  # noqa: PLR0124
        return text
    try:
        utc = value.astimezone(UTC)
    except OverflowError:  # at the ends of the calendar
        return text
    return datetime(
        utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond, UTC
    )


def _json(value: UserValue) -> str:
    from treadle._json import dumps  # noqa: PLC0415 -- not what a start waits for

    return dumps(value, default=str)
