"""Planning: the planner of the snapshot that is served, off the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict

from treadle._system import uncollected
from treadle.lazy_dataclasses import replace
from treadle.locations.canonical import encode
from treadle.locations.snapshot import Snapshot
from treadle_codeserver import defaults
from treadle_codeserver.code_notes import code_notes
from treadle_codeserver.errors import (
    BadArgumentError,
    PlanRefusedError,
    Reason,
    planner_refusals,
)
from treadle_codeserver.location import CodeLocation, LocationStatus
from treadle_contract.codeserver import PlanRequest
from treadle_contract.fields import unknown_choices
from treadle_contract.plan import PlanOptions
from treadle_planner import Plan, Planner, Rerun


class Planning:
    """Plans on snapshots. Of the last one it keeps the planner, and plans: each is asked for
    several times before it is a run.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: tuple[Snapshot, Planner] | None = None
        self._plans: OrderedDict[tuple[str, bytes], Plan] = OrderedDict()

    async def plan_in(
        self, location: CodeLocation, request: PlanRequest, rerun: Rerun | None = None
    ) -> Plan:
        """Plan on what the location serves; its notes also say how the code on the disk differs.

        So does a refusal: what it knows nothing of may be there by now.

        Raises:
            RefusedError: as `plan`; a choice is not known here, nothing is served, or the server is leaving.
        """
        check_choices(request, rerun)
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
            return await asyncio.to_thread(self._plan_uncollected, snapshot, request, rerun)

    def _plan_uncollected(
        self, snapshot: Snapshot, request: PlanRequest, rerun: Rerun | None
    ) -> Plan:
        # All that is made stays, and there is much else to look through: a third of the time.
        with uncollected():
            return self._plan(snapshot, request, rerun)

    def _plan(self, snapshot: Snapshot, request: PlanRequest, rerun: Rerun | None) -> Plan:
        planner = self._planner_of(snapshot)
        if rerun is not None:
            return planner.plan_again(request, rerun)
        key = snapshot.digest, encode(replace(request, brief=False))
        with self._lock:
            kept = self._plans.get(key)
        plan = kept or planner.plan(request)
        with self._lock:
            self._plans[key] = plan
            self._plans.move_to_end(key)
            while sum(len(each.steps) for each in self._plans.values()) > defaults.KEPT_PLAN_STEPS:
                self._plans.popitem(last=False)
        return plan

    def _planner_of(self, snapshot: Snapshot) -> Planner:
        # Who comes while it is made waits for it, instead of making it again.
        with self._lock:
            if self._last is None or self._last[0] is not snapshot:
                self._last = (snapshot, Planner(snapshot))
            return self._last[1]


def check_choices(request: PlanRequest, rerun: Rerun | None) -> None:
    """Refuse a choice that is not known here: passed over, it would quietly be the default.

    Raises:
        BadArgumentError: there is one.
    """
    # What the launcher alone reads, it alone has to know.
    options = replace(request.options or PlanOptions(), unrecorded_loads=None)
    for asked in (options,) if rerun is None else (options, rerun.reexecution):
        for name, choice in unknown_choices(asked):
            message = (
                f"{type(asked).__name__}.{name} is {choice}, which this code server does not know."
            )
            raise BadArgumentError(message, names=(name,))
    if rerun is not None and rerun.reexecution.kind is None:
        raise BadArgumentError("Reexecution.kind is not set.", names=("kind",))


async def _notes(status: LocationStatus, answer: str) -> tuple[str, ...]:
    return await asyncio.to_thread(lambda: tuple(code_notes(status, answer)))
