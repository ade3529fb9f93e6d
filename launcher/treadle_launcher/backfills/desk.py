"""The one who drives backfills: launches their runs, a few at once, and records how they end.

Which part of a backfill has a run is written with the run. So a launcher that was killed goes on
where it was: no part is launched twice, and none is left out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

from treadle_contract.backfill import BackfillState
from treadle_contract.event import RunFinished
from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.plan import PlanOptions, Reexecution, ReexecutionKind, Selection
from treadle_launcher.backfills.backfill import (
    TAG,
    Backfill,
    BackfillOrder,
    BackfillPlace,
)
from treadle_launcher.backfills.choosing import next_of
from treadle_launcher.backfills.chunks import written_ranges
from treadle_launcher.backfills.driven import DrivenBackfill
from treadle_launcher.backfills.standing import end_of, parts_to_retry
from treadle_launcher.engine.engine import Engine
from treadle_launcher.errors import (
    BackfillFinishedError,
    Reason,
    RefusedError,
    ShuttingDownError,
)
from treadle_launcher.ids import new_run_id
from treadle_launcher.paced_news import PacedNews
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.run_states import FINAL_RUN_STATES
from treadle_launcher.serving.launch_request import LaunchRequest
from treadle_launcher.serving.launching import Launching
from treadle_launcher.store.errors import StoreClosedError, StoreError
from treadle_launcher.store.partitions.backfills import NewBackfill
from treadle_launcher.store.store import Store

_LOG = logging.getLogger(__name__)

_PASSING: Final = frozenset(
    {
        Reason.LOCATION_UNREACHABLE,
        Reason.UNKNOWN_LOCATION,
        Reason.NOT_LOADED,
        Reason.SHUTTING_DOWN,
        Reason.HOME_UNREADABLE,
        Reason.HOME_UNAVAILABLE,
    }
)
"""Refusals that say: not now. A run that is refused with another one is not tried again."""

_TOLD_EVERY: Final = 0.2
"""How many seconds lie between two things that a watcher of a backfill is told, at least."""

_TRY_AGAIN: Final = 1.0
"""After how many seconds what the store did not take is tried again."""


class BackfillDesk:
    """Drives every backfill that is not over."""

    def __init__(
        self,
        store: Store,
        launching: Launching,
        engine: Engine,
        *,
        max_runs: int,
        is_ephemeral: bool,
    ) -> None:
        """Have `max_runs` runs of backfills under way at most."""
        self._is_ephemeral = is_ephemeral
        self._store = store
        self._launching = launching
        self._engine = engine
        self._max_runs = max_runs
        self._driven: dict[str, DrivenBackfill] = {}
        self._ended: set[RunId] = set()
        self._news = asyncio.Event()
        self._watches: dict[str, set[PacedNews]] = {}
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._launches = True
        self._is_closed = False

    async def start(self, cancel_because: str = "") -> None:
        """Take up the backfills that are not over; with a reason, to cancel them.

        One that ends with its starter takes up those of its kind alone.

        Raises:
            StoreError: they cannot be read.
        """
        left = await self._store.partitions.unfinished_backfills(only_ephemeral=self._is_ephemeral)
        for each in left:
            cancel = self._store.partitions.cancel_backfill
            backfill = await cancel(each.backfill_id, cancel_because) if cancel_because else each
            await self._take(backfill)
        self._task = asyncio.create_task(self._drive())
        self._news.set()

    async def launch(
        self, order: BackfillOrder, asked: Mapping[str, object]
    ) -> tuple[Backfill, bool]:
        """Record a backfill and begin with it, unless its request is known; then that is returned.

        `asked` is the request, as a later one of its key is compared with it.

        Raises:
            IdempotencyConflictError: the request's key was used for another one.
            ShuttingDownError: the launcher is going.
        """
        if not self._launches:
            raise ShuttingDownError
        new = NewBackfill(
            backfill_id=new_run_id(),
            order=order,
            asked=asked,
            is_ephemeral=self._is_ephemeral,
        )
        # A caller who hangs up now does not keep a backfill that is recorded from going on.
        return await asyncio.shield(asyncio.ensure_future(self._record(new)))

    async def _record(self, new: NewBackfill) -> tuple[Backfill, bool]:
        backfill, existed = await self._store.partitions.add_backfill(new)
        if not existed:
            await self._take(backfill)
            self._news.set()
        return backfill, existed

    async def cancel(self, backfill_id: str, reason: str) -> Backfill:
        """Have a backfill launch nothing more, and end what is under way; return when that is recorded.

        Raises:
            UnknownBackfillError: there is no such backfill.
            BackfillFinishedError: it is over.
        """
        backfill = await self._store.partitions.cancel_backfill(backfill_id, reason)
        if backfill.is_over:
            raise BackfillFinishedError([backfill_id])
        driven = self._driven.get(backfill_id)
        if driven is not None:
            driven.backfill = backfill
        self._tell(backfill_id)
        self._news.set()
        return backfill

    def waits_because(self, backfill_id: str) -> str:
        """Return why a backfill can launch nothing now, a sentence; "" if nothing is in the way."""
        driven = self._driven.get(backfill_id)
        return "" if driven is None else driven.waits_because

    async def watch(self, backfill_id: str) -> AsyncGenerator[Backfill, None]:
        """Yield a backfill as it is, and again when it has changed, until it is over.

        Raises:
            UnknownBackfillError: there is no such backfill.
            ShuttingDownError: the launcher is going.
        """
        with self._watched(backfill_id) as news:
            while True:
                backfill = await self._store.partitions.backfill(backfill_id)
                yield backfill
                if backfill.is_over:
                    return
                if self._is_closed:
                    raise ShuttingDownError
                await news.wait()

    def hear(self, events: Sequence[Event]) -> None:
        """Take note of what was committed of a run: its end makes room for another."""
        if self._driven and isinstance(events[-1].payload, RunFinished):
            self._ended.add(events[-1].run_id)
            self._news.set()

    async def end(self, reason: str) -> None:
        """Launch nothing more, and record that every backfill is to end, as what runs of them is."""
        self._launches = False
        for driven in tuple(self._driven.values()):
            with suppress(RefusedError, StoreError):
                driven.backfill = await self._store.partitions.cancel_backfill(
                    driven.backfill.backfill_id, reason
                )
        self._news.set()

    async def settled(self) -> None:
        """Record how the backfills ended of which nothing is under way any more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        with suppress(StoreError):
            await self._turn()

    def close_watches(self) -> None:
        """End every watch: the launcher is going."""
        self._is_closed = True
        for watches in self._watches.values():
            for news in watches:
                news.close()

    async def close(self) -> None:
        """Drive nothing more. What is not over is taken up by the next launcher."""
        self._launches = False
        self.close_watches()
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _take(self, backfill: Backfill) -> None:
        rows = await self._store.partitions.backfill_rows(backfill.backfill_id)
        self._driven[backfill.backfill_id] = DrivenBackfill(backfill, rows)

    async def _drive(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._turn()
            except StoreClosedError:
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, backfills must not wait for ever
                is_expected = isinstance(error, StoreError)
                _LOG.error(
                    "backfills_wait error=%s", error, exc_info=None if is_expected else error
                )
                self._wake_at(asyncio.get_running_loop().time() + _TRY_AGAIN)

    async def _turn(self) -> None:
        """Do all that can be done now: end what is over, launch what has a place."""
        self._note_ends()
        for each in tuple(self._driven.values()):
            await self._cancel_runs(each)
        while (driven := self._chosen()) is not None:
            await self._launch_next(driven)
            self._note_ends()
        for each in tuple(self._driven.values()):
            if each.is_at_its_end:
                await self._finish(each)

    def _note_ends(self) -> None:
        ended, self._ended = self._ended, set()
        for driven in self._driven.values():
            over = ended.intersection(driven.under_way)
            for run_id in over:
                del driven.under_way[run_id]
            if over:
                self._tell(driven.backfill.backfill_id)

    def _chosen(self) -> DrivenBackfill | None:
        if not self._launches:
            return None
        now = asyncio.get_running_loop().time()
        every = list(self._driven.values())
        able = [each for each in every if each.waits_until <= now and each.next_place is not None]
        elsewhere = sum(len(each.under_way) for each in every if each not in able)
        chosen = next_of([each.contender for each in able], self._max_runs - elsewhere)
        return None if chosen is None else able[chosen]

    async def _launch_next(self, driven: DrivenBackfill) -> None:
        place = driven.next_place
        assert place is not None, "it was chosen because it has one"
        try:
            created = await self._launching.launch(await self._request_of(driven, place))
        except (RefusedError, StoreError) as error:
            if not isinstance(error, RefusedError) or error.reason in _PASSING:
                loop = asyncio.get_running_loop()
                self._wake_at(driven.wait(str(error), loop.time()))
                self._tell(place.backfill_id)
                return
            await self._refused(driven, place, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is about this part
            _LOG.exception("backfill_run_failed backfill=%s", place.backfill_id)
            problem = f"A fault of Treadle's own: {error}. The launcher's log says more. Report it."
            await self._refused(driven, place, problem)
        else:
            is_over = created.run.state in FINAL_RUN_STATES
            driven.launched(None if is_over else created.run.run_id)
            self._tell(place.backfill_id)

    async def _refused(self, driven: DrivenBackfill, place: BackfillPlace, message: str) -> None:
        _LOG.warning(
            "backfill_run_refused backfill=%s position=%d", place.backfill_id, place.position
        )
        await self._store.partitions.refuse_backfill_run(place, message)
        driven.launched(None)
        self._tell(place.backfill_id)

    async def _request_of(self, driven: DrivenBackfill, place: BackfillPlace) -> LaunchRequest:
        order = driven.backfill.order
        tags = {**order.tags, TAG: place.backfill_id}
        if order.retry_of:
            earlier = await self._earlier_run(driven, place.position)
            if earlier is not None:
                return LaunchRequest(
                    location="",
                    selection=Selection(),
                    options=PlanOptions(),
                    tags=tags,
                    reexecution=Reexecution(
                        parent_run_id=earlier, kind=ReexecutionKind.FROM_FAILURE
                    ),
                    of_backfill=place,
                )
        ranges = written_ranges(driven.chunks.at(place.position), by_key=order.by_key)
        return LaunchRequest(
            location=order.location,
            selection=order.selection,
            options=replace(order.options, partitions=ranges),
            tags=tags,
            of_backfill=place,
        )

    async def _earlier_run(self, driven: DrivenBackfill, position: int) -> RunId | None:
        """Return the run that a retry goes on from in one of its parts; None: none was launched."""
        if driven.earlier_runs is None:
            order = driven.backfill.order
            earlier = await self._store.partitions.backfill(order.retry_of)
            rows = await self._store.partitions.backfill_rows(order.retry_of)
            driven.earlier_runs = [
                rows[each].run_id or None if each in rows else None
                for each in parts_to_retry(earlier.order, rows)
            ]
        return driven.earlier_runs[position]

    async def _cancel_runs(self, driven: DrivenBackfill) -> None:
        backfill = driven.backfill
        if backfill.state is not BackfillState.CANCELLING:
            return
        reason = backfill.cancel_reason or f"its backfill {backfill.backfill_id} was cancelled"
        for run_id in tuple(driven.under_way):
            if run_id in driven.cancelled:
                continue
            goes_on = await self._engine.cancel(run_id, reason)
            driven.cancelled.add(run_id)
            if not goes_on:
                driven.under_way.pop(run_id, None)

    async def _finish(self, driven: DrivenBackfill) -> None:
        backfill = driven.backfill
        counts = await self._store.partitions.backfill_counts(backfill)
        await self._store.partitions.finish_backfill(backfill.backfill_id, end_of(backfill, counts))
        _LOG.info("backfill_over backfill=%s", backfill.backfill_id)
        del self._driven[backfill.backfill_id]
        self._tell(backfill.backfill_id)

    def _wake_at(self, moment: float) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is None or self._timer.when() > moment or self._timer.when() <= loop.time():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_at(moment, self._news.set)

    def _tell(self, backfill_id: str) -> None:
        for news in self._watches.get(backfill_id, ()):
            news.tell()

    @contextmanager
    def _watched(self, backfill_id: str) -> Iterator[PacedNews]:
        news = PacedNews(_TOLD_EVERY)
        watches = self._watches.setdefault(backfill_id, set())
        watches.add(news)
        try:
            yield news
        finally:
            news.close()
            watches.discard(news)
            if not watches and self._watches.get(backfill_id) is watches:
                del self._watches[backfill_id]


@asynccontextmanager
async def driving(desk: BackfillDesk, cancel_because: str) -> AsyncIterator[None]:
    """Drive backfills for the length of the block; those that were left, as `start` takes them up."""
    await desk.start(cancel_because)
    try:
        yield
    finally:
        await desk.close()
