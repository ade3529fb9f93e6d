"""What a graph tells its ops, checked against them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._source import user_line
from treadle.config._config_mapping import ConfigMapping, GraphConfig, Misfit, checked_graph_config
from treadle.config.values import Schema, told_secrets, unknown_names
from treadle.graphs._node import Invocation
from treadle.ops._op import OpDefinition
from treadle_contract.message import UserValue

Path: TypeAlias = tuple[str, ...]
T = TypeVar("T")


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
        return checked.told_of(lambda said: _misfit(said, invocations))
    wrong = _misfit(checked, invocations)
    if wrong is not None:
        raise ArgumentError(f"{owner}: config {wrong.problem}", fix=wrong.fix, source=user_line())
    for path, known in _told(checked, invocations, unknown_names):
        raise ArgumentError(
            f"{owner}: config has {'.'.join(path)}, which is not there."
            f"{did_you_mean(path[-1], known)}",
            fix=f"There is {listed(known)}.",
            source=user_line(),
        )
    for path in _told(checked, invocations, told_secrets):
        raise ArgumentError(
            f"{owner}: config holds a secret as it is, at {'.'.join(path)}.",
            fix="Give EnvVar(…), the name of a variable that holds it where steps run.",
            source=user_line(),
        )
    return checked


def _told(
    said: Mapping[str, UserValue],
    invocations: Mapping[str, Invocation],
    find: Callable[[UserValue, Schema, Schema, Path], Iterator[T]],
    inside: Path = (),
) -> Iterator[T]:
    """Yield what a search finds in what each op is told."""
    for name, entry in said.items():
        node: Any = invocations[name].node
        known = _known(node)
        told = entry.get(known) if isinstance(entry, Mapping) else None
        if known == "config":
            schema = node.config.type.schema if _is_mapped(node) else node.config.schema
            yield from find(told, schema, schema, (*inside, name, known))
        elif isinstance(told, Mapping):
            yield from _told(told, node.invocations, find, (*inside, name, known))


def _misfit(
    said: Mapping[str, UserValue], invocations: Mapping[str, Invocation], inside: str = ""
) -> Misfit | None:
    """Return the first thing that the nodes of a graph cannot be told, None if there is none."""
    for name, entry in said.items():
        if name not in invocations:
            return Misfit(
                f"names {inside + name!r}, which it does not call.{did_you_mean(name, invocations)}",
                f"It calls {listed(invocations)}.",
            )
        node: Any = invocations[name].node
        known = _known(node)
        inputs = _tellable(invocations[name])
        wrong = _wrong_keys(entry, known, inputs)
        if wrong:
            return Misfit(
                f"has {wrong[0]} for {inside + name!r}, which takes {known or 'nothing'}.",
                f'Give {{"{known}": {{…}}}}.' if known else "Leave it out.",
            )
        ops = entry.get("ops") if isinstance(entry, Mapping) else None
        if isinstance(ops, Mapping):
            found = _misfit(ops, node.invocations, f"{inside}{name}.")
            if found is not None:
                return found
    return None


def _wrong_keys(entry: UserValue, known: str, inputs: Collection[str]) -> list[str]:
    if not isinstance(entry, Mapping):
        return ["no map"]
    told = entry.get("inputs")
    may_tell = isinstance(told, Mapping) and all(name in inputs for name in told)
    return [
        repr(key)
        for key, value in entry.items()
        if key != known and value not in (None, {}) and not (key == "inputs" and may_tell)
    ]


def _tellable(invocation: Invocation) -> list[str]:
    """Return the inputs of a node that nothing is connected to, and that config may tell."""
    node = invocation.node
    return [name for name in node.ins if name not in invocation.bindings and node.may_be_told(name)]


def _known(node: Any) -> str:
    """Return under what key a node is told what it is told, "" if it takes nothing."""
    if not _takes_config(node):
        return ""
    return "config" if isinstance(node, OpDefinition) or _is_mapped(node) else "ops"


def _is_mapped(node: Any) -> bool:
    return isinstance(node.config, ConfigMapping)


def _takes_config(node: Any) -> bool:
    if isinstance(node, OpDefinition):
        return node.config is not None
    return any(_takes_config(each.node) or _tellable(each) for each in node.invocations.values())
