"""Calls of ops outside of any run: what their context has, they need not be given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any

from treadle.ops._op_params import CONFIG_NAME
from treadle.ops._signatures import ParameterKind, parameters_of
from treadle.steps._context import OpExecutionContext

if TYPE_CHECKING:
    from treadle._keys import AssetKey
    from treadle.checks._check_spec import AssetCheckSpec
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


def bound(
    op: OpDefinition,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    block: Any = None,
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call, whose context knows what is called: the op, its assets and checks.

    It is a copy that keeps what is said in the same place: the test asks its own. What the test told it
    stays; where nothing is told, all assets, outputs and checks of the block are selected.
    """
    name = op.context_param or ""
    context = kwargs[name] if name in kwargs else next(iter(args), None)
    if not isinstance(context, OpExecutionContext) or context._tell is not None:
        return args, dict(kwargs)
    knowing = copy(context)
    if knowing._op is None:
        knowing._op = op
    if knowing._block is None:
        knowing._block = block
    told = knowing._partitions
    definition = None if block is None else block.options.partitioning.definition
    if told is not None and told.definition is None and definition is not None:
        from treadle.partitions._in_tests import told_of  # noqa: PLC0415 -- as few calls need it

        knowing._partitions = told_of(told, definition)
    if block is not None and not knowing._assets:
        made = {output: said.key for output, said in block.produced.items()}
        _tell_of_block(knowing, {**made, **block.options.observes}, block.options.checks)
    if name in kwargs:
        return args, {**kwargs, name: knowing}
    return (knowing, *args[1:]), dict(kwargs)


def _tell_of_block(
    context: OpExecutionContext,
    assets: Mapping[str, AssetKey],
    all_checks: Mapping[str, AssetCheckSpec],
) -> None:
    context._assets = {output: (key,) for output, key in assets.items()}
    context._checks = all_checks
    made = set(assets.values())
    if context._selected_keys is None:
        context._selected_keys = frozenset(made)
    keys = context.selected_asset_keys
    # A check of an asset that is made elsewhere is not left out with assets of the block.
    checks = {
        output: spec.key
        for output, spec in all_checks.items()
        if spec.key.asset_key in keys or spec.key.asset_key not in made
    }
    if context._selected_outputs is None:
        selected = (output for output, key in assets.items() if key in keys)
        context._selected_outputs = frozenset((*selected, *checks))
    if context._selected_checks is None:
        context._selected_checks = [key.text for key in checks.values()]


def _known(op: OpDefinition, context: OpExecutionContext) -> Iterator[tuple[str, Any]]:
    for name in op.resource_params:
        if name in context.resources:
            yield name, getattr(context.resources, name)
    if op.takes_config and op.config is not None and context.op_config is not None:
        told = context.op_config
        yield CONFIG_NAME, op.config.read(told) if isinstance(told, Mapping) else told
