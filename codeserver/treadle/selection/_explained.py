"""Which part of an expression takes in an asset or a check, and what leaves one out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from treadle.selection._evaluation import (
    AssetGraph,
    evaluate,
    part_keys,
    select_checks,
    select_observed,
)
from treadle.selection._expression import And, Ends, Expression, Key, Not, Or, Reach, WithoutChecks
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass

_MOST_CHARACTERS = 200
_MOST_ON_THE_WAY = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetReason:
    """The parts of an expression that take an asset in, and those that leave it out nevertheless."""

    key: KeyText
    selected: bool
    taken_in_by: tuple[str, ...]
    left_out_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReason:
    """The parts of an expression that take a check in, "asset:name"."""

    check: str
    taken_in_by: tuple[str, ...]


def explain_assets(expression: Expression, graph: AssetGraph) -> tuple[AssetReason, ...]:
    """Say it of every asset that some part of the expression takes in, sorted by key.

    Raises:
        SelectionError: as `select`.
    """
    evaluate(expression, graph)
    why = _Why(graph, select_observed(expression, graph))
    return tuple(filter(None, (why.of(expression, key) for key in sorted(graph.assets))))


def explain_checks(expression: Expression, graph: AssetGraph) -> tuple[CheckReason, ...]:
    """Say it of every check that the expression selects, sorted."""
    parts = expression.parts if isinstance(expression, Or) else (expression,)
    taken: dict[str, list[str]] = {}
    for part in parts:
        for check in select_checks(part, graph):
            taken.setdefault(check, []).append(_text(part))
    return tuple(
        CheckReason(check=check, taken_in_by=tuple(taken[check])) for check in sorted(taken)
    )


class _Why:
    """What each part of an expression selects, evaluated once, and the ways along the graph."""

    def __init__(self, graph: AssetGraph, observed: frozenset[KeyText]) -> None:
        self._graph = graph
        self._taken_up = graph.made | observed
        # By identity: parts that are equal are hashed all through otherwise.
        self._selected: dict[int, frozenset[KeyText]] = {}
        self._ways: dict[tuple[int, bool], Mapping[KeyText, KeyText]] = {}
        self._keys: dict[int, tuple[Mapping[KeyText, Key], Sequence[Expression]]] = {}

    def of(self, expression: Expression, key: KeyText) -> AssetReason | None:
        is_in = key in self._of(expression)
        is_made = key in self._taken_up
        taken = tuple(dict.fromkeys(self._taken(expression, key)))
        if not taken:
            return None
        left_out = () if is_in else tuple(dict.fromkeys(self._left_out(expression, key)))
        if is_in and not is_made:
            by = self._graph.assets[key].observed_by
            left_out = (
                f"nothing here makes it: {by} observes it, where it is named by its key"
                if by
                else "nothing here makes it: it is declared with AssetSpec",
            )
        return AssetReason(
            key=key, selected=is_in and is_made, taken_in_by=taken, left_out_by=left_out
        )

    def _of(self, expression: Expression) -> frozenset[KeyText]:
        found = self._selected.get(id(expression))
        if found is None:
            found = self._selected[id(expression)] = part_keys(expression, self._graph)
        return found

    def _taken(self, expression: Expression, key: KeyText) -> Iterator[str]:
        """Yield the parts that take an asset in, whatever leaves it out again."""
        match expression:
            case Or():
                for part in self._parts(expression, key):
                    yield from self._taken(part, key)
            case And(parts=parts) if any(not isinstance(part, Not) for part in parts):
                for part in parts:
                    if not isinstance(part, Not):
                        yield from self._taken(part, key)
            case Reach(of=of) if key in self._of(expression) - self._of(of):
                yield f"{_text(expression)}: {self._way(expression, key)}"
            case WithoutChecks(of=of) | Ends(of=of) | Reach(of=of):
                yield from self._taken(of, key)
            case _:
                if key in self._of(expression):
                    yield _text(expression)

    def _left_out(self, expression: Expression, key: KeyText) -> Iterator[str]:
        """Yield the parts that leave out an asset which another part takes in."""
        match expression:
            case Or(parts=parts):
                for part in parts:
                    if any(self._taken(part, key)):
                        yield from self._left_out(part, key)
            case And(parts=parts):
                for part in parts:
                    if key not in self._of(part):
                        yield (
                            _text(part) if isinstance(part, Not) else f"it is not in {_text(part)}"
                        )
            case WithoutChecks(of=of) | Reach(of=of):
                yield from self._left_out(of, key)
            case Ends(of=of):
                if key in self._of(of):
                    yield f"it is not of {_text(expression)}"
                else:
                    yield from self._left_out(of, key)

    def _parts(self, union: Or, key: KeyText) -> Iterator[Expression]:
        """Yield the parts that may take an asset in: of many keys, its own alone."""
        found = self._keys.get(id(union))
        if found is None:
            keys = {part.key: part for part in union.parts if isinstance(part, Key)}
            others = [part for part in union.parts if not isinstance(part, Key)]
            found = self._keys[id(union)] = keys, others
        if key in found[0]:
            yield found[0][key]
        yield from found[1]

    def _way(self, reach: Reach, key: KeyText) -> str:
        """Return the shortest way between an asset and what it is reached from: "a → b → c"."""
        is_up = reach.up != 0 and key in self._ways_of(reach, is_up=True)
        further = self._ways_of(reach, is_up=is_up)
        way = [key]
        while way[-1] in further and further[way[-1]] != way[-1]:
            way.append(further[way[-1]])
        if not is_up:
            way.reverse()
        if len(way) > _MOST_ON_THE_WAY:
            half = _MOST_ON_THE_WAY // 2
            return " → ".join([*way[:half], "…", *way[-half:]])
        return " → ".join(way)

    def _ways_of(self, reach: Reach, *, is_up: bool) -> Mapping[KeyText, KeyText]:
        """Return of each asset that is reached upwards, or downwards, the next one on the way back."""
        kept = self._ways.get((id(reach), is_up))
        if kept is not None:
            return kept
        edges = self._graph.upstream if is_up else self._graph.downstream
        further: dict[KeyText, KeyText] = {key: key for key in self._of(reach.of)}
        levels = reach.up if is_up else reach.down
        waiting = deque((key, 0) for key in sorted(further))
        while waiting:
            at, level = waiting.popleft()
            if levels is not None and level >= levels:
                continue
            for key in sorted(edges[at]):
                if key not in further:
                    further[key] = at
                    waiting.append((key, level + 1))
        self._ways[id(reach), is_up] = further
        return further


def _text(expression: Expression) -> str:
    text = str(expression)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
