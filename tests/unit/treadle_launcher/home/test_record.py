"""Whether a home's database is the one that its values belong to."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import make_run
from treadle_launcher.home.home import Home, open_home
from treadle_launcher.home.record import HomeRecordError, check_record, claim
from treadle_launcher.store.store import open_store


def used(root: Path, *, runs: int = 1) -> Home:
    """Use a home as a launcher does, and leave a value in it."""

    async def use(home: Home) -> None:
        with open_store(home.database) as store:
            for _ in range(runs):
                await store.create_run(make_run())
            await claim(home, store)

    with open_home(root) as home:
        check_record(home)
        asyncio.run(use(home))
        value = home.values / "assets/m/a/=/r.s.1"
        value.parent.mkdir(parents=True, exist_ok=True)
        value.touch()
    return home


def is_missing(home: Home) -> None:
    home.database.unlink()


def is_empty(home: Home) -> None:
    home.database.write_bytes(b"")


def is_of_a_new_home(home: Home) -> None:
    home.database.unlink()
    with open_store(home.database):
        pass


def is_of_another_home(home: Home) -> None:
    other = used(home.root.parent / "other", runs=9)
    shutil.copy(other.database, home.database)


def is_older(home: Home) -> None:
    shutil.copy(home.database, home.root.parent / "yesterday.db")
    used(home.root)
    shutil.copy(home.root.parent / "yesterday.db", home.database)


def lost_its_mark_too(home: Home) -> None:
    (home.values / "KNOWN").unlink()
    home.database.unlink()


@pytest.mark.parametrize(
    ("happen", "why"),
    [
        (is_missing, "its database is missing"),
        (is_empty, "its database is empty"),
        (is_of_a_new_home, "its database is empty"),
        (is_of_another_home, "another home's"),
        (is_older, "older than its values"),
        (lost_its_mark_too, "its database is missing"),
    ],
)
def test_a_database_that_is_not_that_of_the_values_is_refused_until_it_is_told_to_forget(
    tmp_path: Path, happen: Callable[[Home], None], why: str
) -> None:
    home = used(tmp_path / "home")

    happen(home)

    with pytest.raises(HomeRecordError, match=f"{why}.*Restore .*treadle.db.*--forget-values"):
        check_record(home)

    async def forget() -> None:
        with open_store(home.database) as store:
            await claim(home, store)

    asyncio.run(forget())
    check_record(home)


def test_a_home_that_an_older_treadle_wrote_gains_what_tells_it(tmp_path: Path) -> None:
    home = used(tmp_path)
    (home.values / "KNOWN").unlink()
    with closing(sqlite3.connect(home.database)) as database:
        database.execute("DROP TABLE home_facts")

    used(tmp_path)

    assert (home.values / "KNOWN").exists()


def test_a_mark_is_never_ahead_of_a_database_that_goes_on(tmp_path: Path) -> None:
    for _ in range(3):
        check_record(used(tmp_path))


def test_a_claimed_home_is_used_while_somebody_keeps_its_database_locked(tmp_path: Path) -> None:
    home = used(tmp_path / "home")

    async def claim_again() -> int:
        with open_store(home.database) as store:
            return await store.claim(home.home_id)

    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert asyncio.run(claim_again()) > 0
