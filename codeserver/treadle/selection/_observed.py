"""Which external assets an expression names one by one: those that are observed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from treadle.selection._expression import And, Expression, InBlock, Key, Or, WithoutChecks
from treadle_contract.ids import KeyText

if TYPE_CHECKING:
    from treadle.selection._evaluation import AssetGraph, SelectableAsset


def by_observer(assets: Iterable[SelectableAsset]) -> Mapping[str, frozenset[KeyText]]:
    """Return the external assets that each block observes."""
    found: dict[str, set[KeyText]] = {}
    for asset in assets:
        if asset.observed_by:
            found.setdefault(asset.observed_by, set()).add(asset.key)
    return {name: frozenset(keys) for name, keys in found.items()}


def observed_at(part: Expression, graph: AssetGraph) -> frozenset[KeyText]:
    """Return what is observed as a part of a selection has it: by its key, or the block that does it."""
    match part:
        case Key(key=key) if key in graph.assets and graph.assets[key].observed_by:
            return frozenset((key,))
        case InBlock(name=name):
            return graph.observed.get(name, frozenset())
    return frozenset()


def named(expression: Expression, graph: AssetGraph) -> frozenset[KeyText]:
    """Return what the parts that an expression takes in as they are name."""
    if not graph.observed:
        return frozenset()
    return frozenset[KeyText]().union(*(observed_at(each, graph) for each in _parts(expression)))


def _parts(expression: Expression) -> Iterator[Expression]:
    match expression:
        case Or(parts=parts) | And(parts=parts):
            for part in parts:
                yield from _parts(part)
        case WithoutChecks(of=of):
            yield from _parts(of)
        case _:
            yield expression
