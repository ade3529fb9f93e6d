"""Which inputs a run may tell a value for: those of plain types or of none, and of types that have a loader."""

from __future__ import annotations

from typing import Any, Final, get_args, get_origin

from treadle.ops._ins_outs import In
from treadle.types._mismatch import UNIONS
from treadle.types._own_types import own_type

#: What to do where an input is not connected.
FEED_IT: Final = (
    "Connect it, or give it a default in the op. One that runs tell by config is annotated with a type of plain"
    " data (int, list[str], …), a resource ResourceParam[…]."
)
_PLAIN: Final = frozenset({bool, dict, float, int, list, str, type(None), None})


def is_tellable(definition: In) -> bool:
    """Whether a run may tell the value of an input, where nothing is connected to it."""
    own = own_type(definition.dagster_type)
    if own is not None:
        return own.loader is not None
    if definition.input_manager_key:
        return False
    return definition.dagster_type is Any or _is_plain(definition.dagster_type)


def _is_plain(declared: Any) -> bool:
    origin = get_origin(declared)
    if origin in UNIONS:
        return all(map(_is_plain, get_args(declared)))
    if origin in (list, dict):
        return all(each is Any or _is_plain(each) for each in get_args(declared))
    return isinstance(declared, type | None) and declared in _PLAIN
