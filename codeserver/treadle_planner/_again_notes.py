"""What a re-execution's plan says of steps that came and went since the earlier run. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from treadle_contract.plan import PlannedStep, Verdict
from treadle_contract.run import StepState
from treadle_planner._index import SnapshotIndex
from treadle_planner._reexecution import Rerun
from treadle_planner._words import named


def again_notes(index: SnapshotIndex, steps: Iterable[PlannedStep], rerun: Rerun) -> Iterator[str]:
    """Yield which steps are new, gone, or not needed any more: a sentence for each kind."""
    parent = f"run {rerun.reexecution.parent_run_id}"
    planned = {step.key: step for step in steps}
    new = [key for key, step in planned.items() if step.verdict is Verdict.RUN]
    new = [key for key in new if key not in rerun.earlier]
    if new:
        yield f"New since {parent}: {named(new)}."
    gone = sorted(key for key in rerun.earlier if key not in index.wiring.steps)
    if gone:
        yield f"Gone since {parent}: {named(gone)}."
    left = sorted(
        key
        for key, earlier in rerun.earlier.items()
        if key in index.wiring.steps
        and earlier.state is not StepState.NOT_RUN
        and (key not in planned or planned[key].verdict is Verdict.OMIT)
    )
    if left:
        yield f"Not needed any more: {named(left)}."
