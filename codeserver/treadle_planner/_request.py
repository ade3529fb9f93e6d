"""What is asked of the planner: a selection, and what its caller chose."""

from __future__ import annotations

from collections.abc import Mapping

from treadle.lazy_dataclasses import dataclass, field
from treadle_contract.ids import KeyText
from treadle_contract.plan import Siblings, UnselectedOutputs


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """A selection with its options.

    The union of `selection`, else the selection of `job`, else every asset. An option that is
    None is the block's own choice. `missing` are siblings of which nothing is stored: where a
    plan would load one, what makes it runs instead. `joining` are selected besides, for a
    re-execution that would read them in vain. `gone` says why the value of one of these that a
    run made cannot be read.
    """

    selection: tuple[str, ...] = ()
    job: str = ""
    unselected_outputs: UnselectedOutputs | None = None
    siblings: Siblings | None = None
    missing: frozenset[KeyText] = frozenset()
    joining: frozenset[KeyText] = frozenset()
    gone: Mapping[KeyText, str] = field(default_factory=dict)
