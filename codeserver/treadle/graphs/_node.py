"""A node of a graph: what bodies call, and one call of it with what its inputs are bound to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from treadle._policies import RetryPolicy
from treadle.graphs._handles import OutputRef, Ref
from treadle.locations.snapshot import SourceLine
from treadle_contract.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from treadle._keys import AssetKey
    from treadle.hooks._hook import HookDefinition


class Node(Protocol):
    """What can be invoked in a body: an op or a graph."""

    @property
    def name(self) -> str:
        """What it is called where no alias is given."""

    @property
    def ins(self) -> Mapping[str, object]:
        """The inputs, in positional order."""

    @property
    def outs(self) -> Mapping[str, object]:
        """The outputs, in declared order."""

    @property
    def input_assets(self) -> Mapping[str, AssetKey]:
        """Inputs that are assets whatever is passed."""

    def needs(self, name: str) -> bool:
        """Whether this input has to be connected."""

    def reads_value(self, name: str) -> bool:
        """Whether this input is read by value: it does more than order."""

    def gives_value(self, name: str) -> bool:
        """Whether this output carries a value."""

    def open_levels(self, name: str) -> int:
        """Return how many fan-outs, each in the one before, this output's elements are of: 0, it is one value."""

    def output_type(self, name: str) -> Any:
        """Return the type of this output."""

    def may_be_resource(self, name: str) -> bool:
        """Whether this input may turn out to be a resource: `Definitions` tells."""

    def may_be_told(self, name: str) -> bool:
        """Whether a run may tell the value of this input, where nothing is connected to it."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What an input is connected to; `fan_in`: to a list of things."""

    refs: tuple[Ref, ...] = ()
    fan_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One call of a node in a body: its node name there and what its inputs are bound to."""

    name: str
    node: Node
    bindings: Mapping[str, Binding]
    tags: Mapping[str, str]
    retry_policy: RetryPolicy | None = None
    hooks: tuple[HookDefinition, ...] = ()
    source: SourceLine

    @property
    def definition(self) -> Node:
        """The op or graph that is called."""
        return self.node

    def reads(self) -> Iterator[OutputRef]:
        """Yield every output of another node that it is bound to."""
        for binding in self.bindings.values():
            for ref in binding.refs:
                if isinstance(ref, OutputRef):
                    yield ref
