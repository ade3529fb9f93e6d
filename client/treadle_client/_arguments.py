"""What callers give, checked where they give it: a value of another kind says what to give."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from treadle_client._ids import RunId

E = TypeVar("E", bound=StrEnum)

#: Packages whose values are named by their kind: a repr of ours tells a caller nothing.
_OURS: Final = ("treadle", "treadle_client")


class WrongArgument(ValueError):
    """A caller gave what cannot be meant."""


# As tracebacks name it, and as it is imported.
WrongArgument.__module__ = "treadle_client"


def shown(value: object) -> str:
    """Return what a caller gave as it is written, and by its kind what is of this package's."""
    kind = type(value)
    if kind.__module__.partition(".")[0] in _OURS and not isinstance(value, str):
        return f"an {kind.__name__}" if kind.__name__[0] in "AEIO" else f"a {kind.__name__}"
    return f"{value!r:.80}"


def choice(kind: type[E], value: E | str, *, name: str) -> E:
    """Return the member that the value names, in whichever case it is written.

    Raises:
        ValueError: it names none.
    """
    if isinstance(value, str):
        for member in kind:
            if member.value.casefold() == value.casefold():
                return member
    raise _wrong(f"{name} is {shown(value)}; give one of {', '.join(kind)}.")


def choices(kind: type[E], values: Iterable[E | str], *, name: str) -> list[E]:
    """Return the members that the values name; one of them alone, as text, is a list of one.

    Raises:
        ValueError: one names none.
    """
    several = (values,) if isinstance(values, str) else values
    if not isinstance(several, Iterable):
        raise _wrong(f"{name} is {shown(values)}; give some of {', '.join(kind)}.")
    return [choice(kind, value, name=name) for value in several]


def number(value: object, *, name: str, give: str) -> float:
    """Return a number. `give` says what is meant.

    Raises:
        ValueError: it is none: text, say, or a truth value.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise _wrong(f"{name} is {shown(value)}; give {give}.")


def texts(value: Mapping[str, str] | None, *, name: str) -> dict[str, str]:
    """Return a mapping of text to text, none for None.

    Raises:
        ValueError: it is not a mapping, or has anything else.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _wrong(f"{name} is {shown(value)}; give {{name: text}}.")
    for key, each in value.items():
        if not all(isinstance(part, str) for part in (key, each)):
            raise _wrong(f"{name} has {key!r:.40}: {shown(each)}; give text for text.")
    return dict(value)


def run_id(value: object) -> RunId:
    """Return a run's id.

    Raises:
        ValueError: it is empty, or no text.
    """
    if isinstance(value, str) and value:
        return RunId(value)
    problem = f"The run's id is {shown(value)}"
    raise _wrong(f"{problem}; `treadle runs`, in Python client.runs(), tells the ids of runs.")


def texts_in(value: object, *, name: str) -> tuple[str, ...]:
    """Return several texts; one alone is a tuple of one, and None of none.

    Raises:
        ValueError: there is anything else.
    """
    given = (value,) if isinstance(value, str) else value or ()
    if not isinstance(given, Sequence):
        raise _wrong(f"{name} is {shown(value)}; give text, or a list of texts.")
    for each in given:
        if not isinstance(each, str):
            raise _wrong(f"{name} has {shown(each)} in it; give a list of texts.")
    return tuple(given)


def expressions_in(selection: object) -> tuple[str, ...]:
    """Return the expressions of a selection: of text, an AssetSelection, or a list of these.

    Raises:
        ValueError: it is something else.
    """
    if isinstance(selection, list | tuple):
        return texts_in(list(map(_as_text, selection)), name="The selection")
    return texts_in(_as_text(selection), name="The selection")


def _as_text(selection: object) -> object:
    # It is made where the user's code is, of which this package knows nothing.
    told = getattr(selection, "to_selection_str", None)
    return selection if told is None or isinstance(selection, type) else told()


def text_or_none(value: object, *, name: str) -> str:
    """Return a text, "" for None.

    Raises:
        ValueError: it is neither.
    """
    return "" if value is None else text(value, name=name)


def whole_or_none(value: object, *, name: str, give: str) -> int:
    """Return a whole number, 0 for None.

    Raises:
        ValueError: it is neither.
    """
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value or 0
    raise _wrong(f"{name} is {shown(value)}; give {give}.")


def text(value: object, *, name: str) -> str:
    """Return a text.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, str):
        return value
    raise _wrong(f"{name} is {shown(value)}; give text.")


def paths(given: Sequence[object], *, name: str) -> None:
    """Check that files are given one by one.

    Raises:
        ValueError: one of them is a list, or nothing that could be a path.
    """
    for each in given:
        if isinstance(each, list | tuple | set):
            raise _wrong(f"{name} was given {shown(each)}; give files one by one: {name}(*files).")
        if not isinstance(each, str | os.PathLike):
            raise _wrong(f"{name} was given {shown(each)}; give the path of a file.")


def path_or_none(value: object, *, name: str) -> str | None:
    """Return a path as text, None for None.

    Raises:
        ValueError: it is neither.
    """
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if path is None or isinstance(path, str):
        return path
    raise _wrong(f"{name} is {shown(value)}; give a path.")


def _wrong(text: str) -> WrongArgument:
    return WrongArgument(text)
