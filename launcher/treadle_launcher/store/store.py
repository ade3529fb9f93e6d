"""The store: the event log and what it names, in one SQLite file. The only door to both.

Writes are queued in the order of the calls and committed in batches by one thread; each
returns a future that is done when the request is committed or refused. Reads run beside them
and see everything that a finished write wrote. One event loop uses a store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from treadle_contract.ids import HostId, KeyText, RunId, StepKey, TextId
from treadle_contract.launcher import Garbage, GarbageReason
from treadle_contract.run import RunState
from treadle_launcher import defaults
from treadle_launcher.clock import Clock, SystemClock, TimeUs
from treadle_launcher.durability import Durability
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.planning.manifest import CodeManifest
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event, NewEvent
from treadle_launcher.runs.recent_runs import RecentRuns
from treadle_launcher.runs.run_summary import RunSummary
from treadle_launcher.store import (
    appends,
    event_log,
    home_facts,
    host_marks,
    manifests,
    materializations,
    new_runs,
    plans,
    runs,
    step_runs,
    texts,
    value_record,
)
from treadle_launcher.store.errors import StoreClosedError
from treadle_launcher.store.materializations import MaterializationFilter
from treadle_launcher.store.partitions.partition_store import PartitionStore
from treadle_launcher.store.preparing import check_version, prepare
from treadle_launcher.store.readers import Readers
from treadle_launcher.store.records import (
    CreatedRun,
    HostMark,
    IdempotentRequest,
    Materialization,
    NewRun,
    Page,
    RunEvents,
    Success,
)
from treadle_launcher.store.writer import Writer
from treadle_launcher.values.garbage import ValueFacts

T = TypeVar("T")


@contextmanager
def open_store(  # noqa: PLR0913 - the file, and how it is kept
    database: Path,
    clock: Clock | None = None,
    durability: Durability = Durability.PROCESS,
    *,
    on_gone: Callable[[str], None] = lambda why: None,
    beside: Sequence[Path] = (),
    recent_runs: int = defaults.RECENT_RUNS,
) -> Iterator[Store]:
    """Open the store in this SQLite file, made first if it is not there.

    `on_gone` is called, from another thread, when the file, or a folder `beside` it without which
    the record is worth nothing, was removed or moved: nothing is recorded any more. What it says is recorded survives what the durability says. Of so
    many `recent_runs` it is at hand. Leaving commits what is queued and returns when no thread of the store is left.

    Raises:
        StoreError: the file cannot be used.
    """
    prepare(database)
    with (
        Writer.running(
            database, clock or SystemClock(), durability, on_gone, beside=beside
        ) as writer,
        Readers.open(database) as readers,
    ):
        yield Store(writer, readers, recent_runs)


@contextmanager
def reading_store(database: Path) -> Iterator[Store]:
    """Open the store in this SQLite file to read it, beside the launcher that writes to it.

    What is to be written is refused; but what is only kept to be of use later, is let go.

    Raises:
        StoreError: the file cannot be used.
    """
    check_version(database)
    with Readers.open(database, may_write=False) as readers:
        yield Store(None, readers, 0)


class Store:
    """The event log of one home. Made by `open_store` and `reading_store` alone.

    Every method may raise, or end its future with, a StoreError.
    """

    def __init__(self, writer: Writer | None, readers: Readers, recent_runs: int) -> None:
        self._own_writer = writer
        self._readers = readers
        self._recent = RecentRuns(recent_runs)
        self.partitions = PartitionStore(lambda: self._writer, readers)

    @property
    def _writer(self) -> Writer:
        if self._own_writer is None:
            raise StoreClosedError("this launcher only reads the home: nothing is recorded")
        return self._own_writer

    # Writes: queued at once, so that two calls are committed in the order they were made. What
    # happened (facts of runs) waits for a database that takes no writes, however long that
    # lasts; what is only asked for is refused.

    @property
    def trouble(self) -> str:
        """Why nothing can be recorded now; "" while all is well."""
        return self._writer.trouble

    def append(
        self, run_id: RunId, events: Sequence[NewEvent]
    ) -> asyncio.Future[tuple[Event, ...]]:
        """Append facts about one run, all or none, wherever the run is.

        Sequences are given in commit order. Long texts in payloads are stored beside the log;
        the events returned hold their ends.

        Raises:
            UnknownRunError: there is no such run.
            InvalidTransition: the run's state allows no such event.
        """
        batch = RunEvents(run_id=run_id, events=tuple(events))
        write = partial(appends.append, batch=batch)
        return self._recent.noted(self._writer.submit(write, waits=True), self._recent.appended)

    def append_all(
        self, batch: Sequence[RunEvents], *, host_mark: HostMark | None = None
    ) -> asyncio.Future[tuple[tuple[Event, ...], ...]]:
        """Append facts about several runs, all or none: what one report of a host holds.

        The result is in step with `batch`, which may be empty: then the mark alone is moved.

        Raises:
            SpoiltRunError: the facts about one run cannot be recorded; it says which.
            OutOfStepError: a run or the host's mark is not where the caller thinks.
        """
        write = partial(appends.append_all, batch=tuple(batch), host_mark=host_mark)
        return self._recent.noted(self._writer.submit(write, waits=True), self._recent.appended_all)

    def create_run(self, new_run: NewRun) -> asyncio.Future[CreatedRun]:
        """Record a run with its plan and LaunchSpec, unless its request is known already.

        Raises:
            IdempotencyConflictError: the key was used for another request.
        """
        creating = self._writer.submit(partial(new_runs.create_run, new=new_run))
        return self._recent.noted(creating, partial(self._recent.created, new_run))

    def replace_plan(
        self, run_id: RunId, plan: Plan, launch_spec: LaunchSpec, events: Sequence[NewEvent] = ()
    ) -> asyncio.Future[tuple[Event, ...]]:
        """Give a run that has not started another plan, and append facts with it.

        Raises:
            UnknownRunError: there is no such run.
            InvalidTransition: the run has started.
        """
        batch = RunEvents(run_id=run_id, events=tuple(events))
        self._recent.drop(run_id)
        return self._writer.submit(
            lambda session: new_runs.replace_plan(session, batch, plan, launch_spec), waits=True
        )

    def put_plan(self, plan: Plan) -> asyncio.Future[None]:
        """Keep a plan as the code server made it, where anything is kept."""
        if self._own_writer is None:
            return _nothing()
        return self._writer.submit(lambda session: plans.put(session.connection, plan))

    def put_manifest(
        self, location: str, digest: str, manifest: CodeManifest
    ) -> asyncio.Future[None]:
        """Keep what a digest of a location's is made of, where anything is kept."""
        if self._own_writer is None:
            return _nothing()
        return self._writer.submit(
            lambda session: manifests.put(session.connection, location, digest, manifest)
        )

    def trust_values(self, keys: Sequence[str]) -> asyncio.Future[None]:
        """Record that values are doubted no more, where anything is kept."""
        if self._own_writer is None:
            return _nothing()
        return self._writer.submit(lambda session: value_record.trust(session.connection, keys))

    def mark_removed(self, garbage: Sequence[Garbage]) -> asyncio.Future[tuple[Garbage, ...]]:
        """Record that values are removed, and return those that may go: no run needs them."""
        whole = tuple(garbage)
        return self._writer.submit(lambda session: value_record.mark_removed(session, whole))

    async def claim(self, home_id: str) -> int:
        """Record of which home this is the database; return the last store sequence.

        Where that is recorded, nothing is written: a launcher starts on a locked database too.
        """
        last = await self._readers.read(lambda each: home_facts.claimed(each, home_id))
        if last is not None:
            return last
        return await self._writer.submit(lambda session: home_facts.claim(session, home_id))

    # Reads.

    async def events_after(
        self, run_id: RunId, sequence: int, limit: int = 500
    ) -> tuple[Event, ...]:
        """Return a run's events with a larger sequence, in order, at most `limit`.

        Raises:
            UnknownRunError: there is no such run.
        """
        recent = await self._recent.events_after(run_id, sequence, limit)
        if recent is not None:
            return recent
        return await self._readers.read(
            lambda each: event_log.events_after(each, run_id, sequence, limit)
        )

    async def attempts_started(self, run_id: RunId, step_key: StepKey) -> int:
        """Return how many attempts of a step were started.

        Raises:
            UnknownRunError: there is no such run.
        """
        key = step_key
        return await self._readers.read(lambda each: event_log.attempts_started(each, run_id, key))

    async def attempt_ended(self, run_id: RunId, step_key: StepKey, attempt: int) -> bool:
        """Return whether an attempt is over, or will never start. Raises as `attempts_started`."""
        return await self._readers.read(
            lambda connection: event_log.attempt_ended(connection, run_id, step_key, attempt)
        )

    async def earlier_run(self, request: IdempotentRequest) -> RunSummary | None:
        """Return the run that a named request made, if it is known.

        Raises:
            IdempotencyConflictError: the key was used for another request.
        """
        return await self._readers.read(lambda each: new_runs.earlier_run(each, request))

    async def get_run(self, run_id: RunId) -> RunSummary:
        """Return one run.

        Raises:
            UnknownRunError: there is no such run.
        """
        recent = await self._recent.summary(run_id)
        if recent is not None:
            return recent
        return await self._readers.read(lambda connection: runs.get(connection, run_id))

    async def list_runs(
        self,
        *,
        page_size: int = 0,
        page_token: str = "",
        states: Sequence[RunState] = (),
        location: str = "",
    ) -> Page[RunSummary]:
        """Return runs, newest first; in one of these states and of this location, if given.

        Raises:
            BadPageTokenError: no call with these filters gave this token.
        """
        wanted = runs.RunFilter(states=tuple(states), location=location)
        return await self._readers.read(lambda each: runs.page(each, wanted, page_size, page_token))

    async def unfinished_runs(self, *, only_ephemeral: bool = False) -> tuple[RunSummary, ...]:
        """Return every run whose state is not final, oldest first; or those that end with us."""
        only = only_ephemeral
        return await self._readers.read(lambda each: runs.unfinished(each, only_ephemeral=only))

    async def last_rerun(self, run_id: RunId) -> RunSummary | None:
        """Return the newest run that goes on from this one, or None."""
        return await self._readers.read(lambda connection: runs.last_rerun(connection, run_id))

    async def later_runs(
        self, location: str, made_by: Mapping[StepKey, RunId]
    ) -> Mapping[StepKey, RunId]:
        """Return which run was the last to run each step after the one that made its values."""
        return await self._readers.read(lambda each: step_runs.later(each, location, made_by))

    async def last_successes(self, location: str, keys: Sequence[StepKey]) -> tuple[Success, ...]:
        """Return in which runs of a location each step succeeded last, a few each, the newest first."""
        return await self._readers.read(lambda each: step_runs.last_successes(each, location, keys))

    async def latest_materializations(
        self, keys: Sequence[KeyText]
    ) -> Mapping[KeyText, Materialization]:
        """Return the latest materialization of each of these assets that has one."""
        return await self._readers.read(lambda each: materializations.latest(each, tuple(keys)))

    async def list_materializations(
        self, wanted: MaterializationFilter, page_size: int = 0, page_token: str = ""
    ) -> Page[Materialization]:
        """Return materializations, newest first.

        Raises:
            BadPageTokenError: no call with these filters gave this token.
        """
        return await self._readers.read(
            lambda each: materializations.page(each, wanted, page_size, page_token)
        )

    async def list_told(
        self, wanted: event_log.ToldFilter, page_size: int = 0, page_token: str = ""
    ) -> Page[Event]:
        """Return what checks said, or what was observed, newest first. Raises as `list_materializations`."""
        return await self._readers.read(
            lambda each: event_log.told_page(each, wanted, page_size, page_token)
        )

    async def get_plan(self, location: str, fingerprint: str) -> Plan | None:
        """Return a plan as the location's code server made it, its loads unresolved."""
        return await self._readers.read(lambda each: plans.get(each, location, fingerprint))

    async def get_run_plan(self, run_id: RunId) -> Plan:
        """Return the plan of a run, its loads as they were resolved at launch.

        Raises:
            UnknownRunError: there is no such run.
        """
        recent = await self._recent.plan(run_id)
        if recent is not None:
            return recent
        return await self._readers.read(lambda connection: plans.of_run(connection, run_id))

    async def get_launch_spec(self, run_id: RunId) -> LaunchSpec:
        """Return how the run's hosts are started. No client sees it. Raises as `get_run_plan`."""
        return await self._readers.read(lambda connection: runs.launch_spec(connection, run_id))

    async def get_manifest(self, location: str, digest: str) -> CodeManifest | None:
        """Return what a digest of a location's is made of, if it was kept."""
        return await self._readers.read(lambda each: manifests.get(each, location, digest))

    async def get_text(self, text_id: TextId, offset: int = 0, limit: int = 16_384) -> str:
        """Return at most `limit` characters from the character `offset`; "" at the end.

        16,384 characters are at most 64 KiB of UTF-8.

        Raises:
            UnknownTextError: there is no such text.
        """
        return await self._readers.read(lambda each: texts.piece(each, text_id, offset, limit))

    async def value_facts(self, keys: Sequence[str], since: TimeUs) -> ValueFacts:
        """Return what is recorded of values; needed is what runs reuse that ended `since` then."""
        return await self._readers.read(lambda each: value_record.facts_of(each, keys, since))

    async def removed_values(self, keys: Sequence[str]) -> Mapping[str, GarbageReason]:
        """Return which of the values with these keys were removed, and why."""
        return await self._readers.read(lambda connection: value_record.removed(connection, keys))

    async def doubted_values(self, keys: Sequence[str]) -> frozenset[str]:
        """Return which of these values a step could not read, whatever their files look like."""
        return await self._readers.read(lambda connection: value_record.doubted(connection, keys))

    async def latest_value_keys(self) -> Mapping[str, KeyText]:
        """Return the key of each asset's latest version, as Treadle's own manager names it."""
        return await self._readers.read(value_record.latest_keys)

    async def host_mark(self, host_id: HostId) -> int:
        """Return the last journal record of this host that the store holds; 0: none."""
        return await self._readers.read(lambda connection: host_marks.get(connection, host_id))


def _nothing() -> asyncio.Future[None]:
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    done.set_result(None)
    return done
