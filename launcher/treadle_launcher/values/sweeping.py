"""Sweeping: removing values that nothing needs, after runs and when asked to."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar

from treadle_contract.event import RunFinished
from treadle_contract.ids import RunId
from treadle_contract.launcher import DiskUse, Garbage
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.plan import PlannedPartitions
from treadle_launcher import defaults
from treadle_launcher.clock import Clock, TimeUs
from treadle_launcher.errors import ReadsOnlyError, RefusedError, ShuttingDownError
from treadle_launcher.paced_news import PacedNews
from treadle_launcher.planning.plan import Plan
from treadle_launcher.runs.events import Event
from treadle_launcher.store.errors import StoreError
from treadle_launcher.store.store import Store
from treadle_launcher.values.disk_use import disk_use
from treadle_launcher.values.garbage import StoredFile, ValueFacts, find_garbage
from treadle_launcher.values.value_files import FOLDERS, Interrupted, ValueFiles
from treadle_launcher.values.value_keys import asset_folder, path_component, run_folder

T = TypeVar("T")

_LOG = logging.getLogger(__name__)

_AT_ONCE: Final = 200
"""How many values are marked as removed in one transaction: runs wait for it."""

_NICENESS: Final = 10
_SECOND_US: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What was removed."""

    count: int
    size_bytes: int


class Sweeper:
    """Removes values: of a run that has ended at once, all that is due at starts and by the hour.

    Files are read and removed by one thread of low priority. A value is first recorded as
    removed, and its file then goes: killed in between, the next sweep finds the file.
    """

    def __init__(  # noqa: PLR0913 - what it works on, and how
        self,
        files: ValueFiles,
        store: Store,
        clock: Clock,
        keep: float,
        *,
        keep_versions: int = defaults.KEEP_VERSIONS,
        only_reads: bool = False,
        forget: bool = False,
    ) -> None:
        """`keep`, in seconds, is how long intermediates of runs that are over are kept, and
        `keep_versions` how many of each asset's.

        One that only reads tells what may go, and removes nothing. One that is to forget also
        takes what the record does not know of.
        """
        self._forget = forget
        self._only_reads = only_reads
        self._files = files
        self._store = store
        self._clock = clock
        self._keep = keep
        self._keep_versions = keep_versions
        self._ended: list[RunId] = []
        self._news = PacedNews(defaults.HOUSEKEEPING_PAUSE)
        self._one_at_a_time = asyncio.Lock()
        self._is_closed = False
        self._swept_all = 0.0
        self._thread = ThreadPoolExecutor(
            1, thread_name_prefix="treadle-sweeper", initializer=_step_back
        )

    def told(self, events: tuple[Event, ...]) -> None:
        """Take note of a run's end."""
        if isinstance(events[-1].payload, RunFinished):
            self._ended.append(events[-1].run_id)
            self._news.tell()

    def close(self) -> None:
        """Tell `work` to return soon: what is not swept by then is swept another time."""
        self._is_closed = True
        self._news.close()

    def end(self) -> None:
        """Close one that was never set to work."""
        self.close()
        self._thread.shutdown()

    async def work(self) -> None:
        """Sweep until closed."""
        try:
            await self._quietly(FOLDERS)
            while not self._is_closed:
                await self._news.wait()
                ended, self._ended = self._ended, []
                if ended and not self._is_closed:
                    await self._after(ended)
        finally:
            self._thread.shutdown()

    async def plan(self, keep: float | None = None) -> tuple[Garbage, ...]:
        """Return what may be removed, sorted by key.

        Raises:
            StoreError: the record cannot be read or written.
            OSError: a folder or file cannot be read or removed.
            ShuttingDownError: the launcher is going.
        """
        return await self._find(FOLDERS, self._keep if keep is None else keep)

    async def collect(self, keep: float | None = None) -> Swept:
        """Remove what `plan` returns. Raises as `plan`, and ReadsOnlyError."""
        if self._only_reads:
            raise ReadsOnlyError
        return await self._sweep(FOLDERS, self._keep if keep is None else keep)

    async def disk_use(self) -> tuple[DiskUse, ...]:
        """Return what values take, assets first, then runs, each largest first. Raises as `plan`."""
        files = await self._listed(FOLDERS)
        facts = await self._facts(files, self._keep)
        return await self._in_thread(lambda: disk_use(files, facts.versions))

    async def _after(self, ended: Sequence[RunId]) -> None:
        if time.monotonic() - self._swept_all > defaults.FULL_SWEEP_INTERVAL:
            await self._quietly(FOLDERS)
            return
        folders: dict[str, None] = {}
        for run_id in ended:
            with suppress(StoreError, RefusedError):
                plan = await self._store.get_run_plan(run_id)
                folders.update(dict.fromkeys((run_folder(run_id), *_asset_folders(plan))))
        if folders:
            await self._quietly(_outermost(folders))

    async def _quietly(self, folders: tuple[str, ...]) -> None:
        """Sweep for nobody in particular: what goes wrong is for the log."""
        if folders is FOLDERS:
            self._swept_all = time.monotonic()
        try:
            swept = await self._sweep(folders, self._keep)
        except ShuttingDownError:
            return
        except (StoreError, OSError) as error:
            _LOG.warning("not_swept error=%s", error)
            return
        except Exception:  # noqa: BLE001 - whatever it is, the next sweep must come
            _LOG.exception("not_swept")
            return
        if swept.count:
            _LOG.info("swept values=%d bytes=%d", swept.count, swept.size_bytes)

    async def _sweep(self, folders: tuple[str, ...], keep: float) -> Swept:
        async with self._one_at_a_time:
            garbage = await self._find(folders, keep)
            gone: list[Garbage] = []
            for start in range(0, len(garbage), _AT_ONCE):
                going = await self._store.mark_removed(garbage[start : start + _AT_ONCE])
                keys = [each.key for each in going]
                await self._in_thread(partial(self._files.remove, keys))
                gone += going
            return Swept(count=len(gone), size_bytes=sum(each.size_bytes for each in gone))

    async def _find(self, folders: tuple[str, ...], keep: float) -> tuple[Garbage, ...]:
        files = await self._listed(folders)
        # After the files: what the record does not name by now, it never will.
        facts = await self._facts(files, keep)
        now, keep_us = self._clock.now(), int(keep * _SECOND_US)
        return await self._in_thread(
            lambda: find_garbage(
                files,
                facts,
                now=now,
                keep_us=keep_us,
                keep_versions=self._keep_versions,
                forget=self._forget,
            )
        )

    async def _facts(self, files: tuple[StoredFile, ...], keep: float) -> ValueFacts:
        since = TimeUs(self._clock.now() - int(keep * _SECOND_US))
        return await self._store.value_facts([file.key for file in files], since)

    async def _listed(self, folders: tuple[str, ...]) -> tuple[StoredFile, ...]:
        try:
            return await self._in_thread(
                lambda: self._files.listed(folders, unless=lambda: self._is_closed)
            )
        except Interrupted:
            raise ShuttingDownError from None

    async def _in_thread(self, call: Callable[[], T]) -> T:
        if self._is_closed:
            raise ShuttingDownError
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


def _asset_folders(plan: Plan) -> Iterator[str]:
    location = plan.header.location
    for step in plan.steps:
        for output in step.outputs:
            for asset in output.assets:
                folder = asset_folder(location, asset.asset_key)
                yield from _folders(folder, asset.partitions)


def _outermost(folders: Iterable[str]) -> tuple[str, ...]:
    """Return folders without those that lie in another of them, so that each file is listed once."""
    kept: list[list[str]] = []
    for parts in sorted(folder.split("/") for folder in folders):
        if not kept or parts[: len(kept[-1])] != kept[-1]:
            kept.append(parts)
    return tuple("/".join(parts) for parts in kept)


def _folders(folder: str, partitions: PlannedPartitions | None) -> Iterator[str]:
    ranges = () if partitions is None else partitions.ranges
    if any(each.first != each.last for each in ranges):
        # Between the ends of a range lie keys that only its definition tells.
        yield folder.rpartition("/")[0]
    else:
        yield from (f"{folder}{path_component(each.first)}" for each in ranges)
        yield folder


def _step_back() -> None:
    """Let others have the processor first: on Linux a thread has a niceness of its own."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
