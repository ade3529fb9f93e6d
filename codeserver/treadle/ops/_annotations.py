"""Annotations of the user's functions: what cannot be resolved is Any, and nothing ever fails."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from types import FrameType, NoneType
from typing import Any, get_args, get_origin

from treadle._nothing import Nothing
from treadle._output import AssetCheckResult, MaterializeResult, Output
from treadle._source import user_frame


def annotations_of(fn: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotations of a function that is being defined, "return" included, strings
    evaluated: the locals of where that is resolve the names of classes local to a function.
    """
    found: Mapping[str, Any] = getattr(fn, "__annotations__", {})
    if not found:
        return {}
    frame = user_frame()
    return {name: _resolved(value, fn, frame) for name, value in found.items()}


def _resolved(annotation: Any, fn: Callable[..., Any], frame: FrameType | None) -> Any:
    if not isinstance(annotation, str):
        return annotation
    names: dict[str, Any] = {}
    code = getattr(fn, "__code__", None)
    for name, cell in zip(
        getattr(code, "co_freevars", ()), getattr(fn, "__closure__", None) or (), strict=True
    ):
        try:
            names[name] = cell.cell_contents
        except ValueError:  # an empty cell: the name is assigned later
            continue
    try:
        # Nothing of the frame is copied: a module may have thousands of names.
        local: Mapping[str, Any] = names if frame is None else ChainMap(names, frame.f_locals)
        return eval(annotation, getattr(fn, "__globals__", {}), local)
    except Exception:  # noqa: BLE001 -- the annotation is any expression of the user's, and only a hint
        return Any


def output_type(returned: Any) -> Any:
    """Return the type of the only output of a function with this return annotation."""
    if returned is None or returned is NoneType:
        return Nothing
    return _plain(returned)


def output_types(returned: Any, count: int) -> tuple[Any, ...]:
    """Return the types of several outputs of a function with this return annotation."""
    if get_origin(returned) is tuple:
        elements = get_args(returned)
        if len(elements) == count and Ellipsis not in elements:
            return tuple(_plain(element) for element in elements)
    return (Any,) * count


def _plain(annotation: Any) -> Any:
    if annotation is Output:
        return Any
    if annotation is MaterializeResult or annotation is AssetCheckResult:
        return Nothing
    if get_origin(annotation) in (Output, MaterializeResult):
        return get_args(annotation)[0]
    return annotation
