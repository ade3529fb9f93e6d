"""Random modules, for hypothesis: from a size and a seed, as `locations` are.

Nodes are made one after another and dealt out to graphs as they come, each reading what was made
before it, so that blocks need each other both ways and no step needs itself. What may not stand
as it is, an op nothing can need, is made an asset at the end.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tests.model.modules import (
    ArgRead,
    BlockSpec,
    Decorator,
    GraphSpec,
    ModuleSpec,
    NodeRead,
    NodeSpec,
    OpSpec,
    OutSpec,
    Read,
    Ref,
    Yields,
)
from treadle.snapshot import Siblings, UnselectedOutputs

T = TypeVar("T")

_NEAR = 5
"""So many values back a node reads: what came last is read most, so that chains grow."""


def random_module(
    size: int, seed: int, prefix: str = "", above: ModuleSpec | None = None
) -> ModuleSpec:
    """Make a module of about so many invocations; `prefix` begins every name in it.

    It may read the assets of the module `above`, with which it can be joined.
    """
    return _Module(random.Random(seed), prefix, above or ModuleSpec()).made(size)


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


@dataclass(kw_only=True)
class _Graph:
    """A graph that grows. `listed` are arguments that cannot be given a list."""

    name: str
    args: dict[str, str] = field(default_factory=dict)
    orders: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    nodes: list[NodeSpec] = field(default_factory=list)
    values: list[NodeRead] = field(default_factory=list)
    nothings: list[NodeRead] = field(default_factory=list)
    keys: dict[NodeRead, list[str]] = field(default_factory=dict)
    known_before: tuple[str, ...] = ()
    uses: dict[str, int] = field(default_factory=dict)

    def read(self) -> set[NodeRead]:
        refs = [ref for node in self.nodes for read in node.reads.values() for ref in read.refs]
        return {ref for ref in refs if isinstance(ref, NodeRead)}


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """What can be invoked: its inputs and outputs."""

    args: tuple[str, ...] = ()
    optional_args: frozenset[str] = frozenset()
    orders: tuple[str, ...] = ()
    listed: frozenset[str] = frozenset()
    values: tuple[str, ...] = ()
    nothings: tuple[str, ...] = ()


class _Module:
    def __init__(self, rng: random.Random, prefix: str, above: ModuleSpec) -> None:
        self._rng = rng
        self._prefix = prefix
        self._ops: dict[str, OpSpec] = {}
        self._graphs: dict[str, GraphSpec] = {}
        self._shapes: dict[str, _Shape] = {}
        self._assets: dict[str, str] = {}
        self._nothing_assets: dict[str, str] = {}
        for block, key, nothing in above.made_assets():
            (self._nothing_assets if nothing else self._assets)[key] = block.name
        self._externals = tuple(f"{prefix}x{number}" for number in range(2))
        self._growing: dict[str, _Graph] = {}
        # One op in some modules grows too: what is read between its outputs closes circles.
        self._cut = f"{prefix}mc" if rng.random() < 0.35 else ""
        self._cut_deps: dict[str, tuple[str, ...]] = {}
        self._blocks: list[BlockSpec] = []
        self._count = 0

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

    def _number(self) -> int:
        self._count += 1
        return self._count

    # Ops and the graphs that others invoke.

    def _add_op(self, args: int | None = None) -> str:
        name = f"{self._prefix}o{self._number()}"
        count = self._rng.choice((0, 1, 1, 2, 3)) if args is None else args
        names = tuple(f"a{number}" for number in range(count))
        outs = self._outs(orders_only=self._rng.random() < 0.15 and count > 0)
        if not names and all(out.nothing for out in outs):
            # Nothing would ever need it, were its outputs not read.
            outs = (replace(outs[0], nothing=False), *outs[1:])
        orders = ("o0",) if self._rng.random() < 0.15 else ()
        self._ops[name] = OpSpec(
            name=name,
            args=names,
            defaulted=frozenset(names[-1:] if self._rng.random() < 0.3 else ()),
            orders=orders,
            outs=outs,
            returns=self._rng.random() < 0.5 and all(out.yields is Yields.ALWAYS for out in outs),
            fails=self._rng.random() < 0.03,
        )
        self._shapes[name] = _Shape(
            args=names,
            optional_args=self._ops[name].defaulted,
            orders=orders,
            values=tuple(out.name for out in outs if not out.nothing),
            nothings=tuple(out.name for out in outs if out.nothing),
        )
        return name

    def _outs(self, *, orders_only: bool) -> tuple[OutSpec, ...]:
        return tuple(
            self._out(f"r{number}", nothing=orders_only or self._rng.random() < 0.12)
            for number in range(self._rng.choice((1, 1, 2, 3)))
        )

    def _out(self, name: str, *, nothing: bool) -> OutSpec:
        optional = self._rng.random() < 0.35
        always, selected, never = Yields.ALWAYS, Yields.SELECTED, Yields.NEVER
        choices = (always, selected, selected, never) if optional else (always,) * 8 + (selected,)
        return OutSpec(
            name=name, optional=optional, nothing=nothing, yields=self._rng.choice(choices)
        )

    def _add_library_graph(self) -> None:
        graph = _Graph(name=f"{self._prefix}n{self._number()}")
        for number in range(self._rng.choice((0, 1, 1, 2))):
            graph.args[f"p{number}"] = ""
        if self._rng.random() < 0.2:
            graph.orders.add("q0")
        for _ in range(self._rng.randint(1, 3)):
            self._add_node(graph)
        self._read_every_argument(graph)
        read = graph.read()
        returned = [ref for node in graph.nodes for ref in self._unreachable(graph, node, read)]
        returned += [ref for ref in graph.values + graph.nothings if self._rng.random() < 0.3]
        returned = list(dict.fromkeys(returned)) or [*graph.values, *graph.nothings][:1]
        if self._rng.random() < 0.15:
            returned.append(returned[0])
        outs = {f"g{number}": ref for number, ref in enumerate(returned)}
        self._graphs[graph.name] = GraphSpec(
            name=graph.name,
            args=(*graph.args, *sorted(graph.orders)),
            nodes=tuple(graph.nodes),
            outs=outs,
        )
        by_value = {
            ref.arg
            for node in graph.nodes
            for name, read in node.reads.items()
            if name not in self._shapes[node.of].orders
            for ref in read.refs
            if isinstance(ref, ArgRead)
        }
        self._shapes[graph.name] = _Shape(
            args=tuple(arg for arg in graph.args if arg in by_value),
            orders=(*(arg for arg in graph.args if arg not in by_value), *sorted(graph.orders)),
            listed=frozenset(graph.listed),
            values=tuple(out for out, ref in outs.items() if ref in graph.values),
            nothings=tuple(out for out, ref in outs.items() if ref in graph.nothings),
        )

    def _read_every_argument(self, graph: _Graph) -> None:
        """Let a last op read the arguments that none does: a graph may not have such."""
        refs = [ref for node in graph.nodes for read in node.reads.values() for ref in read.refs]
        unread = [arg for arg in (*graph.args, *graph.orders) if ArgRead(arg) not in refs]
        for arg in unread:
            name = self._add_op(args=0 if arg in graph.orders else 1)
            if arg in graph.orders and not self._ops[name].orders:
                self._ops[name] = replace(self._ops[name], orders=("o0",))
                self._shapes[name] = replace(self._shapes[name], orders=("o0",))
            shape = self._shapes[name]
            reads = {each: Read(refs=(ArgRead(arg),)) for each in (*shape.args, *shape.orders)}
            self._invoke(graph, name, reads)

    # Nodes.

    def _grow(self, name: str) -> None:
        if name not in self._growing:
            self._growing[name] = _Graph(name=name, known_before=self._known())
        graph = self._growing[name]
        self._add_node(graph)
        node = graph.nodes[-1]
        shape = self._shapes[node.of]
        for out in (*shape.values, *shape.nothings):
            if self._rng.random() < 0.45:
                self._make_asset(graph, NodeRead(node.name, out))

    def _make_asset(self, graph: _Graph, ref: NodeRead) -> None:
        keys = graph.keys.setdefault(ref, [])
        for _ in range(self._rng.choice((1, 1, 1, 2))):
            keys.append(self._new_key(graph.name, nothing=ref in graph.nothings))

    def _new_key(self, block: str, *, nothing: bool) -> str:
        folder = "f/" if self._rng.random() < 0.2 else ""
        key = f"{folder}{self._prefix}k{self._number()}"
        (self._nothing_assets if nothing else self._assets)[key] = block
        return key

    def _known(self) -> tuple[str, ...]:
        return (*self._assets, *self._nothing_assets, *self._externals)

    def _add_node(self, graph: _Graph) -> None:
        known = [name for name in self._shapes if not self._is_starved(graph, name)]
        if known and self._rng.random() < 0.35:
            name = self._rng.choice(known[-4:])
        else:
            name = self._add_op(args=None if self._value_refs(graph) else 0)
        shape = self._shapes[name]
        reads: dict[str, Read] = {}
        for arg in shape.args:
            is_optional = arg in shape.optional_args and shape.values
            if not is_optional or self._rng.random() < 0.5:
                reads[arg] = self._value_read(graph, may_list=arg not in shape.listed)
        for order in shape.orders:
            read = self._order_read(graph, may_list=order not in shape.listed)
            if read is not None:
                reads[order] = read
        self._invoke(graph, name, reads)

    def _is_starved(self, graph: _Graph, name: str) -> bool:
        needs = self._shapes[name].args or (name in self._graphs and self._shapes[name].orders)
        return bool(needs) and not self._value_refs(graph)

    def _invoke(self, graph: _Graph, of: str, reads: dict[str, Read]) -> None:
        aliased = self._rng.random() < 0.2
        if aliased:
            name = f"z{self._number()}"
        else:
            graph.uses[of] = graph.uses.get(of, 0) + 1
            name = of if graph.uses[of] == 1 else f"{of}_{graph.uses[of]}"
        graph.nodes.append(NodeSpec(name=name, of=of, aliased=aliased, reads=reads))
        shape = self._shapes[of]
        graph.values += [NodeRead(name, out) for out in shape.values]
        graph.nothings += [NodeRead(name, out) for out in shape.nothings]
        for arg, read in reads.items():
            for ref in read.refs:
                if isinstance(ref, ArgRead) and (read.fan_in or arg in shape.listed):
                    graph.listed.add(ref.arg)

    # Reads.

    def _is_library(self, graph: _Graph) -> bool:
        return graph.name not in self._growing

    def _value_refs(self, graph: _Graph) -> list[Ref]:
        refs: list[Ref] = list(graph.values[-_NEAR:])
        if self._is_library(graph):
            return [*refs, *(ArgRead(arg) for arg in graph.args)]
        keys = [key for key, block in self._assets.items() if block != graph.name]
        return [*refs, *(self._argument(graph, key, keep=False) for key in keys[-_NEAR:])]

    def _odd_refs(self, graph: _Graph) -> list[Ref]:
        """Return what hardly any graph is given: an asset of its own, or an external one."""
        if self._is_library(graph):
            return []
        keys = [self._externals[0]] if self._rng.random() < 0.03 else []
        if self._rng.random() < 0.1:
            keys += [key for key, block in self._assets.items() if block == graph.name][-1:]
        return [self._argument(graph, key, keep=False) for key in keys]

    def _argument(self, graph: _Graph, key: str, *, keep: bool = True) -> ArgRead:
        """Return the argument for an asset; only what is kept becomes one."""
        arg = next((arg for arg, each in graph.args.items() if each == key), None)
        if arg is None:
            # Half the arguments are called like the asset, so that no AssetIn is needed.
            plain = "/" not in key and int(key[-1], 36) % 2 == 0
            arg = key if plain else f"in_{key.replace('/', '_')}"
            if keep:
                graph.args[arg] = key
        return ArgRead(arg)

    def _value_read(self, graph: _Graph, *, may_list: bool) -> Read:
        refs = [*self._value_refs(graph), *self._odd_refs(graph)]
        if may_list and self._rng.random() < 0.3:
            some = self._some(refs, 3)
            return self._kept(graph, Read(refs=tuple(some), fan_in=True))
        return self._kept(graph, Read(refs=(self._rng.choice(refs),)))

    def _order_read(self, graph: _Graph, *, may_list: bool) -> Read | None:
        refs: list[Ref] = [*self._value_refs(graph), *graph.nothings[-3:]]
        if self._is_library(graph):
            refs += [ArgRead(order) for order in sorted(graph.orders)]
        else:
            keys = [*list(self._nothing_assets)[-3:], *self._externals[1:]]
            refs += [
                self._argument(graph, key, keep=False)
                for key in keys
                if self._nothing_assets.get(key) != graph.name
            ]
        if not refs:
            return None
        if may_list and self._rng.random() < 0.3:
            return self._kept(graph, Read(refs=tuple(self._some(refs, 3)), fan_in=True))
        return self._kept(graph, Read(refs=(self._rng.choice(refs),)))

    def _kept(self, graph: _Graph, read: Read) -> Read:
        if self._is_library(graph):
            return read
        for ref in read.refs:
            for key in self._known():
                if isinstance(ref, ArgRead) and self._argument(graph, key, keep=False) == ref:
                    self._argument(graph, key)
        return read

    def _some(self, known: Sequence[T], most: int) -> list[T]:
        return self._rng.sample(known, self._rng.randint(1, min(most, len(known))))

    # Blocks.

    def _unreachable(self, graph: _Graph, node: NodeSpec, read: set[NodeRead]) -> list[NodeRead]:
        """Return an output that must be returned for the node to be of use to anybody."""
        shape = self._shapes[node.of]
        refs = [NodeRead(node.name, out) for out in (*shape.values, *shape.nothings)]
        is_needed = any(ref in read or ref in graph.keys for ref in refs)
        follows = bool(node.reads) and not shape.values
        return [] if is_needed or follows else refs[:1]

    def _graph_block(self, graph: _Graph) -> BlockSpec:
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
        known = [*self._assets][-_NEAR:]
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
        known = list(self._assets)[-_NEAR:]
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
