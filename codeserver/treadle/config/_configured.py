"""configured: an op, a graph or a resource that is told its config, or told it by a function of a config of its own."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from treadle._arguments import checked
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._names import checked_name
from treadle._source import user_line
from treadle._system import os
from treadle._value_words import in_words
from treadle.config._config_mapping import ConfigMapping, checked_graph_config
from treadle.config._op_config import ConfigType, parameter_type, schema_config_type
from treadle.config._run_config import config_data
from treadle.config.values import told_secrets, unknown_names, with_variables
from treadle.ops._annotations import annotations_of
from treadle.ops._functions import checked_function, name_of
from treadle.ops._signatures import parameters_of
from treadle_contract.config_data import laid_over, nodes_laid_over
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.message import UserValue


@checked
def configured(
    configurable: Any,
    config_schema: Any = None,
    *,
    name: str | None = None,
    description: str | None = None,
) -> Callable[[Any], Any]:
    """Return what makes, of a config or of a function of a config of its own, such a thing that is told it.

    `configurable` is an op, a graph, or what `@resource` or `@io_manager` made; the rest goes to its method
    `configured`. A run may lay its own config over one that is told as it is.

    Raises:
        ArgumentError: it can be told nothing.
    """
    method = getattr(type(configurable), "configured", None)
    if method is None or isinstance(configurable, type):
        raise ArgumentError(
            f"configured: {in_words(configurable)} is no op, graph or resource of a function.",
            fix="A class of resources is made with its config: Store(path=…).",
            source=user_line(),
        )
    given = {"name": name, "config_schema": config_schema, "description": description}
    said = {each: value for each, value in given.items() if value is not None}
    return lambda config: method(configurable, config, **said)


def configured_node(
    node: Any, config: Any, name: str | None, config_schema: Any, description: str | None
) -> Any:
    """Return an op or a graph that is told its config.

    Raises:
        ArgumentError: it takes none, or not this one.
        InvalidNameError: no node can be called so.
    """
    own = name_of(config) if callable(config) else node.name
    if own == "<lambda>":
        own = node.name
    changed = {
        "name": checked_name(name or own, what="configured: name"),
        "description": node.description if description is None else description,
    }
    owner = f"configured: {node.name!r}"
    if hasattr(node, "invocations"):
        return replace(node, **changed, config=_of_graph(node, config, config_schema, owner))
    if node.config is None:
        raise ArgumentError(
            f"{owner} takes no config.",
            fix="Give its function a parameter config, or leave it as it is.",
            source=user_line(),
        )
    return replace(
        node, **changed, config=configured_type(node.config, config, config_schema, owner)
    )


def configured_type(inner: ConfigType, config: Any, config_schema: Any, owner: str) -> ConfigType:
    """Return the type of config of what is told by a constant, or by a function, what `inner` takes.

    Raises:
        ArgumentError: it cannot be told that.
    """
    if not callable(config):
        return replace(inner, default=laid_over(inner.default, constant(inner, config, owner)))
    outer = _own_type(config, config_schema, owner)

    def validate(value: Any) -> Any:
        told = outer.validate(value)
        if config_schema is not None:
            from treadle.steps._config import as_plain_data  # noqa: PLC0415 -- it runs in a step alone

            told = as_plain_data(told)
        made = _resolved(inner, config(told))
        try:
            return inner.read(made)
        except ValueError as error:
            raise ValueError(
                f"{name_of(config)} returned what cannot be told: {owner} takes another config. {error}"
            ) from error

    return ConfigType(
        schema=outer.schema,
        text=outer.text,
        validate=validate,
        default=outer.default,
        functions=(config, *inner.functions),
    )


def constant(kind: ConfigType, config: Any, owner: str) -> UserValue:
    """Return a constant config as plain data.

    Raises:
        ArgumentError: it names what is not there, or holds a secret.
    """
    try:
        told = config_data(config)
    except ValueError as error:
        raise ArgumentError(f"{owner}: {error}", fix="Correct it.", source=user_line()) from error
    for path, known in unknown_names(told, kind.schema):
        raise ArgumentError(
            f"{owner}: config has {'.'.join(path)}, which is not there."
            f"{did_you_mean(path[-1], known)}",
            fix=f"There is {listed(known)}.",
            source=user_line(),
        )
    for path in told_secrets(told, kind.schema, kind.schema):
        raise ArgumentError(
            f"{owner}: config holds a secret as it is, at {'.'.join(path)}.",
            fix="Give EnvVar(…), the name of a variable that holds it where steps run.",
            source=user_line(),
        )
    return told


class _ConfiguredMapping(ConfigMapping):
    """A function of a config that returns that of a graph which maps its own."""

    __slots__ = ("inner",)

    inner: ConfigMapping

    @property
    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (self.fn, *self.inner.functions)

    def ops(self, value: UserValue) -> dict[str, UserValue]:
        told = self.told(value)
        return self.inner.ops(_resolved(self.inner.type, self.fn(told)))


def _of_graph(graph: Any, config: Any, config_schema: Any, owner: str) -> Any:
    mapping = graph.config
    if isinstance(mapping, ConfigMapping):
        if callable(config) and not isinstance(config, ConfigMapping):
            made = _ConfiguredMapping(config, config_schema)
            made.inner = mapping
            return made
        made_of = copy(mapping)
        made_of.type = configured_type(mapping.type, config, None, owner)
        return made_of
    if callable(config):
        raise ArgumentError(
            f"{owner} is a graph without config of its own, and is told by a function.",
            fix="Give the graph a mapping: @graph(config=…), with @config_mapping over the function.",
            source=user_line(),
        )
    from treadle.graphs._graph_config import checked_config  # noqa: PLC0415 -- few graphs have config

    told: Any = checked_graph_config(config, owner=owner)
    return checked_config(nodes_laid_over(mapping, told), graph.invocations, owner=owner)


def _own_type(fn: Callable[..., Any], config_schema: Any, owner: str) -> ConfigType:
    parameters = parameters_of(checked_function(fn, label=owner, name=""))
    if len(parameters) != 1:
        raise ArgumentError(
            f"{owner}: {name_of(fn)} takes {len(parameters)} arguments.",
            fix="Let it take one, the config that a run tells.",
            source=user_line(),
        )
    if config_schema is not None:
        return schema_config_type(config_schema, owner=owner)
    return parameter_type(parameters[0], annotations_of(fn), owner=owner)


def _resolved(kind: ConfigType, config: Any) -> UserValue:
    """Return what a function gave for a config of this type, over what holds of it by default."""
    told = config_data(config, reveal=True)
    return with_variables(laid_over(kind.default, told), kind.schema, os.environ)
