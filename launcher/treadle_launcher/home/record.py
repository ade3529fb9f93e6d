"""Whether a home's database is the one that its values belong to, and as far as they go."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from dataclasses import asdict
from pathlib import Path
from typing import Final

from treadle_contract.event import RunFinished
from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher import defaults
from treadle_launcher.durability import Durability, sync_path
from treadle_launcher.home.home import HomeError, HomeFolder
from treadle_launcher.hosts.processes import boot_id
from treadle_launcher.paced_news import PacedNews
from treadle_launcher.private_files import write_whole
from treadle_launcher.runs.events import Event
from treadle_launcher.store.home_facts import DatabaseFacts, read_facts
from treadle_launcher.store.store import Store
from treadle_launcher.values.value_files import FOLDERS

_LOG = logging.getLogger(__name__)

_MARK: Final = "KNOWN"


class HomeRecordError(HomeError):
    """The database of the home is not the one that its values belong to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMark:
    """What lies beside the values: the home that they are of, and how far its record went.

    `boot` is of the kernel without which that may be gone from the disk; "": it is there.
    """

    home_id: str
    last_sequence: int
    boot: str

    def write(self, home: HomeFolder) -> None:
        """Note it; one without `boot`, once what was recorded so far is on the disk.

        Raises:
            OSError: the disk failed.
        """
        # The log alone: to close the database's own file would end SQLite's locks on it. What is
        # in no log any more was synced when it was moved.
        log = home.database.with_name(f"{home.database.name}-wal")
        if not self.boot and log.exists():
            sync_path(log)
        write_whole(home.values / _MARK, json.dumps(asdict(self)) + "\n")


class MarkKeeper:
    """Moves the mark on when runs end. Nobody waits for it, and nothing wakes it in between."""

    def __init__(self, home: HomeFolder, durability: Durability) -> None:
        self._home = home
        self._boot = "" if durability is Durability.POWER else boot_id()
        self._last = 0
        self._news = PacedNews(defaults.HOUSEKEEPING_PAUSE)
        self._is_closed = False

    def told(self, events: tuple[Event, ...]) -> None:
        """Take note of what is recorded."""
        self._last = max(self._last, events[-1].store_sequence)
        if isinstance(events[-1].payload, RunFinished):
            self._news.tell()

    def close(self) -> None:
        """Tell `work` to return soon."""
        self._is_closed = True
        self._news.close()

    async def work(self) -> None:
        """Write the mark whenever a run has ended, until closed."""
        while not self._is_closed:
            await self._news.wait()
            if self._last:
                try:
                    await asyncio.to_thread(self._mark().write, self._home)
                except OSError as error:
                    _LOG.warning("mark_not_written error=%s", error)

    def _mark(self) -> RecordMark:
        # When the launcher leaves, nobody waits for the disk any more.
        boot = "" if self._is_closed else self._boot
        return RecordMark(home_id=self._home.home_id, last_sequence=self._last, boot=boot)


def read_mark(home: HomeFolder) -> RecordMark | None:
    """Return what lies beside the values; None: nothing that can be read."""
    try:
        noted = json.loads((home.values / _MARK).read_text(encoding="utf-8"))
        return RecordMark(
            home_id=str(noted["home_id"]),
            last_sequence=int(noted["last_sequence"]),
            boot=str(noted["boot"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def check_record(home: HomeFolder) -> None:
    """Check that the database is the one that the values belong to; a new home has neither.

    Raises:
        HomeRecordError: it is not.
        StoreError: it cannot be read.
    """
    problem = record_problem(home)
    if problem is not None:
        raise HomeRecordError(
            f"the home {home.root} is not used: {problem}. Restore {home.database} with what lies"
            " beside it (-wal), or the home as a whole. To go on without the record of what the"
            " database does not know, and have those values removed, say --forget-values to"
            " `treadle launcher`, `treadle dev`, `treadle gc` or `treadle materialize -f`."
        )


def record_problem(home: HomeFolder) -> str | None:
    """Return why the database is not the one that the values belong to; None: it is.

    Raises:
        StoreError: it cannot be read.
    """
    # First: a launcher beside us may record at the same time, and the mark is never ahead of that.
    mark = read_mark(home)
    is_there = home.database.is_file() and home.database.stat().st_size > 0
    return _problem(home, mark, read_facts(home.database) if is_there else None)


def _problem(home: HomeFolder, mark: RecordMark | None, facts: DatabaseFacts | None) -> str | None:
    if facts is None or (facts.home_id is None and facts.last_sequence == 0):
        if mark is None and not _has_values(home.values):
            return None
        what = "is missing" if not home.database.exists() else "is empty"
        return f"its database {what}, and there are values that it should know"
    if facts.home_id is None:
        # An older Treadle wrote both, and noted nothing; or this one wrote the values.
        return None if mark is None else "its database is an older one, or another home's"
    if facts.home_id != home.home_id or (mark is not None and mark.home_id != home.home_id):
        return "its database is another home's"
    is_certain = mark is not None and mark.boot in ("", boot_id())
    if mark is not None and is_certain and facts.last_sequence < mark.last_sequence:
        return (
            f"its database is older than its values: it ends with event {facts.last_sequence},"
            f" and event {mark.last_sequence} was recorded"
        )
    return None


def _has_values(values: Path) -> bool:
    """Tell whether any file lies where values lie; a home without a record holds few folders."""
    for folder in FOLDERS:
        for _, _, names in os.walk(values / folder):
            if names:
                return True
    return False


async def claim(home: HomeFolder, store: Store) -> None:
    """Mark database and values with the home that they are of, and how far they go.

    Raises:
        StoreError: the database cannot be written.
    """
    last = await store.claim(home.home_id)
    mark = RecordMark(home_id=home.home_id, last_sequence=last, boot="")
    try:
        await asyncio.to_thread(mark.write, home)
    except OSError as error:
        raise HomeError(f"the home {home.root} cannot be used: {error}") from error
