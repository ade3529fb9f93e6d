"""What is asked of the planner, as it is looked up while a plan is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from treadle.locations.canonical import encode
from treadle.locations.snapshot import Block
from treadle.selection import Expression
from treadle_contract.codeserver import PlanRequest
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.plan import PlanOptions, Selection, UnselectedOutputs
from treadle_planner.reusing.known import Known

_UNKNOWN: Final = datetime.fromtimestamp(0, UTC)
"""When it is asked, where nobody says: no partition of a time to come is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A PlanRequest in which nothing is left out, and keys are found fast.

    `missing` are siblings of which nothing is stored: where a plan would load one, what makes it
    runs instead, unless that runs in any case and makes it unasked. `joining` are selected besides, for a re-execution that would read them in vain.
    `gone` says why the value of one of these that a run made cannot be read. `expression` is
    selected instead of what was asked for. `known` is what was told for the sake of what is unchanged.
    `now` is when it is asked, `dynamic` are the keys of dynamic partitions, by the name of their
    definition.
    """

    selection: Selection
    options: PlanOptions
    missing: frozenset[KeyText]
    joining: frozenset[KeyText]
    gone: Mapping[str, str]
    expression: Expression | None = None
    known: Known | None = None
    now: datetime = _UNKNOWN
    dynamic: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, request: PlanRequest) -> Asked:
        """Read a request."""
        return cls(
            selection=request.selection or Selection(),
            options=request.options or PlanOptions(),
            missing=frozenset(request.missing_asset_keys),
            joining=frozenset(request.joining_asset_keys),
            gone=request.gone_values,
            now=request.now or _UNKNOWN,
        )

    def key(self, *, goes_by_time: bool) -> tuple[str, ...]:
        """Return what tells it from others; when it was asked, only if that matters."""
        said = self.selection, self.options, self.missing, self.joining, self.gone, self.dynamic
        parts = map(encode, said)
        time = self.now.isoformat() if goes_by_time else ""
        return (str(self.expression), time, *(part.decode("ascii") for part in parts))

    def unselected_outputs(self, block: Block) -> UnselectedOutputs:
        """Return what happens to outputs of a block that no selected asset needs."""
        chosen = self.options.unselected_outputs or block.unselected_outputs
        return chosen or UnselectedOutputs.MATERIALIZE
