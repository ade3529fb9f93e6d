"""Selections as text: writing keys so that the selection language reads them back."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_/]*")
_ONE_NAME = re.compile(r'[A-Za-z_][A-Za-z0-9_/]*|key:"(?:[^"\\]|\\.)*"')
_KEYWORDS = frozenset({"and", "or", "not"})


def key_text(key: str) -> str:
    """Return an expression that selects one asset."""
    if _BARE.fullmatch(key) and key.lower() not in _KEYWORDS:
        return key
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'key:"{quoted}"'


def union(expressions: Iterable[str]) -> str:
    """Return one expression for what any of these selects."""
    return " or ".join(map(_grouped, expressions))


def without(expressions: Iterable[str], keys: Iterable[str]) -> str:
    """Return one expression for what any of the expressions selects, but for these keys."""
    left_out = union(map(key_text, keys))
    return f"({union(expressions)}) and not ({left_out})"


def _grouped(expression: str) -> str:
    # Only one name surely binds tighter than `or`.
    return expression if _ONE_NAME.fullmatch(expression) else f"({expression})"
