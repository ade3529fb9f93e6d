"""Config of a run as plain data: from JSON and back, and one laid over another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from treadle_contract.message import UserValue

#: The key of a map that stands for an environment variable: its only one.
ENV: Final = "env"

#: How deep a config may be nested. Messages of gRPC's can hold some thirty levels of it.
MOST_LEVELS: Final = 25
_INTEGERS: Final = range(-(2**63), 2**63)


def misfit_of(config: UserValue) -> str:
    """Say what the config of a run is that it may not be, a clause; "": nothing."""
    if not (config is None or isinstance(config, Mapping)):
        return f"is {config!r:.80}, and no map"
    if is_too_deep(config):
        return TOO_DEEP
    return "holds a moment in time, which stands as text" if _has_moment(config) else ""


#: What to say of it: a clause.
TOO_DEEP: Final = f"is nested deeper than {MOST_LEVELS} levels"


def is_too_deep(value: object, levels: int = MOST_LEVELS) -> bool:
    """Whether maps and lists are nested too deep, or hold themselves."""
    if not isinstance(value, Mapping | list | tuple):
        return False
    inner = value.values() if isinstance(value, Mapping) else value
    return levels == 0 or any(is_too_deep(each, levels - 1) for each in inner)


def is_too_large(value: object) -> bool:
    """Whether it is a whole number of more than 64 bits."""
    return isinstance(value, int) and value not in _INTEGERS


def _has_moment(value: UserValue) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_moment, value.values()))
    if isinstance(value, tuple):
        return any(map(_has_moment, value))
    return isinstance(value, datetime)


def laid_over(below: UserValue, above: UserValue) -> UserValue:
    """Return one config laid over another: maps are joined, of anything else the upper one stands.

    Nothing laid over something is that; a null in a map is a value like others.
    """
    if above is None:
        return below
    if isinstance(below, Mapping) and isinstance(above, Mapping) and list(above) != [ENV]:
        joined = dict(below)
        for name, value in above.items():
            is_joined = name in below and value is not None
            joined[name] = laid_over(below[name], value) if is_joined else value
        return joined
    return above


def run_laid_over(below: UserValue, above: UserValue) -> UserValue:
    """Return one config of a run, or of a node, laid over another. What is said of an input is one value, which stands whole."""
    joined = laid_over(below, above)
    if not (isinstance(below, Mapping) and isinstance(above, Mapping) and above is not joined):
        return joined
    found = dict(joined) if isinstance(joined, Mapping) else {}
    for name, join in (("ops", nodes_laid_over), ("inputs", entries_laid_over)):
        if below.get(name) is not None and above.get(name) is not None:
            found[name] = join(below[name], above[name])
    return found


def nodes_laid_over(below: UserValue, above: UserValue) -> UserValue:
    """Return what one config says of nodes by their names laid over what another does."""
    joined = entries_laid_over(below, above)
    if not (isinstance(below, Mapping) and isinstance(above, Mapping)):
        return joined
    both = {
        name: run_laid_over(below[name], each)
        for name, each in above.items()
        if name in below and each is not None
    }
    return {**joined, **both} if isinstance(joined, Mapping) else joined


def entries_laid_over(below: UserValue, above: UserValue) -> UserValue:
    """Return one map laid over another, of which each entry stands whole."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **above}
    return below if above is None else above


def in_node(node: str, config: UserValue) -> UserValue:
    """Return config of what is in a node as config of a run: what is not of nodes, as that of resources, stays where it is."""
    if not isinstance(config, Mapping):
        return config
    inner = {name: each for name, each in config.items() if name in _OF_NODES}
    outer = {name: each for name, each in config.items() if name not in _OF_NODES}
    return {"ops": {node: inner}, **outer} if inner else outer


_OF_NODES: Final = frozenset({"config", "inputs", "ops"})


def from_json(data: Any) -> UserValue:
    """Return parsed JSON as config has it: lists as tuples."""
    if isinstance(data, list | tuple):
        return tuple(map(from_json, data))
    if isinstance(data, Mapping):
        return {name: from_json(each) for name, each in data.items()}
    plain: UserValue = data
    return plain


def as_json(value: UserValue) -> Any:
    """Return config as JSON has it: tuples as lists, moments as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(map(as_json, value))
    if isinstance(value, Mapping):
        return {name: as_json(each) for name, each in value.items()}
    return value
