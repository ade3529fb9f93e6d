"""Planning: the planner of the snapshot that is served, off the event loop."""

from __future__ import annotations

import asyncio

from treadle.snapshot import Snapshot
from treadle_codeserver.errors import planner_refusals
from treadle_planner import Plan, PlanRequest, plan


async def planned(snapshot: Snapshot, request: PlanRequest) -> Plan:
    """Plan in a thread: a large location takes long enough to hold other callers up.

    Raises:
        PlanRefusedError: the planner refused.
    """
    with planner_refusals():
        return await asyncio.to_thread(plan, snapshot, request)
