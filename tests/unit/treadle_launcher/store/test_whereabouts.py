"""A database that is removed or moved below its writer: nothing is said to be recorded."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.treadle_launcher.store.samples import make_run
from treadle_launcher.store.errors import DatabaseGoneError
from treadle_launcher.store.store import open_store


def removed(home: Path) -> None:
    shutil.rmtree(home)


def moved(home: Path) -> None:
    home.rename(home.parent / "moved")


def replaced(home: Path) -> None:
    moved(home)
    shutil.copytree(home.parent / "moved", home)


@pytest.mark.parametrize("happen", [removed, moved, replaced])
def test_what_is_asked_is_refused_and_the_owner_is_told_once(
    tmp_path: Path, happen: Callable[[Path], None]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    told: list[str] = []

    async def body() -> None:
        with open_store(home / "treadle.db", on_gone=told.append) as store:
            await store.create_run(make_run())
            happen(home)
            for _ in range(2):
                with pytest.raises(DatabaseGoneError, match="its launcher ran"):
                    await store.create_run(make_run())

    asyncio.run(asyncio.wait_for(body(), timeout=60))
    assert len(told) == 1
    assert str(home) in told[0]


def test_a_folder_beside_it_that_is_removed_is_as_bad(tmp_path: Path) -> None:
    values = tmp_path / "home" / "values"
    values.mkdir(parents=True)

    async def body() -> None:
        with open_store(tmp_path / "home" / "treadle.db", beside=(values,)) as store:
            await store.create_run(make_run())
            values.rmdir()
            with pytest.raises(DatabaseGoneError, match=f"{values} was removed"):
                await store.create_run(make_run())
            values.with_name("other").mkdir()
            values.mkdir()
            with pytest.raises(DatabaseGoneError, match="another one was put in the place"):
                await store.create_run(make_run())

    asyncio.run(asyncio.wait_for(body(), timeout=60))


def test_what_happened_is_recorded_when_the_home_is_put_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()

    async def body() -> None:
        with open_store(home / "treadle.db") as store:
            moved(home)
            with pytest.raises(DatabaseGoneError):
                await store.create_run(make_run())
            (home.parent / "moved").rename(home)
            await store.create_run(make_run())

    asyncio.run(asyncio.wait_for(body(), timeout=60))
