"""Which checks an expression selects: those of its assets, unless it speaks of checks itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeAlias

from treadle.selection._errors import UnknownAssetError
from treadle.selection._expression import (
    And,
    Check,
    ChecksOf,
    Expression,
    InBlock,
    InGraph,
    Not,
    Or,
    WithoutChecks,
)
from treadle.selection._patterns import fits
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.suggestions import nearest

if TYPE_CHECKING:
    from treadle.selection._evaluation import AssetGraph

    _AssetsOf: TypeAlias = Callable[[Expression, AssetGraph], frozenset[KeyText]]


class SelectableCheck(Protocol):
    """What a selection may ask of a check; `treadle.locations.snapshot.AssetCheck` is one."""

    @property
    def asset_key(self) -> KeyText: ...
    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def block(self) -> str: ...
    @property
    def step_key(self) -> StepKey: ...


def checks_of(  # noqa: PLR0911 -- one a kind
    expression: Expression, graph: AssetGraph, assets_of: _AssetsOf
) -> frozenset[str]:
    """Return the checks that the expression selects; `assets_of` says which assets it does."""
    match expression:
        case Or(parts=parts):
            return frozenset().union(*(checks_of(part, graph, assets_of) for part in parts))
        case And(parts=parts):
            first, *others = (checks_of(part, graph, assets_of) for part in parts)
            return first.intersection(*others)
        case Not(of=of):
            every = frozenset(each.text for each in _every(graph))
            return every - checks_of(of, graph, assets_of)
        case Check():
            return frozenset(_matching(expression, graph))
        case InBlock() | InGraph():
            made = graph.places.holder(expression)
            own = frozenset(each.text for each in _every(graph) if made(each))
            return own | _of_assets(assets_of(expression, graph), graph)
        case WithoutChecks():
            return frozenset()
        case ChecksOf(of=of):
            return checks_of(of, graph, assets_of) | _of_assets(assets_of(of, graph), graph)
        case _:
            return _of_assets(assets_of(expression, graph), graph)


def refuse_unknown_check(expression: Check, graph: AssetGraph) -> None:
    """Do nothing if there is such a check.

    Raises:
        UnknownAssetError: there is none.
    """
    if any(_matching(expression, graph)):
        return
    known = [each.text for each in _every(graph)]
    near = nearest(f"{expression.asset}:{expression.name}".replace("*", ""), known)
    meant = f" Did you mean {' or '.join(f'check:{each}' for each in near)}?" if near else ""
    there = "" if known else " No asset here has a check."
    raise UnknownAssetError(
        f"{expression} matches no check.{meant}{there}",
        names=(str(expression),),
        suggestions=tuple(f"check:{each}" for each in near),
    )


def _of_assets(keys: frozenset[KeyText], graph: AssetGraph) -> frozenset[str]:
    found = (each for key in graph.checks.keys() & keys for each in graph.checks[key])
    return frozenset(each.text for each in found)


def _every(graph: AssetGraph) -> Iterator[SelectableCheck]:
    for each in graph.checks.values():
        yield from each


def _matching(expression: Check, graph: AssetGraph) -> Iterator[str]:
    asset, name = expression.asset.split("*"), expression.name.split("*")
    for each in _every(graph):
        if fits(each.asset_key, asset) and fits(each.name, name):
            yield each.text
