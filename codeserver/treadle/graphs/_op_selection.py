"""op_selection: the part of a graph that some of its ops are, wired as they are in the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from treadle._errors import ArgumentError, CompositionError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.graphs._graph import GraphDefinition
from treadle.graphs._handles import ArgumentRef, Ref
from treadle.graphs._node import Binding, Invocation
from treadle.selection._op_clauses import Nodes, OpSelectionError, Tree, selected_nodes
from treadle_contract.lazy_dataclasses import replace


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
    for clause in clauses:
        if not isinstance(clause, str):
            raise ArgumentError(
                f"{owner}: op_selection has {in_words(clause)}, which names no op.",
                fix="Give names of ops, as text.",
                source=user_line(),
            )
    reads = {each: {ref.node for ref in said.reads()} for each, said in graph.invocations.items()}
    try:
        tree = selected_nodes(clauses, _nodes(graph), reads)
    except OpSelectionError as error:
        raise ArgumentError(
            f"{owner}: {error.problem}", fix=error.fix, source=user_line()
        ) from error
    return _part(graph, tree, owner) if clauses else graph


def _nodes(graph: GraphDefinition) -> Nodes:
    return {
        name: _nodes(each.node) if isinstance(each.node, GraphDefinition) else None
        for name, each in graph.invocations.items()
    }


def _part(graph: GraphDefinition, tree: Tree, owner: str, inside: str = "") -> GraphDefinition:
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
