"""Launching: a plan made, a run recorded, and handed to the engine."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from treadle_contract.event import RunSubmitted
from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import replace
from treadle_launcher.clock import Clock
from treadle_launcher.engine.active_run import ActiveRun, Replan
from treadle_launcher.engine.board import Board
from treadle_launcher.engine.engine import Engine
from treadle_launcher.engine.mode import EngineMode
from treadle_launcher.errors import ShuttingDownError, StalePlanError
from treadle_launcher.ids import RunIds
from treadle_launcher.planning.planning import Planner
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.serving.launch_request import Launchable, LaunchRequest
from treadle_launcher.store.records import CreatedRun, IdempotentRequest, NewRun
from treadle_launcher.store.store import Store

_TRIES: Final = 5
"""How often a plan is made anew of which a value was removed before it was recorded."""


class Launching:
    """Turns requests into runs, each named request into one."""

    def __init__(  # noqa: PLR0913 - what it works with, and for how long its runs live
        self,
        planner: Planner,
        store: Store,
        board: Board,
        engine: Engine,
        clock: Clock,
        *,
        is_ephemeral: bool = False,
    ) -> None:
        self._is_ephemeral = is_ephemeral
        self._planner = planner
        self._store = store
        self._board = board
        self._engine = engine
        self._ids = RunIds(clock)

    async def launch(self, request: LaunchRequest) -> CreatedRun:
        """Record a run of what is asked for, unless the request's name is known.

        Raises:
            RefusedError: as LaunchRun in launcher.proto.
        """
        self._check_open()
        named = _named(request)
        if named is not None:
            # Before planning: the code may have changed since, the answer must not.
            earlier = await self._store.earlier_run(named)
            if earlier is not None:
                return CreatedRun(run=earlier, existed=True)
        for _ in range(_TRIES - 1):
            launchable = await self._planner.launchable(request)
            try:
                return await self._record(request, launchable, named)
            except StalePlanError:
                # A value was removed while we planned. Who saw a plan must see the next one.
                if request.is_pinned:
                    raise
        return await self._record(request, await self._planner.launchable(request), named)

    async def _record(
        self, request: LaunchRequest, launchable: Launchable, named: IdempotentRequest | None
    ) -> CreatedRun:
        self._check_open()
        run_id = self._ids.new()
        launchable = replace(launchable, launch_spec=launchable.launch_spec.for_run(run_id))
        recording = self._store.create_run(self._new_run(run_id, request, launchable, named))
        # A caller who hangs up now does not keep a run that is recorded from going on.
        recording.add_done_callback(partial(self._recorded, request, launchable))
        created = await asyncio.shield(recording)
        return created if created.existed else replace(created, notes=launchable.plan.header.notes)

    def _recorded(
        self,
        request: LaunchRequest,
        launchable: Launchable,
        recording: asyncio.Future[CreatedRun],
    ) -> None:
        if recording.cancelled() or recording.exception() is not None:
            return
        created = recording.result()
        if created.existed:
            return
        try:
            run = _active(request, launchable, created)
        except Exception as error:  # noqa: BLE001 - a plan that none can be may raise anything
            self._engine.give_up(created.run.run_id, error)
        else:
            self._engine.admit(run)

    def _check_open(self) -> None:
        if self._board.mode in (EngineMode.LEAVING, EngineMode.ENDING):
            raise ShuttingDownError

    def _new_run(
        self,
        run_id: RunId,
        request: LaunchRequest,
        launchable: Launchable,
        named: IdempotentRequest | None,
    ) -> NewRun:
        plan, earlier = launchable.plan, launchable.earlier
        limits = request.limits.of_run(None if earlier is None else earlier.run)
        submitted = RunSubmitted(
            location=plan.header.location,
            selection=plan.selection,
            options=plan.options,
            digest=plan.header.digest,
            fingerprint=plan.header.fingerprint,
            tags=launchable.tags,
            idempotency_key=request.idempotency_key,
            reexecution=request.reexecution,
            root_run_id=RunId("") if earlier is None else earlier.root_run_id,
            timeout_ms=limits.timeout_ms or 0,
            retry_lost=limits.retry_lost or 0,
        )
        return NewRun(
            run_id=run_id,
            submitted=NewEvent(payload=submitted),
            plan=plan,
            launch_spec=launchable.launch_spec,
            request=named,
            of_backfill=request.of_backfill,
            is_ephemeral=self._is_ephemeral,
        )


def _named(request: LaunchRequest) -> IdempotentRequest | None:
    if not request.idempotency_key:
        return None
    return IdempotentRequest(key=request.idempotency_key, fields=request.fields)


def _active(request: LaunchRequest, launchable: Launchable, created: CreatedRun) -> ActiveRun:
    return ActiveRun(
        view=RunView(launchable.plan, created.events[0]),
        launch_spec=launchable.launch_spec,
        replan=Replan.RULED_OUT if request.is_pinned else Replan.POSSIBLE,
        early=list(created.events),
    )
