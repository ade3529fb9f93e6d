"""Planning a run anew whose host found newer code than the plan was made of."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial

from treadle_contract.run import Failure, FailureReason, RunState
from treadle_launcher.engine import failures
from treadle_launcher.engine.active_run import ActiveRun, Replan
from treadle_launcher.engine.board import Board
from treadle_launcher.errors import LauncherError, Reason, RefusedError, StalePlanError
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.planning import Planner
from treadle_launcher.runs.events import Event
from treadle_launcher.serving.launch_request import Launchable
from treadle_launcher.store.store import Store

_LOG = logging.getLogger(__name__)


class Replanning:
    """Gives a run that has not started a plan of the code as it is now, once."""

    def __init__(self, planner: Planner, store: Store, board: Board) -> None:
        self._planner = planner
        self._store = store
        self._board = board
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, run: ActiveRun) -> None:
        """Plan anew beside everything else; the run goes on, or fails as stale."""
        run.take(None)
        run.replan = Replan.UNDER_WAY
        self._go(self._replan(run))

    def explain(self, run: ActiveRun, failure: Failure) -> None:
        """Fail a run whose host's import defines something else, with what its code server finds.

        `failure` is what the host says of it.
        """
        was_replanned = run.replan is Replan.DONE
        run.take(None)
        run.replan = Replan.UNDER_WAY
        self._go(self._explain(run, failure, was_replanned=was_replanned))

    def _go(self, act: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(act)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Plan no more."""
        for task in self._tasks:
            task.cancel()

    async def _replan(self, run: ActiveRun) -> None:
        try:
            launchable = await self._planner.replanned(run.view.summary())
        except LauncherError as error:
            found = failures.stale(f"planning anew was refused: {error}")
            self._fail(run, failures.unstable(str(error)) if _is_unstable(error) else found)
        except Exception:  # noqa: BLE001 - whatever it is, the run must end
            _LOG.exception("replanning_failed run=%s", run.run_id)
            message = "Planning anew failed by a fault of Treadle's own: see the launcher's log."
            self._fail(run, Failure(reason=FailureReason.INTERNAL, message=message))
        else:
            self._go_on(run, launchable)

    async def _explain(self, run: ActiveRun, failure: Failure, *, was_replanned: bool) -> None:
        try:
            await self._planner.check_stable(run.location)
        except LauncherError as error:
            self._fail(run, failures.unstable(str(error)) if _is_unstable(error) else failure)
        except Exception:  # noqa: BLE001 - whatever it is, the run must end
            _LOG.exception("reload_failed run=%s", run.run_id)
            self._fail(run, failure)
        else:
            # Two imports are alike now: what the code reads is another than when it was planned.
            read = "it reads something that is another now, though no source file is"
            self._fail(run, failure if was_replanned else failures.stale(read))

    def _fail(self, run: ActiveRun, failure: Failure) -> None:
        if self._board.get(run.run_id) is not run:
            return
        run.replan = Replan.RULED_OUT
        turn = self._board.turn()
        self._board.fail_run(turn, run, failure)
        self._board.settle(turn)

    def _go_on(self, run: ActiveRun, launchable: Launchable) -> None:
        if run.state is not RunState.STARTING or self._board.get(run.run_id) is not run:
            # It was cancelled by now, or is being taken up anew.
            return
        before = (run.view.plan, run.launch_spec)
        launch_spec = launchable.launch_spec.for_run(run.run_id)
        turn = self._board.turn()
        with self._board.serving(turn, run):
            run.change_plan(launchable.plan, launch_spec)
        if run.run_id in self._board.unsound:
            self._board.settle(turn)
            return
        # No host is sought before the store has the new plan: it may refuse it.
        run.replan = Replan.UNDER_WAY
        replaced = self._store.replace_plan(run.run_id, launchable.plan, launch_spec)
        self._board.track(replaced)
        replaced.add_done_callback(partial(self._replaced, run, before))

    def _replaced(
        self,
        run: ActiveRun,
        before: tuple[Plan, LaunchSpec],
        replaced: asyncio.Future[tuple[Event, ...]],
    ) -> None:
        error = None if replaced.cancelled() else replaced.exception()
        is_waiting = run.state is RunState.STARTING and self._board.get(run.run_id) is run
        if isinstance(error, StalePlanError):
            # A value was removed since the new plan was made: the store holds the one before it.
            if is_waiting:
                run.change_plan(*before)
                self._fail(run, failures.stale(f"the new plan is stale too: {error}"))
        elif error is not None:
            self._board.check(replaced)
        elif is_waiting and not replaced.cancelled():
            run.replan = Replan.DONE
            turn = self._board.turn()
            turn.touch(run)
            self._board.settle(turn)


def _is_unstable(error: LauncherError) -> bool:
    return isinstance(error, RefusedError) and error.reason is Reason.UNSTABLE
