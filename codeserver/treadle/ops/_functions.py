"""What a decorator is put over: a function of the user's, or something that it cannot work with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.ops._signatures import tell_parameters

_ONLY_ONE: Final = "The decorator stands over the function itself, and only one does."
_MADE: Final = {
    "OpDefinition": "Write AssetsDefinition.from_op(…) to make an asset of an op.",
    "GraphDefinition": "Write AssetsDefinition.from_graph(…) to make an asset of a graph.",
    "AssetsDefinition": "An asset decorator stands over the function itself, and only one does.",
}


def checked_function(fn: Any, *, label: str, name: str | None = None) -> Callable[..., Any]:
    """Return what is decorated. `name` is the name that the decorator was given, if any.

    Raises:
        ArgumentError: it is no function that has a name and a signature.
    """
    if isinstance(fn, str):
        raise _refused(f"{label} was given {in_words(fn)} by position.", f"Write name={fn!r}.")
    kind = type(fn).__name__
    if kind in _MADE:
        advice = _MADE[kind] if "asset" in label and "check" not in label else _ONLY_ONE
        if label.startswith("@job") and kind == "GraphDefinition":
            advice = f"Make the job of the graph: {fn.name}.to_job(…)."
        raise _refused(f"{label} stands over {in_words(fn)}.", advice)
    if not callable(fn) or isinstance(fn, type):
        fix = "Put the decorator over a function."
        raise _refused(f"{label} stands over {in_words(fn)}, which is no function.", fix)
    if name is None and not isinstance(getattr(fn, "__name__", None), str):
        fix = f"Give it a name, {label}(name=…), or write a function that calls it."
        raise _refused(f"{label} stands over {in_words(fn)}, which has no name.", fix)
    try:
        tell_parameters(fn)
    except (TypeError, ValueError):
        raise _refused(
            f"{label} stands over {in_words(fn)}, whose parameters Python does not tell.",
            "Write a function that calls it.",
        ) from None
    return fn  # type: ignore[no-any-return]  # callable


def name_of(fn: Callable[..., Any]) -> str:
    """Return the function's own name. It has one, or the decorator was given one."""
    return getattr(fn, "__name__", "")


def _refused(problem: str, fix: str) -> ArgumentError:
    return ArgumentError(problem, fix=fix, source=user_line())
