"""A module of graph-backed assets as plain data: what an author wrote, before anything reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from treadle_contract.plan import Siblings, UnselectedOutputs


class Yields(StrEnum):
    """When an op yields an output."""

    ALWAYS = "always"
    #: Only if it is in `context.selected_output_names`.
    SELECTED = "selected"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class OutSpec:
    """One output of an op."""

    name: str
    optional: bool = False
    nothing: bool = False
    yields: Yields = Yields.ALWAYS


@dataclass(frozen=True, kw_only=True)
class OpSpec:
    """An op. `orders` are its In(Nothing) inputs, `defaulted` the arguments with a default.

    `returns`: it returns its outputs, all of them, where others yield them.
    """

    name: str
    args: tuple[str, ...] = ()
    defaulted: frozenset[str] = frozenset()
    orders: tuple[str, ...] = ()
    outs: tuple[OutSpec, ...]
    returns: bool = False
    fails: bool = False

    @property
    def inputs(self) -> tuple[str, ...]:
        return (*self.args, *self.orders)

    @property
    def gives_value(self) -> bool:
        return not all(out.nothing for out in self.outs)


@dataclass(frozen=True)
class ArgRead:
    """An argument of the graph is read."""

    arg: str


@dataclass(frozen=True)
class NodeRead:
    """An output of another node of the graph is read."""

    node: str
    out: str


Ref: TypeAlias = ArgRead | NodeRead


@dataclass(frozen=True, kw_only=True)
class Read:
    """What an input is bound to; `fan_in`: to a list."""

    refs: tuple[Ref, ...]
    fan_in: bool = False


@dataclass(frozen=True, kw_only=True)
class NodeSpec:
    """One invocation of an op or a graph, by the name that it has in its graph."""

    name: str
    of: str
    aliased: bool
    reads: Mapping[str, Read]

    def reads_from(self) -> set[str]:
        """Return the nodes that it reads from."""
        refs = [ref for read in self.reads.values() for ref in read.refs]
        return {ref.node for ref in refs if isinstance(ref, NodeRead)}


@dataclass(frozen=True, kw_only=True)
class GraphSpec:
    """A graph: its nodes in the order they are invoked, and which output is which."""

    name: str
    args: tuple[str, ...] = ()
    nodes: tuple[NodeSpec, ...]
    outs: Mapping[str, NodeRead]


class Decorator(StrEnum):
    """What makes a block."""

    ASSET = "asset"
    MULTI_ASSET = "multi_asset"
    GRAPH_ASSET = "graph_asset"
    GRAPH_MULTI_ASSET = "graph_multi_asset"
    FROM_GRAPH = "from_graph"


@dataclass(frozen=True, kw_only=True)
class BlockSpec:
    """A block: one op or one graph, with the asset of each output and of each argument."""

    by: Decorator
    name: str
    of: OpSpec | GraphSpec
    keys: Mapping[str, str]
    reads: Mapping[str, str]
    optional: frozenset[str] = frozenset()
    deps: tuple[str, ...] = ()
    can_subset: bool = False
    unselected_outputs: UnselectedOutputs | None = None
    siblings: Siblings | None = None
    internal_deps: Mapping[str, tuple[str, ...]] | None = None

    @property
    def is_graph(self) -> bool:
        return isinstance(self.of, GraphSpec)


@dataclass(frozen=True, kw_only=True)
class ModuleSpec:
    """A whole module. `graphs` are those that others invoke, each after those it invokes."""

    ops: Mapping[str, OpSpec] = field(default_factory=dict)
    graphs: Mapping[str, GraphSpec] = field(default_factory=dict)
    blocks: tuple[BlockSpec, ...] = ()
    externals: tuple[str, ...] = ()

    def made_assets(self) -> Iterator[tuple[BlockSpec, str, bool]]:
        """Yield each asset that a block makes, with the block, and whether it is Nothing."""
        for block in self.blocks:
            for out, key in block.keys.items():
                yield block, key, self._is_nothing(block.of, out)

    def joined(self, other: ModuleSpec) -> ModuleSpec:
        """Return one module of both, whose names must differ."""
        return ModuleSpec(
            ops={**self.ops, **other.ops},
            graphs={**self.graphs, **other.graphs},
            blocks=(*self.blocks, *other.blocks),
            externals=(*self.externals, *other.externals),
        )

    def _is_nothing(self, node: OpSpec | GraphSpec, out: str) -> bool:
        if isinstance(node, OpSpec):
            return next(each for each in node.outs if each.name == out).nothing
        ref = node.outs[out]
        of = next(each for each in node.nodes if each.name == ref.node).of
        return self._is_nothing(self.ops.get(of) or self.graphs[of], ref.out)
