"""A home that an older Treadle wrote: upgraded by the command, then used as any other."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session
from tests.unit.treadle_launcher.home_samples import FORMATS, old_home
from treadle_client import RunState
from treadle_launcher.home.check import check_home
from treadle_launcher.home.home import FORMAT
from treadle_launcher.home.upgrade import upgrade_home

CODE = """
from treadle import AssetSpec, Definitions, asset


@asset
def start():
    return 1


@asset
def reader(start, end):
    return start + end


@asset
def end():
    return 0
"""


def treadle(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "treadle_client", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def version(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        found: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return found


def events(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        found: int = connection.execute("SELECT count(*) FROM events").fetchone()[0]
        return found


@pytest.fixture(params=FORMATS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return old_home(request.param, tmp_path)


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "newer_assets.py"
    path.write_text(CODE)
    return path


def test_an_old_home_is_refused_until_it_is_upgraded(home: Path, module: Path) -> None:
    refused = treadle("runs", "-f", str(module), "--home", str(home))
    assert refused.returncode != 0
    assert "treadle db upgrade" in refused.stderr
    assert treadle("db", "check", "--home", str(home)).returncode == 2

    upgraded = treadle("db", "upgrade", "--home", str(home))

    assert upgraded.returncode == 0, upgraded.stderr
    assert "treadle.db.format-1" in upgraded.stdout
    checked = treadle("db", "check", "--home", str(home))
    assert checked.returncode == 0, checked.stdout
    assert "8 runs" in checked.stdout
    assert treadle("db", "upgrade", "--home", str(home)).returncode == 0


def test_what_an_old_home_recorded_is_there_after_its_upgrade(home: Path, module: Path) -> None:
    assert treadle("db", "upgrade", "--home", str(home)).returncode == 0

    with treadle_client.local(module, home=home) as client:
        runs = list(client.runs())
        states = [run.status for run in runs]
        assert len(runs) == 8
        assert set(states) == {RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED}
        for run in runs:
            handle = client.run(run.run_id)
            assert list(handle.events())[-1].kind is treadle_client.EventKind.RUN_FINISHED
            steps = list(handle.steps())
            assert len(steps) == sum(run.step_counts.values())
            assert sum(step.failure is not None for step in steps) <= 1

        session = Session(client, home)
        assert session.value("end") == 11
        assert session.value("three") == 3
        # What was made then is read now, by code that is new.
        assert session.succeed("reader").steps["reader"].attempts == 1
        assert session.value("reader") == 12


@pytest.mark.parametrize("number", FORMATS)
def test_an_upgrade_that_was_killed_at_any_moment_is_completed(number: int, tmp_path: Path) -> None:
    killing = subprocess.run(
        [sys.executable, "-m", "tests.e2e.killed_upgrades", str(tmp_path), str(number)],
        cwd=Path(__file__).parents[2],
        timeout=60,
        check=False,
    )
    assert killing.returncode == 0
    killed = [folder / f"home-{number}" for folder in tmp_path.glob("killed-*")]
    # Before the copy and behind it, with the tables of then and of now, as far as FORMAT.
    assert len({version(home / "treadle.db") for home in killed}) == 2
    assert {(home / "FORMAT").read_text() for home in killed} == {f"{number}\n", f"{FORMAT}\n"}

    for home in killed:
        upgrade_home(home)

        copy = home / f"treadle.db.format-{number}"
        assert version(copy) == number
        assert events(home / "treadle.db") == events(copy)
        left = {path.name for path in home.iterdir()} - {"treadle.db-wal", "treadle.db-shm"}
        assert left == {"FORMAT", "id", "lock", "treadle.db", copy.name, "values"}
    for home in killed[::10]:
        report = asyncio.run(check_home(home))
        assert (report.problems, report.run_count) == ((), 8)


def test_a_home_that_a_launcher_uses_is_not_upgraded(module: Path, tmp_path: Path) -> None:
    with treadle_client.local(module, home=tmp_path / "home"):
        upgrade = treadle("db", "upgrade", "--home", str(tmp_path / "home"))
        checked = treadle("db", "check", "--home", str(tmp_path / "home"))
    assert upgrade.returncode == 2
    assert "in use by the launcher" in upgrade.stderr
    # Looking disturbs nobody.
    assert checked.returncode == 0
