"""Blocks and graphs by name: which of what is made is made there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from treadle.selection._errors import UnknownAssetError
from treadle.selection._expression import And, Expression, InBlock, InGraph, Or, WithoutChecks
from treadle.selection._observed import observed_at
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.suggestions import nearest

if TYPE_CHECKING:
    from treadle.selection._evaluation import AssetGraph


class SelectableBlock(Protocol):
    """What a selection may ask of a block; `treadle.locations.snapshot.Block` is one."""

    @property
    def name(self) -> str: ...
    @property
    def asset_keys(self) -> tuple[KeyText, ...]: ...
    @property
    def is_graph(self) -> bool: ...
    @property
    def is_op_job(self) -> bool: ...


class Made(Protocol):
    """An asset or a check, and where it is made."""

    @property
    def block(self) -> str | None: ...
    @property
    def step_key(self) -> StepKey | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The blocks of each name, those of them that are graphs, and those that are jobs of ops.

    Blocks of one name are each called by it and an asset of theirs: the name alone means them all.
    """

    blocks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    graphs: frozenset[str] = frozenset()
    op_jobs: frozenset[str] = frozenset()

    @classmethod
    def of(cls, blocks: Iterable[SelectableBlock]) -> Places:
        """Index the blocks."""
        blocks = tuple(blocks)
        named = {block.name: frozenset((block.name,)) for block in blocks}
        shared: dict[str, set[str]] = {}
        for block in blocks:
            if "__" in block.name:
                for name in _shared_names(block):
                    shared.setdefault(name, set()).add(block.name)
        for name, names in shared.items():
            if len(names) > 1 and name not in named:
                named[name] = frozenset(names)
        return cls(
            blocks=named,
            graphs=frozenset([block.name for block in blocks if block.is_graph]),
            op_jobs=frozenset([block.name for block in blocks if block.is_op_job]),
        )

    def holder(self, place: InBlock | InGraph) -> Callable[[Made], bool]:
        """Return what tells whether something is made in a block, or in a graph."""
        if isinstance(place, InBlock):
            names = self.blocks.get(place.name, frozenset())
            return lambda made: made.block in names
        name, _, within = place.path.partition(".")
        graphs = self.blocks.get(name, frozenset()) & self.graphs
        starts = tuple(f"{each}.{within}." if within else f"{each}." for each in sorted(graphs))
        return lambda made: made.step_key is not None and made.step_key.startswith(starts)


def refuse_unknown_place(place: InBlock | InGraph, graph: AssetGraph) -> None:
    """Do nothing if something is made there.

    Raises:
        UnknownAssetError: nothing is.
    """
    if select_op_jobs(place, graph) or any(map(graph.places.holder(place), _all_made(graph))):
        return
    if observed_at(place, graph):
        return
    if isinstance(place, InBlock):
        kind, name, known = "block", place.name, {*graph.places.blocks}
        what = "nothing that is made here is of such a block"
    else:
        kind, name, known = "graph", place.path, _graph_paths(graph)
        what = "no op makes an asset or a check in such a graph"
    near = tuple(f"{kind}:{each}" for each in nearest(name, known))
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    if kind == "graph" and name in graph.places.blocks:
        near = (f"block:{name}",)
        meant = f" {name!r} is a function; write {near[0]}."
    raise UnknownAssetError(
        f"{place} matches nothing: {what}.{meant}", names=(str(place),), suggestions=near
    )


def select_op_jobs(expression: Expression, graph: AssetGraph) -> frozenset[str]:
    """Return the jobs of ops that the expression names as blocks: `*` and `not` take in none."""
    match expression:
        case Or(parts=parts):
            return frozenset().union(*(select_op_jobs(part, graph) for part in parts))
        case And(parts=parts):
            first, *others = (select_op_jobs(part, graph) for part in parts)
            return first.intersection(*others)
        case WithoutChecks(of=of):
            return select_op_jobs(of, graph)
        case InBlock(name=name):
            return graph.places.op_jobs & {name}
    return frozenset()


def _all_made(graph: AssetGraph) -> Iterator[Made]:
    yield from graph.assets.values()
    for checks in graph.checks.values():
        yield from checks


def _graph_paths(graph: AssetGraph) -> set[str]:
    """Return the dotted path of every graph in which something is made."""
    paths = {name for name, blocks in graph.places.blocks.items() if blocks & graph.places.graphs}
    for made in _all_made(graph):
        nodes = (made.step_key or "").split(".")[:-1]
        paths.update(".".join(nodes[: end + 1]) for end in range(len(nodes)))
    return paths


def _shared_names(block: SelectableBlock) -> Iterator[str]:
    """Yield what a block may have been called, had no other block that name."""
    for key in block.asset_keys:
        ending = f"__{key.replace('/', '__')}"
        if block.name.endswith(ending):
            yield block.name[: -len(ending)]
