"""Names, and what goes with them, in sentences for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable

SHOWN = 5
"""How many names are shown of many; of more, fewer and how many there are besides."""


def named(names: Iterable[str]) -> str:
    """Return "a", "a and b", "a, b and c"; of many the first few and how many more."""
    every = list(names)
    if len(every) > SHOWN:
        every = [*every[: SHOWN - 1], f"{len(every) - SHOWN + 1} more"]
    return " and ".join(filter(None, [", ".join(every[:-1]), *every[-1:]]))


def quoted(names: Iterable[str]) -> str:
    """Return the names as `named` does, each in quotes."""
    return named(map(repr, names))


def runs(names: Collection[str]) -> str:
    """Return the verb for steps that run: "runs" or "run"."""
    return "runs" if len(names) == 1 else "run"


def capital(text: str) -> str:
    """Return the text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
