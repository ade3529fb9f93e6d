"""Checking a home: whether its database is whole, its runs can be read, its values are there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from treadle_contract.ids import RunId
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_launcher.errors import RefusedError
from treadle_launcher.home.home import FORMAT, HomeFormatError, read_format, reading_home
from treadle_launcher.home.record import record_problem
from treadle_launcher.runs.events import Event
from treadle_launcher.runs.run_view import RunView
from treadle_launcher.runs.transitions import InvalidTransition
from treadle_launcher.store.errors import StoreError
from treadle_launcher.store.schema import VERSION
from treadle_launcher.store.store import Store, reading_store
from treadle_launcher.values.stored_values import StoredValues


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeReport:
    """What a check found: `problems` are lines for people, none when all is in order."""

    run_count: int
    event_count: int
    problems: tuple[str, ...]


async def check_home(root: Path) -> HomeReport:
    """Read everything that a home records, and say what is not as it should be.

    Raises:
        HomeError: it is no home, or one of another format.
        StoreError: the database cannot be read at all.
    """
    found = read_format(root)
    if found != FORMAT:
        advice = "run `treadle db upgrade` on it" if found < FORMAT else "use a newer Treadle"
        raise HomeFormatError(
            f"the home {root} has format {found}, this Treadle's is {FORMAT}: {advice}"
        )
    database = root / "treadle.db"
    problems = _database_problems(database)
    if problems:
        return HomeReport(run_count=0, event_count=0, problems=problems)
    run_count, event_count = 0, 0
    lines = [problem] if (problem := record_problem(reading_home(root))) else []
    with reading_store(database) as store:
        token = ""
        while True:
            page = await store.list_runs(page_size=500, page_token=token)
            for run in page.items:
                run_count += 1
                try:
                    event_count += await _check_run(store, run.run_id)
                except (StoreError, RefusedError, InvalidTransition) as error:
                    lines.append(f"run {run.run_id}: {error}")
            token = page.next_page_token
            if not token:
                break
        lines.extend(await _lost_values(store, root / "values"))
    return HomeReport(run_count=run_count, event_count=event_count, problems=tuple(lines))


def _database_problems(database: Path) -> tuple[str, ...]:
    if not database.is_file():
        return (f"there is no database {database}",)
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as file:
        try:
            version = file.execute("PRAGMA user_version").fetchone()[0]
            if version != VERSION:
                return (f"{database} has tables of version {version}, not {VERSION}",)
            found = [row[0] for row in file.execute("PRAGMA integrity_check(20)")]
        except sqlite3.Error as error:
            return (f"{database} cannot be read: {error}",)
    return () if found == ["ok"] else tuple(f"{database}: {line}" for line in found)


async def _check_run(store: Store, run_id: RunId) -> int:
    """Fold a run's events and compare the outcome with its row; return how many there are."""
    plan = await store.get_run_plan(run_id)
    events: list[Event] = []
    while page := await store.events_after(run_id, events[-1].sequence if events else 0):
        events.extend(page)
    view = RunView.fold(plan, events)
    row = await store.get_run(run_id)
    # A launcher may be running: its row may be further than what was read before.
    if row.last_sequence == view.last_sequence and row.state is not view.state:
        raise InvalidTransition(f"run {run_id}", row.state, f"the log says {view.state}", ())
    return len(events)


async def _lost_values(store: Store, values: Path) -> list[str]:
    """Read the latest value of each asset and partition, and say which are gone or damaged."""
    keys = sorted(set((await store.latest_value_keys()).values()))
    made = await store.latest_materializations(keys)
    latest = {(key, record.partition_key): record for key, record in made.items()}
    for key in keys:
        partitions = await store.partitions.latest(key, None)
        latest.update({(key, partition): record for partition, record in partitions.items()})
    doubted = [replace(record, doubted=True) for record in latest.values()]
    marked = await StoredValues(values).marked(doubted)
    gone = {(each.asset_key, each.partition_key): each.gone for each in marked if each.gone}
    return [
        f"asset {key}{partition and f', partition {partition}'}: {gone[key, partition]}"
        for key, partition in sorted(gone)
    ]
