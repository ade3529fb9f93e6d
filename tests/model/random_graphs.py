"""Random ops and graphs of them, for `random_modules`: each node reads what was made before it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tests.model.modules import (
    ArgRead,
    GraphSpec,
    NodeRead,
    NodeSpec,
    OpSpec,
    OutSpec,
    Read,
    Ref,
    Yields,
)

T = TypeVar("T")

NEAR = 5
"""So many values back a node reads: what came last is read most, so that chains grow."""


@dataclass(kw_only=True)
class GrowingGraph:
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
class Shape:
    """What can be invoked: its inputs and outputs."""

    args: tuple[str, ...] = ()
    optional_args: frozenset[str] = frozenset()
    orders: tuple[str, ...] = ()
    listed: frozenset[str] = frozenset()
    values: tuple[str, ...] = ()
    nothings: tuple[str, ...] = ()


class Composing:
    """Ops and graphs that grow, and what there is to be read: a module without its blocks."""

    def __init__(self, rng: random.Random, prefix: str) -> None:
        self._rng = rng
        self._prefix = prefix
        self._ops: dict[str, OpSpec] = {}
        self._graphs: dict[str, GraphSpec] = {}
        self._shapes: dict[str, Shape] = {}
        self._assets: dict[str, str] = {}
        self._nothing_assets: dict[str, str] = {}
        self._externals = tuple(f"{prefix}x{number}" for number in range(2))
        self._growing: dict[str, GrowingGraph] = {}
        self._in_folder: dict[str, float] = {}
        self._count = 0

    def _number(self) -> int:
        self._count += 1
        return self._count

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
        self._shapes[name] = Shape(
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
        graph = GrowingGraph(name=f"{self._prefix}n{self._number()}")
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
        self._shapes[graph.name] = Shape(
            args=tuple(arg for arg in graph.args if arg in by_value),
            orders=(*(arg for arg in graph.args if arg not in by_value), *sorted(graph.orders)),
            listed=frozenset(graph.listed),
            values=tuple(out for out, ref in outs.items() if ref in graph.values),
            nothings=tuple(out for out, ref in outs.items() if ref in graph.nothings),
        )

    def _read_every_argument(self, graph: GrowingGraph) -> None:
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
            self._growing[name] = GrowingGraph(name=name, known_before=self._known())
        graph = self._growing[name]
        self._add_node(graph)
        node = graph.nodes[-1]
        shape = self._shapes[node.of]
        for out in (*shape.values, *shape.nothings):
            if self._rng.random() < 0.45:
                self._make_asset(graph, NodeRead(node.name, out))

    def _make_asset(self, graph: GrowingGraph, ref: NodeRead) -> None:
        keys = graph.keys.setdefault(ref, [])
        for _ in range(self._rng.choice((1, 1, 1, 2))):
            keys.append(self._new_key(graph.name, nothing=ref in graph.nothings))

    def _new_key(self, block: str, *, nothing: bool) -> str:
        share = self._in_folder.setdefault(block, self._rng.choice((0, 0, 0.3, 1)))
        folder = "f/" if self._rng.random() < share else ""
        key = f"{folder}{self._prefix}k{self._number()}"
        (self._nothing_assets if nothing else self._assets)[key] = block
        return key

    def _known(self) -> tuple[str, ...]:
        return (*self._assets, *self._nothing_assets, *self._externals)

    def _add_node(self, graph: GrowingGraph) -> None:
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

    def _is_starved(self, graph: GrowingGraph, name: str) -> bool:
        needs = self._shapes[name].args or (name in self._graphs and self._shapes[name].orders)
        return bool(needs) and not self._value_refs(graph)

    def _invoke(self, graph: GrowingGraph, of: str, reads: dict[str, Read]) -> None:
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

    def _is_library(self, graph: GrowingGraph) -> bool:
        return graph.name not in self._growing

    def _value_refs(self, graph: GrowingGraph) -> list[Ref]:
        refs: list[Ref] = list(graph.values[-NEAR:])
        if self._is_library(graph):
            return [*refs, *(ArgRead(arg) for arg in graph.args)]
        keys = [key for key, block in self._assets.items() if block != graph.name]
        return [*refs, *(self._argument(graph, key, keep=False) for key in keys[-NEAR:])]

    def _odd_refs(self, graph: GrowingGraph) -> list[Ref]:
        """Return what hardly any graph is given: an asset of its own, or an external one."""
        if self._is_library(graph):
            return []
        keys = [self._externals[0]] if self._rng.random() < 0.03 else []
        if self._rng.random() < 0.1:
            keys += [key for key, block in self._assets.items() if block == graph.name][-1:]
        return [self._argument(graph, key, keep=False) for key in keys]

    def _argument(self, graph: GrowingGraph, key: str, *, keep: bool = True) -> ArgRead:
        """Return the argument for an asset; only what is kept becomes one."""
        arg = next((arg for arg, each in graph.args.items() if each == key), None)
        if arg is None:
            # Half the arguments are called like the asset, so that no AssetIn may be needed.
            plain = int(key[-1], 36) % 2 == 0
            arg = key.rsplit("/", maxsplit=1)[-1] if plain else f"in_{key.replace('/', '_')}"
            if keep:
                graph.args[arg] = key
        return ArgRead(arg)

    def _value_read(self, graph: GrowingGraph, *, may_list: bool) -> Read:
        refs = [*self._value_refs(graph), *self._odd_refs(graph)]
        if may_list and self._rng.random() < 0.3:
            some = self._some(refs, 3)
            return self._kept(graph, Read(refs=tuple(some), fan_in=True))
        return self._kept(graph, Read(refs=(self._rng.choice(refs),)))

    def _order_read(self, graph: GrowingGraph, *, may_list: bool) -> Read | None:
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

    def _kept(self, graph: GrowingGraph, read: Read) -> Read:
        if self._is_library(graph):
            return read
        for ref in read.refs:
            for key in self._known():
                if isinstance(ref, ArgRead) and self._argument(graph, key, keep=False) == ref:
                    self._argument(graph, key)
        return read

    def _some(self, known: Sequence[T], most: int) -> list[T]:
        return self._rng.sample(known, self._rng.randint(1, min(most, len(known))))

    def _unreachable(
        self, graph: GrowingGraph, node: NodeSpec, read: set[NodeRead]
    ) -> list[NodeRead]:
        """Return an output that must be returned for the node to be of use to anybody."""
        shape = self._shapes[node.of]
        refs = [NodeRead(node.name, out) for out in (*shape.values, *shape.nothings)]
        is_needed = any(ref in read or ref in graph.keys for ref in refs)
        follows = bool(node.reads) and not shape.values
        return [] if is_needed or follows else refs[:1]
