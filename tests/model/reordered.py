"""The same module, written in another order."""

from __future__ import annotations

import random
from dataclasses import replace

from tests.model.modules import GraphSpec, ModuleSpec, NodeSpec


def reordered(spec: ModuleSpec, seed: int) -> ModuleSpec:
    """Return the module with its ops and blocks defined in another order."""
    rng = random.Random(seed)
    ops = rng.sample(list(spec.ops.values()), len(spec.ops))
    blocks = rng.sample(spec.blocks, len(spec.blocks))
    return replace(spec, ops={op.name: op for op in ops}, blocks=tuple(blocks))


def reinvoked(spec: ModuleSpec, seed: int) -> ModuleSpec:
    """Return the module with each graph's nodes invoked in another order.

    Those of one op without an alias keep theirs: it is what their names come from.
    """
    rng = random.Random(seed)
    graphs = {name: _shuffled(graph, rng) for name, graph in spec.graphs.items()}
    blocks = (
        replace(block, of=graphs.get(block.of.name) or _shuffled(block.of, rng))
        if isinstance(block.of, GraphSpec)
        else block
        for block in spec.blocks
    )
    return replace(spec, graphs=graphs, blocks=tuple(blocks))


def _shuffled(graph: GraphSpec, rng: random.Random) -> GraphSpec:
    waiting = list(graph.nodes)
    nodes: list[NodeSpec] = []
    while waiting:
        names = {node.name for node in waiting}
        first = {node.of: node for node in reversed(waiting) if not node.aliased}
        ready = [
            node
            for node in waiting
            if not names.intersection(node.reads_from())
            and (node.aliased or first[node.of] is node)
        ]
        nodes.append(rng.choice(ready))
        waiting.remove(nodes[-1])
    return replace(graph, nodes=tuple(nodes))
