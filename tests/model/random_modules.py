"""Random modules, for hypothesis: from a size and a seed, as `locations` are.

Nodes are made one after another and dealt out to graphs as they come, each reading what was made
before it, so that blocks need each other both ways and no step needs itself. What may not stand
as it is, an op nothing can need, is made an asset at the end.
"""

from __future__ import annotations

import random
from dataclasses import replace

from tests.model.modules import (
    BlockSpec,
    Decorator,
    GraphSpec,
    ModuleSpec,
    NodeRead,
    OpSpec,
    Yields,
)
from tests.model.random_graphs import NEAR, Composing, GrowingGraph
from treadle_contract.plan import Siblings, UnselectedOutputs


def random_module(
    size: int, seed: int, prefix: str = "", above: ModuleSpec | None = None
) -> ModuleSpec:
    """Make a module of about so many invocations; `prefix` begins every name in it.

    It may read the assets of the module `above`, with which it can be joined.
    """
    return _Module(random.Random(seed), prefix, above or ModuleSpec()).made(size)


class _Module(Composing):
    def __init__(self, rng: random.Random, prefix: str, above: ModuleSpec) -> None:
        super().__init__(rng, prefix)
        for block, key, nothing in above.made_assets():
            (self._nothing_assets if nothing else self._assets)[key] = block.name
        # One op in some modules grows too: what is read between its outputs closes circles.
        self._cut = f"{prefix}mc" if rng.random() < 0.35 else ""
        self._cut_deps: dict[str, tuple[str, ...]] = {}
        self._blocks: list[BlockSpec] = []

    def made(self, size: int) -> ModuleSpec:
        for _ in range(self._rng.choice((0, 1, 1, 2))):
            self._add_library_graph()
        for _ in range(size):
            if self._cut and self._rng.random() < 0.3:
                self._grow_op()
            elif self._rng.random() < 0.25:
                self._blocks.append(self._op_block())
            else:
                self._grow(self._prefix + self._rng.choice(("ga", "ga", "ga", "gb")))
        for graph in self._growing.values():
            self._blocks.append(self._graph_block(graph))
        if self._cut_deps:
            self._blocks.append(self._grown_op())
        if self._rng.random() < 0.25 and self._graphs:
            self._blocks.extend(self._shared_graph_blocks())
        return ModuleSpec(
            ops=self._ops,
            graphs=self._graphs,
            blocks=tuple(self._rng.sample(self._blocks, len(self._blocks))),
            externals=self._externals,
        )

    def _graph_block(self, graph: GrowingGraph) -> BlockSpec:
        read = graph.read()
        for node in graph.nodes:
            for ref in self._unreachable(graph, node, read):
                self._make_asset(graph, ref)
        if not graph.keys:
            first = graph.nodes[0]
            shape = self._shapes[first.of]
            self._make_asset(graph, NodeRead(first.name, (*shape.values, *shape.nothings)[0]))
        outs: dict[str, NodeRead] = {}
        keys: dict[str, str] = {}
        for ref, made in graph.keys.items():
            for key in made:
                plain = "/" not in key and self._rng.random() < 0.7
                out = key if plain else f"out{len(outs)}"
                outs[out], keys[out] = ref, key
        by = Decorator.GRAPH_MULTI_ASSET
        if len(outs) == 1 and self._rng.random() < 0.7:
            by, outs, keys = (
                Decorator.GRAPH_ASSET,
                {"result": next(iter(outs.values()))},
                {"result": next(iter(keys.values()))},
            )
        made_graph = GraphSpec(
            name=graph.name, args=tuple(graph.args), nodes=tuple(graph.nodes), outs=outs
        )
        deps = [key for key in graph.known_before if self._rng.random() < 0.1]
        return self._with_options(
            BlockSpec(
                by=by,
                name=graph.name,
                of=made_graph,
                keys=keys,
                reads=dict(graph.args),
                optional=frozenset(out for out in outs if self._rng.random() < 0.1),
                deps=tuple(deps),
            )
        )

    def _with_options(self, block: BlockSpec) -> BlockSpec:
        is_single = block.by in (Decorator.ASSET, Decorator.GRAPH_ASSET)
        return replace(
            block,
            can_subset=not is_single and self._rng.random() < 0.8,
            unselected_outputs=self._rng.choice((None, None, None, *UnselectedOutputs)),
            siblings=self._rng.choice((None, None, None, *Siblings)),
        )

    def _op_block(self) -> BlockSpec:
        name = f"{self._prefix}b{self._number()}"
        known = [*self._assets][-NEAR:]
        read = self._some(known, 3) if known and self._rng.random() < 0.8 else []
        reads = {f"a{number}": key for number, key in enumerate(read)}
        outs = self._outs(orders_only=False)
        by = Decorator.MULTI_ASSET
        if len(outs) == 1 and self._rng.random() < 0.7:
            by, outs = Decorator.ASSET, (replace(outs[0], name="result"),)
        op = OpSpec(
            name=name,
            args=tuple(reads),
            outs=outs,
            returns=self._rng.random() < 0.5 and all(out.yields is Yields.ALWAYS for out in outs),
            fails=self._rng.random() < 0.03,
        )
        deps = [key for key in self._known() if self._rng.random() < 0.1]
        keys = {out.name: self._new_key(name, nothing=out.nothing) for out in outs}
        block = BlockSpec(
            by=by,
            name=name,
            of=op if by is Decorator.MULTI_ASSET else replace(op, name=_joined(keys["result"])),
            keys=keys,
            reads=reads,
            optional=frozenset(out.name for out in outs if out.optional),
            deps=tuple(deps),
        )
        # Where one op may have to be cut, others that could be instead leave several answers.
        if by is Decorator.MULTI_ASSET and not self._cut and self._rng.random() < 0.4:
            block = replace(block, internal_deps=self._internal_deps(block))
        return self._with_options(block)

    def _grow_op(self) -> None:
        known = list(self._assets)[-NEAR:]
        needed = self._some(known, 2) if known and self._rng.random() < 0.8 else []
        self._cut_deps[self._new_key(self._cut, nothing=False)] = tuple(needed)

    def _grown_op(self) -> BlockSpec:
        keys = {f"r{number}": key for number, key in enumerate(self._cut_deps)}
        every = dict.fromkeys(key for needed in self._cut_deps.values() for key in needed)
        read = [key for key in every if key not in self._cut_deps]
        outs = tuple(self._out(out, nothing=False) for out in keys)
        op = OpSpec(
            name=self._cut,
            args=tuple(f"a{number}" for number in range(len(read))),
            defaulted=frozenset(f"a{number}" for number in range(len(read) // 2, len(read))),
            outs=outs,
        )
        block = BlockSpec(
            by=Decorator.MULTI_ASSET,
            name=self._cut,
            of=op,
            keys=keys,
            reads=dict(zip(op.args, read, strict=True)),
            optional=frozenset(out.name for out in outs if out.optional),
            internal_deps={out: self._cut_deps[key] for out, key in keys.items()},
        )
        return replace(self._with_options(block), can_subset=True)

    def _internal_deps(self, block: BlockSpec) -> dict[str, tuple[str, ...]]:
        """Let each output need some of what the op reads, and of the outputs before it."""
        known = sorted({*block.reads.values(), *block.deps})
        needed = {}
        for out, key in block.keys.items():
            needed[out] = tuple(each for each in known if self._rng.random() < 0.5)
            known = [*known, key]
        return needed

    def _shared_graph_blocks(self) -> list[BlockSpec]:
        """Make one or two blocks of a graph that is there: the second one takes its name."""
        graph = self._rng.choice(list(self._graphs.values()))
        shape = self._shapes[graph.name]
        if shape.args and not self._assets:
            return []
        made = []
        known = list(self._assets)
        for _ in range(self._rng.choice((1, 2, 2))):
            reads = {arg: self._rng.choice(known) for arg in shape.args}
            reads |= {order: self._rng.choice(self._known()) for order in shape.orders}
            block = f"{self._prefix}m{self._number()}"
            keys = {out: self._new_key(block, nothing=out in shape.nothings) for out in graph.outs}
            spec = BlockSpec(
                by=Decorator.FROM_GRAPH,
                name=block,
                of=graph,
                keys=keys,
                reads={arg: reads[arg] for arg in graph.args},
            )
            made.append(self._with_options(spec))
        return made


def _joined(key: str) -> str:
    return key.replace("/", "__")
