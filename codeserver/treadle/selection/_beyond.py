"""Where a selection goes on beyond its location: `+x` above what is made here, `x+` below it."""

from __future__ import annotations

from collections.abc import Iterator

from treadle.selection._evaluation import AssetGraph, part_keys, reached
from treadle.selection._expression import And, Ends, Expression, Or, Reach, WithoutChecks
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """What a location cannot say of a selection, because others make it.

    `above` are assets that the selection reaches and nothing here makes; `below` are selected
    ones whose readers it reaches too, wherever they are made.
    """

    above: tuple[KeyText, ...]
    below: tuple[KeyText, ...]


def beyond(expression: Expression, graph: AssetGraph) -> Beyond:
    """Return where the expression, of which all is known to be there, goes on; both are sorted."""
    reaches = tuple(_reaches(expression))
    if not reaches:
        return Beyond(above=(), below=())
    selected = part_keys(expression, graph)
    above: set[KeyText] = set()
    below: set[KeyText] = set()
    for reach in reaches:
        start = part_keys(reach.of, graph)
        if reach.up != 0:
            above |= reached(start, graph.upstream, reach.up)
        if reach.down != 0:
            below |= reached(
                start, graph.downstream, None if reach.down is None else reach.down - 1
            )
    made = {key for key in selected if not graph.assets[key].is_external}
    return Beyond(
        above=tuple(sorted((above & selected) - made)), below=tuple(sorted(below & selected))
    )


def _reaches(expression: Expression) -> Iterator[Reach]:
    """Yield every `+` that adds to what is selected."""
    match expression:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _reaches(part)
        case Ends(of=of) | WithoutChecks(of=of):
            yield from _reaches(of)
        case Reach(of=of):
            yield expression
            yield from _reaches(of)
