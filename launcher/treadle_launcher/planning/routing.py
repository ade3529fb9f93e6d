"""Whose a run is: that location's which owns what the selection names."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import Selection
from treadle_launcher.errors import (
    CodeServerRefusedError,
    ForeignRefusal,
    LocationUnreachableError,
    OwnedElsewhereError,
    Reason,
    RefusedError,
    SpansLocationsError,
)
from treadle_launcher.locations.code_location import CodeLocation
from treadle_launcher.locations.locations import Locations

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

_MISWRITTEN = frozenset({Reason.SELECTION_SYNTAX, Reason.SELECTION_AMBIGUOUS})


async def owner_of(locations: Locations, selection: Selection) -> CodeLocation:
    """Return the one location that owns what is selected.

    Raises:
        RefusedError: several do, or none, or the selection cannot be read.
    """
    every = locations.all()
    await locations.refresh()
    # Whose nothing is, nobody can tell.
    asked = replace(selection, allow_empty=False)
    found = await asyncio.gather(*(_owned_of(locations, each, asked) for each in every))
    owning = [each for each, refusal in zip(every, found, strict=True) if refusal is None]
    if len(owning) > 1:
        raise SpansLocationsError([location.name for location in owning])
    if owning:
        return owning[0]
    refusals = zip(every, found, strict=True)
    refused = nowhere({each.name: refusal for each, refusal in refusals if refusal is not None})
    if selection.allow_empty and refused.reason in _ELSEWHERE:
        # Where nothing is selected, any will do; where a key is not there, each refuses it.
        return every[0]
    raise refused


async def _owned_of(
    locations: Locations, location: CodeLocation, selection: Selection
) -> RefusedError | None:
    """Say why a location owns nothing of what is selected; None: it owns some of it."""
    if location.is_silent:
        return LocationUnreachableError([location.name])
    try:
        named = await location.select(selection)
    except RefusedError as error:
        if error.reason in _MISWRITTEN:
            raise
        return error
    # Others make it, though this location defines it too, or observes it.
    beside = await locations.owned_beside(location.name)
    # What names no asset, a check or a job of ops, is where it is defined.
    return OwnedElsewhereError(named) if named and beside.keys() >= set(named) else None


def nowhere(refusals: Mapping[str, RefusedError]) -> RefusedError:
    """Say why no location has what is selected."""
    for error in refusals.values():
        if error.reason not in _ELSEWHERE:
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
