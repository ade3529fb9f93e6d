"""A plan, joined from the parts in which it is streamed."""

from __future__ import annotations

from typing import Self

from treadle_contract.lazy_dataclasses import dataclass, field, replace
from treadle_contract.plan import (
    Hazard,
    Load,
    PlanHeader,
    PlannedStep,
    PlanOptions,
    Reuse,
    Selection,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would run, and why.

    `steps` are in topological order, ties by key; `loads` are sorted by key; `hazards` by
    step key and output; `reuses` by step key. The header's `fingerprint` is over the plan before
    its loads and reuses are resolved. `generation` is what its code server served as it said it:
    nothing of the plan, and not kept with it.
    """

    header: PlanHeader
    steps: tuple[PlannedStep, ...] = ()
    loads: tuple[Load, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    reuses: tuple[Reuse, ...] = ()
    generation: str = field(default="", compare=False)

    @property
    def selection(self) -> Selection:
        """What was asked for."""
        return self.header.selection or Selection()

    @property
    def options(self) -> PlanOptions:
        """How it was asked for."""
        return self.header.options or PlanOptions()

    def with_notes(self, *notes: str) -> Self:
        """Return the same with further notes."""
        return replace(self, header=replace(self.header, notes=(*self.header.notes, *notes)))
