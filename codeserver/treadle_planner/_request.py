"""What is asked of the planner: a selection, and what its caller chose."""

from __future__ import annotations

from dataclasses import dataclass

from treadle.snapshot import KeyText, Siblings, UnselectedOutputs


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """A selection with its options.

    The union of `selection`, else the selection of `job`, else every asset. An option that is
    None is the block's own choice. `missing` are siblings that no run has stored: where a plan
    would load one, what makes it runs instead.
    """

    selection: tuple[str, ...] = ()
    job: str = ""
    unselected_outputs: UnselectedOutputs | None = None
    siblings: Siblings | None = None
    missing: frozenset[KeyText] = frozenset()
