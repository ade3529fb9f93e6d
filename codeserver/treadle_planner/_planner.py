"""Plans: a pure function of a snapshot and a request. Same input, same bytes."""

from __future__ import annotations

import hashlib

from treadle.lazy_dataclasses import replace
from treadle.locations.canonical import encode
from treadle.locations.snapshot import Snapshot
from treadle_contract.codeserver import PlanRequest
from treadle_contract.plan import Verdict
from treadle_planner._again import Again, run_again
from treadle_planner._index import SnapshotIndex
from treadle_planner._loads import planned_loads
from treadle_planner._plan import Plan
from treadle_planner._reads import Reads
from treadle_planner._reexecution import Rerun
from treadle_planner._request import Asked
from treadle_planner._selected import selected_keys
from treadle_planner._steps import planned_hazards, planned_steps
from treadle_planner._walk import keep


class Planner:
    """Plans on one snapshot, which it indexes once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._index = SnapshotIndex.of(snapshot)

    def plan(self, request: PlanRequest) -> Plan:
        """Return what would run, and why.

        Raises:
            PlanRefused: the selection cannot be planned.
        """
        return self._plan(request, None)

    def plan_again(self, request: PlanRequest, rerun: Rerun) -> Plan:
        """Return what would run of an earlier run's selection, what is reused, and why.

        Raises:
            PlanRefused: the selection cannot be planned, or an expression names no step.
        """
        return self._plan(request, rerun)

    def _plan(self, request: PlanRequest, rerun: Rerun | None) -> Plan:
        asked = Asked.of(request)
        keys, beyond = selected_keys(self._index, asked)
        reads = Reads(index=self._index, asked=asked, kept=keep(self._index, asked, keys))
        steps = planned_steps(reads)
        again = Again(steps=steps, reuses=(), notes=())
        if rerun is not None:
            again = run_again(self._index, steps, rerun, asked.joining)
        running = [step for step in again.steps if step.verdict is Verdict.RUN]
        plan = Plan(
            digest=self._index.snapshot.digest,
            fingerprint="",
            selected_asset_keys=tuple(sorted(keys)),
            missing_asset_keys=tuple(sorted(reads.kept.missing)),
            notes=again.notes,
            steps=again.steps,
            loads=planned_loads(self._index, running),
            hazards=planned_hazards(reads, running),
            reexecution=None if rerun is None else rerun.reexecution,
            reuses=again.reuses,
        )
        fingerprint = _fingerprint(asked, plan)
        return replace(plan, fingerprint=fingerprint, above=beyond.above, below=beyond.below)


def _fingerprint(asked: Asked, plan: Plan) -> str:
    """Return SHA-256 in hexadecimal over what was asked for and what was decided.

    What else is said of a step follows from that and from the snapshot, which the digest names.
    """
    # What the launcher alone reads has no part in it.
    options = replace(asked.options, unrecorded_loads=None)
    decided = [
        (step.key, step.verdict, step.reason, step.selected_outputs)
        for step in plan.steps
        if step.verdict is not Verdict.OMIT
    ]
    plan = replace(plan, steps=())
    return hashlib.sha256(encode([asked.selection, options, plan, decided])).hexdigest()


def plan(snapshot: Snapshot, request: PlanRequest) -> Plan:
    """Return what would run, and why. Keep a Planner to plan on one snapshot many times.

    Raises:
        PlanRefused: the selection cannot be planned.
    """
    return Planner(snapshot).plan(request)
