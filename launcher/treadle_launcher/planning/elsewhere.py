"""What a run leaves out of other locations though its selection reaches there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from treadle_launcher.locations.locations import owners
from treadle_launcher.planning.plan import Plan
from treadle_launcher.wire.graph import Graph

_NAMED = 5


def elsewhere_notes(plan: Plan, graphs: Mapping[str, Graph]) -> Iterator[str]:
    """Yield a sentence for each location that makes what a `+x` or `x+` of the selection means.

    `graphs` are those of all locations, as far as they are known.
    """
    owned = owners(graphs)
    above = _by_location(
        (owned.get(key, plan.header.location), key) for key in plan.header.above_asset_keys
    )
    for name in sorted(above.keys() - {plan.header.location}):
        yield f"{_made(above[name])} by location {name}{_ADVICE.format(name)}"
    for name in sorted(graphs.keys() - {plan.header.location}):
        readers = graphs[name].readers_of(plan.header.below_asset_keys)
        made = sorted(key for key in readers if owned[key] == name)
        if made:
            read = _listed(sorted({readers[key] for key in made}))
            yield f"{_made(made)} from {read} by location {name}{_ADVICE.format(name)}"


_ADVICE = ": a run makes assets of one location only; launch it with --location {}."


def _by_location(keys: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, key in keys:
        found.setdefault(name, []).append(key)
    return found


def _made(keys: Sequence[str]) -> str:
    return f"{_listed(keys)} {'is' if len(keys) == 1 else 'are'} made"


def _listed(keys: Sequence[str]) -> str:
    more = len(keys) - _NAMED
    return ", ".join(keys[:_NAMED]) + (f" and {more} more" if more > 0 else "")
