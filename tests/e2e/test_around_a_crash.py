"""What people do between a kill of the launcher and its next start: nothing of it touches a run."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.standing import Standing, standing, wait_for
from treadle_client import RunState
from treadle_client.services._local import Code, Purpose, connected, local_services

CODE = """
import time
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


@asset
def later():
    note("later")
    return 1
"""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Standing]:
    module = tmp_path / "interrupted.py"
    module.write_text(CODE)
    with standing(module, tmp_path / "home", flags=["--max-runs", "1"]) as services:
        yield services


def effects(folder: Path) -> Counter[str]:
    """Return how often each op began, as it says itself."""
    try:
        return Counter((folder / "effects").read_text().split())
    except FileNotFoundError:
        return Counter()


def events(home: Path) -> list[tuple[str, str]]:
    """Return what is recorded of runs of the interrupted code."""
    with closing(sqlite3.connect(f"file:{home}/treadle.db?mode=ro", uri=True)) as database:
        return database.execute(
            "SELECT run_id, kind FROM events JOIN runs USING (run_id)"
            " WHERE location = 'interrupted' ORDER BY run_id, sequence"
        ).fetchall()


def files(home: Path) -> set[Path]:
    return {path.relative_to(home) for path in home.rglob("*") if "treadle.db" not in path.name}


def interrupted(services: Standing, folder: Path) -> tuple[str, str]:
    """Have a run go on without a launcher, and another one wait for it; return both."""
    with services.connect() as client:
        running = client.materialize("+reads").run_id
        queued = client.materialize("later").run_id
        wait_for(lambda: effects(folder) == {"waits": 1}, client)
    services.kill_launcher()
    return running, queued


@contextmanager
def started(home: Path, purpose: Purpose, *flags: str) -> Iterator[treadle_client.Client]:
    """Start what a command starts that is given no code."""
    with (
        local_services(Code(), home, launcher_arguments=flags, purpose=purpose) as services,
        connected(services) as client,
    ):
        yield client


def read(home: Path, run_id: str) -> None:
    with started(home, Purpose.READ) as client:
        assert list(client.disk_use()) == []
        assert list(client.garbage()) == []
        run = client.run(run_id)
        assert run.status() is RunState.RUNNING
        assert list(run.logs("waits", follow=False)) == []
        with pytest.raises(treadle_client.RequestError, match="is not over"):
            run.result(timeout=60)


def act(home: Path, run_ids: Sequence[str]) -> None:
    """Clean up, and try to end what waits for its launcher and is nobody else's to end."""
    with started(home, Purpose.RUN) as client:
        client.collect_garbage()
        for run_id in run_ids:
            with pytest.raises(treadle_client.RequestError, match="waits for the next"):
                client.run(run_id).cancel()


def resume(services: Standing, copy: Path, running: str, queued: str) -> None:
    """Go on in a copy: what was running there is lost, and what was queued runs."""
    original, services.home = services.home, copy
    services.start_launcher("--take-over", "resume")
    with services.connect() as client:
        client.run(queued).result(timeout=60).raise_for_failure()
        failure = client.run(running).result(timeout=60).failure
        assert failure is not None
        assert failure.reason is treadle_client.FailureReason.LOST
    services.stop_launcher()
    services.home = original


def lose_the_database(home: Path) -> None:
    """Remove the database: no value goes with it until somebody says so."""
    kept = files(home / "values")
    (home / "treadle.db").unlink()

    with (
        pytest.raises(treadle_client.StartError, match=r"(?s)database is missing.*--forget-values"),
        started(home, Purpose.SWEEP),
    ):
        pass
    assert files(home / "values") == kept

    with started(home, Purpose.SWEEP, "--forget-values") as client:
        assert client.collect_garbage().removed_count == 1
    assert not [path for path in files(home / "values") if path.suffix == ".1"]


def test_what_people_do_between_two_launchers_leaves_what_runs_alone(
    services: Standing, tmp_path: Path
) -> None:
    run_ids = interrupted(services, tmp_path)
    copy = shutil.copytree(services.home, tmp_path / "copy", symlinks=True)
    before, there = events(services.home), files(services.home)

    read(services.home, run_ids[0])
    assert files(services.home) == there
    act(services.home, run_ids)
    resume(services, copy, *run_ids)
    lose_the_database(copy)

    assert events(services.home) == before
    assert effects(tmp_path) == {"waits": 1, "later": 1}
    (tmp_path / "release").touch()
    services.start_launcher()
    with services.connect() as client:
        for run_id in run_ids:
            client.run(run_id).result(timeout=60).raise_for_failure()
    assert effects(tmp_path) == {"waits": 1, "reads": 1, "later": 2}


ELSEWHERE = ("unshare", "--pid", "--fork", "--mount-proc")


def test_what_people_do_from_another_pid_namespace_leaves_what_runs_alone(
    services: Standing, tmp_path: Path
) -> None:
    """There no process of the run can be seen, as in a container that shares the home's folder."""
    tried = subprocess.run([*ELSEWHERE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no PID namespace can be made here: {tried.stderr}")
    run_ids = interrupted(services, tmp_path)
    before, there = events(services.home), files(services.home)

    for words in (["runs", "show", run_ids[0]], ["gc"]):
        command = [*ELSEWHERE, sys.executable, "-P", "-m", "treadle_client", *words]
        done = subprocess.run(
            [*command, "--home", services.home],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    assert events(services.home) == before
    # Which launcher there was is no longer told: it is known to be gone.
    assert files(services.home) == there - {Path("launcher.json")}
    (tmp_path / "release").touch()
    services.start_launcher()
    with services.connect() as client:
        for run_id in run_ids:
            client.run(run_id).result(timeout=60).raise_for_failure()
    assert effects(tmp_path) == {"waits": 1, "reads": 1, "later": 1}
