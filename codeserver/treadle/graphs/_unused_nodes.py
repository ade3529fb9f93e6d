"""Nodes of graphs that no selection of assets could ever need."""

from __future__ import annotations

from treadle._errors import UnusedError
from treadle.graphs._flat import FlatBlock, StepRef
from treadle.graphs._graph import GraphDefinition


def refuse_unused_nodes(graph: GraphDefinition) -> None:
    """Refuse nodes, of this graph and those in it, that no selection of assets could ever need.

    An output that a graph returns counts as read, whether or not an outer graph uses it:
    a graph may be of use to others for one of its outputs only.

    Raises:
        UnusedError: there is one.
    """
    read = {ref.node for each in graph.invocations.values() for ref in each.reads()}
    read |= {ref.node for ref in graph.mapping.values()}
    inner: dict[int, GraphDefinition] = {}
    for name, invocation in graph.invocations.items():
        node = invocation.node
        if isinstance(node, GraphDefinition):
            inner[id(node)] = node
        if name in read:
            continue
        if any(node.gives_value(output) for output in node.outs):
            raise UnusedError(
                f"In {graph.owner}: no output of {name!r} is read or returned.",
                fix="Use it, or remove the call. An op only for its effect: declare Out(Nothing).",
                source=invocation.source,
            )
        if node.outs and not any(each.refs for each in invocation.bindings.values()):
            raise UnusedError(
                f"In {graph.owner}: {name!r} has no input and nobody reads its outputs, so no"
                " selection would ever run it.",
                fix="Give it an In(Nothing) input from the op that it follows.",
                source=invocation.source,
            )
    for each in inner.values():
        refuse_unused_nodes(each)


def refuse_unreachable_effects(flat: FlatBlock) -> None:
    """Refuse an effect that nothing comes before, in a block of assets.

    Raises:
        UnusedError: there is one.
    """
    read = {ref.uncollected for _, _, ref in flat.reads() if isinstance(ref, StepRef)}
    read |= set(flat.outputs.values())
    for step in flat.steps.values():
        if any(each.refs for each in step.inputs):
            continue
        refs = [StepRef(step.path, output) for output in step.op.outs]
        if all(out.is_nothing for out in step.op.outs.values()) and not read.intersection(refs):
            raise UnusedError(
                f"{'.'.join(step.path)!r} has no input and nobody reads its outputs, so no"
                " selection would ever run it.",
                fix="Give it an In(Nothing) input from the op that it follows.",
                source=step.source,
            )
