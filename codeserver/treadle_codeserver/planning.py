"""Planning: the planner of the snapshot that is served, off the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from treadle._system import uncollected
from treadle.locations.snapshot import Snapshot
from treadle_codeserver import defaults
from treadle_codeserver.code_notes import code_notes
from treadle_codeserver.errors import (
    BadArgumentError,
    PlanRefusedError,
    Reason,
    planner_refusals,
)
from treadle_codeserver.location import CodeLocation, LocationStatus, Served
from treadle_codeserver.user_functions import UserFunctions
from treadle_contract.codeserver import PlanRequest
from treadle_contract.config_data import misfit_of
from treadle_contract.fields import unknown_choices
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import ExplanationPart, PlanOptions, Selection
from treadle_planner import Asked, Plan, Planner, Question, Rerun, Settled, Told


class Planning:
    """Plans on snapshots. Of the last one it keeps the planner, and plans: each is asked for
    several times before it is a run. `functions` asks functions of the user's.
    """

    def __init__(self, functions: UserFunctions | None = None) -> None:
        self._functions = functions
        self._lock = threading.Lock()
        self._last: tuple[Snapshot, Planner] | None = None
        self._plans: OrderedDict[tuple[str, ...], Plan] = OrderedDict()

    async def plan_in(
        self, location: CodeLocation, request: PlanRequest, rerun: Rerun | None = None
    ) -> Plan:
        """Plan on what the location serves; its notes also say how the code on the disk differs.

        So does a refusal: what it knows nothing of may be there by now. With `rerun`, plan the
        re-execution of an earlier run.

        Raises:
            RefusedError: the planner refused; a choice is not known here, nothing is served, or
                the server is leaving.
        """
        check_choices(request, rerun)
        request = _timed(request)
        served = await self._served(location)
        status = location.status
        async with _refusals(status):
            plan = await self.plan(served.snapshot, request, rerun)
        return await _noted(status, plan)

    async def on_record(
        self,
        location: CodeLocation,
        request: PlanRequest,
        elsewhere: Iterable[KeyText],
        told: Callable[[], Awaitable[Told]],
        rerun: Rerun | None = None,
    ) -> AsyncIterator[Question | Settled]:
        """Plan likewise what can run as it is. Give each question; behind it `told` is awaited.

        Raises:
            RefusedError: as `plan_in`.
        """
        check_choices(request, rerun)
        request = _timed(request)
        served = await self._served(location)
        status = location.status
        planner = await asyncio.to_thread(self._planner_of, served.snapshot)
        once = partial(self._plan, planner, rerun=rerun)
        talk = planner.on_record(request, elsewhere, rerun, once)
        async with _refusals(status):
            said = await asyncio.to_thread(_said, partial(next, talk))
            while isinstance(said, Question):
                yield said
                said = await asyncio.to_thread(_said, partial(talk.send, await told()))
        yield replace(said, plan=await _noted(status, said.plan))

    async def _served(self, location: CodeLocation) -> Served:
        if self._functions is not None:
            self._functions.in_loop()
        return await location.served()

    async def named_keys(self, location: CodeLocation, selection: Selection) -> tuple[KeyText, ...]:
        """Return what a selection names of what the location serves.

        Raises:
            RefusedError: as `plan_in`.
        """
        served = await self._served(location)
        status = location.status
        planner = await asyncio.to_thread(self._planner_of, served.snapshot)
        async with _refusals(status):
            with planner_refusals():
                return await asyncio.to_thread(planner.named_keys, selection)

    async def explained(self, location: CodeLocation, request: PlanRequest) -> ExplanationPart:
        """Return why each op of what the location serves is in a plan, or not.

        Raises:
            RefusedError: as `plan_in`.
        """
        check_choices(request, None)
        request = _timed(request)
        served = await self._served(location)
        status = location.status
        planner = await asyncio.to_thread(self._planner_of, served.snapshot)

        def made() -> ExplanationPart:
            with planner_refusals(), uncollected():
                return planner.explain(Asked.of(request))

        async with _refusals(status):
            said = await asyncio.to_thread(made)
        notes = await _notes(status, "plan")
        assert said.header is not None, "an explanation has a header"
        header = replace(said.header, location=status.name, notes=(*notes, *said.header.notes))
        return replace(said, header=header)

    async def plan(
        self, snapshot: Snapshot, request: PlanRequest, rerun: Rerun | None = None
    ) -> Plan:
        """Plan in a thread: a large location takes long enough to hold other callers up.

        Raises:
            PlanRefusedError: the planner refused.
        """

        def made() -> Plan:
            with planner_refusals(), uncollected():
                return self._plan(self._planner_of(snapshot), Asked.of(request), rerun)

        return await asyncio.to_thread(made)

    def _plan(self, planner: Planner, asked: Asked, rerun: Rerun | None) -> Plan:
        if rerun is not None or asked.known is not None:
            return planner.plan_once(asked, rerun)
        key = planner.digest, *asked.key(goes_by_time=planner.has_partitions)
        with self._lock:
            kept = self._plans.get(key)
        plan = kept or planner.plan_once(asked)
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
                own = self._functions
                functions = None if own is None else own.of(snapshot.digest)
                self._last = (snapshot, Planner(snapshot, functions))
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
    if misfit := misfit_of(options.config):
        raise BadArgumentError(f"PlanOptions.config {misfit}.", names=("config",))
    if rerun is not None and rerun.reexecution.kind is None:
        raise BadArgumentError("Reexecution.kind is not set.", names=("kind",))


def _timed(request: PlanRequest) -> PlanRequest:
    """Return a request that says when it is asked."""
    return request if request.now is not None else replace(request, now=datetime.now(UTC))


def _said(go_on: Callable[[], Question]) -> Question | Settled:
    """Go on to the next question, or to what is settled, in a thread."""
    # All that is made stays, and there is much else to look through: a third of the time.
    with planner_refusals(), uncollected():
        try:
            return go_on()
        except StopIteration as end:
            settled: Settled = end.value
            return settled


@asynccontextmanager
async def _refusals(status: LocationStatus) -> AsyncIterator[None]:
    try:
        yield
    except PlanRefusedError as refused:
        if refused.reason is not Reason.SELECTION_SYNTAX:
            refused.changes = await _notes(status, "answer")
        raise


async def _noted(status: LocationStatus, plan: Plan) -> Plan:
    # Beside the fingerprint, which is of the snapshot alone.
    notes = await _notes(status, "plan")
    return replace(plan, notes=(*notes, *plan.notes))


async def _notes(status: LocationStatus, answer: str) -> tuple[str, ...]:
    return await asyncio.to_thread(lambda: tuple(code_notes(status, answer)))
