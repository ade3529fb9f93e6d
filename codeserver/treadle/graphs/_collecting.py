"""The op that gives the list of what a fan-out's elements became: where no op of the user's reads it."""

from __future__ import annotations

from typing import Any

from treadle.ops._op import OpDefinition, op


def collecting(node: str) -> OpDefinition:
    """Return an op that returns the list of what a node of a graph gave for each element."""
    return op(name=f"collect_{node}")(_elements)


def _elements(elements: Any) -> Any:
    return elements
