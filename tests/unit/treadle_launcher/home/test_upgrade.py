"""Homes of older formats, brought to this one."""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.home_samples import FORMATS, SAMPLES, old_home
from treadle_launcher import codec
from treadle_launcher.home.check import check_home
from treadle_launcher.home.home import (
    FORMAT,
    HomeError,
    HomeFormatError,
    HomeLockedError,
    open_home,
)
from treadle_launcher.home.upgrade import upgrade_home
from treadle_launcher.runs.events import EVENT_KINDS
from treadle_launcher.store.errors import StoreUnavailableError
from treadle_launcher.store.preparing import prepare
from treadle_launcher.store.schema import VERSION


@pytest.fixture(params=FORMATS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return old_home(request.param, tmp_path)


def tables(database: Path) -> dict[str, str]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: "".join(sql.split()).replace('"', "") for name, sql in rows}


def version(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        found: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return found


def test_every_older_format_has_a_sample() -> None:
    assert list(range(1, FORMAT)) == FORMATS
    assert FORMAT == VERSION


def test_an_older_home_is_refused_with_what_to_do(home: Path) -> None:
    with pytest.raises(HomeFormatError, match="treadle db upgrade"), open_home(home):
        pass
    with pytest.raises(StoreUnavailableError, match="treadle db upgrade"):
        prepare(home / "treadle.db")


def test_an_upgraded_home_opens_and_each_of_its_runs_can_be_read(home: Path) -> None:
    before = version(home / "treadle.db")

    upgrade = upgrade_home(home)

    assert upgrade.before == before
    assert upgrade.copy == home / f"treadle.db.format-{before}"
    assert version(upgrade.copy) == before
    with open_home(home):
        pass
    report = asyncio.run(check_home(home))
    assert report.problems == ()
    assert report.run_count == 8
    assert report.event_count > 90


def test_an_upgraded_home_has_the_tables_of_a_new_one(home: Path, tmp_path: Path) -> None:
    upgrade_home(home)
    prepare(tmp_path / "new.db")

    assert tables(home / "treadle.db") == tables(tmp_path / "new.db")


def test_a_second_upgrade_changes_nothing(home: Path) -> None:
    upgrade_home(home)
    content = (home / "treadle.db").read_bytes()

    assert upgrade_home(home).copy is None
    assert upgrade_home(home).before == FORMAT
    assert (home / "treadle.db").read_bytes() == content


def test_an_upgrade_that_was_killed_before_its_last_write_is_completed(home: Path) -> None:
    before = (home / "FORMAT").read_text()
    copy = upgrade_home(home).copy
    assert copy is not None
    content = copy.read_bytes()
    (home / "FORMAT").write_text(before)

    again = upgrade_home(home)

    # The copy is that of the first try: what the second one found was newer already.
    assert again.copy == copy
    assert copy.read_bytes() == content
    assert (home / "FORMAT").read_text() == f"{FORMAT}\n"


def go_back_to(copy: Path, home: Path, *, recorded: str) -> None:
    """Do what the guide says of going back, and record something with the older Treadle."""
    shutil.copy(copy, home / "treadle.db")
    for suffix in ("-wal", "-shm"):
        (home / f"treadle.db{suffix}").unlink(missing_ok=True)
    (home / "FORMAT").write_text(f"{version(copy)}\n")
    with closing(sqlite3.connect(home / "treadle.db")) as database, database:
        database.execute(f"CREATE TABLE {recorded} (x)")


def test_who_went_back_gets_a_copy_of_what_was_recorded_since(home: Path) -> None:
    first = upgrade_home(home).copy
    assert first is not None
    content = first.read_bytes()
    go_back_to(first, home, recorded="since")

    second = upgrade_home(home).copy

    assert second == first.with_name(f"{first.name}.2")
    assert "since" in tables(second)
    assert first.read_bytes() == content

    go_back_to(first, home, recorded="later")
    assert upgrade_home(home).copy == first.with_name(f"{first.name}.3")


def test_an_upgrade_that_was_killed_behind_its_copy_makes_no_second_one(home: Path) -> None:
    copy = upgrade_home(home).copy
    assert copy is not None
    content = copy.read_bytes()
    shutil.copy(copy, home / "treadle.db")
    (home / "FORMAT").write_text(f"{version(copy)}\n")

    assert upgrade_home(home).copy == copy
    assert copy.read_bytes() == content
    assert list(home.glob("treadle.db.format-*")) == [copy]


def test_what_killed_upgrades_drafted_is_removed(home: Path) -> None:
    for name in (".treadle.db.format-1.4711", ".treadle.db.format-1.4711-journal"):
        (home / name).write_bytes(b"half a database")

    upgrade_home(home)

    assert not list(home.glob(".treadle.db.*"))


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "FORMAT").write_text("1\n")
    (tmp_path / "treadle.db").write_bytes(b"no database" * 100)

    with pytest.raises(StoreUnavailableError, match=r"treadle\.db cannot be copied aside"):
        upgrade_home(tmp_path)

    assert not list(tmp_path.glob("*format-*"))
    assert not list(tmp_path.glob(".treadle*"))


def test_a_home_that_a_launcher_has_locked_is_not_touched(home: Path) -> None:
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711 unix:/some/where\n")
        lock.flush()
        with pytest.raises(HomeLockedError, match="4711"):
            upgrade_home(home)
    assert not list(home.glob("treadle.db.format-*"))


def test_a_folder_that_is_no_home_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="not a home"):
        upgrade_home(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_newer_home_is_refused(home: Path) -> None:
    (home / "FORMAT").write_text(f"{FORMAT + 1}\n")
    with pytest.raises(HomeFormatError, match="newer"):
        upgrade_home(home)


def test_a_database_that_was_never_filled_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "FORMAT").write_text("1\n")
    with closing(sqlite3.connect(tmp_path / "treadle.db")) as database:
        database.execute("CREATE TABLE plans (fingerprint TEXT)")

    upgrade_home(tmp_path)
    prepare(tmp_path / "treadle.db")

    assert version(tmp_path / "treadle.db") == VERSION


@pytest.mark.parametrize("number", FORMATS)
def test_payloads_of_every_kind_are_read(number: int) -> None:
    stored = json.loads((SAMPLES / f"format-{number}" / "payloads.json").read_text())
    for each in stored:
        payload = codec.loads(EVENT_KINDS[each["kind"]], each["payload"])
        # What it held is there still: fields are added, none goes but what is blank.
        old, new = json.loads(each["payload"]), json.loads(codec.dumps(payload))
        assert {name: new.get(name, type(held)()) for name, held in old.items()} == old
    if number == 1:
        assert len({each["kind"] for each in stored}) == 22


def test_a_check_finds_a_flipped_bit(home: Path) -> None:
    upgrade_home(home)
    value = next((home / "values" / "assets").rglob("*.start.1"))
    content = bytearray(value.read_bytes())
    content[-1] ^= 1
    value.write_bytes(content)

    (problem,) = asyncio.run(check_home(home)).problems

    assert problem.startswith("asset start: its value is damaged (")


def test_a_check_tells_what_is_missing(home: Path) -> None:
    upgrade_home(home)
    gone = next((home / "values" / "assets").rglob("*.start.1"))
    gone.unlink()
    with closing(sqlite3.connect(home / "treadle.db")) as database, database:
        database.execute("DELETE FROM events WHERE kind = 'run_started' AND rowid < 20")

    problems = asyncio.run(check_home(home)).problems

    assert len(problems) >= 2
    assert any("asset start: its value is gone from the disk" in line for line in problems)
    assert any(line.startswith("run ") for line in problems)
