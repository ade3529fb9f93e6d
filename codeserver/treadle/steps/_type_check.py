"""Types as they are declared: whether two can both hold, whether it is a type at all, its name."""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, get_args, get_origin

from treadle._errors import ArgumentError
from treadle._nothing import Nothing
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.types._mismatch import ALSO, UNIONS, mismatch
from treadle.types._own_types import is_own


def could_be(value: object, declared: Any) -> bool:
    """Tell whether a value that a definition states may be of the type.

    None may stand anywhere in it, and a type of the user's is not asked.
    """
    return mismatch(value, declared, holes=True) is None


def _bare(declared: Any) -> Any:
    if get_origin(declared) is Annotated:
        return _bare(get_args(declared)[0])
    return types.NoneType if declared is None else declared


def can_both_hold(first: Any, second: Any) -> bool:
    """Tell whether a value may be of both types; what cannot be told holds."""
    first, second = _bare(first), _bare(second)
    if first is Any or second is Any or first is second or is_own(first) or is_own(second):
        return True
    for one, other in ((first, second), (second, first)):
        if get_origin(one) in UNIONS:
            return any(can_both_hold(each, other) for each in get_args(one))
        if get_origin(one) is Literal:
            return any(could_be(each, other) for each in get_args(one))
    if first is Nothing or second is Nothing:
        return False
    return _classes_meet(get_origin(first) or first, get_origin(second) or second)


def _classes_meet(first: Any, second: Any) -> bool:
    if not (isinstance(first, type) and isinstance(second, type)):
        return True
    if second in ALSO.get(first, ()) or first in ALSO.get(second, ()):
        return True
    try:
        is_one_the_other = issubclass(first, second) or issubclass(second, first)
    except TypeError:  # a protocol, for one, that does not allow it
        return True
    return is_one_the_other or _is_interface(first) or _is_interface(second)


def _is_interface(cls: type) -> bool:
    """Whether the class only says what others can do: they may derive from anything besides."""
    return bool(getattr(cls, "__abstractmethods__", None)) or getattr(cls, "_is_protocol", False)


def checked_type(declared: Any, *, where: str) -> Any:
    """Return what is declared as a type, if it can be one. `where` ends before what it is.

    Raises:
        ArgumentError: it is a value: text, a number, a list or the like.
    """
    # What typing makes of types, NewType and the like included, is callable or has an origin.
    if declared is None or callable(declared) or get_origin(declared) is not None:
        return declared
    if isinstance(declared, str | bytes | int | float | list | tuple | dict | set | frozenset):
        raise ArgumentError(
            f"{where} {in_words(declared)}, which is not a type.",
            fix="Give a class, an annotation such as list[int], or Any.",
            source=user_line(),
        )
    return declared


def type_name(declared: Any) -> str:
    """Return what a person calls the type."""
    return (
        declared.__name__ if isinstance(declared, type) else str(declared).removeprefix("typing.")
    )
