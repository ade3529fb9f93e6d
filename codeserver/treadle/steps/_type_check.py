"""Whether a value is of its declared type: of a value that is passed, without looking inside."""

from __future__ import annotations

import types
from itertools import islice
from typing import Annotated, Any, Literal, Union, Unpack, get_args, get_origin

from treadle._errors import ArgumentError
from treadle._nothing import Nothing
from treadle._source import user_line
from treadle._value_words import in_words

# A whole number is a float wherever Python's own type hints are read.
_ALSO: dict[type, tuple[type, ...]] = {float: (int,), complex: (float, int)}
_CONTAINERS = (dict, frozenset, list, set, tuple)
_UNIONS = (Union, types.UnionType)
_LOOKED_AT = 1000


def is_of_type(value: object, declared: Any) -> bool:
    """Tell whether the value may be of the type; what cannot be checked holds.

    Classes are checked, and unions of them; of `list[int]` and its like only the container.
    """
    if declared is Any:
        return True
    if declared is None:
        return value is None
    origin = get_origin(declared)
    if origin is Annotated:
        return is_of_type(value, get_args(declared)[0])
    if origin in _UNIONS:
        return any(is_of_type(value, each) for each in get_args(declared))
    checked = origin if origin in _CONTAINERS else declared
    return not isinstance(checked, type) or _is_instance(value, checked)


def could_be(value: object, declared: Any) -> bool:
    """Tell whether a value that a definition states may be of the type, which need not be quick.

    Literals are compared, and of what a builtin container holds the first thousand are looked at.
    None may stand anywhere in it.
    """
    declared = _bare(declared)
    origin, args = get_origin(declared), get_args(declared)
    if origin in _UNIONS:
        return any(could_be(value, each) for each in args)
    if origin is Literal:
        return any(isinstance(value, type(each)) and value == each for each in args)
    if origin is type or not isinstance(origin, type):
        return is_of_type(value, declared)
    return _is_instance(value, origin) and (not args or _could_hold(value, origin, args))


def _could_hold(value: Any, origin: type, args: tuple[Any, ...]) -> bool:
    kind = type(value)
    if kind not in _CONTAINERS or origin.__module__ not in ("builtins", "collections.abc"):
        return True
    if origin is tuple and Ellipsis not in args:
        if any(getattr(each, "__unpacked__", False) or get_origin(each) is Unpack for each in args):
            return True
        return len(value) == len(args) and all(map(_could_be_part, value, args))
    if kind is dict:
        return len(args) != len(("key", "value")) or all(
            _could_be_part(key, args[0]) and _could_be_part(part, args[1])
            for key, part in islice(value.items(), _LOOKED_AT)
        )
    return all(_could_be_part(each, args[0]) for each in islice(value, _LOOKED_AT))


def _could_be_part(part: object, declared: Any) -> bool:
    return part is None or could_be(part, declared)


def _bare(declared: Any) -> Any:
    if get_origin(declared) is Annotated:
        return _bare(get_args(declared)[0])
    return types.NoneType if declared is None else declared


def _is_instance(value: object, declared: type) -> bool:
    if declared.__module__ == "typing":  # TextIO, for one: no file is an instance of it
        return True
    try:
        return isinstance(value, (declared, *_ALSO.get(declared, ())))
    except TypeError:  # a protocol, for one, that does not allow it
        return True


def can_both_hold(first: Any, second: Any) -> bool:
    """Tell whether a value may be of both types; what cannot be told holds."""
    first, second = _bare(first), _bare(second)
    if first is Any or second is Any or first is second:
        return True
    for one, other in ((first, second), (second, first)):
        if get_origin(one) in _UNIONS:
            return any(can_both_hold(each, other) for each in get_args(one))
        if get_origin(one) is Literal:
            return any(could_be(each, other) for each in get_args(one))
    if first is Nothing or second is Nothing:
        return False
    return _classes_meet(get_origin(first) or first, get_origin(second) or second)


def _classes_meet(first: Any, second: Any) -> bool:
    if not (isinstance(first, type) and isinstance(second, type)):
        return True
    if second in _ALSO.get(first, ()) or first in _ALSO.get(second, ()):
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
    return declared.__name__ if isinstance(declared, type) else str(declared)
