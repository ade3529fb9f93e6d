"""Planning: the planner of the snapshot that is served, off the event loop."""

from __future__ import annotations

import asyncio
import threading

from treadle.snapshot import Snapshot
from treadle_codeserver.errors import planner_refusals
from treadle_planner import Plan, Planner, PlanRequest


class Planning:
    """Plans on snapshots, and keeps the planner of the last one: making it takes longest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: tuple[Snapshot, Planner] | None = None

    async def plan(self, snapshot: Snapshot, request: PlanRequest) -> Plan:
        """Plan in a thread: a large location takes long enough to hold other callers up.

        Raises:
            PlanRefusedError: the planner refused.
        """
        with planner_refusals():
            return await asyncio.to_thread(self._plan, snapshot, request)

    def _plan(self, snapshot: Snapshot, request: PlanRequest) -> Plan:
        return self._planner_of(snapshot).plan(request)

    def _planner_of(self, snapshot: Snapshot) -> Planner:
        # Who comes while it is made waits for it, instead of making it again.
        with self._lock:
            if self._last is None or self._last[0] is not snapshot:
                self._last = (snapshot, Planner(snapshot))
            return self._last[1]
