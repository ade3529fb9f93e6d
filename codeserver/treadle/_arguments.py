"""Arguments of the authoring API: unknown ones and unsupported ones are refused where written."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Final, ParamSpec, TypeVar, final

from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._source import user_line

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


@final
class Unset:
    """The type of `UNSET`, which stands for an argument that was not given."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False


UNSET: Final = Unset()


#: By annotation, what an argument must be, and what to say of one that is not.
_PLAIN: Final[Mapping[str, tuple[type | tuple[type, ...], str]]] = {
    "bool": (bool, "neither True nor False"),
    "str": (str, "no text"),
    "str | None": ((str, type(None)), "no text"),
}


def checked(function: Callable[P, R], *, label: str | None = None) -> Callable[P, R]:
    """Make a call with arguments that the function does not take an ArgumentError.

    Nor does it take anything but text or a truth value where one of these is declared: "no"
    would be true. What else an argument must be is checked where it is used.
    """
    name = label or function.__name__
    signature = inspect.signature(function)
    plain = {
        parameter: _PLAIN[declared.annotation]
        for parameter, declared in signature.parameters.items()
        if declared.annotation in _PLAIN
    }

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise _misfit(name, signature, kwargs, error) from None
        for argument, value in bound.arguments.items():
            if argument in plain and not isinstance(value, plain[argument][0]):
                raise ArgumentError(
                    f"{name}: {argument}={value!r:.80} is {plain[argument][1]}.",
                    fix=f"Correct it, or leave {argument!r} out.",
                    source=user_line(),
                )
        return function(*args, **kwargs)

    return call


def checked_init(cls: type[T]) -> type[T]:
    """Make a construction with arguments that the class does not take an ArgumentError."""
    init: Callable[..., None] = cls.__init__
    setattr(cls, "__init__", checked(init, label=cls.__name__))  # noqa: B010 -- mypy minds the plain form
    return cls


def refuse_unsupported(owner: str, arguments: Mapping[str, object]) -> None:
    """Refuse arguments of Dagster's that are not supported yet, unless at their default.

    The defaults of all of them are None, False or UNSET.

    Raises:
        ArgumentError: one of them has another value.
    """
    for name, value in arguments.items():
        if not _is_left_out(value):
            raise ArgumentError(
                f"{owner}({name}=…) is not supported yet.",
                fix=f"Leave {name!r} out.",
                source=user_line(),
            )


def _is_left_out(value: object) -> bool:
    if isinstance(value, list | tuple | dict | set | frozenset):
        return not value
    return value is None or value is False or value is UNSET


def _misfit(
    name: str, signature: inspect.Signature, kwargs: Mapping[str, object], error: TypeError
) -> ArgumentError:
    known = [parameter for parameter in signature.parameters if parameter != "self"]
    unknown = [argument for argument in kwargs if argument not in signature.parameters]
    if unknown:
        hint = did_you_mean(unknown[0], known)
        return ArgumentError(
            f"{name}() takes no argument {unknown[0]!r}.{hint}",
            fix=f"It takes {listed(known)}.",
            source=user_line(),
        )
    return ArgumentError(
        f"{name}(): {error}.", fix=f"It takes {listed(known)}.", source=user_line()
    )
