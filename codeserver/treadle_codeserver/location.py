"""The code location: the last good snapshot, how the last load went, and who waits for more.

It belongs to the event loop: every change is one assignment between two awaits, so that a
reader sees either the old snapshot whole or the new one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime

from treadle import selection
from treadle.locations.snapshot import Snapshot
from treadle_codeserver import unstable
from treadle_codeserver.errors import NotLoadedError, ShuttingDownError, UnstableError
from treadle_codeserver.load_progress import LoadOutcome
from treadle_codeserver.source_files import SourceFiles
from treadle_contract.graph import LocationState, ModuleReport
from treadle_contract.ids import KeyText
from treadle_contract.lazy_dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A snapshot that is served, when it was loaded, and what its jobs select (sorted).

    `asset_count` is of those that it makes. `files` are those that it was made of. `generation` is the load's own: no other load has it.
    """

    snapshot: Snapshot
    asset_count: int
    loaded_at: datetime
    generation: str = field(default_factory=lambda: os.urandom(16).hex())
    job_asset_keys: Mapping[str, tuple[KeyText, ...]] = field(default_factory=dict)
    files: SourceFiles = field(default_factory=SourceFiles)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationStatus:
    """The location at one moment. `modules` and `warnings` are those of the last load.

    `unstable` says what no two imports of the code have in common: nothing is served then.
    """

    name: str
    state: LocationState
    unstable: str = ""
    served: Served | None = None
    modules: tuple[ModuleReport, ...] = ()
    warnings: tuple[str, ...] = ()


class _Moment:
    """A status and, once there is one, the moment after it: a chain that watchers walk."""

    def __init__(self, status: LocationStatus) -> None:
        self.status = status
        self.following: asyncio.Future[_Moment] = asyncio.get_running_loop().create_future()


class CodeLocation:
    """One location, loaded by `load` whenever it is asked to."""

    def __init__(
        self,
        name: str,
        load: Callable[[], Awaitable[LoadOutcome]],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._load = load
        self._now = now
        self._moment = _Moment(LocationStatus(name=name, state=LocationState.LOADING))
        self._running: asyncio.Task[bool] | None = None
        self._waiting: asyncio.Task[bool] | None = None
        self._is_closed = False
        # What a load gave last, also if it was refused.
        self._last: Snapshot | None = None

    @property
    def status(self) -> LocationStatus:
        """The location now."""
        return self._moment.status

    async def served(self) -> Served:
        """Return what is served; while the first load is under way, wait for its end.

        Raises:
            NotLoadedError: no load has succeeded.
            UnstableError: no two imports define the same.
            ShuttingDownError: the server is leaving.
        """
        while self.status.state is LocationState.LOADING:
            await self._next_moment(self._moment)
        if self.status.unstable:
            raise UnstableError(self.status.unstable)
        if self.status.served is None:
            raise NotLoadedError
        return self.status.served

    async def reload(self) -> tuple[LocationStatus, bool]:
        """Load anew; return the location after that and whether a new snapshot is served.

        Calls that arrive while a load runs share one that starts after it.

        Raises:
            ShuttingDownError: the server is leaving.
        """
        if self._is_closed:
            raise ShuttingDownError
        if self._waiting is None:
            self._waiting = asyncio.create_task(self._load_after(self._running))
        shared = self._waiting
        try:
            # Shielded: a caller that goes away does not end what others wait for.
            swapped = await asyncio.shield(shared)
        except asyncio.CancelledError:
            if shared.cancelled():
                raise ShuttingDownError from None
            raise
        return self.status, swapped

    async def watch(self) -> AsyncIterator[LocationStatus]:
        """Give the location now and after every change, none left out.

        Raises:
            ShuttingDownError: the server is leaving.
        """
        moment = self._moment
        while True:
            yield moment.status
            moment = await self._next_moment(moment)

    async def close(self) -> None:
        """End the load that runs and every wait. Idempotent."""
        self._is_closed = True
        tasks = [task for task in (self._running, self._waiting) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not self._moment.following.done():
            self._moment.following.cancel()

    async def _next_moment(self, moment: _Moment) -> _Moment:
        try:
            return await asyncio.shield(moment.following)
        except asyncio.CancelledError:
            if self._is_closed and moment.following.cancelled():
                raise ShuttingDownError from None
            raise

    async def _load_after(self, previous: asyncio.Task[bool] | None) -> bool:
        if previous is not None:
            await asyncio.wait({previous})
        # It starts now: who calls from here on waits for another one.
        self._running, self._waiting = self._waiting, None
        status = await self._loaded()
        self._publish(status)
        return status.state is LocationState.SERVING

    async def _loaded(self) -> LocationStatus:
        """Load; once more, and compare, if another load of the same files gave something else."""
        outcome, before = await self._load(), self._last
        found = outcome.snapshot
        if found is None:
            return self._status_after(outcome)
        self._last = found
        is_doubted = before is not None and unstable.is_suspect(before, found)
        if not is_doubted and not self.status.unstable:
            return self._status_after(outcome)
        again = await self._load()
        if again.snapshot is not None:
            self._last = again.snapshot
            if unstable.is_suspect(found, again.snapshot):
                return self._refused(again, unstable.differences(found, again.snapshot))
        return self._status_after(again)

    def _refused(
        self, outcome: LoadOutcome, found: tuple[unstable.Difference, ...]
    ) -> LocationStatus:
        """Serve nothing: what was served is no more true than what was loaded now."""
        return LocationStatus(
            name=self.status.name,
            state=LocationState.FAILED,
            unstable=unstable.problem_of(found),
            modules=unstable.refused(outcome.modules, found),
        )

    def _publish(self, status: LocationStatus) -> None:
        last = self._moment
        following = _Moment(status)
        self._moment = following
        last.following.set_result(following)

    def _status_after(self, outcome: LoadOutcome) -> LocationStatus:
        status = replace(self.status, unstable="")
        if outcome.snapshot is None:
            is_first = status.served is None
            state = LocationState.FAILED if is_first else LocationState.SERVING_LAST_GOOD
            return replace(status, state=state, modules=outcome.modules, warnings=())
        served = Served(
            snapshot=outcome.snapshot,
            asset_count=sum(not asset.is_external for asset in outcome.snapshot.assets),
            loaded_at=self._now(),
            job_asset_keys=_job_asset_keys(outcome.snapshot),
            files=SourceFiles(outcome.files),
        )
        return replace(
            status,
            state=LocationState.SERVING,
            served=served,
            modules=outcome.modules,
            warnings=outcome.snapshot.warnings,
        )


def _job_asset_keys(snapshot: Snapshot) -> dict[str, tuple[KeyText, ...]]:
    """Evaluate the selections of the jobs, which the load has checked."""
    if not snapshot.jobs:
        return {}
    graph = selection.AssetGraph.of(snapshot.assets, snapshot.checks, snapshot.blocks)
    return {
        job.name: tuple(sorted(_taken_up(selection.parse(job.selection), graph)))
        for job in snapshot.jobs
    }


def _taken_up(job: selection.Expression, graph: selection.AssetGraph) -> frozenset[KeyText]:
    return selection.select(job, graph) | selection.select_observed(job, graph)
