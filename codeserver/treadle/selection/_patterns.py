"""Patterns, in which "*" stands for any characters."""

from __future__ import annotations


def fits(key: str, pieces: list[str]) -> bool:
    """Tell whether a key is the pieces of a pattern, in order, with anything between them.

    Not a regular expression: one with many stars tries more ways than there is time for.
    """
    if len(pieces) == 1:
        return key == pieces[0]
    first, *inner, last = pieces
    if len(key) < len(first) + len(last) or not (key.startswith(first) and key.endswith(last)):
        return False
    position, end = len(first), len(key) - len(last)
    for piece in inner:
        # The first place where a piece fits leaves most for those after it.
        found = key.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True
