"""Selections and other locations: what a run leaves out of one, and whether any has what is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from treadle_launcher.errors import (
    BadAnswerError,
    CodeServerRefusedError,
    ForeignRefusal,
    LocationUnreachableError,
    Reason,
    RefusedError,
    SpansLocationsError,
)
from treadle_launcher.locations.locations import owners
from treadle_launcher.planning.plan import Plan
from treadle_launcher.wire.graph import Graph

_ELSEWHERE = frozenset(
    {
        Reason.UNKNOWN_ASSET,
        Reason.UNKNOWN_JOB,
        Reason.EMPTY_SELECTION,
        Reason.NOT_LOADED,
        Reason.UNSTABLE,
    }
)
"""Refusals that say: not in this location, but perhaps in another."""

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


def is_elsewhere(outcome: object) -> bool:
    """Tell whether what planning in a location gave says: not here, but perhaps in another."""
    return isinstance(outcome, RefusedError) and (
        outcome.reason in _ELSEWHERE
        or isinstance(outcome, LocationUnreachableError | BadAnswerError)
    )


def nowhere(refusals: Mapping[str, RefusedError]) -> RefusedError:
    """Say why no location has what is selected."""
    for error in refusals.values():
        if isinstance(error, LocationUnreachableError | BadAnswerError):
            # It could be there: that a name is unknown would be said too early.
            return error
    unknown = [error for error in refusals.values() if error.reason is Reason.UNKNOWN_ASSET]
    if not unknown:
        return next(iter(refusals.values()))
    everywhere = set.intersection(*(set(error.names) for error in unknown))
    names = [name for name in unknown[0].names if name in everywhere]
    if not names:
        # Each name is known somewhere, but no location knows them all.
        return SpansLocationsError(refusals)
    suggestions = tuple(dict.fromkeys(text for error in unknown for text in error.suggestions))
    message = f"No location has {', '.join(names)}."
    if suggestions:
        message += f" Did you mean {' or '.join(suggestions)}?"
    return CodeServerRefusedError(
        ForeignRefusal(
            reason=Reason.UNKNOWN_ASSET,
            message=message,
            names=tuple(names),
            suggestions=suggestions,
            # A file that was saved and not loaded may have it, in whichever of them.
            changes=tuple(dict.fromkeys(line for error in unknown for line in error.changes)),
        )
    )
