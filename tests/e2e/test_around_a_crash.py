"""What people do between a kill of the launcher and its next start: nothing of it touches a run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

import treadle_client
from tests.e2e.standing import Standing, standing, wait_for
from treadle_client import RunState

CODE = """
import os, time
from pathlib import Path
from treadle import asset

HERE = Path(__file__).parent


def note(word):
    with open(HERE / "effects", "a") as effects:
        effects.write(word + "\\n")


@asset
def waits():
    note("waits")
    while not (HERE / "release").exists():
        time.sleep(0.01)
    return 1


@asset
def reads(waits):
    note("reads")
    return waits + 1
"""
OTHER = """
from treadle import asset


@asset
def other():
    return 1
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "other.py").write_text(OTHER)
    path = tmp_path / "interrupted.py"
    path.write_text(CODE)
    return path


@pytest.fixture
def services(tmp_path: Path, module: Path) -> Iterator[Standing]:
    with standing(module, tmp_path / "home") as services:
        yield services


def effects(module: Path) -> list[str]:
    try:
        return (module.parent / "effects").read_text().split()
    except FileNotFoundError:
        return []


def events(home: Path, run_id: str) -> list[str]:
    with closing(sqlite3.connect(f"file:{home}/treadle.db?mode=ro", uri=True)) as database:
        query = "SELECT kind FROM events WHERE run_id = ? ORDER BY sequence"
        return [row[0] for row in database.execute(query, (run_id,))]


def files(home: Path) -> set[Path]:
    return {path.relative_to(home) for path in home.rglob("*") if "treadle.db" not in path.name}


def treadle(
    services: Standing | None, *arguments: str, home: Path
) -> subprocess.CompletedProcess[str]:
    runtime = {} if services is None else {"XDG_RUNTIME_DIR": services._runtime}
    return subprocess.run(
        [sys.executable, "-P", "-m", "treadle_client", *arguments, "--home", str(home)],
        env={**os.environ, **runtime},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_people_do_between_two_launchers_leaves_what_runs_alone(
    services: Standing, module: Path, tmp_path: Path
) -> None:
    with services.connect() as client:
        run_id = client.materialize("*").run_id
        wait_for(lambda: effects(module) == ["waits"], client)
    services.kill_launcher()
    home, copy, other = services.home, tmp_path / "copy", str(tmp_path / "other.py")
    shutil.copytree(home, copy, symlinks=True)
    before, there = events(home, run_id), files(home)
    reading = [
        (home, ("disk",)),
        (copy, ("disk",)),
        (home, ("gc", "--plan")),
        (home, ("runs", "list", "-f", other)),
        (copy, ("runs", "show", run_id)),
        (home, ("runs", "logs", run_id)),
        (copy, ("plan", "-f", other)),
        (home, ("db", "check")),
    ]

    for each, words in reading:
        done = treadle(services, *words, home=each)
        assert done.returncode == 0, (words, done.stderr)
    assert files(home) == there
    watching = treadle(services, "runs", "watch", run_id, home=home)
    cancelling = treadle(services, "runs", "cancel", run_id, "-f", other, home=home)
    assert (watching.returncode, "is not over" in watching.stderr) == (2, True)
    assert (cancelling.returncode, "waits for the next" in cancelling.stderr) == (2, True)
    done = treadle(services, "materialize", "-f", other, home=home)
    assert done.returncode == 0, done.stderr

    launching = treadle(services, "launcher", home=copy)
    assert launching.returncode == 1
    assert f"of which it is a copy, and runs in it are not over: {run_id}" in launching.stderr
    address = services._start("treadle_launcher", "--home", str(copy), "--take-over", "cancel")
    with treadle_client.Client.connect(address) as client:
        assert client.run(run_id).result(timeout=60).status is RunState.CANCELLED
    services.stop_launcher()

    assert events(home, run_id) == before
    assert effects(module) == ["waits"]
    services.start_launcher()
    (module.parent / "release").touch()
    with services.connect() as client:
        assert client.run(run_id).result(timeout=60).status is RunState.SUCCEEDED
    assert effects(module) == ["waits", "reads"]


def test_a_lost_database_costs_no_value(module: Path, tmp_path: Path) -> None:
    home, other = tmp_path / "home", str(tmp_path / "other.py")
    assert treadle(None, "materialize", "-f", other, home=home).returncode == 0
    kept = files(home / "values")
    shutil.move(home / "treadle.db", tmp_path / "treadle.db")

    for words in (("disk",), ("gc",), ("materialize", "-f", other)):
        done = treadle(None, *words, home=home)
        assert done.returncode != 0, words
        assert "its database is missing" in done.stderr, (words, done.stderr)
        assert "--forget-values" in done.stderr
        assert files(home / "values") == kept

    shutil.move(tmp_path / "treadle.db", home / "treadle.db")
    assert treadle(None, "db", "check", home=home).returncode == 0
    (home / "treadle.db").unlink()
    done = treadle(None, "gc", "--forget-values", home=home)
    assert done.stdout.startswith("Removed 1 value, "), done.stderr
    assert not [path for path in files(home / "values") if path.suffix == ".1"]


def test_what_an_ephemeral_launcher_left_ends_with_the_next_one_and_runs_nothing(
    module: Path, tmp_path: Path
) -> None:
    home, other = tmp_path / "home", str(tmp_path / "other.py")
    command = [sys.executable, "-P", "-m", "treadle_client", "materialize", "-f", str(module)]
    with subprocess.Popen(
        [*command, "--home", str(home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as materializing:
        assert materializing.stdout is not None
        materializing.stdout.readline()
        running = json.loads((home / "launcher.json").read_text())
        with treadle_client.Client.connect(running["address"]) as client:
            wait_for(lambda: effects(module) == ["waits"], client)
        launcher = psutil.Process(running["pid"])
        launcher.send_signal(signal.SIGKILL)
        materializing.communicate(timeout=60)
    listed = json.loads(treadle(None, "runs", "list", "--json", home=home).stdout)
    assert [run["status"] for run in listed] == ["RUNNING"]

    done = treadle(None, "materialize", "-f", other, home=home)

    assert done.returncode == 0, done.stderr
    listed = json.loads(treadle(None, "runs", "list", "--json", home=home).stdout)
    assert [run["status"] for run in listed] == ["SUCCEEDED", "CANCELLED"]
    assert (
        "its launcher was killed"
        in treadle(None, "runs", "show", listed[1]["run_id"], home=home).stdout
    )
    assert effects(module) == ["waits"]
