"""op_selection: the part of a graph that some of its ops are, wired as they are in the whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from treadle._errors import ArgumentError, CompositionError, did_you_mean, listed
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.graphs._graph import GraphDefinition
from treadle.graphs._handles import ArgumentRef, Ref
from treadle.graphs._node import Binding, Invocation
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.message import UserValue

#: Nodes by name, each with those of its own that are selected; None: all of it.
_Tree: TypeAlias = dict[str, "_Tree | None"]

_CLAUSE: Final = re.compile(r"(\*|\+*)([\w.]+)(\*|\+*)")


def selected_part(graph: GraphDefinition, op_selection: object, *, owner: str) -> GraphDefinition:
    """Return a graph of the nodes that are selected, all of it for None and an empty list.

    "a" is a node, "*a" and "a*" also what comes before or after it, "+a" and "a+" one layer of that,
    "inner.a" a node of a graph in the graph.

    Raises:
        ArgumentError: it is no list of names, or names what is not there.
        CompositionError: an input loses what it reads, and has no other value.
    """
    if op_selection is None:
        return graph
    if isinstance(op_selection, str) or not isinstance(op_selection, Iterable):
        raise ArgumentError(
            f"{owner}: op_selection is {in_words(op_selection)}, and no list.",
            fix='Give a list of ops, as ["a", "*b", "inner.c"].',
            source=user_line(),
        )
    clauses = list(op_selection)
    tree: _Tree = {}
    for clause in clauses:
        _select(tree, graph, clause, owner)
    return _part(graph, tree, owner) if clauses else graph


def config_of_part(whole: GraphDefinition, part: GraphDefinition, config: UserValue) -> UserValue:
    """Return config that is written for the whole graph, without the nodes and inputs that were left out."""
    if part is whole or not isinstance(config, Mapping):
        return config
    inputs = config.get("inputs")
    if isinstance(inputs, Mapping):
        unread = whole.ins.keys() - part.ins.keys()
        config = {**config, "inputs": {k: each for k, each in inputs.items() if k not in unread}}
    ops = config.get("ops")
    if not isinstance(ops, Mapping):
        return config
    kept = {}
    for name, entry in ops.items():
        if name in whole.invocations and name not in part.invocations:
            continue
        before, after = (each.invocations.get(name) for each in (whole, part))
        if before is not None and after is not None and isinstance(before.node, GraphDefinition):
            assert isinstance(after.node, GraphDefinition)
            entry = config_of_part(before.node, after.node, entry)  # noqa: PLW2901 -- the same, less
        kept[name] = entry
    return {**config, "ops": kept}


def _select(tree: _Tree, graph: GraphDefinition, clause: object, owner: str) -> None:
    if clause == "*":
        tree.update(dict.fromkeys(graph.invocations))
        return
    found = _CLAUSE.fullmatch(clause) if isinstance(clause, str) else None
    if found is None:
        raise ArgumentError(
            f"{owner}: op_selection has {in_words(clause)}, which names no op.",
            fix='Write "a", "*a", "a*", "+a", "a+" or "inner.a", each in a text of its own.',
            source=user_line(),
        )
    before, name, after = found.groups()
    path = name.split(".")
    if len(path) > 1 and (before or after):
        raise ArgumentError(
            f"{owner}: op_selection has {clause!r}, and * and + take whole nodes of the job alone.",
            fix=f"Name what is wanted in {path[0]!r} one by one, or write {before}{path[0]}{after}.",
            source=user_line(),
        )
    _known(graph, path, owner)
    if len(path) > 1:
        _put(tree, path)
        return
    reads = {each: {ref.node for ref in said.reads()} for each, said in graph.invocations.items()}
    read_by = {each: {one for one, read in reads.items() if each in read} for each in reads}
    for mark, links in ((before, reads), (after, read_by)):
        tree.update(dict.fromkeys(_reached(name, links, mark)))


def _reached(name: str, links: Mapping[str, set[str]], mark: str) -> set[str]:
    layers = len(links) if mark == "*" else len(mark)
    found = {name}
    for _ in range(layers):
        found |= {each for one in found for each in links[one]}
    return found


def _put(tree: _Tree, path: list[str]) -> None:
    """Select a node of a graph in the graph, unless one around it is selected whole."""
    *outer, last = path
    for name in outer:
        inner = tree.setdefault(name, {})
        if inner is None:
            return
        tree = inner
    tree[last] = None


def _known(graph: GraphDefinition, path: list[str], owner: str) -> None:
    node: Any = graph
    for depth, name in enumerate(path):
        nodes = node.invocations if isinstance(node, GraphDefinition) else {}
        if name not in nodes:
            inside = [*path[:depth], ""]
            known = [".".join(inside) + each for each in nodes]
            wanted = ".".join(path[: depth + 1])
            raise ArgumentError(
                f"{owner}: op_selection names {wanted!r}, which is not there."
                f"{did_you_mean(wanted, known)}",
                fix=f"There is {listed(known)}." if known else f"{path[depth - 1]!r} is an op.",
                source=user_line(),
            )
        node = nodes[name].node


def _part(graph: GraphDefinition, tree: _Tree, owner: str, inside: str = "") -> GraphDefinition:
    nodes: dict[str, Any] = {}
    for name, invocation in graph.invocations.items():
        if name in tree:
            inner, node = tree[name], invocation.node
            if inner is not None and isinstance(node, GraphDefinition):
                node = _part(node, inner, owner, f"{inside}{name}.")
            nodes[name] = node

    def is_there(ref: Ref) -> bool:
        return isinstance(ref, ArgumentRef) or (
            ref.node in nodes and ref.output in nodes[ref.node].outs
        )

    kept = {
        name: _rewired(graph.invocations[name], node, is_there, f"{owner}: {inside}")
        for name, node in nodes.items()
    }
    read = {
        ref.argument
        for each in kept.values()
        for binding in each.bindings.values()
        for ref in binding.refs
        if isinstance(ref, ArgumentRef)
    }
    mapping = {name: ref for name, ref in graph.mapping.items() if is_there(ref)}
    return replace(
        graph,
        invocations=kept,
        mapping=mapping,
        outs={name: graph.outs[name] for name in mapping},
        ins={name: each for name, each in graph.ins.items() if name in read},
        input_assets={name: key for name, key in graph.input_assets.items() if name in read},
    )


def _rewired(
    invocation: Invocation, node: Any, is_there: Callable[[Ref], bool], where: str
) -> Invocation:
    bindings: dict[str, Binding] = {}
    for name, binding in invocation.bindings.items():
        refs = tuple(filter(is_there, binding.refs))
        if name not in node.ins:
            continue
        if refs:
            bindings[name] = replace(binding, refs=refs)
        elif node.needs(name) and not node.may_be_told(name):
            raise CompositionError(
                f"{where}{invocation.name!r} reads {', '.join(map(str, binding.refs))} as its input {name!r},"
                " which op_selection leaves out.",
                fix="Select what makes it, too (* or + before the name), or give the input a default, or a type that a run can tell.",
                source=user_line(),
                others=(invocation.source,),
            )
    return replace(invocation, node=node, bindings=bindings)
