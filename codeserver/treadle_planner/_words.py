"""Names, and what goes with them, in sentences for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable

_SHOWN = 5


def named(names: Iterable[str]) -> str:
    """Return "a", "a and b", "a, b and c"; of many the first few and how many more."""
    every = list(names)
    if len(every) == 1:
        return every[0]
    if len(every) > _SHOWN:
        every = [*every[: _SHOWN - 1], f"{len(every) - _SHOWN + 1} more"]
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
