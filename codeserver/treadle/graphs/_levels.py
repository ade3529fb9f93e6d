"""The fan-outs that a value is an element of, from the outermost: what is read together must agree on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, TypeVar

from treadle._errors import CompositionError
from treadle._source import user_line
from treadle.graphs._handles import ArgumentRef, OutputRef, Ref
from treadle.graphs._node import Binding, Invocation
from treadle.locations.snapshot import SourceLine

R = TypeVar("R")

#: One fan-out: the output of a node that gives its elements, and which of those in it, from 0.
Level: TypeAlias = tuple[OutputRef, int]


class Levels:
    """Those of the nodes of a body, as far as it was written down."""

    def __init__(self, owner: str, invocations: Mapping[str, Invocation]) -> None:
        """Know those of no node yet."""
        self._owner = owner
        self._invocations = invocations
        self._of_nodes: dict[str, tuple[Level, ...]] = {}

    def of(self, ref: Ref) -> tuple[Level, ...]:
        """Return those of what stands for a value."""
        if isinstance(ref, ArgumentRef):
            return ()
        found = self._of_nodes[ref.node]
        own = self._invocations[ref.node].node.open_levels(ref.output)
        found = (*found, *((ref.uncollected, number) for number in range(own)))
        return found[: len(found) - ref.collected]

    def add(self, name: str, bindings: Mapping[str, Binding]) -> None:
        """Take note of a node that reads these.

        Raises:
            CompositionError: they do not agree.
        """
        read = (self.of(ref) for binding in bindings.values() for ref in binding.refs)
        where = f"In {self._owner}: {name!r}"
        self._of_nodes[name] = joined(read, where, user_line(), lambda level: str(level[0]))


def joined(
    levels: Iterable[tuple[R, ...]],
    where: str,
    source: SourceLine,
    told: Callable[[R], str],
) -> tuple[R, ...]:
    """Return the fan-outs that a step is mapped over which reads elements of these.

    Raises:
        CompositionError: of two of them neither lies in the other.
    """
    found: tuple[R, ...] = ()
    for each in levels:
        if each[: len(found)] != found[: len(each)]:
            raise CompositionError(
                f"{where} reads elements of {told(found[-1])} and of {told(each[-1])}, and neither of"
                " these fan-outs lies in the other.",
                fix="Collect one of them, or fan out in an op that reads an element of the other.",
                source=source,
            )
        found = max(found, each, key=len)
    return found
