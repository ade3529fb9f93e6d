"""What a graph tells its ops, checked against them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._source import user_line
from treadle.config._config_mapping import ConfigMapping, GraphConfig, checked_graph_config
from treadle.graphs._composition import Invocation
from treadle.ops._op import OpDefinition


def checked_config(
    config: object, invocations: Mapping[str, Invocation], *, owner: str
) -> GraphConfig:
    """Return what a graph's `config=` says.

    Raises:
        ArgumentError: it says nothing that its ops can be told.
    """
    checked = checked_graph_config(config, owner=owner)
    if isinstance(checked, ConfigMapping):
        if not any(map(_takes_config, (each.node for each in invocations.values()))):
            raise ArgumentError(
                f"{owner} maps its config to its ops, of which none takes any.",
                fix="Give an op a parameter config, or leave the mapping out.",
                source=user_line(),
            )
        return checked
    for name in checked:
        if name not in invocations:
            raise ArgumentError(
                f"{owner}: config names {name!r}, which it does not call."
                + did_you_mean(name, invocations),
                fix=f"It calls {listed(invocations)}.",
                source=user_line(),
            )
    return checked


def _takes_config(node: Any) -> bool:
    if isinstance(node, OpDefinition):
        return node.config is not None
    return any(_takes_config(each.node) for each in node.invocations.values())
