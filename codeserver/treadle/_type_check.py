"""Whether a value is of its declared type, as far as that can be told without looking inside."""

from __future__ import annotations

import types
from typing import Annotated, Any, Union, get_args, get_origin

from treadle._errors import ArgumentError
from treadle._nothing import Nothing
from treadle._source import user_line
from treadle._value_words import in_words

# A whole number is a float wherever Python's own type hints are read.
_ALSO: dict[type, tuple[type, ...]] = {float: (int,), complex: (float, int)}
_CONTAINERS = (dict, frozenset, list, set, tuple)


def is_of_type(value: object, declared: Any) -> bool:
    """Tell whether the value may be of the type; what cannot be checked holds.

    Classes are checked, and unions of them; of `list[int]` and its like only the container.
    """
    if declared is None:
        return value is None
    origin = get_origin(declared)
    if origin is Annotated:
        return is_of_type(value, get_args(declared)[0])
    if origin in (Union, types.UnionType):
        return any(is_of_type(value, each) for each in get_args(declared))
    checked = origin if origin in _CONTAINERS else declared
    return declared is Any or not isinstance(checked, type) or _is_instance(value, checked)


def _is_instance(value: object, declared: type) -> bool:
    try:
        return isinstance(value, (declared, *_ALSO.get(declared, ())))
    except TypeError:  # a protocol, for one, that does not allow it
        return True


def can_both_hold(first: Any, second: Any) -> bool:
    """Tell whether a value may be of both types; what cannot be told holds."""
    if Any in (first, second) or first is second:
        return True
    if Nothing in (first, second):
        return False
    if not (isinstance(first, type) and isinstance(second, type)):
        return True
    if second in _ALSO.get(first, ()) or first in _ALSO.get(second, ()):
        return True
    try:
        return issubclass(first, second) or issubclass(second, first)
    except TypeError:  # a parametrised class such as list[int]
        return True


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
            f"{where} {in_words(declared)}, which is no type.",
            fix="Give a class, an annotation such as list[int], or Any.",
            source=user_line(),
        )
    return declared


def type_name(declared: Any) -> str:
    """Return what a person calls the type."""
    return declared.__name__ if isinstance(declared, type) else str(declared)
