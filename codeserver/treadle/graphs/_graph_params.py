"""Parameters of a graph's function: every one of them is an input of the graph."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from treadle._errors import ArgumentError
from treadle._names import checked_name
from treadle._source import user_line
from treadle.ops._op_params import CONTEXT_NAMES, is_context_type
from treadle.ops._resource import resource_type
from treadle.ops._signatures import (
    Parameter,
    ParameterKind,
    is_coroutine_function,
    is_generator_function,
    parameters_of,
)

_NAMELESS = {
    ParameterKind.VAR_KEYWORD: "stands for inputs that nothing names.",
    ParameterKind.VAR_POSITIONAL: "has no fixed name: take **inputs.",
    ParameterKind.POSITIONAL_ONLY: "cannot be given by name: write it as an ordinary parameter.",
}


def graph_params(
    fn: Callable[..., Any],
    annotations: Mapping[str, Any],
    ins: Collection[str],
    *,
    owner: str,
) -> tuple[str, ...]:
    """Return the names of the graph's inputs: of its parameters, then, where it takes any
    (`**kwargs`), those that only `ins` names.

    Raises:
        ArgumentError: a parameter is something that only an op can have, or the function is
            a generator or a coroutine.
    """
    if is_generator_function(fn) or is_coroutine_function(fn):
        raise ArgumentError(
            f"{owner} is a generator or async.",
            fix="Write an ordinary function: it wires ops together; ops may yield and await.",
            source=user_line(),
        )
    parameters = list(parameters_of(fn))
    takes_any = bool(parameters) and parameters[-1].kind is ParameterKind.VAR_KEYWORD
    if takes_any and ins:
        del parameters[-1]
    for parameter in parameters:
        problem = _problem(parameter, annotations.get(parameter.name))
        if problem:
            raise ArgumentError(
                f"{owner}: {problem[0]}",
                fix=problem[1],
                source=user_line(),
            )
    names = tuple(parameter.name for parameter in parameters)
    if not takes_any:
        return names
    more = tuple(checked_name(name, what=f"{owner}: input") for name in ins if name not in names)
    return names + more


def _problem(parameter: Parameter, annotation: Any) -> tuple[str, str] | None:
    name = parameter.name
    in_an_op = "Give it to the op that needs it; the body only wires ops together."
    if parameter.kind in _NAMELESS:
        return f"parameter {name!r} {_NAMELESS[parameter.kind]}", "Name each in ins={name: …}."
    if name in CONTEXT_NAMES or is_context_type(annotation):
        return f"parameter {name!r} asks for the context.", in_an_op
    if name == "config":
        return f"parameter {name!r} asks for config.", in_an_op
    if resource_type(annotation) is not None:
        return f"parameter {name!r} asks for a resource.", in_an_op
    if parameter.has_default:
        return (
            f"parameter {name!r} has a default.",
            "Give it to the op that reads it: a graph's argument is an asset or an op's output.",
        )
    return None
