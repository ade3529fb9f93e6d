"""Plans: a pure function of a snapshot and a request. Same input, same bytes."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from treadle.canonical import encode
from treadle.snapshot import Snapshot
from treadle_planner._index import SnapshotIndex
from treadle_planner._loads import planned_loads
from treadle_planner._plan import Plan
from treadle_planner._reads import Reads
from treadle_planner._request import PlanRequest
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
        keys = selected_keys(self._index, request)
        reads = Reads(index=self._index, request=request, kept=keep(self._index, request, keys))
        steps = planned_steps(reads)
        plan = Plan(
            digest=self._index.snapshot.digest,
            fingerprint="",
            selection=request.selection,
            job=request.job,
            unselected_outputs=request.unselected_outputs,
            siblings=request.siblings,
            selected_asset_keys=tuple(sorted(keys)),
            missing_asset_keys=tuple(sorted(reads.kept.missing)),
            notes=(),
            steps=steps,
            loads=planned_loads(self._index, steps),
            hazards=planned_hazards(reads, steps),
        )
        return replace(plan, fingerprint=hashlib.sha256(encode(plan)).hexdigest())


def plan(snapshot: Snapshot, request: PlanRequest) -> Plan:
    """Return what would run, and why. Keep a Planner to plan on one snapshot many times.

    Raises:
        PlanRefused: the selection cannot be planned.
    """
    return Planner(snapshot).plan(request)
