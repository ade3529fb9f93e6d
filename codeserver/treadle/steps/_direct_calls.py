"""Calls of ops outside of any run: what their context has, they need not be given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from treadle.ops._op_params import CONFIG_NAME
from treadle.ops._signatures import ParameterKind, parameters_of
from treadle.steps._context import OpExecutionContext

if TYPE_CHECKING:
    from treadle.ops._op import OpDefinition

_BY_NAME = (ParameterKind.POSITIONAL_OR_KEYWORD, ParameterKind.KEYWORD_ONLY)


def filled(
    op: OpDefinition, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call, with the resources and the config that its context has.

    What is given by position is then for the other parameters. A call that gives all by position
    stays as it is.
    """
    name = op.context_param or ""
    by_name = name in kwargs
    context = kwargs[name] if by_name else next(iter(args), None)
    if not name or not isinstance(context, OpExecutionContext):
        return args, dict(kwargs)
    found = {key: value for key, value in _known(op, context) if key not in kwargs}
    parameters = parameters_of(op.fn)
    taken = (*found, *kwargs, name)
    rest = [each.name for each in parameters if each.name not in taken]
    given = args if by_name else args[1:]
    is_all_given = len(given) > len(rest)
    if not found or is_all_given or any(each.kind not in _BY_NAME for each in parameters):
        return args, dict(kwargs)
    named = dict(zip(rest, given, strict=False))
    return (), {name: context, **named, **kwargs, **found}


def _known(op: OpDefinition, context: OpExecutionContext) -> Iterator[tuple[str, Any]]:
    for name in op.resource_params:
        if name in context.resources:
            yield name, getattr(context.resources, name)
    if op.takes_config and op.config is not None and context.op_config is not None:
        told = context.op_config
        yield CONFIG_NAME, op.config.read(told) if isinstance(told, Mapping) else told
