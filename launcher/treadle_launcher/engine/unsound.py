"""Ending runs that a fault keeps from being served: each alone, from what is recorded of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from treadle_contract.event import RunFinished
from treadle_contract.ids import RunId
from treadle_contract.run import Failure, RunState
from treadle_launcher.clock import Clock
from treadle_launcher.engine import failures
from treadle_launcher.runs.decide import abandoned
from treadle_launcher.runs.events import NewEvent
from treadle_launcher.runs.folding import folded
from treadle_launcher.serving.watch import Watchers
from treadle_launcher.store.errors import StoreClosedError, StoreUnavailableError
from treadle_launcher.store.store import Store

_LOG = logging.getLogger(__name__)


class Unsound:
    """The runs that ended, or are being ended, because serving them raised.

    A run that is added is served no more. One whose end the store refuses too stays as it is
    recorded: it is said once, and tried again by the next launcher.
    """

    def __init__(self, store: Store, watchers: Watchers, clock: Clock) -> None:
        self._store = store
        self._watchers = watchers
        self._clock = clock
        self._endings: dict[RunId, asyncio.Task[None]] = {}

    def __contains__(self, run_id: RunId) -> bool:
        return run_id in self._endings

    def end(
        self,
        run_id: RunId,
        error: Exception,
        recorded: Callable[[], Awaitable[None]],
        ended: Callable[[], None],
    ) -> None:
        """End a run as FAILED, named `internal`.

        `recorded` returns when all that was said of it before is committed, `ended` is called
        when its end is.
        """
        if run_id in self._endings:
            return
        _LOG.error("run_unsound run=%s", run_id, exc_info=error)
        ending = asyncio.create_task(self._end(run_id, failures.unsound(error), recorded))
        self._endings[run_id] = ending
        ending.add_done_callback(lambda _: ended())

    async def ended(self, run_id: RunId) -> None:
        """Return when a run's end is recorded, or cannot be."""
        await asyncio.wait({self._endings[run_id]})

    @property
    def is_busy(self) -> bool:
        """Whether ends are still to be recorded."""
        return any(not ending.done() for ending in self._endings.values())

    def close(self) -> None:
        """Record nothing more."""
        for ending in self._endings.values():
            ending.cancel()

    async def _end(
        self, run_id: RunId, failure: Failure, recorded: Callable[[], Awaitable[None]]
    ) -> None:
        await recorded()
        only_the_end = [NewEvent(payload=RunFinished(state=RunState.FAILED, failure=failure))]
        for facts in (await self._facts(run_id, failure), only_the_end):
            if not facts:
                continue
            try:
                events = await self._store.append(run_id, facts)
            except StoreClosedError:
                return
            except Exception:  # noqa: BLE001 - whatever it is, no other run may notice
                _LOG.exception("run_not_ended run=%s", run_id)
            else:
                self._watchers.publish(run_id, events)
                return

    async def _facts(self, run_id: RunId, failure: Failure) -> Sequence[NewEvent]:
        try:
            view = await folded(self._store, run_id)
            return abandoned(view, failure, self._clock.now())
        except StoreUnavailableError:
            _LOG.warning("run_not_read run=%s", run_id)
        except Exception as error:  # noqa: BLE001 - what is unsound may raise anything
            _LOG.info("run_not_folded run=%s error=%s", run_id, error)
        return ()
