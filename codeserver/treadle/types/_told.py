"""What is said of a value that is not of its type."""

from __future__ import annotations

from treadle._value_words import a
from treadle.steps._type_check import type_name
from treadle.types._mismatch import Mismatch

_LONGEST = 80


def told(found: Mismatch, *, name: str, what: str) -> str:
    """Say what is where, and what is expected there; the whole, called `name` in places, is `what`."""
    is_whole = found.place == name
    place = what if is_whole else found.place
    expected = "" if is_whole else f", where {type_name(found.expected)} is expected"
    said = f". {found.said}" if found.said else ""
    return f"{place} is {_in_words(found.got)}{expected}{said}".removesuffix(".")


def _in_words(value: object) -> str:
    if value is None:
        return "None"
    kind = a(type_name(type(value)))
    # An address tells nobody anything.
    return kind if type(value).__repr__ is object.__repr__ else f"{kind}: {shown(value)}"


def shown(value: object) -> str:
    """Return the beginning of what a value looks like, however large it is."""
    from reprlib import Repr  # noqa: PLC0415 -- what succeeds needs nothing of it

    short = Repr()
    short.maxstring = short.maxother = _LONGEST
    try:
        text = short.repr(value)
    except Exception:  # noqa: BLE001 -- the user's own, and only for a person
        return "(what it looks like cannot be had)"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
