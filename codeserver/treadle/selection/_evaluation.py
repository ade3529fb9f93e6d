"""An expression tree to asset keys, against the assets of one location."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeAlias

from treadle._errors import listed
from treadle.selection._checks import SelectableCheck, checks_of, refuse_unknown_check
from treadle.selection._errors import (
    EmptySelectionError,
    SelectionError,
    SelectionSyntaxError,
    UnknownAssetError,
)
from treadle.selection._expression import (
    And,
    Check,
    ChecksOf,
    End,
    Ends,
    Everything,
    Expression,
    Group,
    InBlock,
    InGraph,
    Key,
    Kind,
    Not,
    Or,
    Owner,
    Pattern,
    Reach,
    Recorded,
    Tag,
    WithoutChecks,
    walk,
)
from treadle.selection._observed import by_observer, named, observed_at
from treadle.selection._patterns import fits
from treadle.selection._places import (
    Places,
    SelectableBlock,
    refuse_unknown_place,
    select_op_jobs,
)
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.suggestions import nearest

_Labelled: TypeAlias = Group | Kind | Owner | Tag
_Placed: TypeAlias = InBlock | InGraph
_Atom: TypeAlias = _Labelled | _Placed | Key | Pattern | Everything

_SUGGESTED_FOR = 20
# Some seconds' worth.
_MAX_LOOKS = 10_000_000


class SelectableAsset(Protocol):
    """What a selection may ask of an asset; `treadle.locations.snapshot.Asset` is one."""

    @property
    def key(self) -> KeyText: ...
    @property
    def upstream_keys(self) -> tuple[KeyText, ...]: ...
    @property
    def group(self) -> str: ...
    @property
    def tags(self) -> Mapping[str, str]: ...
    @property
    def kinds(self) -> tuple[str, ...]: ...
    @property
    def owners(self) -> tuple[str, ...]: ...
    @property
    def is_external(self) -> bool: ...
    @property
    def block(self) -> str | None: ...
    @property
    def step_key(self) -> StepKey | None: ...
    @property
    def observed_by(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetGraph:
    """The assets of a location by key, those that it makes, and what each is made from and made into.

    `checks` are those of assets, by asset; `places` are the blocks and graphs that make either. `observed`
    has the external assets that a block observes.
    """

    assets: Mapping[KeyText, SelectableAsset]
    made: frozenset[KeyText]
    upstream: Mapping[KeyText, frozenset[KeyText]]
    downstream: Mapping[KeyText, frozenset[KeyText]]
    checks: Mapping[KeyText, tuple[SelectableCheck, ...]] = field(default_factory=dict)
    places: Places = field(default_factory=Places)
    observed: Mapping[str, frozenset[KeyText]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        assets: Iterable[SelectableAsset],
        checks: Iterable[SelectableCheck] = (),
        blocks: Iterable[SelectableBlock] = (),
    ) -> AssetGraph:
        """Index the assets; an upstream key that none of them has is passed over."""
        by_key = {asset.key: asset for asset in assets}
        downstream: dict[KeyText, set[KeyText]] = {key: set() for key in by_key}
        upstream: dict[KeyText, frozenset[KeyText]] = {}
        for key, asset in by_key.items():
            upstream[key] = frozenset(each for each in asset.upstream_keys if each in by_key)
            for each in upstream[key]:
                downstream[each].add(key)
        by_asset: dict[KeyText, tuple[SelectableCheck, ...]] = {}
        for check in checks:
            by_asset[check.asset_key] = (*by_asset.get(check.asset_key, ()), check)
        return cls(
            assets=by_key,
            made=frozenset([key for key, asset in by_key.items() if not asset.is_external]),
            upstream=upstream,
            downstream={key: frozenset(below) for key, below in downstream.items()},
            checks=by_asset,
            places=Places.of(blocks),
            observed=by_observer(by_key.values()),
        )


def select(
    expression: Expression, graph: AssetGraph, *, allow_empty: bool = False
) -> frozenset[KeyText]:
    """Return the assets that the expression selects and that this location makes.

    An external asset that comes in with others (`+x`, `*`, a wildcard, an attribute) is passed
    over; one that is asked for by its key is refused, unless it can be observed. There may be none
    where checks, jobs of ops, or what is observed, are selected; or with `allow_empty`.

    Raises:
        UnknownAssetError: a key or a pattern that no asset has, or an external asset by name.
        EmptySelectionError: nothing is left, or an attribute that no asset has.
    """
    _refuse_external(expression, graph)
    selected = evaluate(expression, graph, allow_empty=allow_empty)
    made = selected & graph.made
    if made or allow_empty or select_checks(expression, graph) or select_op_jobs(expression, graph):
        return made
    if select_observed(expression, graph):
        return made
    if not graph.made:
        raise EmptySelectionError("This location makes no asset, so nothing can be selected.")
    raise EmptySelectionError(
        f"{str(expression)!r} selects nothing that is made here. {_widening(expression)}",
        names=(str(expression),),
    )


def select_observed(expression: Expression, graph: AssetGraph) -> frozenset[KeyText]:
    """Return the external assets that are to be observed: those alone that the expression names one by
    one, by their keys or the blocks that observe them.
    """
    keys = named(expression, graph)
    return part_keys(expression, graph) & keys if keys else keys


def select_checks(expression: Expression, graph: AssetGraph) -> frozenset[str]:
    """Return the checks that the expression selects, "asset:name".

    With an asset its checks are selected, unless it says otherwise. What is joined and left out of
    assets is of checks too.
    """
    return checks_of(expression, graph, part_keys) if graph.checks else frozenset()


def _widening(expression: Expression) -> str:
    if isinstance(expression, And):
        return "`and` keeps only what each of its parts selects; `or` takes what any of them does."
    if isinstance(expression, ChecksOf):
        return "None of these assets has a check."
    return "Widen it; * is every asset."


def evaluate(
    expression: Expression, graph: AssetGraph, *, allow_empty: bool = False
) -> frozenset[KeyText]:
    """Return every asset that the expression selects, external ones included.

    With `allow_empty` a pattern and an attribute that no asset has select nothing.

    Raises:
        SelectionSyntaxError: it takes more looking up than anybody waits for.
        UnknownAssetError: a key or a pattern that no asset has.
        EmptySelectionError: an attribute that no asset has.
    """
    _refuse_endless(expression, graph)
    _refuse_unknown(expression, graph, allow_empty=allow_empty)
    return part_keys(expression, graph)


def part_keys(  # noqa: PLR0911 -- one a kind
    expression: Expression, graph: AssetGraph
) -> frozenset[KeyText]:
    """Return what an expression selects of which is known that nothing in it is unknown."""
    match expression:
        case Or(parts=parts):
            return frozenset().union(*(part_keys(part, graph) for part in parts))
        case And(parts=parts):
            first, *others = (part_keys(part, graph) for part in parts)
            return first.intersection(*others)
        case Not(of=of):
            return frozenset(graph.assets) - part_keys(of, graph)
        case Reach(of=of, up=up, down=down):
            start = part_keys(of, graph)
            return reached(start, graph.upstream, up) | reached(start, graph.downstream, down)
        case Ends(end=end, of=of):
            return _ends(end, part_keys(of, graph), graph)
        case WithoutChecks(of=of):
            return part_keys(of, graph)
        case Check() | ChecksOf():
            return frozenset()
        case Recorded():
            raise SelectionSyntaxError(
                f"{expression} is what a launcher has on record: say it where a run is asked for, not in code.",
                text=str(expression),
                position=0,
            )
        case _:
            return frozenset(_matching(expression, graph))


def _matching(expression: _Atom, graph: AssetGraph) -> Iterator[KeyText]:
    if isinstance(expression, Key):
        return iter((expression.key,))
    if isinstance(expression, Everything):
        return iter(graph.assets)
    if isinstance(expression, _Placed):
        made = graph.places.holder(expression)
        observed = observed_at(expression, graph)
        return (key for key, asset in graph.assets.items() if made(asset) or key in observed)
    matches = _predicate(expression)
    return (key for key, asset in graph.assets.items() if matches(asset))


def _predicate(
    expression: _Labelled | Pattern,
) -> Callable[[SelectableAsset], bool]:
    match expression:
        case Pattern(pattern=pattern):
            pieces = pattern.split("*")
            return lambda asset: fits(asset.key, pieces)
        case Group(name=name):
            return lambda asset: asset.group == name
        case Kind(name=name):
            return lambda asset: name in asset.kinds
        case Owner(name=name):
            return lambda asset: name in asset.owners
        case Tag(name=name, value=value):
            return lambda asset: asset.tags.get(name) == value


def reached(
    start: frozenset[KeyText], edges: Mapping[KeyText, frozenset[KeyText]], levels: int | None
) -> frozenset[KeyText]:
    """Return the start and what lies so many levels further along the edges; None: all the way."""
    found, frontier = set(start), set(start)
    while frontier and levels != 0:
        frontier = {key for each in frontier for key in edges[each]} - found
        found |= frontier
        levels = None if levels is None else levels - 1
    return frozenset(found)


def _ends(end: End, keys: frozenset[KeyText], graph: AssetGraph) -> frozenset[KeyText]:
    # Among what is made here: an external asset is a root of everything and can be made by none.
    made = keys & graph.made
    # Also by way of what is not of them, as in Dagster: of a → b → c, a alone is a root of "a or c".
    edges = graph.downstream if end is End.ROOTS else graph.upstream
    beside = frozenset(each for key in made for each in edges[key] - {key})
    return made - reached(beside, edges, None)


def _refuse_endless(expression: Expression, graph: AssetGraph) -> None:
    # Keys are looked up at once; every other part goes through all assets.
    parts = sum(not isinstance(part, Key) for part in walk(expression))
    if parts * len(graph.assets) > _MAX_LOOKS:
        raise SelectionSyntaxError(
            f"The selection has {parts:,} parts that are looked up among {len(graph.assets):,} "
            "assets, which takes too long. Name the assets by their keys, or select in fewer parts.",
            text=str(expression),
            position=0,
        )


def _refuse_unknown(expression: Expression, graph: AssetGraph, *, allow_empty: bool) -> None:
    parts = tuple(walk(expression))
    unknown = [part.key for part in parts if isinstance(part, Key)]
    unknown = [key for key in dict.fromkeys(unknown) if key not in graph.assets]
    if unknown:
        raise _unknown_keys(unknown, graph)
    for part in parts:
        if isinstance(part, _Labelled | Pattern) and not (
            allow_empty or any(_matching(part, graph))
        ):
            raise _matches_nothing(part, graph)
        if isinstance(part, _Placed):
            refuse_unknown_place(part, graph)
        if isinstance(part, Check):
            refuse_unknown_check(part, graph)


def _refuse_external(expression: Expression, graph: AssetGraph) -> None:
    external = [
        key
        for key in dict.fromkeys(_named(expression))
        if key in graph.assets
        and graph.assets[key].is_external
        and not graph.assets[key].observed_by
    ]
    if external:
        raise UnknownAssetError(
            f"{listed(external)}: declared with AssetSpec, so nothing here makes it. "
            "Select what is made from it instead.",
            names=tuple(external),
            suggestions=(
                *(f"{Key(key=key)}+" for key in external if graph.downstream[key]),
                *(str(ChecksOf(of=Key(key=key))) for key in external if key in graph.checks),
            ),
        )


def _named(expression: Expression) -> Iterator[KeyText]:
    """Yield the keys that the expression asks for one by one."""
    match expression:
        case Key(key=key):
            yield key
        case Or(parts=parts):
            for part in parts:
                yield from _named(part)


def _unknown_keys(unknown: list[KeyText], graph: AssetGraph) -> SelectionError:
    # Of a long list of misspelt keys the first will do: each is held against every key there is.
    near = {
        key: _nearest_keys(key, graph) if position < _SUGGESTED_FOR else ()
        for position, key in enumerate(unknown)
    }
    suggestions = tuple(dict.fromkeys(name for names in near.values() for name in names))
    sentences = [
        f"No asset has the key {key!r}."
        + (f" Did you mean {' or '.join(map(repr, names))}?" if names else "")
        for key, names in near.items()
    ]
    return UnknownAssetError(" ".join(sentences), names=tuple(unknown), suggestions=suggestions)


def _nearest_keys(key: str, graph: AssetGraph) -> tuple[str, ...]:
    """The keys with the same last component come first: a prefix is what people forget."""
    last = key.rsplit("/", 1)[-1]
    same = sorted(each for each in graph.assets if each.rsplit("/", 1)[-1] == last)[:3]
    return tuple(dict.fromkeys((*same, *nearest(key, graph.assets))))[:5]


def _matches_nothing(part: _Labelled | Pattern, graph: AssetGraph) -> SelectionError:
    attribute, name, known = _known_values(part, graph)
    near = nearest(name, known)
    meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    kind = UnknownAssetError if isinstance(part, Pattern) else EmptySelectionError
    return kind(
        f"{part} matches nothing: no asset has such a {attribute}.{meant}",
        names=(str(part),),
        suggestions=near,
    )


def _known_values(part: _Labelled | Pattern, graph: AssetGraph) -> tuple[str, str, set[str]]:
    assets = graph.assets.values()
    match part:
        case Pattern(pattern=pattern):
            return "key", pattern.replace("*", ""), set(graph.assets)
        case Group(name=name):
            return "group", name, {asset.group for asset in assets}
        case Kind(name=name):
            return "kind", name, {kind for asset in assets for kind in asset.kinds}
        case Owner(name=name):
            return "owner", name, {owner for asset in assets for owner in asset.owners}
        case Tag():
            known = {
                str(Tag(name=name, value=value)).removeprefix("tag:")
                for asset in assets
                for name, value in asset.tags.items()
            }
            return "tag", str(part).removeprefix("tag:"), known
