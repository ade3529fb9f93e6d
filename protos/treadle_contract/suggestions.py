"""Suggestions: names that exist and look like one that does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_MOST: Final = 3
_LIKENESS: Final = 0.6
_LONGEST: Final = 300


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three of the known names that look like this one, best first.

    None for a name that is too long to be a misspelt one: comparing takes time that grows with
    it, on the loop that serves everybody.
    """
    if len(name) > _LONGEST:
        return ()
    from difflib import get_close_matches  # noqa: PLC0415 -- not what a start waits for

    return tuple(get_close_matches(name, sorted(set(known)), n=_MOST, cutoff=_LIKENESS))
