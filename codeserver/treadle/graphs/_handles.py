"""Handles: what stands for a value inside the body of a graph. They can be passed on, no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, TypeAlias, final

from treadle._errors import CompositionError, did_you_mean, listed
from treadle._source import user_line
from treadle_contract.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArgumentRef:
    """An argument of the graph."""

    argument: str

    def __str__(self) -> str:
        return f"the graph's argument {self.argument!r}"


@dataclass(frozen=True, slots=True)
class OutputRef:
    """An output of a node of the graph; of a dynamic one, or one that is mapped, one element.

    `collected`: instead, the list of all elements of so many fan-outs, the innermost ones.
    """

    node: str
    output: str
    collected: int = 0

    @property
    def uncollected(self) -> OutputRef:
        """The same, without collecting."""
        return OutputRef(self.node, self.output) if self.collected else self

    def __str__(self) -> str:
        return f"output {self.output!r} of {self.node!r}"


Ref: TypeAlias = ArgumentRef | OutputRef


class HandleUseError(CompositionError, AttributeError):
    """A handle was used as if it were the value that it stands for."""


@final
class Handle:
    """One value that will exist when the graph runs."""

    __slots__ = ("_body", "_ref")

    def __init__(self, body: object, ref: Ref) -> None:
        self._body = body
        self._ref = ref

    def __repr__(self) -> str:
        return f"<{self._ref}>"

    def __getattr__(self, name: str) -> NoReturn:
        raise _misuse(self, f"attribute {name!r} is asked")

    __hash__ = object.__hash__


def _misuse(handle: Handle, use: str) -> HandleUseError:
    return HandleUseError(
        f"{str(ref_of(handle)).capitalize()} has no value yet: {use} of it in a graph's body.",
        fix="Do it in an op, and pass the handle to that op.",
        source=user_line(),
    )


def _refusing(operation: str) -> Callable[..., NoReturn]:
    def refuse(self: Handle, *_: object) -> NoReturn:
        raise _misuse(self, f"{operation} is asked")

    return refuse


_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
_REFUSED = {
    "arithmetic": [f"__{side}{name}__" for name in _BINARY for side in ("", "r")]
    + ["__neg__", "__pos__", "__abs__", "__invert__", "__round__"],
    "comparison": ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"],
    "truth": ["__bool__"],
    "iteration": ["__iter__", "__next__"],
    "a length": ["__len__"],
    "an item": ["__getitem__", "__setitem__", "__contains__"],
    "a call": ["__call__"],
    "a number": ["__int__", "__float__", "__index__"],
}
for _operation, _methods in _REFUSED.items():
    for _method in _methods:
        setattr(Handle, _method, _refusing(_operation))


@final
class Handles:
    """The values of a node with several outputs: unpack them, or take one by name."""

    __slots__ = ("__node", "__parts")

    def __init__(self, node: str, parts: Mapping[str, Any]) -> None:
        self.__node = node
        self.__parts = parts

    def __iter__(self) -> Iterator[Any]:
        return iter(self.__parts.values())

    def __len__(self) -> int:
        return len(self.__parts)

    def __getitem__(self, which: int | str) -> Any:
        if isinstance(which, str):
            return self.__named(which)
        try:
            return tuple(self.__parts.values())[which]
        except (IndexError, TypeError):
            raise HandleUseError(
                f"{self.__node!r} has no output {which!r}: it has {len(self.__parts)}.",
                fix=f"Its outputs are {listed(self.__parts)}, counted from 0.",
                source=user_line(),
            ) from None

    def __getattr__(self, name: str) -> Any:
        return self.__named(name)

    def __repr__(self) -> str:
        return f"<outputs {listed(self.__parts)} of {self.__node!r}>"

    def __named(self, name: str) -> Any:
        try:
            return self.__parts[name]
        except KeyError:
            raise HandleUseError(
                f"{self.__node!r} has no output {name!r}.{did_you_mean(name, self.__parts)}",
                fix=f"Its outputs are {listed(self.__parts)}.",
                source=user_line(),
            ) from None


def ref_of(handle: Handle) -> Ref:
    """Return what the handle stands for."""
    return object.__getattribute__(handle, "_ref")  # type: ignore[no-any-return]  # a slot


def body_of(handle: Handle) -> object:
    """Return the body that the handle belongs to."""
    body: object = object.__getattribute__(handle, "_body")
    return body


def output_names(handles: Handles) -> tuple[str, ...]:
    """Return the names of the outputs, in declared order."""
    return tuple(_parts(handles))


def parts_of(handles: Handles) -> dict[str, Any]:
    """Return the handles by output name, in declared order."""
    return dict(_parts(handles))


def _parts(handles: Handles) -> Any:
    return object.__getattribute__(handles, "_Handles__parts")
