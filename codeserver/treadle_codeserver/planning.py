"""Planning: the planner of the snapshot that is served, off the event loop."""

from __future__ import annotations

import asyncio
import threading

from treadle.lazy_dataclasses import replace
from treadle.snapshot import Snapshot
from treadle_codeserver.code_notes import code_notes
from treadle_codeserver.errors import PlanRefusedError, Reason, planner_refusals
from treadle_codeserver.location import CodeLocation, LocationStatus
from treadle_planner import Plan, Planner, PlanRequest, Rerun


class Planning:
    """Plans on snapshots, and keeps the planner of the last one: making it takes longest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: tuple[Snapshot, Planner] | None = None

    async def plan_in(
        self, location: CodeLocation, request: PlanRequest, rerun: Rerun | None = None
    ) -> Plan:
        """Plan on what the location serves; its notes also say how the code on the disk differs.

        So does a refusal: what it knows nothing of may be there by now.

        Raises:
            RefusedError: as `plan`; nothing is served, or the server is leaving.
        """
        served = await location.served()
        status = location.status
        try:
            plan = await self.plan(served.snapshot, request, rerun)
        except PlanRefusedError as refused:
            if refused.reason is not Reason.SELECTION_SYNTAX:
                refused.changes = await _notes(status, "answer")
            raise
        # Beside the fingerprint, which is of the snapshot alone.
        notes = await _notes(status, "plan")
        return replace(plan, notes=(*notes, *plan.notes))

    async def plan(
        self, snapshot: Snapshot, request: PlanRequest, rerun: Rerun | None = None
    ) -> Plan:
        """Plan in a thread: a large location takes long enough to hold other callers up.

        With `rerun`, plan the re-execution of an earlier run.

        Raises:
            PlanRefusedError: the planner refused.
        """
        with planner_refusals():
            return await asyncio.to_thread(self._plan, snapshot, request, rerun)

    def _plan(self, snapshot: Snapshot, request: PlanRequest, rerun: Rerun | None) -> Plan:
        planner = self._planner_of(snapshot)
        return planner.plan(request) if rerun is None else planner.plan_again(request, rerun)

    def _planner_of(self, snapshot: Snapshot) -> Planner:
        # Who comes while it is made waits for it, instead of making it again.
        with self._lock:
            if self._last is None or self._last[0] is not snapshot:
                self._last = (snapshot, Planner(snapshot))
            return self._last[1]


async def _notes(status: LocationStatus, answer: str) -> tuple[str, ...]:
    return await asyncio.to_thread(lambda: tuple(code_notes(status, answer)))
