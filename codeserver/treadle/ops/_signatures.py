"""Signatures of functions, read off their code: `inspect` is for what is no plain function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from itertools import repeat
from types import FunctionType
from typing import Any, Final

from treadle_contract.lazy_dataclasses import dataclass

#: Of `Parameter.default`: there is none.
NO_DEFAULT: Final = object()
# CO_VARARGS, CO_VARKEYWORDS, CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR of `inspect`.
_VAR_POSITIONAL, _VAR_KEYWORD = 0x04, 0x08
_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200


class ParameterKind(IntEnum):
    """How a parameter is given; the numbers are those of `inspect`."""

    POSITIONAL_ONLY = 0
    """By position."""
    POSITIONAL_OR_KEYWORD = 1
    """By position or by name."""
    VAR_POSITIONAL = 2
    """It takes all that is left by position."""
    KEYWORD_ONLY = 3
    """By name."""
    VAR_KEYWORD = 4
    """It takes all that is left by name."""


_ORDINARY: Final = ParameterKind.POSITIONAL_OR_KEYWORD


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function."""

    name: str
    kind: ParameterKind
    default: Any = NO_DEFAULT

    @property
    def has_default(self) -> bool:
        """Whether it may be left out."""
        return self.default is not NO_DEFAULT

    @property
    def is_needed(self) -> bool:
        """Whether a call must give it."""
        takes_rest = self.kind in (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
        return not takes_rest and not self.has_default


def parameters_of(fn: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Return the parameters of a callable, in order.

    Raises:
        TypeError, ValueError: Python does not tell them.
    """
    if _is_plain(fn):
        return tuple(_of_code(fn))
    from inspect import signature  # noqa: PLC0415 -- not what a start waits for

    return tuple(
        Parameter(
            each.name,
            ParameterKind(each.kind),
            NO_DEFAULT if each.default is each.empty else each.default,
        )
        for each in signature(fn).parameters.values()
    )


def tell_parameters(fn: Callable[..., Any]) -> None:
    """Do nothing, if Python tells the parameters of a callable.

    Raises:
        TypeError, ValueError: it does not.
    """
    if not _is_plain(fn):
        parameters_of(fn)


def is_generator_function(fn: Callable[..., Any]) -> bool:
    """Tell whether a call gives a generator, sync or async."""
    return _has_flag(fn, _GENERATOR, "isgeneratorfunction") or _has_flag(
        fn, _ASYNC_GENERATOR, "isasyncgenfunction"
    )


def is_async_function(fn: Callable[..., Any]) -> bool:
    """Tell whether the function is `async def`, a generator or not."""
    return is_coroutine_function(fn) or _has_flag(fn, _ASYNC_GENERATOR, "isasyncgenfunction")


def is_coroutine_function(fn: Callable[..., Any]) -> bool:
    """Tell whether a call gives a coroutine."""
    return _has_flag(fn, _COROUTINE, "iscoroutinefunction")


def unwrapped(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Return the innermost function that wrappers say they wrap."""
    if _is_plain(fn):
        return fn
    from inspect import unwrap  # noqa: PLC0415 -- as above

    inner: Callable[..., Any] = unwrap(fn)
    return inner


def _is_plain(fn: Callable[..., Any]) -> bool:
    """Whether nothing is said of a function that its code does not say."""
    return type(fn) is FunctionType and not fn.__dict__


def _has_flag(fn: Callable[..., Any], flag: int, question: str) -> bool:
    if _is_plain(fn):
        return bool(fn.__code__.co_flags & flag)
    import inspect  # noqa: PLC0415 -- as above

    return bool(getattr(inspect, question)(fn))


def _of_code(fn: Any) -> Iterator[Parameter]:
    code = fn.__code__
    if not (
        fn.__defaults__
        or code.co_posonlyargcount
        or code.co_kwonlyargcount
        or code.co_flags & (_VAR_POSITIONAL | _VAR_KEYWORD)
    ):
        yield from map(Parameter, code.co_varnames[: code.co_argcount], repeat(_ORDINARY))
        return
    names = iter(code.co_varnames)
    defaults = fn.__defaults__ or ()
    required = code.co_argcount - len(defaults)
    for index in range(code.co_argcount):
        only = index < code.co_posonlyargcount
        yield Parameter(
            next(names),
            ParameterKind.POSITIONAL_ONLY if only else ParameterKind.POSITIONAL_OR_KEYWORD,
            NO_DEFAULT if index < required else defaults[index - required],
        )
    named = [next(names) for _ in range(code.co_kwonlyargcount)]
    if code.co_flags & _VAR_POSITIONAL:
        yield Parameter(next(names), ParameterKind.VAR_POSITIONAL)
    for name in named:
        yield Parameter(
            name, ParameterKind.KEYWORD_ONLY, (fn.__kwdefaults__ or {}).get(name, NO_DEFAULT)
        )
    if code.co_flags & _VAR_KEYWORD:
        yield Parameter(next(names), ParameterKind.VAR_KEYWORD)
